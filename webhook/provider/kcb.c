#include <string.h>

#include "base/limits.h"
#include "base/signature.h"
#include "provider/daraja_inside.h"
#include "provider/event.h"
#include "provider/kcb_inside.h"

/*
 * KCB Bank (Buni): the instant notice of an account, flat, and of a till, four levels deep
 * (payments facts 2). Both are proven by the base64 RSA signature with SHA-256 of the raw bytes,
 * under the bank's public key; while it replaces its key, both stand in the file. Amounts may have
 * thousands set off: "20,000.00".
 */

static enum proof kcb_authenticate(const struct channel *channel, const struct callback *callback)
{
	(void)channel;
	if (!callback->key.readable)
		return PROOF_REJECTED;
	return signature_rsa_ok(secret_reveal(callback->key), callback->body,
				event_header(callback, "Signature"))
		   ? PROOF_PROVEN
		   : PROOF_REJECTED;
}

/* "20,000.00" -> "20000.00": only where every group but the first has three digits. */
static struct text without_commas(struct text amount, struct arena *arena)
{
	char *out = ARENA_ARRAY(arena, char, amount.size + 1u);
	uint32_t size = 0, digits = 0, groups = 0;
	bool fraction = false;

	for (uint32_t i = 0; i < amount.size; i++) {
		char byte = amount.at[i];

		if (byte != ',') {
			if ((byte == '.' || fraction) && groups > 0 && !fraction && digits != 3)
				return amount;
			fraction = fraction || byte == '.';
			digits += !fraction;
			out[size++] = byte;
			continue;
		}
		if (fraction || digits == 0 || digits > 3 || (groups > 0 && digits != 3))
			return amount; /* text_cents refuses a comma */
		groups++;
		digits = 0;
	}
	if (groups > 0 && !fraction && digits != 3)
		return amount;
	return (struct text){ out, size };
}

/*
 * What the payer typed. A prompt's invoice number has the till before the account
 * ("512345-KN-0042", kcb_api.c), and a notice of it may repeat that, or the till alone.
 */
static struct text reference_of(const struct channel *channel, struct text reference)
{
	struct text rest;

	if (channel->shortcode.size == 0 || !text_starts(reference, channel->shortcode))
		return reference;
	rest = text_from(reference, channel->shortcode.size);
	if (rest.size == 0)
		return TEXT_NONE;
	return rest.at[0] == '-' || rest.at[0] == '#' ? text_from(rest, 1) : reference;
}

static struct notice money(struct notice notice, struct text id, struct text amount,
			   struct text currency, struct arena *arena)
{
	notice.kind = NOTICE_PAID;
	if (!event_receipt(&notice.receipt, "KCB", id, arena))
		return event_unreadable(TEXT("the notice has no transaction reference"));
	notice.currency = currency.size > 0 ? currency : TEXT("(none)");
	if (notice.shortcode.size == 0)
		notice.shortcode = TEXT("(none)");
	(void)event_amount(&notice, without_commas(amount, arena), arena);
	return notice;
}

/* An account's notice. The till is named besides the organisation where the money came by one. */
static struct notice account_read(const struct channel *channel, struct value root,
				  struct text country, struct arena *arena)
{
	struct notice notice = { 0 };

	notice.shortcode = event_field(
	    root, channel->type == CHANNEL_TILL ? "tillNumber" : "organizationShortCode", arena);
	notice.reference =
	    reference_of(channel, event_field(root, "customerReference", arena));
	notice.payer = event_field(root, "customerName", arena);
	notice.at = daraja_time(event_field(root, "timestamp", arena));
	event_payer(&notice, event_field(root, "customerMobileNumber", arena), country, arena);
	return money(notice, event_field(root, "transactionReference", arena),
		     event_field(root, "transactionAmount", arena),
		     event_field(root, "currency", arena), arena);
}

static struct notice till_read(const struct channel *channel, struct value root,
			       struct value data, struct text country, struct arena *arena)
{
	struct value payload = value_at(root, "requestPayload", arena);
	struct notice notice = { 0 };

	notice.shortcode =
	    event_field(value_at(payload, "primaryData", arena), "businessKey", arena);
	notice.reference = reference_of(channel, event_field(data, "businessKey", arena));
	notice.payer = event_field(data, "firstName", arena);
	notice.at = daraja_time(event_field(value_at(root, "header", arena), "timeStamp", arena));
	event_payer(&notice, event_field(data, "debitMSISDN", arena), country, arena);
	return money(notice, event_field(data, "transactionID", arena),
		     event_field(data, "transactionAmt", arena),
		     event_field(data, "currency", arena), arena);
}

static struct notice kcb_read(const struct channel *channel, struct value root, struct text country,
			      struct arena *arena)
{
	struct value additional =
	    value_at(value_at(root, "requestPayload", arena), "additionalData", arena);
	struct value data = value_at(additional, "notificationData", arena);

	if (data.kind == VALUE_OBJECT)
		return till_read(channel, root, data, country, arena);
	if (value_at(root, "transactionReference", arena).kind != VALUE_ABSENT)
		return account_read(channel, root, country, arena);
	return event_unreadable(TEXT("it is neither an account's nor a till's notice of KCB"));
}

static struct notice kcb_parse(const struct channel *channel, struct text country,
			       const struct callback *callback, struct arena *arena)
{
	return event_parse(channel, country, callback, arena, kcb_read);
}

static struct reply kcb_reply(struct text kind)
{
	(void)kind;
	return (struct reply){ 200, TEXT("application/json"),
			       TEXT("{\"transactionID\":\"\",\"statusCode\":\"0\","
				    "\"statusMessage\":\"Notification received\"}") };
}

static const char *const kcb_kinds[] = { "", NULL };
static const char *const kcb_headers[] = { "Signature", NULL };

const struct provider provider_kcb = {
	.name = "kcb",
	.kinds = kcb_kinds,
	.authenticate = kcb_authenticate,
	.parse = kcb_parse,
	.reply = kcb_reply,
	.api = &kcb_api,
	.key = KEY_PUBLIC_KEY,
	.headers = kcb_headers,
};
