#include "asking/pulling.h"

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "money/booking.h"
#include "asking/pull_window.h"
#include "asking/pulling_page.h"
#include "state/pulls.h"

#define WITHOUT_KEYS_US (5 * MINUTE_US)
#define BUSY_US MINUTE_US
#define AGAIN_US MINUTE_US
#define AGAIN_MAX_US (30 * MINUTE_US)

static bool write(const struct lane *lane, struct pull *pull, struct error *error)
{
	if (!store_begin(lane->seat->store, error))
		return false;
	if (!pulls_write(lane->seat->store, pull, error)) {
		store_abort(lane->seat->store);
		return false;
	}
	lane_again(lane, pull->next_at);
	return store_commit(lane->seat->store, error);
}

/* It could not be read, and is tried again at `next_at`; the window stays in hand. */
static bool put_off(const struct lane *lane, struct pull *pull, struct text why, int64_t next_at,
		    struct error *error)
{
	log_line(LOG_WARNING, "list", "tenant=%.*s channel=%.*s shortcode=%.*s why=\"%.*s\"",
		 TEXT_ARG(lane->seat->tenant->name), TEXT_ARG(pull->channel),
		 TEXT_ARG(pull->shortcode), TEXT_ARG(why));
	if (pull->failures == 0)
		pull->failing_since_at = lane->now;
	pull->tried_at = lane->now;
	pull->failures++;
	pull->why = why;
	pull->next_at = next_at;
	return write(lane, pull, error);
}

static int64_t again_us(uint32_t failures)
{
	int64_t wait_us = AGAIN_US;

	while (failures-- > 0 && wait_us < AGAIN_MAX_US)
		wait_us *= 2;
	return wait_us < AGAIN_MAX_US ? wait_us : AGAIN_MAX_US;
}

/* What is out of reach is kept and said before anything else is asked. */
static bool keep_gap(const struct lane *lane, struct pull *pull, const struct pull_gap *gap,
		     struct error *error)
{
	const struct zone *zone = lane->intent->tenant.zone;
	struct store *store = lane->seat->store;

	if (!store_begin(store, error))
		return false;
	if (!pulls_write(store, pull, error) ||
	    !pulls_gap_add(store, pull->id, gap->from_at, gap->to_at, error)) {
		store_abort(store);
		return false;
	}
	log_line(LOG_WARNING, "list",
		 "tenant=%.*s channel=%.*s shortcode=%.*s unread_from=%.*s unread_to=%.*s "
		 "do=\"reconcile a statement of that time\"",
		 TEXT_ARG(lane->seat->tenant->name), TEXT_ARG(pull->channel),
		 TEXT_ARG(pull->shortcode), TEXT_ARG(time_text(lane->arena, zone, gap->from_at)),
		 TEXT_ARG(time_text(lane->arena, zone, gap->to_at)));
	return store_commit(store, error);
}

/* The next page, unless it would be too soon. */
static bool page(bool *called, const struct lane *lane, struct pull *pull, struct error *error)
{
	const struct zone *zone = lane->intent->tenant.zone;
	struct listed_page read;
	struct listing listing;
	struct counterpart to;
	struct pull_gap gap;
	struct said said;
	struct text why;
	int64_t now = lane->now, wait_us;

	if (!counterpart_open(&to, lane->seat, lane->intent, lane->channel, NEEDS_LOGIN,
			      lane->arena, &why))
		return put_off(lane, pull, why, now + WITHOUT_KEYS_US, error);
	wait_us = inquiry_from(lane->inquiry, &to, PACE_QUESTION) - clock_monotonic();
	if (wait_us > 0) {
		lane_again(lane, now + wait_us);
		return true;
	}
	if (!pull_window_open(pull, &gap, zone, now)) {
		pull->next_at = pull_window_due(pull, zone);
		return write(lane, pull, error);
	}
	if (gap.to_at != 0 && !keep_gap(lane, pull, &gap, error))
		return false;
	listing = (struct listing){ pull->from_at, pull->to_at, pull->offset, now };
	*called = true;
	said = inquiry_list(&read, lane->inquiry, &to, &listing, lane->intent->tenant.country,
			    lane->arena);
	lane_heard(lane, &to);
	failpoint("pull-after-answer");
	if (said.answer == ANSWER_LATER)
		return put_off(lane, pull, said.why, now + BUSY_US, error);
	if (said.answer != ANSWER_YES)
		return put_off(lane, pull, said.why, now + again_us(pull->failures), error);
	if (!pulling_page(lane, to.channel, pull, &read, now, error))
		return false;
	return true;
}

/* A channel that is not to be read, or not any more. */
static bool rest(const struct lane *lane, struct pull *pull, bool found, struct error *error)
{
	if (found && pull->next_at == 0)
		return true;
	pull->next_at = 0;
	return write(lane, pull, error);
}

static bool retire(const struct lane *lane, struct text shortcode, struct error *error)
{
	if (!store_begin(lane->seat->store, error))
		return false;
	if (!pulls_retire(lane->seat->store, lane->channel, shortcode, error)) {
		store_abort(lane->seat->store);
		return false;
	}
	return store_commit(lane->seat->store, error);
}

/* Is another short code of this channel, or the channel of nobody, still to be read? */
static bool others_due(bool *any, const struct lane *lane, struct text shortcode,
		       struct error *error)
{
	struct pull *all;
	uint32_t count;

	*any = false;
	if (!pulls_all(&all, &count, lane->seat->store, lane->arena, error))
		return false;
	for (uint32_t i = 0; i < count; i++)
		*any = *any || (all[i].next_at != 0 && text_equal(all[i].channel, lane->channel) &&
				!text_equal(all[i].shortcode, shortcode));
	return true;
}

bool pulling_step(bool *called, const struct lane *lane, struct error *error)
{
	const struct channel *channel = intent_channel(lane->intent, lane->channel);
	const struct provider *provider = channel == NULL ? NULL : provider_find(channel->provider);
	bool can = provider != NULL && provider->api != NULL && provider->api->list != NULL;
	struct text shortcode = can ? channel->shortcode : TEXT_NONE;
	bool found, any;
	struct pull pull;

	*called = false;
	if (!others_due(&any, lane, shortcode, error) || (any && !retire(lane, shortcode, error)))
		return false;
	if (!can)
		return true;
	if (!pulls_find(&found, &pull, lane->seat->store, channel->name, shortcode, lane->now,
			lane->arena, error))
		return false;
	if (!channel->pull)
		return rest(lane, &pull, found, error);
	if (pull.next_at == 0)
		pull.next_at = lane->now;
	if (!found && !write(lane, &pull, error))
		return false;
	if (pull.next_at <= lane->now && !*lane->stopping && !page(called, lane, &pull, error))
		return false;
	if (pull.next_at > lane->now)
		lane_again(lane, pull.next_at);
	return true;
}

/* "0722000000", as the provider writes it (payments facts 1.9). */
static struct text national(struct text phone, struct text country, struct arena *arena)
{
	char digits[16];

	if (!text_phone(phone, country, digits) || !text_starts(text_of(digits), country))
		return phone;
	return text_format(arena, "0%s", digits + country.size);
}

bool pulling_enrol(bool *done, struct text *why, struct inquiry *inquiry, struct seat *seat,
		   const struct intent *intent, const struct channel *channel, struct text url,
		   int64_t now, struct arena *arena, struct error *error)
{
	struct counterpart to;
	struct said said;

	*done = false;
	if (channel->nominated.size == 0) {
		*why = TEXT("`pull` needs `nominated`, the phone that the provider calls about it");
		return true;
	}
	if (!counterpart_open(&to, seat, intent, channel->name, NEEDS_LOGIN, arena, why))
		return true;
	if (to.api->list_enrol == NULL) {
		*why = TEXT("the provider has no list");
		return true;
	}
	said = inquiry_list_enrol(
	    inquiry, &to, national(channel->nominated, intent->tenant.country, arena), url, arena);
	*done = said.answer == ANSWER_YES;
	*why = said.why;
	if (!*done)
		return true;
	if (!store_begin(seat->store, error))
		return false;
	if (!pulls_hurry(seat->store, channel->name, now, error)) {
		store_abort(seat->store);
		return false;
	}
	return store_commit(seat->store, error);
}
