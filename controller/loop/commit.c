#include "loop/commit.h"

#include <string.h>

#include "base/digest.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "loop/publish.h"
#include "loop/rollout.h"
#include "money/booking.h"
#include "policies/policy.h"
#include "state/ledger.h"

#define TAKE_ARENA_SIZE ((size_t)4 << 30) /* a million standings; touched as needed */
#define PASSWORD_SIZE 10

/* ---- does it fit here ------------------------------------------------------------------------ */

static void find_one(struct findings *out, const struct where *where, struct text path,
		     struct text message, struct arena *arena)
{
	struct finding *finding = ARENA_NEW(arena, struct finding);

	*finding = (struct finding){ .file = text_copy(arena, where->file),
				     .line = where->line,
				     .column = where->column,
				     .path = path,
				     .message = message };
	*out = (struct findings){ .errors = finding, .error_count = 1, .error_total = 1 };
}

/* A tenant whose name is another than the settings say would write into another one's files. */
bool commit_name_fits(const struct seat *seat, const struct intent *intent,
		      struct findings *findings, struct arena *arena)
{
	const struct tenant *tenant = &intent->tenant;

	if (text_equal(tenant->name, seat->tenant->name))
		return true;
	find_one(findings, &tenant->where, TEXT("name"),
		 text_format(arena, "the tenant is %.*s here, but %.*s in the settings",
			     TEXT_ARG(tenant->name), TEXT_ARG(seat->tenant->name)),
		 arena);
	return false;
}

bool commit_currency_fits(bool *fits, struct seat *seat, const struct intent *former,
			  const struct intent *next, struct findings *findings, struct arena *arena,
			  struct error *error)
{
	struct payment *payments;
	uint32_t count;

	*fits = former == NULL || text_equal(former->tenant.currency, next->tenant.currency);
	if (*fits)
		return true;
	if (!ledger_payments(&payments, &count, seat->store, -1, 1, arena, error))
		return false;
	*fits = count == 0;
	if (*fits)
		return true;
	find_one(findings, &next->tenant.currency_where, TEXT("currency"),
		 text_format(arena,
			     "the money in the books is %.*s, and %.*s would only give it another "
			     "name: put %.*s back; another currency is another tenant",
			     TEXT_ARG(former->tenant.currency), TEXT_ARG(next->tenant.currency),
			     TEXT_ARG(former->tenant.currency)),
		 arena);
	return true;
}

/* ---- what taking it books -------------------------------------------------------------------- */

struct taking {
	struct seat *seat;
	const struct intent *former; /* in force until now; NULL: none */
	struct intent *next;
	int64_t now;
	bool *wanted;         /* by the router's index in `next`: to be rung */
	struct keeping *kept; /* what waits for its wave */
};

/* What a taken-over customer had is booked at first sight, and buys what it reaches for. */
static bool book_opening(bool *booked, struct seat *seat, const struct intent *intent,
			 const struct subscriber *subscriber, int64_t now, struct arena *arena,
			 struct error *error)
{
	const struct opened opened = { .start_at = subscriber->start_at,
				       .paid_until_at = subscriber->opening_paid_until_at,
				       .balance_cents = subscriber->opening_balance_cents };
	uint32_t periods;

	if (!ledger_open(booked, seat->store, subscriber->reference, subscriber->account, &opened,
			 now, error))
		return false;
	return !*booked || booking_renew(&periods, seat, intent, subscriber, now, arena, error);
}

/* A password is stored before it is ever sent, so that a lost answer cannot lose it. */
static bool ensure_password(struct seat *seat, const struct subscriber *subscriber,
			    struct arena *arena, struct error *error)
{
	char fresh[PASSWORD_SIZE + 1];
	struct text kept;

	random_password(fresh, PASSWORD_SIZE);
	return ledger_password(&kept, seat->store, subscriber->reference, text_of(fresh), arena,
			       error);
}

static bool book_people(struct seat *seat, const struct intent *next,
			const struct standing *standings, uint32_t count, int64_t now, bool *wanted,
			struct arena *arena, struct error *error)
{
	for (uint32_t i = 0; i < next->subscriber_count; i++) {
		const struct subscriber *subscriber = &next->subscribers[i];
		const struct standing *known = standing_find(standings, count,
							     subscriber->reference);
		bool booked = false;

		if (subscriber->has_opening && (known == NULL || !known->opening_booked) &&
		    !book_opening(&booked, seat, next, subscriber, now, arena, error))
			return error_at(error, "opening of %.*s", TEXT_ARG(subscriber->account));
		/* What he has is another now, though his lines in git may mean the same rows. */
		if (booked)
			wanted[subscriber->router - next->routers] = true;
		if (subscriber->password_kind != PASSWORD_SECRET &&
		    (known == NULL || known->password.size == 0) &&
		    !ensure_password(seat, subscriber, arena, error))
			return false;
	}
	return true;
}

/*
 * Only those routers are owed something whose wishes changed: a comment must not wake a fleet. And
 * not all at once (loop/rollout.h).
 */
static bool want_routers(struct taking *taking, struct arena *arena, struct error *error)
{
	const struct intent *next = taking->next;
	struct text *names = ARENA_ARRAY(arena, struct text, next->router_count + 1);

	for (uint32_t i = 0; i < next->router_count; i++)
		names[i] = next->routers[i].name;
	return fleet_sync(taking->seat->store, names, next->router_count, error) &&
	       rollout_begin(&taking->kept, taking->seat, taking->former, next, taking->now,
			     taking->wanted, arena, error);
}

/* Is he still without access by the new commit, on the router where he would lose it? */
static bool still_loses(const struct intent *next, struct text router, struct text reference,
			const struct standing *standings, uint32_t count, int64_t now,
			struct arena *arena)
{
	const struct subscriber *subscriber = intent_subscriber(next, reference);
	const struct standing *standing = standing_find(standings, count, reference);
	struct policy_case given = { .tenant = &next->tenant,
				     .subscriber = subscriber,
				     .standing = standing,
				     .now = now,
				     .arena = arena };

	return subscriber == NULL || standing == NULL ||
	       !text_equal(subscriber->router->name, router) ||
	       !state_is_open(policy_entitle(&given).state);
}

/* They are in order of router and reference. */
static bool is_among(const struct commit_losses *losses, struct text router, struct text reference)
{
	uint32_t low = 0, high = losses->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const struct commit_loss *loss = &losses->losses[middle];
		int order = text_compare(loss->router, router);

		if (order == 0)
			order = text_compare(loss->reference, reference);
		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* Everybody whose loss by this commit or an earlier one is not made yet, by router. */
static bool waiting_losses(struct commit_loss **out, uint32_t *out_count, struct seat *seat,
			   const struct intent *next, const struct commit_losses *fresh,
			   const struct standing *standings, uint32_t count, int64_t now,
			   struct arena *arena, struct error *error)
{
	struct router_state *routers;
	uint32_t router_count, loss_count;

	*out = ARENA_ARRAY(arena, struct commit_loss, fresh->count + 1);
	*out_count = fresh->count;
	if (fresh->count > 0)
		memcpy(*out, fresh->losses, fresh->count * sizeof(**out));
	if (!fleet_routers(&routers, &router_count, seat->store, arena, error))
		return false;
	for (uint32_t i = 0; i < router_count; i++) {
		struct text *losses;

		if (!fleet_losses(&losses, &loss_count, seat->store, routers[i].name, arena, error))
			return false;
		*out = arena_grow(arena, *out, *out_count * sizeof(**out),
				  (*out_count + loss_count + 1) * sizeof(**out));
		for (uint32_t k = 0; k < loss_count; k++)
			if (!is_among(fresh, routers[i].name, losses[k]) &&
			    still_loses(next, routers[i].name, losses[k], standings, count, now,
					arena))
				(*out)[(*out_count)++] = (struct commit_loss){ routers[i].name,
									       losses[k] };
	}
	return true;
}

bool commit_weigh(struct commit_losses *losses, struct commit_loss **waiting,
		  uint32_t *waiting_count, struct seat *seat, const struct intent *next,
		  const struct standing *standings, uint32_t count, int64_t now,
		  struct arena *arena, struct error *error)
{
	if (!waiting_losses(waiting, waiting_count, seat, next, losses, standings, count, now,
			    arena, error))
		return false;
	/* Those of earlier commits have access on their routers, though no commit gives it. */
	losses->why = plan_fleet_why(next, *waiting, *waiting_count,
				     losses->fleet_access + *waiting_count - losses->count, arena);
	return true;
}

/* The losses that this commit adds, stored by router. */
static bool store_losses(struct seat *seat, const struct intent *next,
			 const struct commit_losses *losses, struct arena *arena,
			 struct error *error)
{
	struct text *references = ARENA_ARRAY(arena, struct text, losses->count + 1);

	for (uint32_t i = 0; i < losses->count;) {
		uint32_t first = i, people = 0;

		while (i < losses->count &&
		       text_equal(losses->losses[i].router, losses->losses[first].router))
			references[people++] = losses->losses[i++].reference;
		if (!fleet_losses_add(seat->store, losses->losses[first].router, references, people,
				      text_of(next->commit), error))
			return false;
	}
	return true;
}

/*
 * Who loses by this commit is remembered before any router is asked. What waits since an earlier
 * one is weighed again by the guard that counts now: relaxed, it lets them go, and their routers
 * are rung; else it says so in its new words.
 */
static bool remember_losses(struct taking *taking, const struct standing *standings, uint32_t count,
			    struct source_state *source, struct arena *arena, struct error *error)
{
	const struct intent *next = taking->next;
	struct commit_losses losses = { 0 };
	struct commit_loss *waiting;
	uint32_t waiting_count;

	if (taking->former == NULL)
		return true;
	plan_commit_losses(&losses, taking->former, next, standings, count, taking->now, arena);
	if (!store_losses(taking->seat, next, &losses, arena, error))
		return false;
	if (losses.why.size > 0) {
		source->losses_why = losses.why;
		return true;
	}
	if (source->losses_why.size == 0)
		return true;
	if (!commit_weigh(&losses, &waiting, &waiting_count, taking->seat, next, standings, count,
			  taking->now, arena, error))
		return false;
	source->losses_why = losses.why;
	for (uint32_t i = 0; source->losses_why.size == 0 && i < waiting_count; i++) {
		const struct router *router = intent_router(next, waiting[i].router);

		if (router != NULL)
			taking->wanted[router - next->routers] = true;
	}
	return true;
}

static bool take_all(struct taking *taking, struct arena *arena, struct error *error)
{
	struct seat *seat = taking->seat;
	const struct intent *next = taking->next;
	int64_t now = taking->now;
	struct standing *standings;
	struct source_state source;
	uint32_t count;

	if (!source_read(&source, seat->store, arena, error) ||
	    !ledger_standings(&standings, &count, seat->store, arena, error) ||
	    !book_people(seat, next, standings, count, now, taking->wanted, arena, error) ||
	    !ledger_standings(&standings, &count, seat->store, arena, error) ||
	    !want_routers(taking, arena, error) ||
	    !remember_losses(taking, standings, count, &source, arena, error))
		return false;
	source.commit = text_of(next->commit);
	source.newest = source.commit;
	source.commit_at = now;
	source.looked_at = now;
	source.error = TEXT_NONE;
	return source_write(seat->store, &source, error);
}

static bool take_and_store(struct taking *taking, struct arena *arena, struct error *error)
{
	struct store *store = taking->seat->store;

	if (!store_begin(store, error))
		return false;
	if (!take_all(taking, arena, error)) {
		store_abort(store);
		return false;
	}
	failpoint("follow-before-commit");
	if (!store_commit(store, error))
		return false;
	failpoint("follow-after-commit");
	keeping_swap(taking->seat, intent_hold(taking->next), taking->kept);
	taking->kept = NULL;
	return true;
}

static bool take(struct seat *seat, const struct intent *former, struct intent *next, int64_t now,
		 struct arena *arena, struct error *error)
{
	struct taking taking = { .seat = seat,
				 .former = former,
				 .next = next,
				 .now = now,
				 .wanted = ARENA_ARRAY(arena, bool, next->router_count + 1) };
	bool done;

	keeping_lock(seat);
	done = take_and_store(&taking, arena, error);
	keeping_unlock(seat);
	keeping_free(taking.kept);
	if (!done || !publish_and_say(seat, next, arena, error))
		return false;
	seat_ring(seat, TEXT_NONE, URGENCY_LOW); /* the routers there are may be others */
	for (uint32_t i = 0; i < next->router_count; i++)
		if (taking.wanted[i])
			seat_ring(seat, next->routers[i].name, URGENCY_NORMAL);
	log_line(LOG_INFO, "commit", "tenant=%.*s commit=%.12s routers=%u subscribers=%u",
		 TEXT_ARG(seat->tenant->name), next->commit, next->router_count,
		 next->subscriber_count);
	return true;
}

bool commit_take(struct seat *seat, struct intent *next, int64_t now, struct error *error)
{
	struct intent *former = seat_intent(seat);
	struct arena arena = { 0 };
	bool done;

	arena_open(&arena, TAKE_ARENA_SIZE);
	done = take(seat, former, next, now, &arena, error);
	arena_close(&arena);
	intent_release(former);
	intent_release(next);
	return done ||
	       error_at(error, "tenant %.*s: taking a commit", TEXT_ARG(seat->tenant->name));
}
