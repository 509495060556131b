#include "plan/window.h"

#include "base/clock.h"
#include "base/zone.h"
#include "plan/compile.h"

#define JUST_PAID_US HOUR_US
/* A router that could not be reached hears of a payment late. */
#define PAID_CHANGE_US DAY_US

static bool is_inside(struct maintenance window, int32_t minute)
{
	if (window.from_minute < window.to_minute)
		return window.from_minute <= minute && minute < window.to_minute;
	/* Over midnight: 23:00 to 04:00. */
	return minute >= window.from_minute || minute < window.to_minute;
}

void window_read(struct draft *draft)
{
	const struct plan_input *in = draft->in;
	struct maintenance window = intent_maintenance(in->intent, in->router);
	struct civil now = zone_civil(in->intent->tenant.zone, in->now);

	if (window.declared && !is_inside(window, now.hour * 60 + now.minute))
		draft->window = text_format(draft->arena, "%02d:%02d to %02d:%02d",
					    window.from_minute / 60, window.from_minute % 60,
					    window.to_minute / 60, window.to_minute % 60);
}

/* Did this row let him in slower, or not at all, before? Then the change is no commit's. */
static bool was_less(const struct item *item)
{
	struct text profile = row_get(item->have, item->menu, "profile");

	return text_is(row_get(item->have, item->menu, "disabled"), "true") ||
	       profile_is_walled(profile) ||
	       (text_starts(profile, TEXT("wavu-")) &&
		text_contains_nocase(profile, TEXT(".throttled-")));
}

static bool row_changes_by_commit(const struct item *item)
{
	if (item->reason == REASON_DRIFT || !item->have || was_less(item))
		return false;
	/* The name went to another person: who is online by it is not him. */
	return !item->entry || text_equal(item->entry->reference, item->reference);
}

static bool was_paid_for(const struct draft *draft, const struct item *item, int64_t rights_at)
{
	const struct facts *facts = facts_of(draft->in, item->reference);
	int64_t paid_at = facts ? facts->standing.last_paid_at : 0;

	if (paid_at == 0)
		return false;
	if (draft->in->now >= paid_at && draft->in->now - paid_at < JUST_PAID_US)
		return true;
	return rights_at >= paid_at && rights_at - paid_at < PAID_CHANGE_US;
}

bool window_holds(const struct draft *draft, const struct item *item, int64_t rights_at)
{
	const struct person *person = item->person;
	enum state state = person->entitlement.state;

	/* Throttled is a dunning step, and speed that is not paid for. */
	if (draft->window.size == 0 || !person->subscriber || !person->had_access ||
	    (state != STATE_ACTIVE && state != STATE_GRACE))
		return false;
	if (was_paid_for(draft, item, rights_at))
		return false;
	if (item->renews && !row_changes_by_commit(item))
		return false;
	/* A profile that somebody changed by hand is put right for those who use it, too. */
	return !(item->profile && item->profile->verb != VERB_COUNT &&
		 item->profile->reason == REASON_DRIFT);
}

void window_say(struct draft *draft)
{
	if (draft->window_count != 0)
		draft_problem(draft,
			      text_format(draft->arena,
					  "%u %s of %.*s %s former rights until the maintenance "
					  "window, %.*s",
					  draft->window_count,
					  draft->window_count == 1 ? "session" : "sessions",
					  TEXT_ARG(draft->in->router->name),
					  draft->window_count == 1 ? "keeps its" : "keep their",
					  TEXT_ARG(draft->window)));
}
