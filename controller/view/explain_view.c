#include "view/explain_view.h"

#include "base/clock.h"
#include "model/attempt.h"
#include "policies/policy.h"
#include "state/events.h"
#include "state/fleet.h"
#include "state/inbox.h"
#include "state/inventory.h"
#include "state/ledger.h"
#include "view/explain_inside.h"

#define LINES_MAX 50
#define PEOPLE_MAX 8
#define PROMPT_FRESH_US (2 * DAY_US) /* an older one explains nothing of today */

void chain_add(struct chain *chain, int64_t at, struct text what, struct text because)
{
	json_array_append_new(chain->links,
			      json_pack("{s:o, s:o, s:o}", "at",
					json_of_time(chain->outlook->zone, at), "what",
					json_of_text(what), "because", json_text_or_null(because)));
}

struct text chain_moment(const struct chain *chain, int64_t at)
{
	return time_shown(chain->arena, chain->outlook->zone, at);
}

struct text chain_money(const struct chain *chain, int64_t cents)
{
	const struct intent *intent = chain->outlook->intent;

	return text_format(chain->arena, "%.*s%s%.*s", TEXT_ARG(text_of_cents(chain->arena, cents)),
			   intent != NULL ? " " : "",
			   TEXT_ARG(intent != NULL ? intent->tenant.currency : TEXT_NONE));
}

static void explain_declared(struct chain *chain, const struct subscriber *subscriber)
{
	chain_add(chain, chain->outlook->source.commit_at,
		  text_format(chain->arena, "%.*s has package %.*s on router %.*s as user %.*s",
			      TEXT_ARG(subscriber->account), TEXT_ARG(subscriber->package->name),
			      TEXT_ARG(subscriber->router->name), TEXT_ARG(subscriber->username)),
		  text_format(chain->arena, "%.*s:%u in commit %.12s",
			      TEXT_ARG(subscriber->where.file), subscriber->where.line,
			      chain->outlook->intent->commit));
}

static bool explain_money(struct chain *chain, struct text reference)
{
	struct ledger_line *lines;
	uint32_t count;

	if (!ledger_history(&lines, &count, chain->outlook->store, reference, LINES_MAX,
			    chain->arena, chain->error))
		return false;
	for (uint32_t i = count; i-- > 0;) {
		struct text what = text_format(chain->arena, "%.*s of %.*s",
					       TEXT_ARG(lines[i].what),
					       TEXT_ARG(chain_money(chain, lines[i].cents)));

		if (lines[i].paid_until_at != 0)
			what = text_format(chain->arena, "%.*s, paid until %.*s", TEXT_ARG(what),
					   TEXT_ARG(chain_moment(chain, lines[i].paid_until_at)));
		chain_add(chain, lines[i].at, what,
			  lines[i].receipt.size == 0
			      ? lines[i].detail
			      : text_format(chain->arena, "%.*s%s%.*s", TEXT_ARG(lines[i].receipt),
					    lines[i].detail.size > 0 ? ": " : "",
					    TEXT_ARG(lines[i].detail)));
	}
	return true;
}

/* *last_paid_at: when he was last credited; 0: never. */
static bool explain_state(struct chain *chain, struct standing_now *now, int64_t *last_paid_at)
{
	struct standing standing;
	struct policy_case given = { &chain->outlook->intent->tenant, now->subscriber, &standing,
				     chain->now, chain->arena };

	if (!ledger_standing(&standing, chain->outlook->store, now->subscriber->reference,
			     chain->arena, chain->error))
		return false;
	now->entitlement = policy_entitle(&given);
	now->balance_cents = standing.balance_cents;
	*last_paid_at = standing.last_paid_at;
	chain_add(chain, chain->now,
		  text_format(chain->arena, "%.*s is %s", TEXT_ARG(now->subscriber->account),
			      state_word(now->entitlement.state)),
		  now->entitlement.because);
	return true;
}

/* A whole commit may stand in one event: of a subscriber only his own rows are told. */
static json_t *changes_of(const struct event *event, struct text account, uint32_t *others)
{
	json_t *all = json_loadb(event->changes.at, event->changes.size, 0, NULL), *change;
	json_t *his = json_array();
	size_t i;

	*others = 0;
	json_array_foreach (all, i, change) {
		if (account.size > 0 && !text_equal(member_text(change, "subscriber"), account))
			(*others)++;
		else
			json_array_append(his, change);
	}
	json_decref(all);
	return his;
}

static void explain_event(struct chain *chain, const struct event *event, struct text account)
{
	uint32_t others;
	json_t *changes = changes_of(event, account, &others);
	struct text because = event->because;
	json_t *link;

	if (because.size == 0)
		because = text_of(cause_word(event->cause));
	if (others > 0)
		because = text_format(chain->arena, "%.*s (and %u more %s)", TEXT_ARG(because),
				      others, others == 1 ? "row" : "rows");
	link = json_pack(
	    "{s:o, s:o, s:o}", "at", json_of_time(chain->outlook->zone, event->at), "what",
	    json_of_text(text_format(chain->arena, "router %.*s: %s, %u %s",
				     TEXT_ARG(event->router), outcome_word(event->outcome),
				     event->writes, event->writes == 1 ? "write" : "writes")),
	    "because", json_of_text(because));
	if (event->error.size > 0)
		json_object_set_new(link, "error", json_of_text(event->error));
	if (json_array_size(changes) > 0)
		json_object_set(link, "changes", changes);
	json_decref(changes);
	json_array_append_new(chain->links, link);
}

/*
 * Of whoever `account` is, only his own rows; empty: all. A job for him alone reads them back and
 * is no look at the whole router: of him something newer may be known than of it.
 */
static bool explain_events_of(struct chain *chain, struct text reference, struct text account)
{
	struct event *events;
	uint32_t count;

	if (!events_of(&events, &count, chain->outlook->store, reference, LINES_MAX, chain->arena,
		       chain->error))
		return false;
	for (uint32_t i = count; i-- > 0;) {
		if (events[i].outcome == OUTCOME_DONE && events[i].at > chain->read_at)
			chain->read_at = events[i].at;
		explain_event(chain, &events[i], account);
	}
	return true;
}

/* A router that a roll-out has not come to goes by an older commit. */
static void explain_kept(struct chain *chain, const struct router_state *state)
{
	if (state->held_commit.size == 0)
		return;
	chain_add(chain, 0,
		  text_format(chain->arena, "router %.*s waits for its wave of the roll-out",
			      TEXT_ARG(state->name)),
		  text_format(chain->arena,
			      "it is kept at commit %.*s until then: `wavu status` says how far it "
			      "is, `wavu apply --router %.*s` brings the newest there",
			      TEXT_ARG(text_head(state->held_commit, 12)), TEXT_ARG(state->name)));
}

/* What stands between the decision and the router right now: the end of the chain. */
static void explain_router_end(struct chain *chain, const struct standing_now *now)
{
	const struct router_state *state = now->router;
	struct text word = TEXT("not yet in sync");

	if (state == NULL)
		return;
	explain_kept(chain, state);
	if (state->unreachable_since_at != 0)
		chain_add(chain, state->unreachable_since_at,
			  text_format(chain->arena, "router %.*s does not answer since then%s",
				      TEXT_ARG(state->name),
				      now->waits ? ", and something is due there for him" : ""),
			  state->error);
	else if (now->waits)
		chain_add(
		    chain, chain->now,
		    text_format(chain->arena, "waiting for router %.*s", TEXT_ARG(state->name)),
		    state->error.size > 0 ? state->error : TEXT("its next job is due"));
	else if (state->guarded_digest.size > 0)
		chain_add(
		    chain, chain->now,
		    text_format(chain->arena, "router %.*s is guarded", TEXT_ARG(state->name)),
		    state->guarded_why);
	else {
		if (state->error.size > 0)
			word = state->error;
		else if (state->in_sync == TERNARY_YES)
			word = TEXT("in sync");
		chain_add(
		    chain, chain->read_at,
		    text_format(chain->arena, "router %.*s was read back", TEXT_ARG(state->name)),
		    word);
	}
}

static bool find_router(struct chain *chain, struct standing_now *now, struct router_state *state)
{
	const struct subscriber *subscriber = now->subscriber;
	struct mark *marks;
	uint32_t count;
	bool found;

	if (!fleet_router(&found, state, chain->outlook->store, subscriber->router->name,
			  chain->arena, chain->error) ||
	    !fleet_marks(&marks, &count, chain->outlook->store, subscriber->router->name,
			 chain->arena, chain->error))
		return false;
	now->router = found ? state : NULL;
	chain->read_at = found ? state->last_reconcile_at : 0;
	for (uint32_t i = 0; i < count; i++)
		now->waits = now->waits || text_equal(marks[i].reference, subscriber->reference);
	return true;
}

/* Why there is no row, or what to ask next. */
static void explain_no_row(struct chain *chain, const struct standing_now *now)
{
	struct text name = now->subscriber->router->name;
	struct text because = TEXT(
	    "`wavu drift --foreign` says what is in the way, such as a row of "
	    "that name that is not wavu's");

	if (!state_is_open(now->entitlement.state))
		because = TEXT("he has no right to one now");
	else if (now->router != NULL && now->router->unreachable_since_at != 0)
		because = TEXT("the router does not answer");
	else if (now->router != NULL && now->router->held_commit.size > 0)
		because = TEXT("its router waits for its wave of a roll-out");
	chain_add(chain, 0, text_format(chain->arena, "no row of wavu's on %.*s", TEXT_ARG(name)),
		  because);
}

static bool explain_rows(struct chain *chain, struct standing_now *now)
{
	const struct subscriber *subscriber = now->subscriber;
	struct inventory_entry *entries;
	uint32_t count;

	if (!inventory_read_of(&entries, &count, chain->outlook->store, subscriber->router->name,
			       subscriber->reference, chain->arena, chain->error))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		bool present = entries[i].state == INVENTORY_PRESENT;

		if (!text_equal(entries[i].reference, subscriber->reference))
			continue;
		now->has_row = true;
		now->row_open = now->row_open || (present && entries[i].open);
		chain_add(chain, entries[i].rights_at,
			  text_format(chain->arena, "row %.*s %.*s on %.*s",
				      TEXT_ARG(entries[i].menu), TEXT_ARG(entries[i].key),
				      TEXT_ARG(subscriber->router->name)),
			  !present          ? TEXT("a write to it has not been read back yet")
			  : entries[i].open ? TEXT("gives access")
					    : TEXT("gives no access"));
	}
	if (!now->has_row && subscriber->router->mode == MODE_MANAGE)
		explain_no_row(chain, now);
	return true;
}

/* The sentence at the top; where he is shut out, money of his that has no owner is part of it. */
static bool explain_conclusion(struct chain *chain, struct standing_now *now)
{
	struct text verdict = explain_verdict(chain, now);
	uint32_t strays = 0;

	if (!explain_strays(chain, &strays, now->subscriber->phone, TEXT_NONE))
		return false;
	if (strays > 0 && !state_is_open(now->entitlement.state))
		verdict = text_format(chain->arena, "%.*s But %.*s", TEXT_ARG(verdict),
				      TEXT_ARG(chain->verdict));
	chain->verdict = verdict;
	return true;
}

bool explain_subscriber(struct chain *chain, const struct subscriber *subscriber)
{
	struct standing_now now = { .subscriber = subscriber };
	struct router_state state;
	struct attempt prompt;
	int64_t last_paid_at;

	explain_declared(chain, subscriber);
	if (!explain_money(chain, subscriber->reference) ||
	    !explain_prompts(chain, &prompt, subscriber) ||
	    !explain_state(chain, &now, &last_paid_at) || !find_router(chain, &now, &state) ||
	    !explain_events_of(chain, subscriber->reference, subscriber->account) ||
	    !explain_rows(chain, &now))
		return false;
	explain_router_end(chain, &now);
	if (prompt.id != 0 && prompt.created_at > last_paid_at &&
	    chain->now - prompt.created_at < PROMPT_FRESH_US)
		now.prompt = &prompt;
	return (chain->receipt != NULL ? explain_end(chain, chain->receipt)
				       : explain_ends(chain, subscriber->reference)) &&
	       explain_conclusion(chain, &now);
}

static struct text router_verdict(const struct chain *chain, const struct router_state *state)
{
	struct text name = state->name, error = state->error;

	if (state->unreachable_since_at != 0)
		return text_format(
		    chain->arena, "Router %.*s does not answer since %.*s (try %u): %.*s",
		    TEXT_ARG(name), TEXT_ARG(chain_moment(chain, state->unreachable_since_at)),
		    state->failures + 1, TEXT_ARG(error));
	if (state->last_reconcile_at == 0)
		return text_format(chain->arena, "Router %.*s was never reconciled%s%.*s",
				   TEXT_ARG(name), error.size > 0 ? ": " : "", TEXT_ARG(error));
	return text_format(chain->arena, "Router %.*s was last reconciled at %.*s%s%.*s",
			   TEXT_ARG(name), TEXT_ARG(chain_moment(chain, state->last_reconcile_at)),
			   error.size > 0 ? ": " : "", TEXT_ARG(error));
}

static bool explain_router(struct chain *chain, const struct router_state *state)
{
	struct arena *arena = chain->arena;
	struct event *events;
	uint32_t count;

	chain_add(chain, state->last_look_at,
		  text_format(arena, "router %.*s is at generation %lld of %lld",
			      TEXT_ARG(state->name), (long long)state->applied_generation,
			      (long long)state->generation),
		  text_format(arena, "commit %.12s",
			      state->wanted_commit.size > 0 ? state->wanted_commit.at : "none"));
	explain_kept(chain, state);
	if (state->error.size > 0)
		chain_add(chain, state->unreachable_since_at, TEXT("its last job failed"),
			  state->error);
	if (state->guarded_digest.size > 0)
		chain_add(chain, chain->now,
			  text_format(arena, "%u losses wait for a person", state->guarded_losses),
			  state->guarded_why);
	chain->verdict = router_verdict(chain, state);
	if (!events_read(&events, &count, chain->outlook->store, state->name, LINES_MAX, arena,
			 chain->error))
		return false;
	for (uint32_t i = count; i-- > 0;)
		explain_event(chain, &events[i], TEXT_NONE);
	return true;
}

/* Several answers stand below each other. */
static struct text both(const struct chain *chain, struct text first, struct text second)
{
	if (first.size == 0 || second.size == 0)
		return first.size == 0 ? second : first;
	return text_format(chain->arena, "%.*s\n%.*s", TEXT_ARG(first), TEXT_ARG(second));
}

/* Whoever is gone from git still has what was paid and done. */
static bool explain_gone(struct chain *chain, bool *found, struct text thing)
{
	struct text reference = text_reference(chain->arena, thing);
	struct ledger_line *lines;
	uint32_t count;

	if (!ledger_history(&lines, &count, chain->outlook->store, reference, 1, chain->arena,
			    chain->error))
		return false;
	*found = count > 0;
	if (!*found)
		return true;
	chain_add(chain, chain->now,
		  text_format(chain->arena, "%.*s is not in the commit in force", TEXT_ARG(thing)),
		  TEXT("the ledger keeps the money, and payments for it are unmatched"));
	chain->verdict = text_format(chain->arena,
				     "%.*s is no longer declared: the ledger keeps the money, and "
				     "payments for it are unmatched. Declare it again to let it in",
				     TEXT_ARG(thing));
	return explain_money(chain, reference) && explain_events_of(chain, reference, TEXT_NONE);
}

/* A phone or a username may be several people's: all of them are meant. */
static bool explain_people(struct chain *chain, bool *found, struct text thing)
{
	const struct intent *intent = chain->outlook->intent;
	const struct subscriber *people[PEOPLE_MAX];
	struct text verdict = TEXT_NONE;
	uint32_t count;

	*found = false;
	if (intent == NULL)
		return true;
	count = intent_named(intent, thing, people, PEOPLE_MAX, chain->arena);
	*found = count > 0;
	if (count > 1)
		chain_add(chain, 0,
			  text_format(chain->arena, "%u subscribers go by %.*s", count,
				      TEXT_ARG(thing)),
			  TEXT("each of them follows; a payment that says no more is unmatched"));
	for (uint32_t i = 0; i < count && i < PEOPLE_MAX; i++) {
		if (!explain_subscriber(chain, people[i]))
			return false;
		verdict = both(chain, verdict, chain->verdict);
	}
	chain->verdict = verdict;
	return *found || explain_gone(chain, found, thing);
}

static void tag_tenant(json_t *links, struct text tenant)
{
	json_t *link;
	size_t i;

	json_array_foreach (links, i, link)
		json_object_set_new(link, "tenant", json_of_text(tenant));
}

/* A phone that is nobody's, or what somebody typed: money may lie there without an owner. */
static bool explain_nobody(struct chain *chain, bool *found, struct text thing)
{
	const struct intent *intent = chain->outlook->intent;
	struct text phone = TEXT_NONE;
	char digits[16];
	uint32_t count;

	if (intent != NULL && text_phone(thing, intent->tenant.country, digits))
		phone = text_of(digits);
	if (!explain_strays(chain, &count, phone, text_reference(chain->arena, thing)))
		return false;
	*found = count > 0;
	return true;
}

static bool explain_in(struct chain *chain, bool *found, struct text thing)
{
	struct payment payment;
	struct router_state state;

	if (!explain_people(chain, found, thing))
		return false;
	if (*found)
		return true;
	if (!ledger_payment(found, &payment, chain->outlook->store, thing, chain->arena,
			    chain->error))
		return false;
	if (*found)
		return explain_payment(chain, &payment);
	if (!explain_attempt(chain, found, thing))
		return false;
	if (*found)
		return true;
	if (!fleet_router(found, &state, chain->outlook->store, thing, chain->arena, chain->error))
		return false;
	return *found ? explain_router(chain, &state) : explain_nobody(chain, found, thing);
}

bool view_explain(struct document **out, bool *found, const struct outlook *outlooks,
		  uint32_t count, struct text thing, int64_t now, struct arena *arena,
		  struct error *error)
{
	struct chain chain = { .now = now, .arena = arena, .error = error };
	struct text verdict = TEXT_NONE;
	json_t *links = json_array();
	uint32_t known = 0;
	bool here;

	*out = NULL;
	for (uint32_t i = 0; i < count; i++) {
		chain.outlook = &outlooks[i];
		chain.receipt = NULL;
		chain.verdict = TEXT_NONE;
		chain.links = json_array();
		if (!explain_in(&chain, &here, thing)) {
			json_decref(chain.links);
			json_decref(links);
			return error_at(error, "tenant %.*s", TEXT_ARG(outlooks[i].tenant->name));
		}
		known += here;
		verdict = both(&chain, verdict, chain.verdict);
		tag_tenant(chain.links, outlooks[i].tenant->name);
		json_array_extend(links, chain.links);
		json_decref(chain.links);
	}
	*found = known > 0;
	if (*found)
		*out = document_make("explain", json_pack("{s:o, s:o, s:O}", "thing",
							  json_of_text(thing), "verdict",
							  json_of_text(verdict), "chain", links));
	json_decref(links);
	return true;
}
