#include "provider/providers.h"

#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/zone.h"
#include "provider/daraja_inside.h"

/*
 * M-PESA Kenya through Safaricom's Daraja: the C2B confirmation of paybills and tills (payments
 * facts 1.7). A confirmation is unsigned; what counts is the channel's unguessable URL, which the
 * webhook program has checked, or the provider's own answer where the channel says `trust:
 * verified`.
 */

#define RECEIPT_SIZE_MAX 32
#define SHOWN_SIZE_MAX 40 /* bytes of a bad value that a reason repeats */

/* Reading one C2B object: the first field of a wrong type ends in `why`. */
struct reading {
	struct value root;
	struct arena *arena;
	struct text why;
};

static struct notice unreadable(struct text why)
{
	return (struct notice){ .kind = NOTICE_UNREADABLE, .why = why };
}

static struct notice nothing(struct text why)
{
	return (struct notice){ .kind = NOTICE_NOTHING, .why = why };
}

/*
 * Texts are Daraja's own form of every value, resellers also send numbers (payments facts 1.7:
 * amount, short code, MSISDN); null and absent are the same. Anything else is no C2B confirmation.
 */
static struct text field(struct reading *reading, const char *key)
{
	struct value value = value_at(reading->root, key, reading->arena);
	switch (value.kind) {
	case VALUE_ABSENT:
	case VALUE_NULL:
		return TEXT_NONE;
	case VALUE_TEXT:
	case VALUE_NUMBER:
		return value.text;
	case VALUE_BOOL:
	case VALUE_LIST:
	case VALUE_OBJECT:
		break;
	}
	if (reading->why.size == 0)
		reading->why = text_format(reading->arena, "%s is neither a text nor a number",
					   key);
	return TEXT_NONE;
}

struct text daraja_shown(struct arena *arena, struct text text)
{
	bool cut = text.size > SHOWN_SIZE_MAX;
	uint32_t size = cut ? SHOWN_SIZE_MAX : text.size;
	char *out = ARENA_ARRAY(arena, char, size + 4u);
	for (uint32_t i = 0; i < size; i++)
		out[i] = text.at[i] > ' ' && text.at[i] < 0x7f && text.at[i] != '"' ? text.at[i]
										    : '?';
	if (cut)
		memcpy(out + size, "...", 3);
	return (struct text){ out, cut ? size + 3 : size };
}

static bool is_receipt_byte(char byte)
{
	return (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '-' ||
	       byte == '_' || byte == '.';
}

/*
 * "rkl51zdr4f" -> "RKL51ZDR4F". Real receipts have ten letters and digits (payments facts 1.12),
 * resellers' vary. `ours` begin the names that wavu itself gives, to money without a receipt and to
 * that of other providers: no callback may bring one.
 */
bool daraja_receipt(struct text *out, struct value value, const char *name, struct arena *arena,
		    struct text *why)
{
	static const char *const ours[] = { "HELD-",	    "CASH-", "STK-",	  "PAYSTACK-",
					    "FLUTTERWAVE-", "KCB-",  "KOPOKOPO-" };
	if (value.kind != VALUE_TEXT) {
		*why = text_format(arena, "%s is not a text", name);
		return false;
	}
	struct text text = text_trim(value.text);
	if (text.size == 0 || text.size > RECEIPT_SIZE_MAX) {
		*why = text_format(arena, "%s is %s", name,
				   text.size ? "longer than 32 characters" : "empty");
		return false;
	}
	char *receipt = ARENA_ARRAY(arena, char, text.size);
	for (uint32_t i = 0; i < text.size; i++) {
		char byte = text.at[i];
		receipt[i] = byte >= 'a' && byte <= 'z' ? (char)(byte - 'a' + 'A') : byte;
		if (!is_receipt_byte(receipt[i])) {
			*why = text_format(arena, "%s holds a character that no receipt has", name);
			return false;
		}
	}
	*out = (struct text){ receipt, text.size };
	for (uint32_t i = 0; i < ARRAY_COUNT(ours); i++)
		if (text_starts(*out, text_of(ours[i]))) {
			*why = text_format(arena, "%s is a name that wavu gives itself", name);
			return false;
		}
	return true;
}

bool daraja_amount(int64_t *cents, struct text text, struct arena *arena, struct text *why)
{
	struct text quoted = daraja_shown(arena, text);
	if (text.size == 0) {
		*why = TEXT("the amount is missing");
	} else if (text_cents(text, cents)) {
		if (*cents > 0)
			return true;
		*why = TEXT("the amount is zero");
	} else if (text.at[0] == '-') {
		*why = text_format(arena, "the amount \"%.*s\" is negative", TEXT_ARG(quoted));
	} else {
		*why = text_format(arena,
				   "the amount \"%.*s\" is not plain money: digits and at most two "
				   "decimals, at most ten thousand billion",
				   TEXT_ARG(quoted));
	}
	*cents = 0;
	return false;
}

static bool is_hash(struct text text)
{
	if (text.size != 64)
		return false;
	for (uint32_t i = 0; i < text.size; i++) {
		char byte = text.at[i];
		if (!((byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') ||
		      (byte >= 'A' && byte <= 'F')))
			return false;
	}
	return true;
}

/*
 * MSISDN comes in clear (before 2022 and at resellers), as SHA-256 of the E.164 digits (v1) or
 * masked with stars (v2): payments facts 1.7. A mask, or a hash of another length as in Safaricom's
 * own example, identifies nobody.
 */
static void payer_read(struct notice *notice, struct text msisdn, struct text country,
		       struct arena *arena)
{
	msisdn = text_trim(msisdn);
	char digits[16];
	if (is_hash(msisdn))
		notice->phone_hash = text_lower(arena, msisdn);
	else if (text_phone(msisdn, country, digits))
		notice->phone = text_copy(arena, text_of(digits));
}

static struct text payer_name(struct reading *reading)
{
	static const char *const keys[] = { "FirstName", "MiddleName", "LastName" };
	struct text name = TEXT_NONE;
	for (uint32_t i = 0; i < ARRAY_COUNT(keys); i++) {
		struct text part = text_trim(field(reading, keys[i]));
		if (part.size == 0)
			continue;
		name = name.size == 0 ? part
				      : text_format(reading->arena, "%.*s %.*s", TEXT_ARG(name),
						    TEXT_ARG(part));
	}
	return name;
}

static bool number_part(struct text text, uint32_t start, uint32_t size, uint64_t *out)
{
	return text_u64((struct text){ text.at + start, size }, out);
}

int64_t daraja_time(struct text text)
{
	uint64_t year, month, day, hour, minute, second;
	if (text.size != 14 || !number_part(text, 0, 4, &year) ||
	    !number_part(text, 4, 2, &month) || !number_part(text, 6, 2, &day) ||
	    !number_part(text, 8, 2, &hour) || !number_part(text, 10, 2, &minute) ||
	    !number_part(text, 12, 2, &second))
		return 0;
	/* M-PESA began in 2007. */
	if (year < 2007 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31 ||
	    hour > 23 || minute > 59 || second > 59)
		return 0;
	struct civil civil = { (int32_t)year, (int8_t)month,  (int8_t)day,
			       (int8_t)hour,  (int8_t)minute, (int8_t)second };
	int64_t at = zone_instant(zone_utc(), civil);
	struct civil back = zone_civil(zone_utc(), at);
	if (back.month != civil.month || back.day != civil.day)
		return 0; /* 31 February */
	return at - DARAJA_EAT_US;
}

/* The first three characters of a receipt are a day in EAT: A is 2006, A is January, 1 to 9 and A
 * to V are the days (payments facts 1.12; derived, not documented). Its midnight; 0: there is none.
 */
static int64_t receipt_day(struct text receipt)
{
	struct civil civil = { .day = 0 }, back;
	if (receipt.size < 3)
		return 0;
	char year = receipt.at[0], month = receipt.at[1], day = receipt.at[2];
	if (year < 'A' || year > 'Z' || month < 'A' || month > 'L')
		return 0;
	civil.year = 2006 + (year - 'A');
	civil.month = (int8_t)(1 + (month - 'A'));
	if (day >= '1' && day <= '9')
		civil.day = (int8_t)(day - '0');
	else if (day >= 'A' && day <= 'V')
		civil.day = (int8_t)(10 + (day - 'A'));
	int64_t at = zone_instant(zone_utc(), civil);
	back = zone_civil(zone_utc(), at);
	return civil.day == 0 || back.day != civil.day ? 0 : at - DARAJA_EAT_US;
}

/* More than a day apart is odd: it is no reason to refuse, nor to believe. */
struct text daraja_odd(struct text receipt, int64_t at, struct arena *arena)
{
	int64_t day = receipt_day(receipt);
	if (day == 0)
		return text_format(arena, "receipt %.*s begins with no date, as M-PESA's do",
				   TEXT_ARG(receipt));
	if (at >= day - DAY_US && at < day + 2 * DAY_US)
		return TEXT_NONE;
	struct civil said = zone_civil(zone_utc(), day + DARAJA_EAT_US);
	struct civil came = zone_civil(zone_utc(), at + DARAJA_EAT_US);
	return text_format(arena,
			   "receipt %.*s is one of %04d-%02d-%02d, the payment of %04d-%02d-%02d",
			   TEXT_ARG(receipt), said.year, said.month, said.day, came.year,
			   came.month, came.day);
}

static struct notice confirmation_read(struct reading *reading, struct text country)
{
	struct notice notice = { .kind = NOTICE_PAID };
	struct text why;
	struct value receipt = value_at(reading->root, "TransID", reading->arena);
	if (!daraja_receipt(&notice.receipt, receipt, "TransID", reading->arena, &why))
		return unreadable(why);
	struct text amount = field(reading, "TransAmount");
	struct text msisdn = field(reading, "MSISDN");
	struct text time = field(reading, "TransTime");
	notice.reference = field(reading, "BillRefNumber");
	notice.shortcode = text_trim(field(reading, "BusinessShortCode"));
	/* Every genuine confirmation names its short code; without one it is held as a wrong one.
	 */
	if (notice.shortcode.size == 0)
		notice.shortcode = TEXT("(none)");
	notice.payer = payer_name(reading);
	if (reading->why.size)
		return unreadable(reading->why);
	notice.has_amount =
	    daraja_amount(&notice.amount_cents, amount, reading->arena, &notice.why);
	payer_read(&notice, msisdn, country, reading->arena);
	notice.at = daraja_time(text_trim(time));
	return notice;
}

bool daraja_is_success(struct value code)
{
	return (code.kind == VALUE_NUMBER || code.kind == VALUE_TEXT) && text_is(code.text, "0");
}

/*
 * What is no C2B confirmation although it came to a C2B address. Only what certainly moved no money
 * is NOTHING; all else is held for a person: a refusal would lose it for good.
 */
static struct notice other_read(struct reading *reading)
{
	struct arena *arena = reading->arena;
	struct value stk = value_at(value_at(reading->root, "Body", arena), "stkCallback", arena);
	if (stk.kind == VALUE_OBJECT) {
		struct value code = value_at(stk, "ResultCode", arena);
		if (daraja_is_success(code))
			return unreadable(
			    TEXT("the result of an STK push that says paid, on the address for C2B "
				 "confirmations: it is not counted here"));
		if (code.kind == VALUE_NUMBER || (code.kind == VALUE_TEXT && code.text.size))
			return nothing(TEXT("the result of an STK push that was not paid"));
		return unreadable(TEXT("the result of an STK push without a result code"));
	}
	if (value_at(reading->root, "Result", arena).kind == VALUE_OBJECT)
		return nothing(
		    TEXT("the result of a question or an order, not a confirmation of a payment"));
	return unreadable(TEXT("it has no TransID: not a C2B confirmation"));
}

static struct notice daraja_parse(const struct channel *channel, struct text country,
				  const struct callback *callback, struct arena *arena)
{
	/* Short code and sources are the teller's to judge: paybill and till confirmations read
	 * alike. */
	(void)channel;
	if (text_is(callback->kind, CALLBACK_ATTEMPT))
		return nothing(TEXT("the result of a prompt, which its attempt reads"));
	if (text_is(callback->kind, "validation"))
		return nothing(TEXT("a validation asks before the payment, it is none"));
	struct json json;
	struct text why;
	if (!json_open(&json, callback->body, arena, &why))
		return unreadable(why);
	struct reading reading = { .root = json_root(&json), .arena = arena };
	struct notice notice;
	if (reading.root.kind != VALUE_OBJECT)
		notice = unreadable(TEXT("it is a list, not an object"));
	else if (value_at(reading.root, "TransID", arena).kind != VALUE_ABSENT)
		notice = confirmation_read(&reading, country);
	else
		notice = other_read(&reading);
	json_close(&json);
	return notice;
}

static enum proof daraja_authenticate(const struct channel *channel,
				      const struct callback *callback)
{
	(void)callback; /* Nothing in it is signed (payments facts 1.3, "Wire"). */
	switch (channel->trust) {
	case TRUST_TOKEN:
		return PROOF_PROVEN;
	case TRUST_VERIFIED:
		return PROOF_HINT;
	}
	return PROOF_HINT;
}

/* A validation wants its code as a text, a confirmation as a number (payments facts 1.7). */
static struct reply daraja_reply(struct text kind)
{
	struct reply reply = { .status = 200, .content_type = TEXT("application/json") };
	reply.body = text_is(kind, "validation")
			 ? TEXT("{\"ResultCode\":\"0\",\"ResultDesc\":\"Accepted\"}")
			 : TEXT("{\"ResultCode\":0,\"ResultDesc\":\"Success\"}");
	return reply;
}

/* Each reason has a code of its own (payments facts 1.7). */
static struct reply daraja_refuse(enum unwelcome why)
{
	struct reply reply = { .status = 200, .content_type = TEXT("application/json") };
	switch (why) {
	case REFUSED_PAYER:
		reply.body = TEXT("{\"ResultCode\":\"C2B00011\",\"ResultDesc\":\"Rejected\"}");
		break;
	case REFUSED_ACCOUNT:
		reply.body = TEXT("{\"ResultCode\":\"C2B00012\",\"ResultDesc\":\"Rejected\"}");
		break;
	case REFUSED_AMOUNT:
		reply.body = TEXT("{\"ResultCode\":\"C2B00013\",\"ResultDesc\":\"Rejected\"}");
		break;
	case REFUSED_SHORTCODE:
		reply.body = TEXT("{\"ResultCode\":\"C2B00015\",\"ResultDesc\":\"Rejected\"}");
		break;
	}
	return reply;
}

static const char *const daraja_kinds[] = { "confirmation", "validation", NULL };

const struct provider provider_daraja = {
	.name = "daraja",
	.kinds = daraja_kinds,
	.authenticate = daraja_authenticate,
	.parse = daraja_parse,
	.reply = daraja_reply,
	.refuse = daraja_refuse,
	.refuses_words = true,
	.api = &daraja_api,
	.odd = daraja_odd,
};
