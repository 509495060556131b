#include "view/subscriber_view.h"

#include <stdlib.h>

#include "base/digest.h"
#include "provider/provider.h"
#include "settings/secrets.h"
#include "state/ledger.h"
#include "state/proof.h"
#include "state/takings.h"
#include "view/explain_inside.h"
#include "view/proof_view.h"
#include "view/shape.h"

struct heard {
	const struct outlook *outlook;
	const struct payment *payment;
};

static int compare_heard(const void *a, const void *b)
{
	const struct payment *left = ((const struct heard *)a)->payment;
	const struct payment *right = ((const struct heard *)b)->payment;

	if (left->booked_at != right->booked_at)
		return left->booked_at > right->booked_at ? -1 : 1;
	return (left->id < right->id) - (left->id > right->id);
}

/* Settled money waits for nobody any more, though it stays as it was written. */
static bool reason_of(struct text *out, struct text *remedy, const struct heard *heard,
		      struct arena *arena, struct error *error)
{
	const struct payment *payment = heard->payment;
	struct text by;

	*out = payment->reason;
	*remedy = TEXT_NONE;
	if (payment->status == PAYMENT_UNMATCHED || payment->status == PAYMENT_HELD)
		*remedy = explain_remedy(payment, arena);
	if (payment->status != PAYMENT_HELD)
		return true;
	if (!settled_by(&by, heard->outlook->store, payment->id, arena, error))
		return false;
	if (by.size > 0) {
		*out = text_format(arena, "settled by %.*s, was held because: %.*s", TEXT_ARG(by),
				   TEXT_ARG(payment->reason));
		*remedy = TEXT_NONE;
	}
	return true;
}

static bool payment_of(json_t **out, const struct heard *heard, int64_t now, struct arena *arena,
		       struct error *error)
{
	const struct payment *payment = heard->payment;
	const struct outlook *outlook = heard->outlook;
	struct text reason, remedy;
	json_t *access;

	if (!reason_of(&reason, &remedy, heard, arena, error) ||
	    !proof_json(&access, outlook, payment, now, arena, error))
		return false;
	*out = json_pack(
	    "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o}", "tenant",
	    json_of_text(outlook->tenant->name), "receipt", json_of_text(payment->receipt),
	    "provider", json_text_or_null(payment->provider), "channel",
	    json_of_text(payment->channel), "amount",
	    payment->has_amount ? json_of_cents(payment->amount_cents) : json_null(), "currency",
	    outlook->intent == NULL ? json_null() : json_of_text(outlook->intent->tenant.currency),
	    "account", json_text_or_null(payment->account), "reference",
	    json_text_or_null(payment->reference), "phone", json_text_or_null(payment->phone), "at",
	    json_of_time(outlook->zone, payment->at != 0 ? payment->at : payment->received_at),
	    "status", payment_status_word(payment->status), "reason", json_text_or_null(reason),
	    "remedy", json_text_or_null(remedy), "by", json_text_or_null(payment->actor), "access",
	    access);
	return true;
}

/* What a person knows of a payment may be any of these. */
static void know_payment(struct payments_wanted *wanted, const struct intent *intent,
			 struct arena *arena)
{
	struct text find = wanted->find, reference = text_reference(arena, find);
	const struct subscriber *subscriber;
	char phone[16], hex[65];
	struct digest digest;

	wanted->cents = -1;
	if (find.size == 0)
		return;
	if (!text_cents(find, &wanted->cents))
		wanted->cents = -1;
	wanted->subscriber = reference;
	if (intent == NULL)
		return;
	subscriber = intent_subscriber(intent, reference);
	if (subscriber == NULL && intent_by_alias(intent, reference, &subscriber) != 1)
		subscriber = NULL;
	if (subscriber != NULL)
		wanted->subscriber = subscriber->reference;
	if (!text_phone(find, intent->tenant.country, phone))
		return;
	digest = digest_of(text_of(phone));
	digest_hex(&digest, hex);
	wanted->phone = text_copy(arena, text_of(phone));
	wanted->phone_hash = text_copy(arena, text_of(hex));
}

bool view_payments(struct document **out, const struct outlook *outlooks, uint32_t count,
		   const struct payments_asked *asked, int64_t now, struct arena *arena,
		   struct error *error)
{
	uint32_t all_count = 0, max = asked->max;
	struct heard *all = ARENA_ARRAY(arena, struct heard, (size_t)max * count + 1);
	json_t *list;

	for (uint32_t i = 0; i < count; i++) {
		struct payment *payments;
		uint32_t payment_count;

		/* Who asks for what is held asks for what waits, as status counts it. */
		struct payments_wanted wanted = { .status = asked->status,
						  .waiting = asked->status == PAYMENT_HELD,
						  .since_at = asked->since_at,
						  .until_at = asked->until_at,
						  .channel = asked->channel,
						  .find = text_trim(asked->find) };

		know_payment(&wanted, outlooks[i].intent, arena);
		if (!takings_find(&payments, &payment_count, outlooks[i].store, &wanted, max, arena,
				  error))
			return false;
		for (uint32_t k = 0; k < payment_count && k < max; k++)
			all[all_count++] = (struct heard){ &outlooks[i], &payments[k] };
	}
	qsort(all, all_count, sizeof *all, compare_heard);
	list = json_array();
	for (uint32_t i = 0; i < all_count && i < max; i++) {
		json_t *payment;

		if (!payment_of(&payment, &all[i], now, arena, error)) {
			json_decref(list);
			return false;
		}
		json_array_append_new(list, payment);
	}
	*out = document_make(asked->csv ? "payments-csv" : "payments", list);
	return true;
}

static bool listens_on(const struct provider *provider, const char *kind)
{
	for (uint32_t i = 0; provider != NULL && provider->kinds[i] != NULL; i++)
		if (text_is(text_of(provider->kinds[i]), kind))
			return true;
	return false;
}

static json_t *url_of(const struct provider *provider, const char *kind, struct text base,
		      struct arena *arena)
{
	if (!listens_on(provider, kind))
		return json_null();
	return json_of_text(
	    text_format(arena, "%.*s%s%s", TEXT_ARG(base), kind[0] != '\0' ? "/" : "", kind));
}

/* "https://pay.kasi.net:443/x" -> "pay.kasi.net:443" */
static struct text host_of(struct text url)
{
	struct text host = url, rest;

	for (uint32_t i = 0; i + 2 < url.size; i++)
		if (url.at[i] == ':' && url.at[i + 1] == '/' && url.at[i + 2] == '/') {
			host = text_from(url, i + 3);
			break;
		}
	(void)text_cut(host, '/', &host, &rest);
	return host;
}

static bool is_at_home(struct text host)
{
	static const char *const heads[] = { "127.", "10.", "192.168.", "localhost", "0.0.0.0",
					     "[::1]" };

	for (size_t i = 0; i < ARRAY_COUNT(heads); i++)
		if (text_starts(host, text_of(heads[i])))
			return true;
	return false;
}

/* Why a provider will not take the URL, or will never reach it; empty: nothing is known against it.
 * Hosts in capitals were refused, too (payments facts 1.2, 1.7). */
static struct text warning_of(const struct settings *settings, const struct channel *channel,
			      struct text base, struct arena *arena)
{
	struct text host = host_of(base);
	const struct provider *provider = provider_find(channel->provider);
	const char *word = forbidden_word(host);

	if (channel->environment == CHANNEL_PRODUCTION && !text_starts(base, TEXT("https://")))
		return text_format(arena,
				   "production takes https only: set `public_url: https://...` in "
				   "%.*s to the name of the proxy with the certificate",
				   TEXT_ARG(settings->file));
	if (provider != NULL && provider->refuses_words && word != NULL)
		return text_format(arena,
				   "Safaricom refuses an address with %s in it: give %.*s another "
				   "name",
				   word, TEXT_ARG(host));
	for (uint32_t i = 0; i < host.size; i++)
		if (host.at[i] >= 'A' && host.at[i] <= 'Z')
			return text_format(arena, "write the host %.*s in small letters",
					   TEXT_ARG(host));
	if (is_at_home(host) && channel->endpoint.size == 0)
		return text_format(arena,
				   "%.*s is not reached from outside: set `public_url` in %.*s",
				   TEXT_ARG(host), TEXT_ARG(settings->file));
	return TEXT_NONE;
}

static void channel_closed(json_t *list, const struct outlook *outlook,
			   const struct channel *channel, const struct error *error)
{
	json_array_append_new(
	    list, json_pack("{s:o, s:o, s:o, s:n, s:n, s:n, s:s}", "tenant",
			    json_of_text(outlook->tenant->name), "channel",
			    json_of_text(channel->name), "provider",
			    json_of_text(channel->provider), "validation", "confirmation",
			    "callback", "warning", error->text));
}

/* False: the channel is closed, and its line says why. */
static bool channel_urls(json_t *list, const struct settings *settings,
			 const struct outlook *outlook, const struct channel *channel,
			 struct arena *arena)
{
	const struct provider *provider = provider_find(channel->provider);
	struct secret token;
	struct error error = { 0 };
	struct text base, host = settings->public_url;

	if (!secret_read(&token, settings->secrets, channel->token, arena, &error) ||
	    !provider_token_ok(secret_reveal(token), &error)) {
		channel_closed(list, outlook, channel, &error);
		return false;
	}
	if (host.size == 0)
		host = text_format(arena, "http://%.*s:%u", TEXT_ARG(settings->public_host),
				   settings->public_port);
	base = text_format(arena, "%.*s/pay/%.*s/%.*s/%.*s", TEXT_ARG(host),
			   TEXT_ARG(outlook->tenant->name), TEXT_ARG(channel->name),
			   TEXT_ARG(secret_reveal(token)));
	json_array_append_new(list,
			      json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "tenant",
					json_of_text(outlook->tenant->name), "channel",
					json_of_text(channel->name), "provider",
					json_of_text(channel->provider), "validation",
					url_of(provider, "validation", base, arena), "confirmation",
					url_of(provider, "confirmation", base, arena), "callback",
					url_of(provider, "", base, arena), "warning",
					json_text_or_null(
					    warning_of(settings, channel, base, arena))));
	return true;
}

struct document *view_payment_urls(bool *all_open, const struct settings *settings,
				   const struct outlook *outlooks, uint32_t count,
				   struct arena *arena)
{
	json_t *list = json_array();

	*all_open = true;
	for (uint32_t i = 0; i < count; i++) {
		const struct intent *intent = outlooks[i].intent;

		for (uint32_t k = 0; intent != NULL && k < intent->tenant.channel_count; k++) {
			bool open = channel_urls(list, settings, &outlooks[i],
						 &intent->tenant.channels[k], arena);

			*all_open = *all_open && open;
		}
	}
	return document_make("urls", list);
}
