#include "view/fleet_view.h"

#include <string.h>

#include "base/zone.h"
#include "policies/policy.h"
#include "state/fleet.h"
#include "state/ledger.h"
#include "state/protection.h"
#include "state/rollouts.h"
#include "view/list_view.h"
#include "view/proof_view.h"
#include "view/reversal_view.h"
#include "view/shape.h"
#include "view/trust_view.h"

static const char *const mode_words[] = {
	[MODE_OBSERVE] = "observe", [MODE_ADOPT] = "adopt", [MODE_MANAGE] = "manage"
};

static bool count_states(json_t **out, const struct outlook *outlook, int64_t now,
			 struct arena *arena, struct error *error)
{
	uint32_t counts[STATE_COUNT] = { 0 }, standing_count = 0;
	struct standing *standings = NULL;
	const struct intent *intent = outlook->intent;

	if (intent != NULL &&
	    !ledger_standings(&standings, &standing_count, outlook->store, arena, error))
		return false;
	for (uint32_t i = 0; intent != NULL && i < intent->subscriber_count; i++) {
		const struct subscriber *subscriber = &intent->subscribers[i];
		const struct standing *known = standing_find(standings, standing_count,
							     subscriber->reference);
		struct standing nothing = { .reference = subscriber->reference };
		struct policy_case given = { &intent->tenant, subscriber,
					     known != NULL ? known : &nothing, now, arena };

		counts[policy_entitle(&given).state]++;
	}
	*out = json_object();
	for (int state = 0; state < STATE_TERMINATED; state++)
		json_object_set_new(*out, state_word((enum state)state),
				    json_integer((json_int_t)counts[state]));
	return true;
}

/* A commit that has not come to every router yet; null: what is in force is so everywhere. */
static bool rollout_status(json_t *tenant, const struct outlook *outlook, struct arena *arena,
			   struct error *error)
{
	struct rollout_state rollout;
	struct rollout_counts counts;
	json_t *told = json_null();

	if (!rollout_read(&rollout, outlook->store, arena, error) ||
	    !rollout_count(&counts, outlook->store, error))
		return false;
	if (rollout.commit.size > 0)
		told = json_pack("{s:o, s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "commit",
				 json_of_text(rollout.commit), "wave", (json_int_t)rollout.wave,
				 "waves", (json_int_t)rollout.waves, "done",
				 (json_int_t)counts.done, "pending", (json_int_t)counts.pending,
				 "waiting", (json_int_t)counts.waiting, "stopped",
				 json_text_or_null(rollout.stopped), "since",
				 json_of_time(outlook->zone, rollout.began_at));
	json_object_set_new(tenant, "rollout", told);
	return true;
}

static bool tenant_status(json_t **out, const struct outlook *outlook, int64_t now,
			  struct arena *arena, struct error *error)
{
	struct ledger_totals totals;
	struct text clock_why = TEXT_NONE, problem = outlook->source.error;
	json_t *subscribers;

	if (!count_states(&subscribers, outlook, now, arena, error) ||
	    !ledger_totals(&totals, outlook->store, zone_day_start(outlook->zone, now, 0), error) ||
	    !clock_held_read(&clock_why, outlook->store, arena, error))
		return false;
	if (problem.size == 0)
		problem = outlook->trouble;
	*out = json_pack(
	    "{s:o, s:o, s:o, s:o, s:{s:I, s:o, s:o, s:I, s:I}, s:o, s:o, s:o}", "name",
	    json_of_text(outlook->tenant->name), "commit",
	    json_text_or_null(outlook->source.commit), "error", json_text_or_null(problem),
	    "subscribers", subscribers, "payments", "today_count", (json_int_t)totals.today_count,
	    "today_amount", json_of_cents(totals.today_cents), "currency",
	    outlook->intent == NULL ? json_null() : json_of_text(outlook->intent->tenant.currency),
	    "unmatched_count", (json_int_t)totals.unmatched_count, "held_count",
	    (json_int_t)totals.held_count, "clock", json_text_or_null(clock_why), "fleet_guard",
	    json_text_or_null(outlook->source.losses_why), "notes",
	    json_text_or_null(outlook->source.channel_problems));
	if (rollout_status(*out, outlook, arena, error) &&
	    proof_status(json_object_get(*out, "payments"), outlook, now, arena, error) &&
	    reversal_status(json_object_get(*out, "payments"), outlook, now, arena, error) &&
	    list_status(*out, outlook, now, arena, error) &&
	    trust_status(json_object_get(*out, "payments"), outlook, now, arena, error))
		return true;
	json_decref(*out);
	return false;
}

/* A pause may come from git or from a command; the later end counts. */
static json_t *paused_of(const struct outlook *outlook, const struct router *router,
			 const struct router_state *state, int64_t now)
{
	int64_t until_at = state->pause_until_at;
	struct text reason = state->pause_reason;

	if (router != NULL && router->pause_until_at > until_at) {
		until_at = router->pause_until_at;
		reason = router->pause_reason;
	}
	if (until_at <= now)
		return json_null();
	return json_pack("{s:o, s:o}", "until", json_of_time(outlook->zone, until_at), "reason",
			 json_of_text(reason));
}

static json_t *guarded_of(const struct router_state *state)
{
	if (state->guarded_digest.size == 0)
		return json_null();
	return json_pack("{s:o, s:I, s:o}", "digest", json_of_text(state->guarded_digest), "losses",
			 (json_int_t)state->guarded_losses, "why",
			 json_of_text(state->guarded_why));
}

/* null: no lease here. A router that was never looked at protects nobody yet. */
static json_t *lease_of(const struct outlook *outlook, const struct router *router,
			const struct protection *protection)
{
	if (router == NULL || !intent_lease(outlook->intent, router))
		return json_null();
	if (protection == NULL)
		return json_pack("{s:b, s:s}", "protected", 0, "why", "not looked at yet");
	return json_pack("{s:b, s:o}", "protected", (int)protection->protects, "why",
			 json_text_or_null(protection->why));
}

/* What a roll-out keeps at a former commit is not what git says, whatever its last look found. */
static enum ternary in_sync(const struct router_state *state)
{
	return state->held_commit.size > 0 && state->in_sync == TERNARY_YES ? TERNARY_NO
									    : state->in_sync;
}

static json_t *router_status(const struct outlook *outlook, const struct router_state *state,
			     const struct protection *protection, int64_t now)
{
	const struct router *router = outlook->intent == NULL
					  ? NULL
					  : intent_router(outlook->intent, state->name);

	return json_pack(
	    "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:b, s:I, s:I, s:o, s:o, s:o, s:o, "
	    "s:o, s:o}",
	    "tenant", json_of_text(outlook->tenant->name), "name", json_of_text(state->name),
	    "site", router == NULL ? json_null() : json_of_text(router->site->name), "mode",
	    router == NULL ? json_null() : json_string(mode_words[router->mode]), "reachable",
	    json_of_ternary(state->reachable), "in_sync", json_of_ternary(in_sync(state)),
	    "guarded", guarded_of(state), "paused", paused_of(outlook, router, state, now), "drift",
	    (json_int_t)state->drift_rows, "contested", (int)state->contested, "generation",
	    (json_int_t)state->generation, "applied_generation",
	    (json_int_t)state->applied_generation, "last_reconcile_at",
	    json_of_time(outlook->zone, state->last_reconcile_at), "error",
	    json_text_or_null(state->error), "version", json_text_or_null(state->version),
	    "unreachable_since", json_of_time(outlook->zone, state->unreachable_since_at), "lease",
	    lease_of(outlook, router, protection), "kept_at",
	    json_text_or_null(state->held_commit));
}

bool view_status(struct document **out, const struct outlook *outlooks, uint32_t count, int64_t now,
		 struct arena *arena, struct error *error)
{
	json_t *tenants = json_array(), *routers = json_array();

	for (uint32_t i = 0; i < count; i++) {
		struct router_state *states;
		struct protection *protections;
		uint32_t state_count, protection_count;
		json_t *tenant;

		if (!tenant_status(&tenant, &outlooks[i], now, arena, error) ||
		    !fleet_routers(&states, &state_count, outlooks[i].store, arena, error) ||
		    !protection_read(&protections, &protection_count, outlooks[i].store, arena,
				     error)) {
			json_decref(tenants);
			json_decref(routers);
			return error_at(error, "tenant %.*s", TEXT_ARG(outlooks[i].tenant->name));
		}
		json_array_append_new(tenants, tenant);
		for (uint32_t k = 0; k < state_count; k++)
			json_array_append_new(routers,
					      router_status(&outlooks[i], &states[k],
							    protection_find(protections,
									    protection_count,
									    states[k].name),
							    now));
	}
	*out = document_make("status",
			     json_pack("{s:o, s:o}", "tenants", tenants, "routers", routers));
	return true;
}
