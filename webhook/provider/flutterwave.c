#include "base/digest.h"
#include "provider/event.h"
#include "provider/talk.h"

/*
 * Flutterwave v3: cards and mobile money. Its callbacks carry a static secret that is not bound to
 * the body (payments facts 2, security facts 50): whoever has seen one may say anything. So one is
 * a hint at most, and what counts is the answer to `GET /v3/transactions/ID/verify`, asked by us
 * over checked TLS. The street keeps the secret as its SHA-256.
 *
 * A prompt is `POST /v3/charges?type=mpesa` under a tx_ref of ours, by which
 * `GET /v3/transactions/verify_by_reference?tx_ref=` answers (developer.flutterwave.com v3, M-PESA
 * and transaction verification; Flutterwave's PHP SDK, verifyWithTxref). Its documents leave open
 * whether a tx_ref is taken twice, so nothing is built on a refusal; and which states a charge has
 * beside pending, successful and failed: every other word is no answer.
 */

#define PRODUCTION "https://api.flutterwave.com"
#define HEADER "verif-hash"

static enum proof flutterwave_authenticate(const struct channel *channel,
					   const struct callback *callback)
{
	char hex[65];
	struct digest digest;

	(void)channel;
	if (!callback->key.readable || secret_reveal(callback->key).size == 0)
		return PROOF_REJECTED;
	digest = digest_of(secret_reveal(callback->key));
	digest_hex(&digest, hex);
	return text_equal_constant_time(event_header(callback, HEADER), text_of(hex))
		   ? PROOF_HINT
		   : PROOF_REJECTED;
}

/* The same shape in a callback and in the answer to our question. */
static struct notice charge_read(struct value data, struct text country, struct arena *arena)
{
	struct notice notice = { .kind = NOTICE_PAID };
	struct value customer = value_at(data, "customer", arena);
	struct text reference = event_field(data, "tx_ref", arena);
	struct text account = event_field(value_at(data, "meta", arena), "account", arena);
	struct text id = event_field(data, "id", arena);
	uint64_t number;

	if (!text_u64(id, &number) || number == 0)
		return event_unreadable(TEXT("the charge has no number"));
	if (!event_receipt(&notice.receipt, "FLUTTERWAVE", id, arena))
		return event_unreadable(TEXT("the charge has no number"));
	notice.reference = account.size > 0 ? account : event_account(reference);
	notice.prompt = reference;
	notice.currency = event_field(data, "currency", arena);
	if (notice.currency.size == 0)
		notice.currency = TEXT("(none)");
	notice.payer = event_field(customer, "name", arena);
	(void)event_amount(&notice, event_field(data, "amount", arena), arena);
	event_payer(&notice, event_field(customer, "phone_number", arena), country, arena);
	notice.at = event_time(event_field(data, "created_at", arena), arena);
	return notice;
}

static struct notice flutterwave_read(const struct channel *channel, struct value root,
				      struct text country, struct arena *arena)
{
	(void)channel;
	struct text event = event_field(root, "event", arena);
	struct value data = value_at(root, "data", arena);

	if (event.size == 0)
		return event_unreadable(TEXT("it names no event: not a Flutterwave callback"));
	if (!text_is(event, "charge.completed"))
		return event_nothing(text_format(arena, "the event \"%.*s\" brings no money",
						 TEXT_ARG(event_shown(arena, event))));
	if (data.kind != VALUE_OBJECT)
		return event_unreadable(TEXT("charge.completed without its data"));
	/* A charge is completed when it has failed, too. */
	if (!text_is(event_field(data, "status", arena), "successful"))
		return event_nothing(TEXT("a charge that did not succeed"));
	return charge_read(data, country, arena);
}

static struct notice flutterwave_parse(const struct channel *channel, struct text country,
				       const struct callback *callback, struct arena *arena)
{
	return event_parse(channel, country, callback, arena, flutterwave_read);
}

static struct reply flutterwave_reply(struct text kind)
{
	(void)kind;
	return (struct reply){ 200, TEXT("application/json"), TEXT("{\"status\":\"success\"}") };
}

/* ---- the question ---------------------------------------------------------------------------- */

static struct request flutterwave_ask(const struct channel *channel, const struct callback *hint,
				      struct arena *arena)
{
	struct request request = { .method = "GET", .again = true };
	struct text base = channel->endpoint.size > 0 ? channel->endpoint : TEXT(PRODUCTION), why;
	struct json json;
	uint64_t number;

	if (!json_open(&json, hint->body, arena, &why))
		return request;
	struct value data = value_at(json_root(&json), "data", arena);
	/* A number and nothing else: whatever stands here becomes part of our own request. */
	if (text_u64(event_field(data, "id", arena), &number) && number > 0)
		request.url = text_format(arena, "%.*s/v3/transactions/%llu/verify", TEXT_ARG(base),
					  (unsigned long long)number);
	json_close(&json);
	return request;
}

/* The transaction that we asked about, in the answer. */
static enum answer verdict(struct notice *out, struct text *why, struct value root,
			   struct text country, const struct notice *hint, struct arena *arena)
{
	struct value data = value_at(root, "data", arena);
	struct text status = event_field(data, "status", arena);

	if (!text_is(event_field(root, "status", arena), "success") || data.kind != VALUE_OBJECT) {
		*why = TEXT("Flutterwave gave no verdict");
		return ANSWER_NONE;
	}
	*out = charge_read(data, country, arena);
	if (out->kind != NOTICE_PAID || !text_equal(out->receipt, hint->receipt)) {
		*why = TEXT("Flutterwave's answer is about another transaction");
		return ANSWER_NONE;
	}
	if (text_is(status, "successful"))
		return ANSWER_YES;
	*why = text_format(arena, "Flutterwave says of it: \"%.*s\"",
			   TEXT_ARG(event_shown(arena, status)));
	return text_is(status, "failed") ? ANSWER_NO : ANSWER_NONE;
}

static enum answer flutterwave_answer(struct notice *out, struct text *why,
				      const struct channel *channel, struct text country,
				      const struct callback *hint, const struct response *response,
				      struct arena *arena)
{
	struct notice said = flutterwave_parse(channel, country, hint, arena);
	enum answer answer;
	struct json json;

	if (!response->came)
		return ANSWER_NONE;
	if (response->status == 401 || response->status == 403) {
		*why = TEXT("Flutterwave does not know our key: see `consumer_secret`");
		return ANSWER_LOGIN;
	}
	if (response->status == 429) {
		*why = TEXT("Flutterwave was asked too much");
		return ANSWER_LATER;
	}
	if (!json_open(&json, response->body, arena, why))
		return ANSWER_NONE;
	/* 400 and 404 are how it says that it has no such transaction. */
	if (response->status == 400 || response->status == 404) {
		*why = TEXT("Flutterwave knows no such transaction");
		answer = ANSWER_NO;
	} else if (response->status != 200) {
		*why = text_format(arena, "Flutterwave answered %u", response->status);
		answer = ANSWER_NONE;
	} else {
		answer = verdict(out, why, json_root(&json), country, &said, arena);
	}
	json_close(&json);
	return answer;
}

/* ---- prompts --------------------------------------------------------------------------------- */

static struct request flutterwave_start(const struct channel *channel,
					const struct credentials *credentials,
					const struct prompt *prompt, int64_t now,
					struct arena *arena)
{
	(void)credentials;
	(void)now;
	invariant(talk_cents_ok(prompt->cents, prompt->currency).size == 0);
	json_t *body = json_pack(
	    "{s:o, s:I, s:o, s:o, s:o, s:o, s:{s:o}}", "tx_ref", talk_string(prompt->name),
	    "amount", (json_int_t)(prompt->cents / 100), "currency", talk_string(prompt->currency),
	    "email", talk_string(channel->email), "phone_number", talk_string(prompt->phone),
	    "fullname", talk_string(prompt->account), "meta", "account",
	    talk_string(prompt->account));
	return (struct request){
		.method = "POST",
		.url = talk_address(channel, PRODUCTION, PRODUCTION, "/v3/charges?type=mpesa",
				    arena),
		.body = talk_written(body, arena),
	};
}

/* What it says of the one charge in its answer; *status empty: there is none. */
static struct said charge_said(struct value root, struct text *status, struct arena *arena)
{
	struct value data = value_at(root, "data", arena);
	struct text words = event_field(data, "processor_response", arena);
	struct said said = { .answer = ANSWER_NONE,
			     .provider_ref = talk_id(data, "tx_ref", arena) };

	if (words.size == 0)
		words = event_field(root, "message", arena);
	*status = text_is(talk_verdict(root, "status", arena), "success")
		      ? talk_verdict(data, "status", arena)
		      : TEXT_NONE;
	said.code = event_shown(arena, *status);
	said.why = text_format(arena, "Flutterwave says \"%.*s\": %.*s", TEXT_ARG(said.code),
			       TEXT_ARG(talk_words(arena, words)));
	if (text_is(*status, "failed")) {
		said.answer = ANSWER_NO;
		said.is_soft = true;
	}
	return said;
}

static struct said flutterwave_start_read(const struct response *response, struct arena *arena)
{
	struct json json = { 0 };
	struct value root;
	struct said said = { .answer = ANSWER_NONE };
	struct text status;

	if (!talk_open(&json, &root, &said, response, arena))
		return said;
	said = charge_said(root, &status, arena);
	if (said.answer == ANSWER_NONE && status.size > 0 && response->status < 300) {
		said.answer = ANSWER_YES; /* on its way; whether it is paid is asked */
	} else if (status.size == 0) {
		said = talk_refused("Flutterwave", response, event_field(root, "message", arena),
				    arena);
		/* A key that is refused is refused again. */
		if (said.answer == ANSWER_LOGIN)
			said.answer = ANSWER_NO;
	}
	json_close(&json);
	return said;
}

static struct request flutterwave_ask_prompt(const struct channel *channel,
					     const struct credentials *credentials,
					     struct text provider_ref, int64_t now,
					     struct arena *arena)
{
	static const char path[] = "/v3/transactions/verify_by_reference?tx_ref=";

	(void)credentials;
	(void)now;
	return (struct request){
		.method = "GET",
		.url = text_format(
		    arena, "%.*s%.*s",
		    TEXT_ARG(talk_address(channel, PRODUCTION, PRODUCTION, path, arena)),
		    TEXT_ARG(talk_escaped(provider_ref, arena))),
		.again = true,
	};
}

static struct said flutterwave_ask_read(const struct channel *channel,
					const struct response *response, struct text provider_ref,
					struct arena *arena)
{
	struct json json = { 0 };
	struct value root;
	struct said said = { .answer = ANSWER_NONE };
	struct text status;

	(void)channel;
	if (!talk_open(&json, &root, &said, response, arena))
		return said;
	said = charge_said(root, &status, arena);
	if (response->status != 200 || status.size == 0) {
		said = talk_refused("Flutterwave", response, event_field(root, "message", arena),
				    arena);
		/* Also what it does not know, it may learn of yet. */
		if (said.answer != ANSWER_LATER)
			said.answer = ANSWER_NONE;
	} else if (!text_equal(said.provider_ref, provider_ref)) {
		said = talk_unknown(TEXT("the answer is about another prompt"));
	} else if (text_is(status, "successful")) {
		struct notice notice = charge_read(value_at(root, "data", arena), TEXT_NONE, arena);

		said = talk_paid(said, &notice);
	} else {
		said.is_known = said.answer == ANSWER_NONE;
	}
	json_close(&json);
	return said;
}

static const struct provider_api flutterwave_api = {
	.login_needs = NEED_CONSUMER_SECRET,
	.prompt_needs = NEED_EMAIL,
	.cents_ok = talk_cents_ok,
	.takes_our_name = true,
	.start = flutterwave_start,
	.start_read = flutterwave_start_read,
	.ask = flutterwave_ask_prompt,
	.ask_read = flutterwave_ask_read,
};

static const struct provider_check flutterwave_check = {
	.ask = flutterwave_ask,
	.read = flutterwave_answer,
};

static const char *const flutterwave_kinds[] = { "", NULL };

const struct provider provider_flutterwave = {
	.name = "flutterwave",
	.kinds = flutterwave_kinds,
	.authenticate = flutterwave_authenticate,
	.parse = flutterwave_parse,
	.reply = flutterwave_reply,
	.api = &flutterwave_api,
	.key = KEY_SECRET,
	.test_key = "FLWSECK_TEST",
	.digested_header = HEADER,
	.check = &flutterwave_check,
};
