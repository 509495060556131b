#include "base/clock.h"
#include "loop/control_desk.h"
#include "seat/person.h"
#include "state/fleet.h"
#include "state/ledger.h"

/* ---- a router ------------------------------------------------------------------------ */

static bool read_until(int64_t *until_at, struct text typed, const struct zone *zone, int64_t now)
{
	struct period period;

	if (time_parse(typed, zone, false, until_at))
		return *until_at > now;
	if (!period_parse(typed, &period))
		return false;
	*until_at = period_add(zone, now, period, 0);
	return true;
}

static bool store_pause(struct seat *seat, struct text router, int64_t until_at, struct text reason,
			struct error *error)
{
	if (!store_begin(seat->store, error))
		return false;
	if (!fleet_pause(seat->store, router, until_at, reason, error)) {
		store_abort(seat->store);
		return false;
	}
	return store_commit(seat->store, error);
}

/* The later of the two pauses holds, so the word of the command is not always the last one. */
static struct text words_paused(struct desk *desk, const struct zone *zone, struct text name,
				int64_t until_at, int64_t by_git_until_at)
{
	bool by_git = by_git_until_at > clock_now() && by_git_until_at > until_at;
	struct text until = time_shown(desk->arena, zone, by_git ? by_git_until_at : until_at);

	if (by_git)
		return text_format(desk->arena,
				   "%.*s stays paused until %.*s: its `pause` in git says so",
				   TEXT_ARG(name), TEXT_ARG(until));
	if (until_at == 0)
		return text_format(desk->arena, "%.*s is resumed", TEXT_ARG(name));
	return text_format(desk->arena, "%.*s is paused until %.*s", TEXT_ARG(name),
			   TEXT_ARG(until));
}

static bool pause_or_resume(struct desk *desk, bool pause, struct error *error)
{
	struct text name = desk_argument(desk, 0), reason = text_trim(desk_argument(desk, 2)),
		    words;
	const struct router *router;
	struct intent *intent;
	struct seat *seat;
	int64_t until_at = 0, by_git_until_at;
	bool there, good = true;

	if (!desk_seat(&seat, desk, MEANT_ROUTER, name, error))
		return false;
	if (seat == NULL)
		return true;
	intent = seat_intent(seat);
	router = intent != NULL ? intent_router(intent, name) : NULL;
	there = router != NULL;
	by_git_until_at = there ? router->pause_until_at : 0;
	if (there && pause)
		good = reason.size > 0 && read_until(&until_at, desk_argument(desk, 1),
						     intent->tenant.zone, clock_now());
	words = there && good
		    ? words_paused(desk, intent->tenant.zone, name, until_at, by_git_until_at)
		    : TEXT_NONE;
	intent_release(intent);
	if (!there)
		return desk_say(desk, 1,
				text_format(desk->arena, "no such router: %.*s", TEXT_ARG(name)),
				NULL, TEXT_NONE);
	if (!good)
		return desk_say(desk, EXIT_USAGE,
				TEXT("a pause needs --until with a time to come or a duration "
				     "(2026-12-01T06:00, 6h), and a --reason"),
				NULL, TEXT_NONE);
	if (!store_pause(seat, name, until_at, reason, error))
		return false;
	/* A shorter pause, too: the router is due when this one ends, not the former. */
	seat_ring(seat, name, URGENCY_NORMAL);
	return desk_say(desk, 0, words, NULL, TEXT_NONE);
}

bool do_pause(struct desk *desk, struct error *error)
{
	return pause_or_resume(desk, true, error);
}

bool do_resume(struct desk *desk, struct error *error)
{
	return pause_or_resume(desk, false, error);
}

/* ---- somebody's service ---------------------------------------------------------------------- */

static const struct subscriber *find_subscriber(const struct intent *intent, struct text account,
						struct arena *arena)
{
	struct text reference = text_reference(arena, account);
	const struct subscriber *subscriber = NULL;

	if (intent == NULL)
		return NULL;
	subscriber = intent_subscriber(intent, reference);
	if (subscriber == NULL && intent_by_alias(intent, reference, &subscriber) != 1)
		return NULL;
	return subscriber;
}

static bool store_service(struct desk *desk, struct seat *seat, const struct subscriber *subscriber,
			  bool paused, struct error *error)
{
	struct text who = desk->request->actor, why = text_trim(desk_argument(desk, 1)), because;
	int64_t now = clock_now();

	because = text_format(desk->arena, "%.*s was %s by %.*s%s%.*s",
			      TEXT_ARG(subscriber->account), paused ? "paused" : "resumed",
			      TEXT_ARG(who), why.size > 0 ? ": " : "", TEXT_ARG(why));
	if (!store_begin(seat->store, error))
		return false;
	if (!ledger_pause(seat->store, subscriber->reference, paused, who, now, error) ||
	    !person_mark(seat, subscriber->router->name, subscriber->reference, CAUSE_PERSON,
			 because, now, error)) {
		store_abort(seat->store);
		return false;
	}
	return store_commit(seat->store, error);
}

static bool change_service(struct desk *desk, struct seat *seat,
			   const struct subscriber *subscriber, bool paused, struct error *error)
{
	struct standing standing;
	struct text words;

	if (!ledger_standing(&standing, seat->store, subscriber->reference, desk->arena, error))
		return false;
	words = text_format(desk->arena, "%.*s is %s", TEXT_ARG(subscriber->account),
			    paused ? "paused; the paid time runs on" : "resumed");
	if (paused && !standing.known)
		return desk_say(desk, 1,
				text_format(desk->arena,
					    "%.*s has never paid: there is nothing to pause",
					    TEXT_ARG(subscriber->account)),
				NULL, TEXT_NONE);
	if (standing.paused != paused) {
		if (!store_service(desk, seat, subscriber, paused, error))
			return false;
		seat_dirty(seat, subscriber->reference);
		person_ring(seat, subscriber->router->name, subscriber->reference, URGENCY_URGENT);
	}
	return desk_say(desk, 0, words, "account", subscriber->account);
}

static bool pause_service(struct desk *desk, bool paused, struct error *error)
{
	struct text account = desk_argument(desk, 0);
	const struct subscriber *subscriber;
	struct intent *intent;
	struct seat *seat;
	bool done;

	if (!desk_seat(&seat, desk, MEANT_ACCOUNT, account, error))
		return false;
	if (seat == NULL)
		return true;
	intent = seat_intent(seat);
	subscriber = find_subscriber(intent, account, desk->arena);
	done = subscriber != NULL
		   ? change_service(desk, seat, subscriber, paused, error)
		   : desk_say(desk, 1,
			      text_format(desk->arena, "no such account: %.*s", TEXT_ARG(account)),
			      NULL, TEXT_NONE);
	intent_release(intent);
	return done;
}

bool do_service_pause(struct desk *desk, struct error *error)
{
	return pause_service(desk, true, error);
}

bool do_service_resume(struct desk *desk, struct error *error)
{
	return pause_service(desk, false, error);
}
