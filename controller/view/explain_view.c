#include "view/explain_view.h"

#include "policies/policy.h"
#include "state/events.h"
#include "state/fleet.h"
#include "state/inbox.h"
#include "state/inventory.h"
#include "state/ledger.h"
#include "state/proof.h"
#include "view/proof_view.h"
#include "view/reversal_view.h"
#include "view/shape.h"

#define LINES_MAX 50
#define PEOPLE_MAX 8
#define ENDS_MAX 5 /* credits of a subscriber whose end is told; older ones by their receipt */

struct chain {
	const struct outlook *outlook;
	json_t *links;
	int64_t now;
	const struct payment *receipt; /* what was asked about; NULL: no payment */
	struct arena *arena;
	struct error *error;
};

static void link_add(struct chain *chain, int64_t at, struct text what, struct text because)
{
	json_array_append_new(chain->links,
			      json_pack("{s:o, s:o, s:o}", "at",
					json_of_time(chain->outlook->zone, at), "what",
					json_of_text(what), "because", json_text_or_null(because)));
}

static void explain_declared(struct chain *chain, const struct subscriber *subscriber)
{
	link_add(chain, chain->outlook->source.commit_at,
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
		struct text what = text_format(
		    chain->arena, "%.*s of %.*s %.*s", TEXT_ARG(lines[i].what),
		    TEXT_ARG(text_of_cents(chain->arena, lines[i].cents)),
		    TEXT_ARG(chain->outlook->intent->tenant.currency));

		if (lines[i].paid_until_at != 0)
			what = text_format(chain->arena, "%.*s, paid until %.*s", TEXT_ARG(what),
					   TEXT_ARG(time_text(chain->arena, chain->outlook->zone,
							      lines[i].paid_until_at)));
		link_add(chain, lines[i].at, what,
			 lines[i].receipt.size == 0
			     ? lines[i].detail
			     : text_format(chain->arena, "%.*s%s%.*s", TEXT_ARG(lines[i].receipt),
					   lines[i].detail.size > 0 ? ": " : "",
					   TEXT_ARG(lines[i].detail)));
	}
	return true;
}

static bool explain_state(struct chain *chain, const struct subscriber *subscriber)
{
	struct standing standing;
	struct policy_case given = { &chain->outlook->intent->tenant, subscriber, &standing,
				     chain->now, chain->arena };
	struct entitlement entitlement;

	if (!ledger_standing(&standing, chain->outlook->store, subscriber->reference, chain->arena,
			     chain->error))
		return false;
	entitlement = policy_entitle(&given);
	link_add(chain, chain->now,
		 text_format(chain->arena, "%.*s is %s", TEXT_ARG(subscriber->account),
			     state_word(entitlement.state)),
		 entitlement.because);
	return true;
}

static void explain_event(struct chain *chain, const struct event *event)
{
	json_t *link = json_pack(
	    "{s:o, s:o, s:o}", "at", json_of_time(chain->outlook->zone, event->at), "what",
	    json_of_text(text_format(chain->arena, "router %.*s: %s, %u %s",
				     TEXT_ARG(event->router), outcome_word(event->outcome),
				     event->writes, event->writes == 1 ? "write" : "writes")),
	    "because",
	    json_of_text(event->because.size > 0 ? event->because
						 : text_of(cause_word(event->cause))));
	json_t *changes = json_loadb(event->changes.at, event->changes.size, 0, NULL);

	if (event->error.size > 0)
		json_object_set_new(link, "error", json_of_text(event->error));
	if (json_array_size(changes) > 0)
		json_object_set(link, "changes", changes);
	json_decref(changes);
	json_array_append_new(chain->links, link);
}

static bool explain_events_of(struct chain *chain, struct text reference)
{
	struct event *events;
	uint32_t count;

	if (!events_of(&events, &count, chain->outlook->store, reference, LINES_MAX, chain->arena,
		       chain->error))
		return false;
	for (uint32_t i = count; i-- > 0;)
		explain_event(chain, &events[i]);
	return true;
}

/* A router that a roll-out has not come to goes by an older commit. */
static void explain_kept(struct chain *chain, const struct router_state *state)
{
	if (state->held_commit.size == 0)
		return;
	link_add(chain, 0,
		 text_format(chain->arena, "router %.*s waits for its wave of the roll-out",
			     TEXT_ARG(state->name)),
		 text_format(chain->arena,
			     "it is kept at commit %.*s until then: `wavu status` says how far it "
			     "is, `wavu apply --router %.*s` brings the newest there",
			     TEXT_ARG(text_head(state->held_commit, 12)), TEXT_ARG(state->name)));
}

/* What stands between the decision and the router right now: the end of the chain. */
static bool explain_router_end(struct chain *chain, const struct subscriber *subscriber)
{
	struct router_state state;
	struct mark *marks;
	uint32_t count;
	bool found, waits = false;

	if (!fleet_router(&found, &state, chain->outlook->store, subscriber->router->name,
			  chain->arena, chain->error) ||
	    !fleet_marks(&marks, &count, chain->outlook->store, subscriber->router->name,
			 chain->arena, chain->error))
		return false;
	for (uint32_t i = 0; i < count; i++)
		waits = waits || text_equal(marks[i].reference, subscriber->reference);
	if (!found)
		return true;
	explain_kept(chain, &state);
	if (waits)
		link_add(chain, chain->now,
			 text_format(chain->arena, "waiting for router %.*s", TEXT_ARG(state.name)),
			 state.error.size > 0 ? state.error : TEXT("its next job is due"));
	else if (state.guarded_digest.size > 0)
		link_add(chain, chain->now,
			 text_format(chain->arena, "router %.*s is guarded", TEXT_ARG(state.name)),
			 state.guarded_why);
	else
		link_add(
		    chain, state.last_reconcile_at,
		    text_format(chain->arena,
				state.error.size > 0 ? "the last job on router %.*s failed"
						     : "router %.*s was read back",
				TEXT_ARG(state.name)),
		    state.error.size > 0
			? state.error
			: (state.in_sync == TERNARY_YES ? TEXT("in sync")
							: TEXT("not yet in sync")));
	return true;
}

/* Why there is no row, or what to ask next. */
static bool explain_no_row(struct chain *chain, const struct subscriber *subscriber)
{
	struct text name = subscriber->router->name, because;
	struct router_state state;
	bool found;

	if (!fleet_router(&found, &state, chain->outlook->store, name, chain->arena, chain->error))
		return false;
	because = TEXT("where he has paid, `wavu drift --foreign` says what is in the way, such as "
		       "a row of that name that is not wavu's");
	if (found && state.held_commit.size > 0)
		because = TEXT("its router waits for its wave of a roll-out");
	link_add(chain, 0, text_format(chain->arena, "no row of wavu's on %.*s", TEXT_ARG(name)),
		 because);
	return true;
}

static bool explain_rows(struct chain *chain, const struct subscriber *subscriber)
{
	struct inventory_entry *entries;
	uint32_t count;

	if (!inventory_read_of(&entries, &count, chain->outlook->store, subscriber->router->name,
			       subscriber->reference, chain->arena, chain->error))
		return false;
	bool has_row = false;
	for (uint32_t i = 0; i < count; i++) {
		if (!text_equal(entries[i].reference, subscriber->reference))
			continue;
		has_row = true;
		link_add(chain, entries[i].rights_at,
			 text_format(chain->arena, "row %.*s %.*s on %.*s",
				     TEXT_ARG(entries[i].menu), TEXT_ARG(entries[i].key),
				     TEXT_ARG(subscriber->router->name)),
			 entries[i].state != INVENTORY_PRESENT
			     ? TEXT("a write to it has not been read back yet")
			 : entries[i].open ? TEXT("gives access")
					   : TEXT("gives no access"));
	}
	return has_row || subscriber->router->mode != MODE_MANAGE ||
	       explain_no_row(chain, subscriber);
}

/* Every step of one credit towards the router, and where it stands now. */
static bool explain_end(struct chain *chain, const struct payment *payment)
{
	struct ending *steps;
	uint32_t count;
	json_t *end;

	if (!proof_steps(&steps, &count, chain->outlook->store, payment->id, chain->arena,
			 chain->error))
		return false;
	for (uint32_t i = 0; i + 1 < count; i++) {
		const char *word = steps[i].state == ENDING_NONE ? "gave no access"
								 : "waited for its router";

		link_add(chain, steps[i].at,
			 text_format(chain->arena, "%.*s %s", TEXT_ARG(payment->receipt), word),
			 steps[i].why.size > 0
			     ? steps[i].why
			     : text_format(chain->arena, "the job on router %.*s was due",
					   TEXT_ARG(steps[i].router)));
	}
	if (!proof_json(&end, chain->outlook, payment, chain->now, chain->arena, chain->error))
		return false;
	if (json_is_object(end)) {
		link_add(chain, count > 0 ? steps[count - 1].at : chain->now,
			 text_format(chain->arena, "the end of %.*s", TEXT_ARG(payment->receipt)),
			 text_copy(chain->arena, member_text(end, "text")));
		json_object_set(json_array_get(chain->links, json_array_size(chain->links) - 1),
				"access", end);
	}
	json_decref(end);
	return true;
}

/* What became of the newest money of a subscriber, oldest first. */
static bool explain_ends(struct chain *chain, struct text reference)
{
	struct payment *payments;
	uint32_t count;

	if (!ledger_payments_of(&payments, &count, chain->outlook->store, reference, ENDS_MAX,
				chain->arena, chain->error))
		return false;
	for (uint32_t i = count; i-- > 0;)
		if (!reversal_links(chain->links, chain->outlook, payments[i].id, chain->arena,
				    chain->error) ||
		    !explain_end(chain, &payments[i]))
			return false;
	return true;
}

static bool explain_subscriber(struct chain *chain, const struct subscriber *subscriber)
{
	explain_declared(chain, subscriber);
	return explain_money(chain, subscriber->reference) && explain_state(chain, subscriber) &&
	       explain_events_of(chain, subscriber->reference) && explain_rows(chain, subscriber) &&
	       explain_router_end(chain, subscriber) &&
	       (chain->receipt != NULL ? explain_end(chain, chain->receipt)
				       : explain_ends(chain, subscriber->reference));
}

/* The end of the chain for money that nobody has yet: what a person does about it. */
static bool explain_waiting(struct chain *chain, const struct payment *payment)
{
	struct text remedy, settled;

	if (payment->status == PAYMENT_UNMATCHED)
		remedy = text_format(chain->arena,
				     "wavu payment assign %.*s ACCOUNT gives it an owner",
				     TEXT_ARG(payment->receipt));
	else if (payment->status == PAYMENT_HELD)
		remedy = text_format(chain->arena,
				     "wavu payment assign %.*s ACCOUNT releases it when amount and "
				     "short code are right, else wavu payment record ACCOUNT "
				     "AMOUNT --held %.*s --reason TEXT settles it",
				     TEXT_ARG(payment->receipt), TEXT_ARG(payment->receipt));
	else
		return true;
	if (!settled_by(&settled, chain->outlook->store, payment->id, chain->arena, chain->error))
		return false;
	if (settled.size > 0)
		link_add(
		    chain, chain->now, TEXT("it was settled"),
		    text_format(chain->arena, "%.*s was recorded in its place", TEXT_ARG(settled)));
	else
		link_add(chain, chain->now, TEXT("it waits for a person"), remedy);
	return true;
}

static bool explain_payment(struct chain *chain, const struct payment *payment)
{
	struct arena *arena = chain->arena;
	const struct subscriber *subscriber;

	link_add(chain, payment->received_at,
		 text_format(arena, "%.*s of %s heard on channel %.*s", TEXT_ARG(payment->receipt),
			     payment->has_amount ? text_of_cents(arena, payment->amount_cents).at
						 : "an unreadable amount",
			     TEXT_ARG(payment->channel)),
		 payment->reference.size == 0 ? TEXT("the payer gave no reference")
					      : text_format(arena, "the payer wrote \"%.*s\"",
							    TEXT_ARG(payment->reference)));
	link_add(chain, payment->booked_at,
		 text_format(arena, "%s%s%.*s", payment_status_word(payment->status),
			     payment->account.size == 0		     ? ""
			     : payment->status == PAYMENT_REVERSED ? ", it was credited to "
								   : " to ",
			     TEXT_ARG(payment->account)),
		 payment->reason);
	if (!reversal_links(chain->links, chain->outlook, payment->id, arena, chain->error) ||
	    !explain_waiting(chain, payment))
		return false;
	if (payment->account.size == 0 || chain->outlook->intent == NULL)
		return explain_end(chain, payment);
	subscriber = intent_subscriber(chain->outlook->intent,
				       text_reference(arena, payment->account));
	chain->receipt = payment;
	if (subscriber != NULL)
		return explain_subscriber(chain, subscriber);
	link_add(
	    chain, chain->now,
	    text_format(arena, "%.*s is not in the commit in force", TEXT_ARG(payment->account)),
	    TEXT("the ledger keeps the money; declare the account again, or assign the payment"));
	return explain_end(chain, payment);
}

static bool explain_router(struct chain *chain, const struct router_state *state)
{
	struct arena *arena = chain->arena;
	struct event *events;
	uint32_t count;

	link_add(chain, state->last_look_at,
		 text_format(arena, "router %.*s is at generation %lld of %lld",
			     TEXT_ARG(state->name), (long long)state->applied_generation,
			     (long long)state->generation),
		 text_format(arena, "commit %.12s",
			     state->wanted_commit.size > 0 ? state->wanted_commit.at : "none"));
	explain_kept(chain, state);
	if (state->error.size > 0)
		link_add(chain, state->unreachable_since_at, TEXT("its last job failed"),
			 state->error);
	if (state->guarded_digest.size > 0)
		link_add(chain, chain->now,
			 text_format(arena, "%u losses wait for a person", state->guarded_losses),
			 state->guarded_why);
	if (!events_read(&events, &count, chain->outlook->store, state->name, LINES_MAX, arena,
			 chain->error))
		return false;
	for (uint32_t i = count; i-- > 0;)
		explain_event(chain, &events[i]);
	return true;
}

/*
 * A phone or a username may be several people's: all of them are meant. Whoever is gone from git
 * still has what was paid and done.
 */
static bool explain_people(struct chain *chain, bool *found, struct text thing)
{
	const struct intent *intent = chain->outlook->intent;
	const struct subscriber *people[PEOPLE_MAX];
	struct text reference = text_reference(chain->arena, thing);
	struct ledger_line *lines;
	uint32_t count;

	if (intent == NULL)
		return true;
	count = intent_named(intent, thing, people, PEOPLE_MAX, chain->arena);
	*found = count > 0;
	if (count > 1)
		link_add(chain, 0,
			 text_format(chain->arena, "%u subscribers go by %.*s", count,
				     TEXT_ARG(thing)),
			 TEXT("each of them follows; a payment that says no more is unmatched"));
	for (uint32_t i = 0; i < count && i < PEOPLE_MAX; i++)
		if (!explain_subscriber(chain, people[i]))
			return false;
	if (*found)
		return true;
	if (!ledger_history(&lines, &count, chain->outlook->store, reference, 1, chain->arena,
			    chain->error))
		return false;
	*found = count > 0;
	if (!*found)
		return true;
	link_add(chain, chain->now,
		 text_format(chain->arena, "%.*s is not in the commit in force", TEXT_ARG(thing)),
		 TEXT("the ledger keeps the money, and payments for it are unmatched"));
	return explain_money(chain, reference) && explain_events_of(chain, reference);
}

static void tag_tenant(json_t *links, struct text tenant)
{
	json_t *link;
	size_t i;

	json_array_foreach (links, i, link)
		json_object_set_new(link, "tenant", json_of_text(tenant));
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
	if (!fleet_router(found, &state, chain->outlook->store, thing, chain->arena, chain->error))
		return false;
	return !*found || explain_router(chain, &state);
}

bool view_explain(struct document **out, bool *found, const struct outlook *outlooks,
		  uint32_t count, struct text thing, int64_t now, struct arena *arena,
		  struct error *error)
{
	struct chain chain = { .now = now, .arena = arena, .error = error };
	json_t *links = json_array();
	uint32_t known = 0;
	bool here;

	*out = NULL;
	for (uint32_t i = 0; i < count; i++) {
		chain.outlook = &outlooks[i];
		chain.receipt = NULL;
		chain.links = json_array();
		if (!explain_in(&chain, &here, thing)) {
			json_decref(chain.links);
			json_decref(links);
			return error_at(error, "tenant %.*s", TEXT_ARG(outlooks[i].tenant->name));
		}
		known += here;
		tag_tenant(chain.links, outlooks[i].tenant->name);
		json_array_extend(links, chain.links);
		json_decref(chain.links);
	}
	*found = known > 0;
	if (*found)
		*out = document_make("explain", json_pack("{s:o, s:O}", "thing",
							  json_of_text(thing), "chain", links));
	json_decref(links);
	return true;
}
