#include "base/signature.h"
#include "provider/event.h"

/*
 * Paystack: cards and mobile money. A callback is proven by the hex HMAC-SHA512 of its raw bytes
 * under the account's secret key (payments facts 2); amounts are whole minor units. Test keys and
 * live keys differ, so a test event does not fit a live key; one that says that it is a test is
 * refused all the same.
 */

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

static const char *const paystack_kinds[] = { "", NULL };
static const char *const paystack_headers[] = { "X-Paystack-Signature", NULL };

const struct provider provider_paystack = {
	.name = "paystack",
	.kinds = paystack_kinds,
	.authenticate = paystack_authenticate,
	.parse = paystack_parse,
	.reply = paystack_reply,
	.key = KEY_SECRET,
	.test_key = "sk_test_",
	.headers = paystack_headers,
};
