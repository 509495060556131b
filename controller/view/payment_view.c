#include "view/subscriber_view.h"

#include <stdlib.h>

#include "provider/provider.h"
#include "settings/secrets.h"
#include "state/ledger.h"
#include "state/proof.h"
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
	    "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o}", "tenant",
	    json_of_text(outlook->tenant->name), "receipt", json_of_text(payment->receipt),
	    "provider", json_text_or_null(payment->provider), "channel",
	    json_of_text(payment->channel), "amount",
	    payment->has_amount ? json_of_cents(payment->amount_cents) : json_null(), "currency",
	    outlook->intent == NULL ? json_null() : json_of_text(outlook->intent->tenant.currency),
	    "account", json_text_or_null(payment->account), "reference",
	    json_text_or_null(payment->reference), "phone", json_text_or_null(payment->phone), "at",
	    json_of_time(outlook->zone, payment->at != 0 ? payment->at : payment->received_at),
	    "status", payment_status_word(payment->status), "reason", json_text_or_null(reason),
	    "remedy", json_text_or_null(remedy), "access", access);
	return true;
}

bool view_payments(struct document **out, const struct outlook *outlooks, uint32_t count,
		   int status, uint32_t max, int64_t now, struct arena *arena, struct error *error)
{
	struct heard *all = ARENA_ARRAY(arena, struct heard, (size_t)max * count + 1);
	uint32_t all_count = 0;
	json_t *list;

	for (uint32_t i = 0; i < count; i++) {
		struct payment *payments;
		uint32_t payment_count;

		if (!ledger_payments(&payments, &payment_count, outlooks[i].store, status, max,
				     arena, error))
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
	*out = document_make("payments", list);
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

static bool channel_urls(json_t *list, const struct settings *settings,
			 const struct outlook *outlook, const struct channel *channel,
			 struct arena *arena, struct error *error)
{
	const struct provider *provider = provider_find(channel->provider);
	struct secret token;
	struct text base, host = settings->public_url;

	if (!secret_read(&token, settings->secrets, channel->token, arena, error) ||
	    !provider_token_ok(secret_reveal(token), error))
		return error_at(error, "channel %.*s", TEXT_ARG(channel->name));
	if (host.size == 0)
		host = text_format(arena, "http://%.*s:%u", TEXT_ARG(settings->public_host),
				   settings->public_port);
	base = text_format(arena, "%.*s/pay/%.*s/%.*s/%.*s", TEXT_ARG(host),
			   TEXT_ARG(outlook->tenant->name), TEXT_ARG(channel->name),
			   TEXT_ARG(secret_reveal(token)));
	json_array_append_new(list,
			      json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "tenant",
					json_of_text(outlook->tenant->name), "channel",
					json_of_text(channel->name), "provider",
					json_of_text(channel->provider), "validation",
					url_of(provider, "validation", base, arena), "confirmation",
					url_of(provider, "confirmation", base, arena), "callback",
					url_of(provider, "", base, arena)));
	return true;
}

bool view_payment_urls(struct document **out, const struct settings *settings,
		       const struct outlook *outlooks, uint32_t count, struct arena *arena,
		       struct error *error)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < count; i++) {
		const struct intent *intent = outlooks[i].intent;

		for (uint32_t k = 0; intent != NULL && k < intent->tenant.channel_count; k++) {
			if (channel_urls(list, settings, &outlooks[i], &intent->tenant.channels[k],
					 arena, error))
				continue;
			json_decref(list);
			return error_at(error, "tenant %.*s", TEXT_ARG(outlooks[i].tenant->name));
		}
	}
	*out = document_make("urls", list);
	return true;
}
