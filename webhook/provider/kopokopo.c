#include "base/signature.h"
#include "provider/event.h"

/*
 * Kopo Kopo: M-PESA tills. A callback is proven by the hex HMAC-SHA256 of its raw bytes under the
 * API key or the client secret, whichever the account was given (payments facts 2: its documents
 * name both); the channel's `secret` says which. The receipt is M-PESA's own, so that the same
 * money heard of elsewhere counts once.
 */

static enum proof kopokopo_authenticate(const struct channel *channel,
					const struct callback *callback)
{
	(void)channel;
	if (!callback->key.readable)
		return PROOF_REJECTED;
	return signature_hmac_ok(SIGNATURE_SHA256, secret_reveal(callback->key), callback->body,
				 event_header(callback, "X-KopoKopo-Signature"))
		   ? PROOF_PROVEN
		   : PROOF_REJECTED;
}

/* Its links name the system that sent it: "https://sandbox.kopokopo.com/..." */
static bool is_test(struct value root, struct arena *arena)
{
	struct text self = event_field(value_at(root, "_links", arena), "self", arena);

	return text_starts(self, TEXT("https://sandbox."));
}

static void payer_read(struct notice *notice, struct value resource, struct text country,
		       struct arena *arena)
{
	static const char *const names[] = { "sender_first_name", "sender_middle_name",
					     "sender_last_name" };
	struct text hash = event_field(resource, "hashed_sender_phone", arena);
	uint8_t bytes[32];

	event_payer(notice, event_field(resource, "sender_phone_number", arena), country, arena);
	if (notice->phone.size == 0 && signature_hex(bytes, sizeof(bytes), hash))
		notice->phone_hash = text_lower(arena, hash);
	for (uint32_t i = 0; i < ARRAY_COUNT(names); i++) {
		struct text part = event_field(resource, names[i], arena);

		if (part.size > 0)
			notice->payer = text_format(arena, "%.*s%s%.*s", TEXT_ARG(notice->payer),
						    notice->payer.size > 0 ? " " : "",
						    TEXT_ARG(part));
	}
}

static struct notice received(const struct channel *channel, struct value root, struct text country,
			      struct arena *arena)
{
	struct notice notice = { .kind = NOTICE_PAID };
	struct value resource = value_at(value_at(root, "event", arena), "resource", arena);
	struct text reference = event_field(resource, "reference", arena);
	struct text status = event_field(resource, "status", arena);

	if (channel->environment == CHANNEL_PRODUCTION && is_test(root, arena))
		return event_unreadable(TEXT("a test event on a production channel"));
	if (resource.kind != VALUE_OBJECT)
		return event_unreadable(TEXT("money was received, but the resource is missing"));
	if (!text_is(status, "Received"))
		return event_unreadable(text_format(arena, "received, with the status \"%.*s\"",
						    TEXT_ARG(event_shown(arena, status))));
	if (event_is_mpesa(reference))
		notice.receipt = reference;
	else if (!event_receipt(&notice.receipt, "KOPOKOPO", reference, arena))
		return event_unreadable(TEXT("the payment has no reference"));
	notice.shortcode = event_field(resource, "till_number", arena);
	if (notice.shortcode.size == 0)
		notice.shortcode = TEXT("(none)");
	notice.currency = event_field(resource, "currency", arena);
	if (notice.currency.size == 0)
		notice.currency = TEXT("(none)");
	(void)event_amount(&notice, event_field(resource, "amount", arena), arena);
	payer_read(&notice, resource, country, arena);
	notice.at = event_time(event_field(resource, "origination_time", arena), arena);
	return notice;
}

static struct notice kopokopo_read(const struct channel *channel, struct value root,
				   struct text country, struct arena *arena)
{
	struct text topic = event_field(root, "topic", arena);

	if (topic.size == 0)
		return event_unreadable(TEXT("it names no topic: not a Kopo Kopo callback"));
	if (text_is(topic, "buygoods_transaction_reversed"))
		return event_unreadable(
		    TEXT("a payment was reversed at Kopo Kopo: see `wavu payment refund`"));
	if (!text_is(topic, "buygoods_transaction_received") &&
	    !text_is(topic, "b2b_transaction_received"))
		return event_nothing(text_format(arena, "the topic \"%.*s\" brings no money",
						 TEXT_ARG(event_shown(arena, topic))));
	return received(channel, root, country, arena);
}

static struct notice kopokopo_parse(const struct channel *channel, struct text country,
				    const struct callback *callback, struct arena *arena)
{
	return event_parse(channel, country, callback, arena, kopokopo_read);
}

static struct reply kopokopo_reply(struct text kind)
{
	(void)kind;
	return (struct reply){ 200, TEXT("application/json"), TEXT("{\"status\":\"received\"}") };
}

static const char *const kopokopo_kinds[] = { "", NULL };
static const char *const kopokopo_headers[] = { "X-KopoKopo-Signature", NULL };

const struct provider provider_kopokopo = {
	.name = "kopokopo",
	.kinds = kopokopo_kinds,
	.authenticate = kopokopo_authenticate,
	.parse = kopokopo_parse,
	.reply = kopokopo_reply,
	.key = KEY_SECRET,
	.headers = kopokopo_headers,
};
