#include "provider/daraja_inside.h"

#include <string.h>

#include "base/limits.h"
#include "base/zone.h"

/*
 * Questions to Daraja and what its answers mean: OAuth, STK push and its query, the registration of
 * C2B URLs (payments facts 1.1, 1.2, 1.5, 1.7). Only an exact verdict counts; everything else is no
 * answer, and no answer is never a failure (facts 1.5: one code has five meanings).
 */

#define PRODUCTION "https://api.safaricom.co.ke"
#define SANDBOX "https://sandbox.safaricom.co.ke"

#define SANDBOX_PASSKEY_SHA256 \
	"6b933448d12f658cae3204515c314d7745b132307854ba107b16922825446b73"
#define ACCOUNT_SIZE_MAX 12
#define DESCRIPTION "Internet" /* at most 13 characters */

/* ---- questions ------------------------------------------------------------------------------- */

struct text daraja_address(const struct channel *channel, const char *path, struct arena *arena)
{
	return talk_address(channel, PRODUCTION, SANDBOX, path, arena);
}

static struct text base64(struct text bytes, struct arena *arena)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *out = ARENA_ARRAY(arena, char, bytes.size / 3 * 4 + 4);
	uint32_t size = 0;
	for (uint32_t i = 0; i < bytes.size; i += 3) {
		uint32_t left = bytes.size - i, three = (uint32_t)(uint8_t)bytes.at[i] << 16;
		if (left > 1)
			three |= (uint32_t)(uint8_t)bytes.at[i + 1] << 8;
		if (left > 2)
			three |= (uint32_t)(uint8_t)bytes.at[i + 2];
		out[size++] = digits[three >> 18];
		out[size++] = digits[three >> 12 & 63];
		out[size++] = left > 1 ? digits[three >> 6 & 63] : '=';
		out[size++] = left > 2 ? digits[three & 63] : '=';
	}
	return (struct text){ out, size };
}

/* 2021-06-28 06:24:08 UTC -> "20210628092408", in EAT whatever the host's zone (facts 1). */
static struct text timestamp(int64_t now, struct arena *arena)
{
	struct civil civil = zone_civil(zone_utc(), now + DARAJA_EAT_US);
	return text_format(arena, "%04d%02d%02d%02d%02d%02d", civil.year, civil.month, civil.day,
			   civil.hour, civil.minute, civil.second);
}

/*
 * A prompt for a till names the store as the business and the till as who is paid; mixing them
 * gives 2028 or SFC_IC0003 (facts 1.2).
 */
static struct text business(const struct channel *channel)
{
	bool has_store = channel->type == CHANNEL_TILL && channel->store.size > 0;
	return has_store ? channel->store : channel->shortcode;
}

static struct text password(const struct channel *channel, const struct credentials *credentials,
			    struct text at, struct arena *arena)
{
	struct text passkey = secret_reveal(credentials->passkey);
	return base64(text_format(arena, "%.*s%.*s%.*s", TEXT_ARG(business(channel)),
				  TEXT_ARG(passkey), TEXT_ARG(at)),
		      arena);
}

static struct request daraja_login(const struct channel *channel,
				   const struct credentials *credentials, struct arena *arena)
{
	(void)credentials;
	return (struct request){
		.method = "GET",
		.url = daraja_address(channel, "/oauth/v1/generate?grant_type=client_credentials",
				      arena),
		.login = true,
		.again = true,
	};
}

/* By its digest: the passkey itself is nobody's to print. */
static bool daraja_is_sandbox_passkey(struct text passkey)
{
	struct digest digest = digest_of(passkey);
	char hex[65];
	digest_hex(&digest, hex);
	return text_is(text_of(hex), SANDBOX_PASSKEY_SHA256);
}

static struct request daraja_start(const struct channel *channel,
				   const struct credentials *credentials,
				   const struct prompt *prompt, int64_t now, struct arena *arena)
{
	struct text at = timestamp(now, arena);
	bool paybill = channel->type == CHANNEL_PAYBILL;
	invariant(talk_cents_ok(prompt->cents, prompt->currency).size == 0);
	/*
	 * AccountReference and everything else we choose is never echoed: only the callback URL
	 * comes back (facts 1.2).
	 */
	json_t *body = json_pack(
	    "{s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:s}", "BusinessShortCode",
	    talk_string(business(channel)), "Password",
	    talk_string(password(channel, credentials, at, arena)), "Timestamp",
	    talk_string(at), "TransactionType",
	    paybill ? "CustomerPayBillOnline" : "CustomerBuyGoodsOnline", "Amount",
	    talk_string(text_format(arena, "%lld", (long long)(prompt->cents / 100))), "PartyA",
	    talk_string(prompt->phone), "PartyB", talk_string(channel->shortcode),
	    "PhoneNumber", talk_string(prompt->phone), "CallBackURL",
	    talk_string(prompt->callback_url), "AccountReference",
	    talk_string(text_head(prompt->account, ACCOUNT_SIZE_MAX)), "TransactionDesc",
	    DESCRIPTION);
	return (struct request){
		.method = "POST",
		.url = daraja_address(channel, "/mpesa/stkpush/v1/processrequest", arena),
		.body = talk_written(body, arena),
	};
}

static struct request daraja_ask(const struct channel *channel,
				 const struct credentials *credentials, struct text provider_ref,
				 int64_t now, struct arena *arena)
{
	struct text at = timestamp(now, arena);
	json_t *body = json_pack(
	    "{s:o, s:o, s:o, s:o}", "BusinessShortCode", talk_string(business(channel)),
	    "Password", talk_string(password(channel, credentials, at, arena)), "Timestamp",
	    talk_string(at), "CheckoutRequestID", talk_string(provider_ref));
	return (struct request){
		.method = "POST",
		.url = daraja_address(channel, "/mpesa/stkpushquery/v1/query", arena),
		.body = talk_written(body, arena),
		.again = true,
	};
}

static struct request daraja_enrol(const struct channel *channel, struct text base_url,
				   struct arena *arena)
{
	struct text validation_url = text_format(arena, "%.*s/validation", TEXT_ARG(base_url));
	struct text confirmation_url = text_format(arena, "%.*s/confirmation", TEXT_ARG(base_url));
	/*
	 * "Completed": what cannot be asked in time is accepted; a refusal would lose the payment.
	 */
	json_t *body = json_pack("{s:o, s:s, s:o, s:o}", "ShortCode",
				 talk_string(channel->shortcode), "ResponseType", "Completed",
				 "ConfirmationURL", talk_string(confirmation_url),
				 "ValidationURL", talk_string(validation_url));
	return (struct request){
		.method = "POST",
		.url = daraja_address(channel, "/mpesa/c2b/v2/registerurl", arena),
		.body = talk_written(body, arena),
	};
}

/* ---- answers --------------------------------------------------------------------------------- */

static bool is_one_of(struct text code, const char *const *codes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (text_is(code, codes[i]))
			return true;
	return false;
}

/*
 * An answer that is no answer to the question: the two error envelopes (facts 1.6). What certainly
 * did nothing is told apart from what nobody knows.
 */
struct said daraja_error(const struct response *response, struct value root,
			      struct arena *arena)
{
	static const char *const login[] = { "404.001.03", "400.003.01", "401.003.01" };
	static const char *const later[] = { "500.003.02", "500.003.03" };
	static const char *const wrong[] = { "400.002.02", "400.002.05", "404.001.01",
					     "404.003.01", "404.001.04", "405.001" };
	struct said said = { .answer = ANSWER_NONE };
	struct text words = talk_member(root, "errorMessage", arena);
	said.code = daraja_shown(arena, talk_member(root, "errorCode", arena));
	if (words.size == 0)
		words = talk_member(value_at(root, "fault", arena), "faultstring", arena);
	said.why = text_format(arena, "the provider answered %u %.*s %.*s", response->status,
			       TEXT_ARG(said.code), TEXT_ARG(talk_words(arena, words)));
	if (response->status == 401 || is_one_of(said.code, login, ARRAY_COUNT(login)))
		said.answer = ANSWER_LOGIN;
	else if (response->status == 429 || is_one_of(said.code, later, ARRAY_COUNT(later)))
		said.answer = ANSWER_LATER;
	else if (is_one_of(said.code, wrong, ARRAY_COUNT(wrong)))
		said.answer = ANSWER_NO;
	return said;
}

static bool daraja_login_read(struct text *token, int64_t *lives_us,
			      const struct response *response, struct arena *arena,
			      struct text *why)
{
	struct json json = { 0 };
	struct value root;
	struct said said;
	if (!talk_open(&json, &root, &said, response, arena)) {
		*why = said.why;
		return false;
	}
	bool good = talk_token(token, lives_us, response, root, arena);
	if (!good)
		*why = daraja_error(response, root, arena).why;
	json_close(&json);
	return good;
}

static struct text reference_read(struct value root, struct arena *arena)
{
	return talk_id(root, "CheckoutRequestID", arena);
}

static struct said accepted_read(const struct response *response, struct arena *arena)
{
	struct json json = { 0 };
	struct value root;
	struct said said = { .answer = ANSWER_NONE };
	if (!talk_open(&json, &root, &said, response, arena))
		return said;
	struct value code = value_at(root, "ResponseCode", arena);
	said.provider_ref = reference_read(root, arena);
	said.code = daraja_shown(arena, talk_member(root, "ResponseCode", arena));
	said.why = talk_words(arena, talk_member(root, "ResponseDescription", arena));
	if (response->status != 200 || code.kind == VALUE_ABSENT)
		said = daraja_error(response, root, arena);
	else if (daraja_is_success(code))
		said.answer = ANSWER_YES;
	else if ((code.kind == VALUE_TEXT && code.text.size) || code.kind == VALUE_NUMBER) {
		said.answer = ANSWER_NO;
		said.is_soft = true;
	}
	json_close(&json);
	return said;
}

static struct said daraja_start_read(const struct response *response, struct arena *arena)
{
	return accepted_read(response, arena);
}

/*
 * The two refusals that operators meet, with the way out. One code stands for both and for more, so
 * here the words decide what is said (facts 1.6, 1.7), which is a sentence and nothing else.
 */
static struct said daraja_enrol_read(const struct response *response, struct arena *arena)
{
	struct said said = accepted_read(response, arena);

	if (said.answer == ANSWER_LATER)
		said.why =
		    text_format(arena, "%.*s: it takes few of these a minute, try again soon",
				TEXT_ARG(said.why));
	else if (text_contains_nocase(said.why, TEXT("already registered")))
		said.why = text_format(
		    arena,
		    "%.*s. If they are those of `wavu payment urls`, nothing is to be done; "
		    "else delete them in its portal (self-service, URL management) and register "
		    "again",
		    TEXT_ARG(said.why));
	else if (text_contains_nocase(said.why, TEXT("Invalid ConfirmationURL")) ||
		 text_contains_nocase(said.why, TEXT("Invalid ValidationURL")) ||
		 text_contains_nocase(said.why, TEXT("Invalid URL")))
		said.why = text_format(
		    arena,
		    "%.*s. It takes public https addresses without mpesa, safaricom, exe, cmd, "
		    "sql or query in them: look at `public_url` in the settings",
		    TEXT_ARG(said.why));
	return said;
}

/* What a code means (facts 1.3). Texts differ by year and channel: the code decides, never they. */
static const struct meaning {
	const char *code;
	bool is_soft; /* people were seen to pay after it */
	const char *words;
} meanings[] = {
	{ "1", false, "the payer's balance is too low" },
	{ "2", false, "below what may be paid" },
	{ "3", false, "above what may be paid" },
	{ "4", false, "the payer's daily limit is reached" },
	{ "8", false, "the receiving account is full" },
	{ "17", false, "the same amount to the same customer within two minutes" },
	{ "26", true, "the provider is busy" },
	{ "1001", false, "the payer's phone is busy with another payment" },
	{ "1019", true, "the prompt ran out" },
	{ "1025", false, "the prompt could not be sent" },
	{ "1031", true, "cancelled by the payer" },
	{ "1032", true, "cancelled by the payer" },
	{ "1036", true, "the phone did not answer" },
	{ "1037", true, "the payer did not answer" },
	{ "2001", false, "wrong PIN" },
	{ "2028", false, "short code and type of the channel do not fit each other" },
	{ "8006", false, "the payer's PIN is locked" },
	{ "9999", false, "the prompt could not be sent" },
	{ "SFC_IC0003", false, "the provider does not know the short code" },
};

#define CODE_STILL_PROCESSING "4999"

/* What a ResultCode says; anything that is no exact verdict is no answer. */
static struct said verdict_of(struct value code, struct text words, struct arena *arena)
{
	struct said said = { .answer = ANSWER_NONE, .is_soft = true };
	if (daraja_is_success(code)) {
		said.answer = ANSWER_YES;
		return said;
	}
	if ((code.kind != VALUE_NUMBER && code.kind != VALUE_TEXT) || code.text.size == 0) {
		said.why = TEXT("there is no result code in it");
		said.is_doubtful = true;
		return said;
	}
	said.code = daraja_shown(arena, code.text);
	if (text_is(code.text, CODE_STILL_PROCESSING)) {
		said.why = TEXT("4999: still being processed");
		return said;
	}
	said.answer = ANSWER_NO;
	said.why = text_format(arena, "%.*s: %.*s", TEXT_ARG(said.code),
			       TEXT_ARG(talk_words(arena, words)));
	for (uint32_t i = 0; i < ARRAY_COUNT(meanings); i++)
		if (text_is(code.text, meanings[i].code)) {
			said.is_soft = meanings[i].is_soft;
			said.why = text_format(arena, "%s: %s", meanings[i].code,
					       meanings[i].words);
		}
	return said;
}

/*
 * The answer names no receipt, amount or payer: it proves that this prompt, which wavu sent for an
 * amount it pinned, was paid (facts 1.5).
 */
static struct said daraja_ask_read(const struct channel *channel, const struct response *response,
				   struct text provider_ref, struct arena *arena)
{
	(void)channel;
	struct json json = { 0 };
	struct value root;
	struct said said = { .answer = ANSWER_NONE };
	if (!talk_open(&json, &root, &said, response, arena))
		return said;
	if (response->status != 200 ||
	    value_at(root, "ResultCode", arena).kind == VALUE_ABSENT) {
		said = daraja_error(response, root, arena);
		/*
		 * A question that is not understood says nothing about the money: 400.002.02 is
		 * also the answer to an id that is not known yet (facts 1.5).
		 */
		if (said.answer == ANSWER_NO)
			said.answer = ANSWER_NONE;
	} else if (!daraja_is_success(value_at(root, "ResponseCode", arena))) {
		said = talk_unknown(TEXT("the question was not accepted"));
	} else if (!text_equal(reference_read(root, arena), provider_ref)) {
		said = talk_unknown(TEXT("the answer is about another prompt"));
	} else {
		said = verdict_of(value_at(root, "ResultCode", arena),
				  talk_member(root, "ResultDesc", arena), arena);
	}
	json_close(&json);
	return said;
}

/* ---- the result of a prompt, on its own URL -------------------------------------------------- */

/* The value of the one item of that name: order and count vary, and Value may be missing (facts
 * 1.3). */
static struct value item_named(struct value items, const char *name, bool *twice,
			       struct arena *arena)
{
	struct value found = { .kind = VALUE_ABSENT };
	bool seen = false;
	for (uint32_t i = 0; i < JSON_ITEMS_MAX; i++) {
		struct value item = value_item(items, i, arena);
		if (item.kind == VALUE_ABSENT)
			break;
		if (!text_is(value_at(item, "Name", arena).text, name))
			continue;
		*twice = *twice || seen;
		seen = true;
		found = value_at(item, "Value", arena);
	}
	return found;
}

static struct said paid_read(struct value callback, struct said said, struct arena *arena)
{
	struct value items =
	    value_at(value_at(callback, "CallbackMetadata", arena), "Item", arena);
	bool twice = false;
	struct value amount = item_named(items, "Amount", &twice, arena);
	struct value receipt = item_named(items, "MpesaReceiptNumber", &twice, arena);
	struct value time = item_named(items, "TransactionDate", &twice, arena);
	struct text why = TEXT_NONE;
	(void)item_named(items, "PhoneNumber", &twice, arena);
	if (twice)
		return talk_doubtful(said, TEXT("an item stands there twice"));
	if (said.provider_ref.size == 0)
		return talk_doubtful(said, TEXT("it says paid without a CheckoutRequestID"));
	if (amount.kind != VALUE_NUMBER && amount.kind != VALUE_TEXT)
		return talk_doubtful(said, TEXT("it says paid without an amount"));
	if (!daraja_receipt(&said.receipt, receipt, "MpesaReceiptNumber", arena, &why))
		return talk_doubtful(said, why);
	said.has_amount = daraja_amount(&said.amount_cents, amount.text, arena, &why);
	if (!said.has_amount)
		return talk_doubtful(said, why);
	if (time.kind == VALUE_NUMBER || time.kind == VALUE_TEXT)
		said.at = daraja_time(text_trim(time.text));
	return said;
}

static struct said daraja_result(const struct channel *channel, struct text body,
				 struct arena *arena)
{
	(void)channel;
	struct json json = { 0 };
	struct text why;
	if (!json_open(&json, body, arena, &why))
		return talk_doubtful((struct said){ 0 }, why);
	struct value root = json_root(&json);
	struct value callback = value_at(value_at(root, "Body", arena), "stkCallback", arena);
	struct said said = { .answer = ANSWER_NONE };
	if (callback.kind == VALUE_OBJECT) {
		struct text id = reference_read(callback, arena);
		said = verdict_of(value_at(callback, "ResultCode", arena),
				  talk_member(callback, "ResultDesc", arena), arena);
		said.provider_ref = id;
		if (said.answer == ANSWER_YES)
			said = paid_read(callback, said, arena);
	} else {
		said = talk_doubtful(said, TEXT("it is not the result of an STK push"));
	}
	json_close(&json);
	return said;
}

const struct provider_api daraja_api = {
	.login_needs = NEED_CONSUMER_KEY | NEED_CONSUMER_SECRET,
	.prompt_needs = NEED_PASSKEY,
	.login = daraja_login,
	.login_read = daraja_login_read,
	.is_sandbox_passkey = daraja_is_sandbox_passkey,
	.cents_ok = talk_cents_ok,
	.start = daraja_start,
	.start_read = daraja_start_read,
	.ask = daraja_ask,
	.ask_read = daraja_ask_read,
	.result = daraja_result,
	.enrol = daraja_enrol,
	.enrol_read = daraja_enrol_read,
	.statement = daraja_statement,
	.verify = daraja_verify,
	.verify_read = daraja_verify_read,
	.verify_is_late = true,
	.order_result = daraja_order_result,
	.reverse = daraja_reverse,
	.reverse_read = daraja_reverse_read,
	.reverse_result = daraja_reverse_result,
	.list = daraja_list,
	.list_read = daraja_list_read,
	.list_enrol = daraja_list_enrol,
	.list_enrol_read = daraja_list_enrol_read,
};
