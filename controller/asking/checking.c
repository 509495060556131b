#include "asking/checking.h"

#include "base/clock.h"
#include "base/log.h"
#include "money/booking.h"
#include "money/teller.h"
#include "state/heard.h"

#define AT_ONCE_MAX 16 /* hints that are looked at: most are asked about at once */
#define ASK_AGAIN_US (5 * SECOND_US)
#define ASK_AGAIN_MAX_US (15 * MINUTE_US)
#define GIVE_UP_US (7 * DAY_US) /* then a person judges it; it stays held */

/* One hint in hand. */
struct inspection {
	const struct lane *lane;
	const struct hint *hint;
	struct inbox_line line;
	const struct channel *channel;
	const struct provider *provider;
	struct callback callback;
	bool called;
	bool too_soon; /* for this one and all that follow */
};

/* Neither called nor too soon: it cannot be asked, and *why says why. */
static void ask(struct inspection *at, struct response *response, struct text *why)
{
	const struct lane *lane = at->lane;
	struct request request = at->provider->check->ask(at->channel, &at->callback, lane->arena);
	struct counterpart to;
	int64_t wait_us;

	if (request.url.size == 0) {
		*why = TEXT("it names nothing that could be asked about");
		return;
	}
	if (!counterpart_open(&to, lane->seat, lane->intent, at->channel->name, NEEDS_CHECK,
			      lane->arena, why))
		return;
	wait_us = inquiry_from(lane->inquiry, &to, PACE_HINT) - clock_monotonic();
	at->too_soon = wait_us > 0;
	if (at->too_soon) {
		lane_again(lane, lane->now + wait_us);
		return;
	}
	at->called = inquiry_check(response, lane->inquiry, &to, &request, lane->arena, why);
	if (at->called)
		lane_heard(lane, &to);
}

/* What the held line says from now on. */
static bool hold_because(const struct inspection *at, struct text why, struct error *error)
{
	struct notice said = at->provider->parse(at->channel, at->lane->intent->tenant.country,
						 &at->callback, at->lane->arena);

	return booking_words_because(at->lane->seat, said.receipt, why, at->lane->now,
				     at->lane->arena, error);
}

/* In one transaction: what the answer means, and that it was asked. */
static bool settle(const struct inspection *at, enum answer answer, const struct notice *notice,
		   struct text why, struct booked *booked, struct error *error)
{
	struct hint later = *at->hint;
	bool gives_up = at->lane->now - later.since_at > GIVE_UP_US;

	switch (answer) {
	case ANSWER_YES:
		return booking_confirmed(booked, at->lane->seat, at->lane->intent, &at->line,
					 notice, at->lane->now, at->lane->arena, error) &&
		       hint_drop(at->lane->seat->store, later.inbox_id, error);
	case ANSWER_NO:
		return hold_because(
			   at, text_format(at->lane->arena, "not believed: %.*s", TEXT_ARG(why)),
			   error) &&
		       hint_drop(at->lane->seat->store, later.inbox_id, error);
	case ANSWER_NONE:
	case ANSWER_LOGIN:
	case ANSWER_LATER:
		break;
	}
	why = text_format(at->lane->arena, "the provider was asked whether it is true%s: %.*s",
			  gives_up ? ", for a week, and is asked no more" : "", TEXT_ARG(why));
	later.next_at = at->lane->now + lane_wait_us(ASK_AGAIN_US, ASK_AGAIN_MAX_US, later.tries);
	later.tries++;
	return hold_because(at, why, error) &&
	       (gives_up ? hint_drop(at->lane->seat->store, later.inbox_id, error)
			 : hint_later(at->lane->seat->store, &later, error));
}

/* Asked when its channel is declared again. */
static bool put_off(const struct inspection *at, struct error *error)
{
	struct hint later = *at->hint;

	later.next_at = at->lane->now + ASK_AGAIN_MAX_US;
	if (!store_begin(at->lane->seat->store, error))
		return false;
	if (hint_later(at->lane->seat->store, &later, error))
		return store_commit(at->lane->seat->store, error);
	store_abort(at->lane->seat->store);
	return false;
}

static bool inspect(struct inspection *at, struct error *error)
{
	struct response response = { 0 };
	struct notice notice = { 0 };
	struct booked booked = { 0 };
	enum answer answer = ANSWER_NONE;
	struct text why = TEXT_NONE;

	if (!inbox_line(&at->line, at->lane->seat->store, at->hint->inbox_id, at->lane->arena,
			error))
		return false;
	at->channel = intent_channel(at->lane->intent, at->line.channel);
	at->provider = provider_find(at->line.provider);
	at->callback = (struct callback){ .kind = at->line.kind,
					  .headers = at->line.headers,
					  .source = at->line.source,
					  .body = at->line.body,
					  .received_at = at->line.received_at };
	/* Under another provider its key is none of this one's business. */
	if (at->channel == NULL || !text_equal(at->channel->provider, at->line.provider) ||
	    at->provider == NULL || at->provider->check == NULL)
		return put_off(at, error);
	ask(at, &response, &why);
	if (at->too_soon)
		return true;
	if (at->called)
		answer = at->provider->check->read(&notice, &why, at->channel,
						   at->lane->intent->tenant.country, &at->callback,
						   &response, at->lane->arena);
	if (!store_begin(at->lane->seat->store, error))
		return false;
	if (!settle(at, answer, &notice, why, &booked, error)) {
		store_abort(at->lane->seat->store);
		return false;
	}
	if (!store_commit(at->lane->seat->store, error))
		return false;
	teller_tell(at->lane->seat, &booked);
	if (answer != ANSWER_YES)
		log_line(LOG_WARNING, "payment-asked", "tenant=%.*s line=%lld why=\"%.*s\"",
			 TEXT_ARG(at->lane->seat->tenant->name), (long long)at->line.id,
			 TEXT_ARG(why));
	return true;
}

bool checking_step(bool *called, const struct lane *lane, struct error *error)
{
	struct hint due[AT_ONCE_MAX];
	struct inspection at = { .called = false };
	uint32_t count;

	*called = false;
	if (!hint_due(due, &count, lane->seat->store, lane->channel, lane->now, AT_ONCE_MAX, error))
		return false;
	for (uint32_t i = 0; i < count && !at.called && !at.too_soon && !*lane->stopping; i++) {
		at = (struct inspection){ .lane = lane, .hint = &due[i] };
		if (!inspect(&at, error))
			return false;
	}
	*called = at.called;
	return true;
}
