#include "base/signature.h"
#include "provider/event.h"
#include "provider/talk.h"

/*
 * Paystack: cards and mobile money. A callback is proven by the hex HMAC-SHA512 of its raw bytes
 * under the account's secret key (payments facts 2); amounts are whole minor units. Test keys and
 * live keys differ, so a test event does not fit a live key; one that says that it is a test is
 * refused all the same.
 *
 * A prompt is `POST /charge` with mobile_money {phone, provider "mpesa"}, which needs an e-mail
 * address, under a reference of ours that Paystack takes once ("Duplicate Transaction Reference")
 * and by which `GET /transaction/verify/REFERENCE` answers: so a lost answer to the push is no
 * loss. There is no callback address of a charge: news comes to the one of the dashboard
 * (Paystack's API reference, charge and transaction; PaystackOSS doc-code-snippets, api/charges,
 * api/transactions/verify). Its documents leave open whether M-PESA's "abandoned" is final: it is
 * taken for no answer, as every status but success, failed and reversed.
 */

#define ADDRESS "https://api.paystack.co" /* one host; the key tells test from live */

static enum proof paystack_authenticate(const struct channel *channel,
					const struct callback *callback)
{
	(void)channel;
	if (!callback->key.readable)
		return PROOF_REJECTED;
	return signature_hmac_ok(SIGNATURE_SHA512, secret_reveal(callback->key), callback->body,
				 event_header(callback, "X-Paystack-Signature"))
		   ? PROOF_PROVEN
		   : PROOF_REJECTED;
}

/* The account: what the shop put into `metadata.account`, else the reference it made. */
static struct text account_of(struct value data, struct text reference, struct arena *arena)
{
	struct text said = event_field(value_at(data, "metadata", arena), "account", arena);

	return said.size > 0 ? said : event_account(reference);
}

static struct notice charge_read(const struct channel *channel, struct value data,
				 struct text country, struct arena *arena)
{
	struct notice notice = { .kind = NOTICE_PAID };
	struct value customer = value_at(data, "customer", arena);
	struct text reference = event_field(data, "reference", arena);
	struct text status = event_field(data, "status", arena);

	if (channel->environment == CHANNEL_PRODUCTION &&
	    text_is(event_field(data, "domain", arena), "test"))
		return event_unreadable(TEXT("a test event on a production channel"));
	if (status.size > 0 && !text_is(status, "success"))
		return event_unreadable(text_format(arena,
						    "charge.success with the status \"%.*s\"",
						    TEXT_ARG(event_shown(arena, status))));
	if (!event_receipt(&notice.receipt, "PAYSTACK", reference, arena))
		return event_unreadable(TEXT("the charge has no reference"));
	notice.reference = account_of(data, reference, arena);
	notice.prompt = reference;
	notice.currency = event_field(data, "currency", arena);
	if (notice.currency.size == 0)
		notice.currency = TEXT("(none)");
	(void)event_minor_amount(&notice, event_field(data, "amount", arena), arena);
	event_payer(&notice, event_field(customer, "phone", arena), country, arena);
	notice.at = event_time(event_field(data, "paid_at", arena), arena);
	return notice;
}

static struct notice paystack_read(const struct channel *channel, struct value root,
				   struct text country, struct arena *arena)
{
	struct text event = event_field(root, "event", arena);
	struct value data = value_at(root, "data", arena);

	if (event.size == 0)
		return event_unreadable(TEXT("it names no event: not a Paystack callback"));
	if (text_is(event, "refund.processed"))
		return event_unreadable(
		    TEXT("Paystack gave money back: see `wavu payment refund`"));
	if (!text_is(event, "charge.success"))
		return event_nothing(text_format(arena, "the event \"%.*s\" brings no money",
						 TEXT_ARG(event_shown(arena, event))));
	if (data.kind != VALUE_OBJECT)
		return event_unreadable(TEXT("charge.success without its data"));
	return charge_read(channel, data, country, arena);
}

static struct notice paystack_parse(const struct channel *channel, struct text country,
				    const struct callback *callback, struct arena *arena)
{
	return event_parse(channel, country, callback, arena, paystack_read);
}

static struct reply paystack_reply(struct text kind)
{
	(void)kind;
	return (struct reply){ 200, TEXT("application/json"), TEXT("{\"status\":true}") };
}

/* ---- prompts --------------------------------------------------------------------------------- */

static struct request paystack_start(const struct channel *channel,
				     const struct credentials *credentials,
				     const struct prompt *prompt, int64_t now, struct arena *arena)
{
	(void)credentials;
	(void)now;
	invariant(talk_cents_ok(prompt->cents, prompt->currency).size == 0);
	json_t *body = json_pack(
	    "{s:I, s:o, s:o, s:o, s:{s:o, s:s}, s:{s:o}}", "amount", (json_int_t)prompt->cents,
	    "email", talk_string(channel->email), "currency", talk_string(prompt->currency),
	    "reference", talk_string(prompt->name), "mobile_money", "phone",
	    talk_string(text_format(arena, "+%.*s", TEXT_ARG(prompt->phone))), "provider", "mpesa",
	    "metadata", "account", talk_string(prompt->account));
	return (struct request){
		.method = "POST",
		.url = talk_address(channel, ADDRESS, ADDRESS, "/charge", arena),
		.body = talk_written(body, arena),
	};
}

/* Refused because the name is known: then the former push arrived, whatever became of its answer.
 */
static bool is_duplicate(struct value root, struct arena *arena)
{
	return text_contains_nocase(event_field(root, "message", arena), TEXT("duplicate")) ||
	       text_contains_nocase(event_field(root, "code", arena), TEXT("duplicate"));
}

/* What the charge's own `status` says; empty: the answer has no charge. */
static struct said charge_said(struct value root, struct text *status, struct arena *arena)
{
	struct value data = value_at(root, "data", arena);
	struct text words = event_field(data, "gateway_response", arena);
	struct said said = { .answer = ANSWER_NONE };

	if (words.size == 0)
		words = event_field(data, "message", arena);
	if (words.size == 0)
		words = event_field(root, "message", arena);
	*status = talk_verdict(data, "status", arena);
	said.provider_ref = talk_id(data, "reference", arena);
	said.code = event_shown(arena, *status);
	said.why = text_format(arena, "Paystack says \"%.*s\": %.*s", TEXT_ARG(said.code),
			       TEXT_ARG(talk_words(arena, words)));
	if (text_is(*status, "failed")) {
		said.answer = ANSWER_NO;
		said.is_soft = true;
	}
	return said;
}

static struct said started(const struct response *response, struct value root, struct arena *arena)
{
	struct text status;
	struct said said = charge_said(root, &status, arena);
	bool accepted = value_is_true(value_at(root, "status", arena));

	if (said.answer == ANSWER_NO)
		return said;
	if (accepted && response->status < 300 && status.size > 0) {
		said.answer = ANSWER_YES; /* on its way; whether it is paid is asked */
		return said;
	}
	if (status.size > 0 || is_duplicate(root, arena))
		return said;
	said = talk_refused("Paystack", response, event_field(root, "message", arena), arena);
	/* A key that is refused is refused again. */
	if (said.answer == ANSWER_LOGIN)
		said.answer = ANSWER_NO;
	return said;
}

static struct said paystack_start_read(const struct response *response, struct arena *arena)
{
	struct json json = { 0 };
	struct value root;
	struct said said = { .answer = ANSWER_NONE };

	if (!talk_open(&json, &root, &said, response, arena))
		return said;
	said = started(response, root, arena);
	json_close(&json);
	return said;
}

static struct request paystack_ask(const struct channel *channel,
				   const struct credentials *credentials, struct text provider_ref,
				   int64_t now, struct arena *arena)
{
	(void)credentials;
	(void)now;
	return (struct request){
		.method = "GET",
		.url = text_format(arena, "%.*s%.*s",
				   TEXT_ARG(talk_address(channel, ADDRESS, ADDRESS,
							 "/transaction/verify/", arena)),
				   TEXT_ARG(talk_escaped(provider_ref, arena))),
		.again = true,
	};
}

static struct said verified(const struct channel *channel, const struct response *response,
			    struct value root, struct text provider_ref, struct arena *arena)
{
	struct text status;
	struct said said = charge_said(root, &status, arena);

	if (response->status != 200 || !value_is_true(value_at(root, "status", arena))) {
		said = talk_refused("Paystack", response, event_field(root, "message", arena),
				    arena);
		/* Also what it does not know, it may learn of yet. */
		if (said.answer != ANSWER_LATER)
			said.answer = ANSWER_NONE;
		return said;
	}
	if (!text_equal(said.provider_ref, provider_ref))
		return talk_unknown(TEXT("the answer is about another prompt"));
	if (text_is(status, "success")) {
		struct notice notice =
		    charge_read(channel, value_at(root, "data", arena), TEXT_NONE, arena);

		return talk_paid(said, &notice);
	}
	if (text_is(status, "reversed")) {
		said.answer = ANSWER_NO;
		said.is_reversed = true;
	}
	said.is_known = said.answer == ANSWER_NONE && status.size > 0;
	return said;
}

static struct said paystack_ask_read(const struct channel *channel, const struct response *response,
				     struct text provider_ref, struct arena *arena)
{
	struct json json = { 0 };
	struct value root;
	struct said said = { .answer = ANSWER_NONE };

	if (!talk_open(&json, &root, &said, response, arena))
		return said;
	said = verified(channel, response, root, provider_ref, arena);
	json_close(&json);
	return said;
}

static const struct provider_api paystack_api = {
	.login_needs = NEED_SECRET,
	.prompt_needs = NEED_EMAIL,
	.cents_ok = talk_cents_ok,
	.takes_our_name = true,
	.start = paystack_start,
	.start_read = paystack_start_read,
	.ask = paystack_ask,
	.ask_read = paystack_ask_read,
};

static const char *const paystack_kinds[] = { "", NULL };
static const char *const paystack_headers[] = { "X-Paystack-Signature", NULL };

const struct provider provider_paystack = {
	.name = "paystack",
	.kinds = paystack_kinds,
	.authenticate = paystack_authenticate,
	.parse = paystack_parse,
	.reply = paystack_reply,
	.api = &paystack_api,
	.key = KEY_SECRET,
	.test_key = "sk_test_",
	.headers = paystack_headers,
};
