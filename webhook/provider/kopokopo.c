#include "base/signature.h"
#include "provider/event.h"
#include "provider/talk.h"

/*
 * Kopo Kopo: M-PESA tills. A callback is proven by the hex HMAC-SHA256 of its raw bytes under the
 * API key or the client secret, whichever the account was given (payments facts 2: its documents
 * name both); the channel's `secret` says which. The receipt is M-PESA's own, so that the same
 * money heard of elsewhere counts once.
 *
 * A prompt is `POST /api/v1/incoming_payments`, which answers 201 and the address of the payment;
 * `GET` of that address answers what is posted to the prompt's own callback URL later, signed as
 * all else (developers.kopokopo.com, receive-money/mpesa-stk; kopokopo/k2-connect-node lib/stk.js,
 * lib/webhooks.js). No reference of ours is searched by: where the answer to the push is lost, the
 * callback, or the till's own notice of the money, still tells. Only the end of the address is
 * kept, and asked for at our own host. The documents name the states Pending, Success and Failed:
 * every other word is no answer.
 */

/* Not app.kopokopo.com, the dashboard: it gives tokens, then refuses what they are for. */
#define PRODUCTION "https://api.kopokopo.com"
#define SANDBOX "https://sandbox.kopokopo.com"
#define PAYMENTS "/api/v1/incoming_payments"
#define SUBSCRIPTIONS "/api/v1/webhook_subscriptions"

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

/* Its prompts name another number of the same till. */
static struct text till_of(const struct channel *channel, struct text till)
{
	if (till.size == 0)
		return TEXT("(none)");
	return channel->prompt_till.size > 0 && text_equal(till, channel->prompt_till)
		   ? channel->shortcode
		   : till;
}

/* The money itself, as a notice of the till and a prompt's result show it alike. */
static struct notice resource_read(const struct channel *channel, struct value resource,
				   struct text country, struct arena *arena)
{
	struct notice notice = { .kind = NOTICE_PAID };
	struct text reference = event_field(resource, "reference", arena);
	struct text status = event_field(resource, "status", arena);

	if (resource.kind != VALUE_OBJECT)
		return event_unreadable(TEXT("money was received, but the resource is missing"));
	if (!text_is(status, "Received"))
		return event_unreadable(text_format(arena, "received, with the status \"%.*s\"",
						    TEXT_ARG(event_shown(arena, status))));
	if (event_is_mpesa(reference))
		notice.receipt = reference;
	else if (!event_receipt(&notice.receipt, "KOPOKOPO", reference, arena))
		return event_unreadable(TEXT("the payment has no reference"));
	notice.shortcode = till_of(channel, event_field(resource, "till_number", arena));
	notice.currency = event_field(resource, "currency", arena);
	if (notice.currency.size == 0)
		notice.currency = TEXT("(none)");
	(void)event_amount(&notice, event_field(resource, "amount", arena), arena);
	payer_read(&notice, resource, country, arena);
	notice.at = event_time(event_field(resource, "origination_time", arena), arena);
	return notice;
}

static struct notice received(const struct channel *channel, struct value root, struct text country,
			      struct arena *arena)
{
	if (channel->environment == CHANNEL_PRODUCTION && is_test(root, arena))
		return event_unreadable(TEXT("a test event on a production channel"));
	return resource_read(channel, value_at(value_at(root, "event", arena), "resource", arena),
			     country, arena);
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

/* ---- prompts --------------------------------------------------------------------------------- */

static struct request kopokopo_login(const struct channel *channel,
				     const struct credentials *credentials, struct arena *arena)
{
	struct text key = talk_escaped(secret_reveal(credentials->key), arena);
	struct text secret = talk_escaped(secret_reveal(credentials->secret), arena);

	return (struct request){
		.method = "POST",
		.url = talk_address(channel, PRODUCTION, SANDBOX, "/oauth/token", arena),
		.body = text_format(
		    arena, "grant_type=client_credentials&client_id=%.*s&client_secret=%.*s",
		    TEXT_ARG(key), TEXT_ARG(secret)),
		.is_form = true,
		.open = true,
		.again = true,
	};
}

static struct text login_flaw(struct value root, struct arena *arena)
{
	return event_field(root, "error_description", arena);
}

static bool kopokopo_login_read(struct text *token, int64_t *lives_us,
				const struct response *response, struct arena *arena,
				struct text *why)
{
	return talk_login_read(token, lives_us, response, "Kopo Kopo", login_flaw, arena, why);
}

/* Names are asked for and shown to nobody: the account stands for them. */
static struct request kopokopo_start(const struct channel *channel,
				     const struct credentials *credentials,
				     const struct prompt *prompt, int64_t now, struct arena *arena)
{
	struct text till =
	    channel->prompt_till.size > 0 ? channel->prompt_till : channel->shortcode;

	(void)credentials;
	(void)now;
	invariant(talk_cents_ok(prompt->cents, prompt->currency).size == 0);
	json_t *body = json_pack(
	    "{s:s, s:o, s:{s:s, s:o, s:o}, s:{s:o, s:I}, s:{s:o}, s:{s:o}}", "payment_channel",
	    "M-PESA STK Push", "till_number", talk_string(till), "subscriber", "first_name",
	    "Customer", "last_name", talk_string(prompt->account), "phone_number",
	    talk_string(text_format(arena, "+%.*s", TEXT_ARG(prompt->phone))), "amount", "currency",
	    talk_string(prompt->currency), "value", (json_int_t)(prompt->cents / 100), "metadata",
	    "account", talk_string(prompt->account), "_links", "callback_url",
	    talk_string(prompt->callback_url));
	return (struct request){
		.method = "POST",
		.url = talk_address(channel, PRODUCTION, SANDBOX, PAYMENTS, arena),
		.body = talk_written(body, arena),
	};
}

/* ".../incoming_payments/247b1bd8-f5a0-4b71-a898-f62f67b8ae1c": the end, if it can be an id. */
static struct text id_of(struct text location)
{
	uint32_t start = location.size;

	while (start > 0 && location.at[start - 1] != '/')
		start--;
	struct text id = text_from(location, start);
	for (uint32_t i = 0; i < id.size; i++) {
		char byte = id.at[i];

		if (!((byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
		      (byte >= 'A' && byte <= 'Z') || byte == '-'))
			return TEXT_NONE;
	}
	return id.size <= 64 ? id : TEXT_NONE;
}

/* Its refusals: {"error_code", "error_message"}, {"errors": […]}, or no body at all. */
static struct text flaw_of(const struct response *response, struct arena *arena)
{
	struct json json = { 0 };
	struct text why, words = TEXT_NONE;

	if (!json_open(&json, response->body, arena, &why))
		return TEXT_NONE;
	words = event_field(json_root(&json), "error_message", arena);
	if (words.size == 0) {
		struct value first =
		    value_item(value_at(json_root(&json), "errors", arena), 0, arena);

		words = first.kind == VALUE_TEXT ? first.text : TEXT_NONE;
	}
	json_close(&json);
	return words;
}

static struct said kopokopo_start_read(const struct response *response, struct arena *arena)
{
	if (!response->came)
		return talk_unknown(TEXT("no whole answer came"));
	if (response->status == 201)
		return (struct said){ .answer = ANSWER_YES,
				      .provider_ref = id_of(response->location) };
	return talk_refused("Kopo Kopo", response, flaw_of(response, arena), arena);
}

static struct request kopokopo_ask(const struct channel *channel,
				   const struct credentials *credentials, struct text provider_ref,
				   int64_t now, struct arena *arena)
{
	(void)credentials;
	(void)now;
	return (struct request){
		.method = "GET",
		.url = text_format(
		    arena, "%.*s/%.*s",
		    TEXT_ARG(talk_address(channel, PRODUCTION, SANDBOX, PAYMENTS, arena)),
		    TEXT_ARG(talk_escaped(provider_ref, arena))),
		.again = true,
	};
}

/* One payment, in an answer and in a callback. */
static struct said payment_said(const struct channel *channel, struct value root,
				struct arena *arena)
{
	struct value data = value_at(root, "data", arena);
	struct value attributes = value_at(data, "attributes", arena);
	struct value event = value_at(attributes, "event", arena);
	struct text status = talk_verdict(attributes, "status", arena);
	struct text words = event_field(event, "errors", arena);
	struct said said = { .answer = ANSWER_NONE, .provider_ref = talk_id(data, "id", arena) };

	if (!text_is(event_field(data, "type", arena), "incoming_payment") || status.size == 0)
		return talk_doubtful(said, TEXT("it is not the state of an incoming payment"));
	said.code = event_shown(arena, status);
	said.why = text_format(arena, "Kopo Kopo says \"%.*s\"%s%.*s", TEXT_ARG(said.code),
			       words.size > 0 ? ": " : "", TEXT_ARG(talk_words(arena, words)));
	if (text_is(status, "Failed")) {
		said.answer = ANSWER_NO;
		said.is_soft = true; /* the till's own notice may still come */
	} else if (text_is(status, "Success")) {
		struct notice notice = resource_read(
		    channel, value_at(event, "resource", arena), TEXT_NONE, arena);

		if (said.provider_ref.size == 0)
			return talk_doubtful(said, TEXT("it says paid without an id"));
		return talk_paid(said, &notice);
	}
	said.is_known = said.answer == ANSWER_NONE;
	return said;
}

static struct said kopokopo_ask_read(const struct channel *channel, const struct response *response,
				     struct text provider_ref, struct arena *arena)
{
	struct json json = { 0 };
	struct value root;
	struct said said = { .answer = ANSWER_NONE };

	if (!response->came || response->status != 200) {
		said = response->came ? talk_refused("Kopo Kopo", response,
						     flaw_of(response, arena), arena)
				      : talk_unknown(TEXT("no whole answer came"));
		if (said.answer == ANSWER_NO)
			said.answer = ANSWER_NONE;
		return said;
	}
	if (!talk_open(&json, &root, &said, response, arena))
		return said;
	said = payment_said(channel, root, arena);
	if (!text_equal(said.provider_ref, provider_ref))
		said = talk_unknown(TEXT("the answer is about another prompt"));
	json_close(&json);
	return said;
}

static struct said kopokopo_result(const struct channel *channel, struct text body,
				   struct arena *arena)
{
	struct json json = { 0 };
	struct said said;
	struct text why;

	if (!json_open(&json, body, arena, &why))
		return talk_doubtful((struct said){ 0 }, why);
	said = payment_said(channel, json_root(&json), arena);
	json_close(&json);
	return said;
}

/*
 * What payers pay by themselves is told to whoever subscribed to it; there is no place for that in
 * the dashboard (developers.kopokopo.com, guides/webhooks; k2-connect-node lib/webhooks.js).
 */
static struct request kopokopo_enrol(const struct channel *channel, struct text base_url,
				     struct arena *arena)
{
	json_t *body = json_pack("{s:s, s:o, s:s, s:o}", "event_type",
				 "buygoods_transaction_received", "url", talk_string(base_url),
				 "scope", "till", "scope_reference",
				 talk_string(channel->shortcode));
	return (struct request){
		.method = "POST",
		.url = talk_address(channel, PRODUCTION, SANDBOX, SUBSCRIPTIONS, arena),
		.body = talk_written(body, arena),
	};
}

static struct said kopokopo_enrol_read(const struct response *response, struct arena *arena)
{
	return kopokopo_start_read(response, arena);
}

static const struct provider_api kopokopo_api = {
	.login_needs = NEED_CONSUMER_KEY | NEED_CONSUMER_SECRET,
	.login = kopokopo_login,
	.login_read = kopokopo_login_read,
	.cents_ok = talk_cents_ok,
	.start = kopokopo_start,
	.start_read = kopokopo_start_read,
	.ask = kopokopo_ask,
	.ask_read = kopokopo_ask_read,
	.result = kopokopo_result,
	.enrol = kopokopo_enrol,
	.enrol_read = kopokopo_enrol_read,
};

static const char *const kopokopo_kinds[] = { "", NULL };
static const char *const kopokopo_headers[] = { "X-KopoKopo-Signature", NULL };

const struct provider provider_kopokopo = {
	.name = "kopokopo",
	.kinds = kopokopo_kinds,
	.authenticate = kopokopo_authenticate,
	.parse = kopokopo_parse,
	.reply = kopokopo_reply,
	.api = &kopokopo_api,
	.key = KEY_SECRET,
	.headers = kopokopo_headers,
};
