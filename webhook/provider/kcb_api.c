#include "provider/kcb_inside.h"

#include "provider/daraja_inside.h"
#include "provider/event.h"

/*
 * Prompts through KCB (Buni), "M-Pesa Express": M-PESA money to the bank's shared short code, in
 * favour of the till that stands before the account in `invoiceNumber`. From the bank's own "KCB
 * MPESA STK PUSH API specification" 1.0 (scribd.com/document/672522909 and /855870905) and its
 * definition of MpesaExpressAPIService (sandbox.buni.kcbgroup.com/devportal), both for the test
 * system; the address of production is as public integrations have it.
 *
 * Contradictions: the definition asks for headers that the specification does not name, so they are
 * sent; it shows "#" where the specification writes "KCBTILLNO-YOURACCREF", and 12 characters where
 * that has 30; the accepted request's CheckoutRequestID is a text, or `false`. The specification
 * has 50 characters for callbackUrl; others send more.
 *
 * The result has Daraja's shape, with nothing signed in it, and there is no question to ask. So it
 * is a hint; what pays is the till's own notice, which the bank signs and sends for prompts, too.
 */

#define PRODUCTION "https://api.buni.kcbgroup.com"
#define SANDBOX "https://uat.buni.kcbgroup.com"
#define INVOICE_SIZE_MAX 30
#define DESCRIPTION "Internet" /* at most 13 characters */

static struct request kcb_login(const struct channel *channel,
				const struct credentials *credentials, struct arena *arena)
{
	(void)credentials;
	return (struct request){
		.method = "POST",
		.url = talk_address(channel, PRODUCTION, SANDBOX,
				    "/token?grant_type=client_credentials", arena),
		.body = TEXT("grant_type=client_credentials"),
		.is_form = true,
		.login = true,
		.again = true,
	};
}

/* {"fault": {"code", "message", "description"}} of the gateway; else what the bank says. */
static struct text flaw_of(struct value root, struct arena *arena)
{
	struct text words = event_field(value_at(root, "fault", arena), "description", arena);

	if (words.size == 0)
		words = event_field(value_at(root, "header", arena), "statusDescription", arena);
	return words.size > 0 ? words : event_field(root, "error_description", arena);
}

static bool kcb_login_read(struct text *token, int64_t *lives_us, const struct response *response,
			   struct arena *arena, struct text *why)
{
	return talk_login_read(token, lives_us, response, "KCB", flaw_of, arena, why);
}

static struct request kcb_start(const struct channel *channel,
				const struct credentials *credentials, const struct prompt *prompt,
				int64_t now, struct arena *arena)
{
	struct text invoice = text_format(arena, "%.*s-%.*s", TEXT_ARG(channel->shortcode),
					  TEXT_ARG(prompt->account));

	(void)credentials;
	invariant(talk_cents_ok(prompt->cents, prompt->currency).size == 0);
	/* With the shared short code the bank fills in the other two (its definition). */
	json_t *body = json_pack(
	    "{s:o, s:o, s:o, s:b, s:s, s:s, s:o, s:s}", "phoneNumber", talk_string(prompt->phone),
	    "amount", talk_string(text_format(arena, "%lld", (long long)(prompt->cents / 100))),
	    "invoiceNumber", talk_string(text_head(invoice, INVOICE_SIZE_MAX)), "sharedShortCode",
	    1, "orgShortCode", "", "orgPassKey", "", "callbackUrl",
	    talk_string(prompt->callback_url), "transactionDescription", DESCRIPTION);
	return (struct request){
		.method = "POST",
		.url = talk_address(channel, PRODUCTION, SANDBOX, "/mm/api/request/1.0.0/stkpush",
				    arena),
		.body = talk_written(body, arena),
		.headers = { { "routeCode", TEXT("207") },
			     { "operation", TEXT("STKPush") },
			     { "messageId", text_format(arena, "wavu%lld", (long long)now) } },
	};
}

/*
 * {"response": {"ResponseCode", "CheckoutRequestID", …}, "header": {"statusCode",
 * "statusDescription"}}; refused: an empty response, and a statusCode that is not 0.
 */
static struct said pushed(const struct response *response, struct value root, struct arena *arena)
{
	struct value header = value_at(root, "header", arena);
	struct value inner = value_at(root, "response", arena);
	struct value status = value_at(header, "statusCode", arena);
	struct value code = value_at(inner, "ResponseCode", arena);
	struct said said = { .answer = ANSWER_NONE };

	if (text_is(event_field(value_at(root, "fault", arena), "code", arena), "900901")) {
		said.answer = ANSWER_LOGIN;
	} else if (response->status == 200 && daraja_is_success(status) &&
		   daraja_is_success(code)) {
		said.answer = ANSWER_YES;
		said.provider_ref = talk_id(inner, "CheckoutRequestID", arena);
	} else if (response->status == 200 && status.kind == VALUE_TEXT && status.text.size > 0 &&
		   !daraja_is_success(status) && code.kind == VALUE_ABSENT) {
		said.answer = ANSWER_NO;
	} else if (response->status != 200) {
		return talk_refused("KCB", response, flaw_of(root, arena), arena);
	}
	said.why = text_format(arena, "KCB says \"%.*s\"",
			       TEXT_ARG(talk_words(arena, flaw_of(root, arena))));
	return said;
}

static struct said kcb_start_read(const struct response *response, struct arena *arena)
{
	struct json json = { 0 };
	struct value root;
	struct said said;

	if (!talk_open(&json, &root, &said, response, arena))
		return said;
	said = pushed(response, root, arena);
	json_close(&json);
	return said;
}

static struct said kcb_result(const struct channel *channel, struct text body, struct arena *arena)
{
	return daraja_api.result(channel, body, arena);
}

const struct provider_api kcb_api = {
	.login_needs = NEED_CONSUMER_KEY | NEED_CONSUMER_SECRET,
	.login = kcb_login,
	.login_read = kcb_login_read,
	.cents_ok = talk_cents_ok,
	.start = kcb_start,
	.start_read = kcb_start_read,
	.result = kcb_result,
	.result_is_hint = true,
};
