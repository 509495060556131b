#include "asking/asker.h"

#include "base/limits.h"
#include "settings/secrets.h"
#include "state/attempts.h"
#include "state/ledger.h"

/* ---- a prompt that a person wants ------------------------------------------------------------ */

static const struct subscriber *account_named(const struct intent *intent, struct text account,
					      struct arena *arena)
{
	struct text reference = text_reference(arena, account);
	const struct subscriber *subscriber = intent_subscriber(intent, reference);

	if (subscriber == NULL && intent_by_alias(intent, reference, &subscriber) != 1)
		return NULL;
	return subscriber;
}

/* NULL: its provider sends no prompts. */
static const struct provider_api *prompting_api(const struct channel *channel)
{
	const struct provider *provider = provider_find(channel->provider);

	return provider != NULL && provider->api != NULL && provider->api->start != NULL
		   ? provider->api
		   : NULL;
}

/* Why this one cannot, or empty. */
static struct text obstacle(const struct channel *channel, struct arena *arena)
{
	const struct provider_api *api = prompting_api(channel);
	const char *lack;

	if (api == NULL)
		return text_format(arena, "channel %.*s cannot, for %.*s sends none",
				   TEXT_ARG(channel->name), TEXT_ARG(channel->provider));
	lack = provider_lacks(channel, api->login_needs | api->prompt_needs);
	return lack == NULL ? TEXT_NONE
			    : text_format(arena, "channel %.*s has no `%s`",
					  TEXT_ARG(channel->name), lack);
}

/* The one that was named, or the first that can prompt. NULL: *error says why none can. */
static const struct channel *prompting(const struct intent *intent, struct text name,
				       struct arena *arena, struct error *error)
{
	struct text why = TEXT_NONE;

	for (uint32_t i = 0; i < intent->tenant.channel_count; i++) {
		const struct channel *channel = &intent->tenant.channels[i];
		struct text flaw;

		if (name.size > 0 && !text_equal(channel->name, name))
			continue;
		flaw = obstacle(channel, arena);
		if (flaw.size == 0)
			return channel;
		why = text_format(arena, "%.*s%s%.*s", TEXT_ARG(why), why.size > 0 ? "; " : "",
				  TEXT_ARG(flaw));
	}
	if (why.size == 0 && name.size > 0)
		(void)error_set(error, ERROR_INVALID, "no such channel: %.*s", TEXT_ARG(name));
	else
		(void)error_set(error, ERROR_FAILED, "no channel can send a prompt: %.*s",
				TEXT_ARG(why));
	return NULL;
}

/* What is due: what the balance lacks of one period, in whole units, for a prompt takes no less. */
static bool due(int64_t *cents, struct seat *seat, const struct subscriber *subscriber,
		struct arena *arena, struct error *error)
{
	struct standing standing;

	if (!ledger_standing(&standing, seat->store, subscriber->reference, arena, error))
		return false;
	*cents = (subscriber->package->price_cents - standing.balance_cents + 99) / 100 * 100;
	if (*cents <= 0)
		return error_set(error, ERROR_FAILED,
				 "nothing is due from %.*s: his balance reaches; say an amount",
				 TEXT_ARG(subscriber->account));
	return true;
}

static bool fill(struct attempt *out, struct seat *seat, const struct intent *intent,
		 const struct wanted_prompt *wanted, struct arena *arena, struct error *error)
{
	const struct subscriber *subscriber = account_named(intent, wanted->account, arena);
	const struct channel *channel;
	struct text flaw;
	char phone[16];

	if (subscriber == NULL)
		return error_set(error, ERROR_FAILED,
				 "no such account: %.*s; `wavu subscriber list` shows all",
				 TEXT_ARG(wanted->account));
	channel = prompting(intent, wanted->channel, arena, error);
	if (channel == NULL)
		return false;
	*out = (struct attempt){ .channel = channel->name,
				 .provider = channel->provider,
				 .shortcode = channel->shortcode,
				 .subscriber = subscriber->reference,
				 .account = subscriber->account,
				 .phone = subscriber->phone,
				 .actor = wanted->actor };
	if (wanted->phone.size > 0) {
		if (!text_phone(wanted->phone, intent->tenant.country, phone))
			return error_set(error, ERROR_INVALID,
					 "%.*s is no phone number: write it as 0712345678",
					 TEXT_ARG(wanted->phone));
		out->phone = text_copy(arena, text_of(phone));
	}
	if (out->phone.size == 0)
		return error_set(error, ERROR_FAILED, "%.*s has no phone: add --phone",
				 TEXT_ARG(subscriber->account));
	if (wanted->amount.size == 0) {
		if (!due(&out->cents, seat, subscriber, arena, error))
			return false;
	} else if (!text_cents(wanted->amount, &out->cents)) {
		return error_set(error, ERROR_INVALID, "%.*s is no amount: write it as 2500",
				 TEXT_ARG(wanted->amount));
	}
	flaw = prompting_api(channel)->cents_ok(out->cents, intent->tenant.currency);
	return flaw.size == 0 || error_set(error, ERROR_INVALID, "%.*s", TEXT_ARG(flaw));
}

bool asker_request(bool *fresh, struct attempt *out, struct seat *seat, const struct intent *intent,
		   const struct wanted_prompt *wanted, int64_t now, struct arena *arena,
		   struct error *error)
{
	struct text subscriber;

	*fresh = false;
	if (!fill(out, seat, intent, wanted, arena, error))
		return false;
	subscriber = out->subscriber;
	if (!store_begin(seat->store, error))
		return false;
	if (!attempts_start(fresh, out, seat->store, now, arena, error)) {
		store_abort(seat->store);
		return false;
	}
	if (!store_commit(seat->store, error))
		return false;
	if (!text_equal(out->subscriber, subscriber))
		return error_set(error, ERROR_REFUSED,
				 "that phone was asked to pay for %.*s just now: wait two minutes",
				 TEXT_ARG(out->account));
	return true;
}

/* ---- making our URLs known ------------------------------------------------------------------- */

bool asker_own_url(struct text *base, struct text *why, const struct seat *seat,
		   const struct channel *channel, struct arena *arena)
{
	struct error error = { 0 };
	struct secret token;

	if (!counterpart_reaches_us(seat->settings, channel, why))
		return false;
	if (!secret_read(&token, seat->settings->secrets, channel->token, arena, &error) ||
	    !provider_token_ok(secret_reveal(token), &error)) {
		*why = text_copy(arena, text_of(error.text));
		return false;
	}
	*base = text_format(arena, "%.*s/pay/%.*s/%.*s/%.*s",
			    TEXT_ARG(counterpart_base_url(seat->settings, arena)),
			    TEXT_ARG(seat->tenant->name), TEXT_ARG(channel->name),
			    TEXT_ARG(secret_reveal(token)));
	return true;
}

enum enrolled asker_enrol(struct text *why, struct asker *asker, const struct seat *seat,
			  const struct intent *intent, const struct channel *channel,
			  struct arena *arena)
{
	const struct provider *provider = provider_find(channel->provider);
	struct counterpart to;
	struct text base;
	struct said said;

	if (provider == NULL || provider->api == NULL || provider->api->enrol == NULL) {
		*why = text_format(arena,
				   "enter the URL that `wavu payment urls` prints in the portal of "
				   "%.*s",
				   TEXT_ARG(channel->provider));
		return ENROLLED_ELSEWHERE;
	}
	if (!counterpart_open(&to, seat, intent, channel->name, NEEDS_LOGIN, arena, why) ||
	    !asker_own_url(&base, why, seat, channel, arena))
		return ENROLLED_NOT;
	said = inquiry_enrol(asker_inquiry(asker), &to, base, arena);
	*why = said.why;
	return said.answer == ANSWER_YES ? ENROLLED : ENROLLED_NOT;
}
