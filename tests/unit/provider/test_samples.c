#include "help.h"

#include <dirent.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

/*
 * Every recorded callback that lies beside the checkout, posted as the C2B confirmation of a Daraja
 * channel. What must come of each is written here by hand; a file that is not in the table fails
 * the test.
 */
struct sample {
	const char *file;
	enum notice_kind kind;
	const char *receipt;
	int64_t cents;      /* of a PAID one */
	const char *word;   /* stands in the reason of what is not PAID */
	const char *reason; /* why that is right */
};

/* clang-format off */
static const struct sample samples[] = {
	{ "airtel-callback-no-hash.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "another provider's callback, whose amount stands in prose only" },
	{ "airtel-callback-with-hash.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "another provider's callback, whose amount stands in prose only" },
	{ "airtel-enquiry-ok.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "another provider's answer to a question" },
	{ "azampay-callback.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "another provider, unsigned" },
	{ "c2b-confirmation-2017-full-msisdn.json", NOTICE_PAID, "LGR219G3EY", 1000, "",
	  "two decimals, payer in clear" },
	{ "c2b-confirmation-2019-amount-no-decimals.json", NOTICE_PAID, "RKTQDM7W6S", 1000, "",
	  "an amount without decimals, a masked payer" },
	{ "c2b-confirmation-2022-invoice-zero.json", NOTICE_PAID, "QBP6OW9CTA", 100, "",
	  "somebody pays for somebody else; a null between the texts" },
	{ "c2b-confirmation-forged.json", NOTICE_PAID, "FAKE123", 2500000, "",
	  "well formed and never happened; without a short code the teller holds it" },
	{ "c2b-confirmation-minimal.json", NOTICE_PAID, "TEST0001", 500000, "",
	  "no short code: read, then held by the teller" },
	{ "c2b-confirmation-mpay-aggregator.json", NOTICE_PAID, "PHBGTH675", 200000, "",
	  "numbers where texts belong are read as they are written" },
	{ "c2b-confirmation-official-sample-invalid.txt", NOTICE_UNREADABLE, "", 0, "not JSON",
	  "commas are missing in the official sample: kept and held" },
	{ "c2b-confirmation-v2-masked-docs.json", NOTICE_PAID, "RKL51ZDR4F", 500, "",
	  "a reference with a space, a masked payer" },
	{ "c2b-register-request.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "our own request, sent back" },
	{ "c2b-register-response-typo.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "the answer to our registration" },
	{ "c2b-validation-2017-full-msisdn.json", NOTICE_PAID, "LGR219G3EY", 1000, "",
	  "same shape and receipt as its confirmation, so it counts once with it" },
	{ "c2b-validation-accept.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "our own answer to a validation" },
	{ "c2b-validation-reject-account.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "our own refusal of a validation" },
	{ "coop-ipn-credit.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "a bank's notice; TransactionId is not TransID" },
	{ "coop-ipn-tilde-memo.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "a bank's notice with its facts in memo lines" },
	{ "daraja-error-400.002.02.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "an error of the API, no callback: nobody posts it, so a person should see it" },
	{ "daraja-error-429-spike-arrest.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "an error of the API, no callback: nobody posts it, so a person should see it" },
	{ "daraja-error-invalid-token.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "an error of the API, no callback: nobody posts it, so a person should see it" },
	{ "daraja-error-lock-subscriber.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "an error of the API, no callback: nobody posts it, so a person should see it" },
	{ "daraja-error-wrong-credentials.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "an error of the API, no callback: nobody posts it, so a person should see it" },
	{ "flutterwave-charge-completed.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "another provider, amount in whole shillings" },
	{ "intasend-collection-processing.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "another provider, and only PROCESSING" },
	{ "jenga-account-alert-2022.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "a bank's alert, which could be a debit too" },
	{ "jenga-ipn-2018.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "a bank's notice with the receipt inside free text" },
	{ "kcb-ipn-account.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "a bank's notice, signed in a header we do not check" },
	{ "kcb-ipn-till-nested.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "a bank's notice, four levels deep" },
	{ "kopokopo-buygoods-received.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "another provider: money perhaps, so held and not dropped" },
	{ "oauth-ok-expires-number.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "the answer to our own log-in" },
	{ "oauth-ok-expires-string.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "the answer to our own log-in" },
	{ "paystack-charge-success.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "another provider, amount in cents: 5000 must not become 5,000 shillings" },
	{ "pesapal-ipn-our-answer.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "our own answer to another provider" },
	{ "pesapal-ipn-post.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "another provider that never says amount or status" },
	{ "pull-register-response.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "the answer to our own registration" },
	{ "pull-response-1000-nested.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "an answer with payments in lists: only our own question makes it true" },
	{ "result-fail-2001.json", NOTICE_NOTHING, "", 0, "order",
	  "the result of an order that failed, although it has a TransactionID" },
	{ "reversal-result-ok.json", NOTICE_NOTHING, "", 0, "order",
	  "money that went out, not in" },
	{ "selcom-webhook.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "another provider: transid in lower case is another key" },
	{ "sms-advanta-error.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "an SMS gateway's text, not a payment" },
	{ "sms-advanta-response-misspelt.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "an SMS gateway's text, not a payment" },
	{ "sms-africastalking-dlr.form.txt", NOTICE_UNREADABLE, "", 0, "not JSON",
	  "an SMS gateway's text, not a payment" },
	{ "sms-africastalking-response-no-balance.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "an SMS gateway's text, not a payment" },
	{ "sms-africastalking-response-ok.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "an SMS gateway's text, not a payment" },
	{ "sms-africastalking-response-refused-sender.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "an SMS gateway's text, not a payment" },
	{ "sms-beem-response.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "an SMS gateway's text, not a payment" },
	{ "stk-cb-fail-1-insufficient.json", NOTICE_NOTHING, "", 0, "not paid",
	  "the prompt was not paid: no CallbackMetadata" },
	{ "stk-cb-fail-1019-2022.json", NOTICE_NOTHING, "", 0, "not paid",
	  "the prompt was not paid: no CallbackMetadata" },
	{ "stk-cb-fail-1032-2017-prefix.json", NOTICE_NOTHING, "", 0, "not paid",
	  "the prompt was not paid: no CallbackMetadata" },
	{ "stk-cb-fail-1032-2021.json", NOTICE_NOTHING, "", 0, "not paid",
	  "the prompt was not paid: no CallbackMetadata" },
	{ "stk-cb-fail-1032-2022.json", NOTICE_NOTHING, "", 0, "not paid",
	  "the prompt was not paid: no CallbackMetadata" },
	{ "stk-cb-fail-1032-2024-docs.json", NOTICE_NOTHING, "", 0, "not paid",
	  "the prompt was not paid: no CallbackMetadata" },
	{ "stk-cb-fail-1036-2019.json", NOTICE_NOTHING, "", 0, "not paid",
	  "the prompt was not paid: no CallbackMetadata" },
	{ "stk-cb-fail-1037-2021.json", NOTICE_NOTHING, "", 0, "not paid",
	  "the prompt was not paid: no CallbackMetadata" },
	{ "stk-cb-fail-1037-2024.json", NOTICE_NOTHING, "", 0, "not paid",
	  "the prompt was not paid: no CallbackMetadata" },
	{ "stk-cb-fail-17-rule-limited.json", NOTICE_NOTHING, "", 0, "not paid",
	  "the prompt was not paid: no CallbackMetadata" },
	{ "stk-cb-fail-2001-2019-prefix.json", NOTICE_NOTHING, "", 0, "not paid",
	  "the prompt was not paid: no CallbackMetadata" },
	{ "stk-cb-forged-minimal-no-checkout-id.json", NOTICE_UNREADABLE, "", 0, "says paid",
	  "says success with neither amount nor prompt: never money" },
	{ "stk-cb-ok-2017-amount-int-balance-novalue.json", NOTICE_UNREADABLE, "", 0, "says paid",
	  "a paid STK push here: held, for its own confirmation brings the money" },
	{ "stk-cb-ok-2018-amount-decimal-balance-novalue.json", NOTICE_UNREADABLE, "", 0,
	  "says paid",
	  "a paid STK push here: held, for its own confirmation brings the money" },
	{ "stk-cb-ok-2019-dmz-django-daraja.json", NOTICE_UNREADABLE, "", 0, "says paid",
	  "a paid STK push here: held, for its own confirmation brings the money" },
	{ "stk-cb-ok-2019-mer-amount-5.json", NOTICE_UNREADABLE, "", 0, "says paid",
	  "a paid STK push here: held, for its own confirmation brings the money" },
	{ "stk-cb-ok-2020-4items-no-balance.json", NOTICE_UNREADABLE, "", 0, "says paid",
	  "a paid STK push here: held, for its own confirmation brings the money" },
	{ "stk-cb-ok-2020-one-line.json", NOTICE_UNREADABLE, "", 0, "says paid",
	  "a paid STK push here: held, for its own confirmation brings the money" },
	{ "stk-cb-ok-2021-first.json", NOTICE_UNREADABLE, "", 0, "says paid",
	  "a paid STK push here: held, for its own confirmation brings the money" },
	{ "stk-cb-ok-2022-paybill.json", NOTICE_UNREADABLE, "", 0, "says paid",
	  "a paid STK push here: held, for its own confirmation brings the money" },
	{ "stk-cb-ok-2024-daraja3-docs.json", NOTICE_UNREADABLE, "", 0, "says paid",
	  "a paid STK push here: held, for its own confirmation brings the money" },
	{ "stk-cb-ok-no-transactiondate.json", NOTICE_UNREADABLE, "", 0, "says paid",
	  "a paid STK push here: held, for its own confirmation brings the money" },
	{ "stk-cb-python-repr-not-json.txt", NOTICE_UNREADABLE, "", 0, "not JSON",
	  "Python's print of a dictionary, not JSON" },
	{ "stk-push-request-docs.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "our own request, sent back" },
	{ "stk-push-response-2019.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "accepted is not paid" },
	{ "stk-push-response-2024-docs.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "accepted is not paid" },
	{ "stk-query-1032-2019.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "the answer to a question: it has no receipt and no amount" },
	{ "stk-query-1037-2026.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "the answer to a question: it has no receipt and no amount" },
	{ "stk-query-4999-in-flight.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "the answer to a question: it has no receipt and no amount" },
	{ "stk-query-500.001.1001-not-exist.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "the answer to a question: it has no receipt and no amount" },
	{ "stk-query-http500-processing.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "the answer to a question: it has no receipt and no amount" },
	{ "stk-query-ok-2021.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "the answer to a question: it has no receipt and no amount" },
	{ "tigo-push-callback.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "another provider: Status true is not a receipt" },
	{ "tigo-sync-billpay-request.xml", NOTICE_UNREADABLE, "", 0, "not JSON",
	  "XML of another provider" },
	{ "txstatus-ack-all-empty.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "only says that a question was accepted" },
	{ "txstatus-ack.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "only says that a question was accepted" },
	{ "txstatus-result-ok.json", NOTICE_NOTHING, "", 0, "order",
	  "the answer to a question, about a payment that has its own confirmation" },
	{ "vodacom-tz-c2b-ok.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "another country's API, synchronous" },
	{ "vodacom-tz-c2b-timeout.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "an unknown outcome of another country's API" },
	{ "vodacom-tz-gate-error.json", NOTICE_UNREADABLE, "", 0, "no TransID",
	  "an error of another country's API" },
};
/* clang-format on */

static char folder[4096];

static const struct sample *sample_find(const char *file)
{
	for (size_t i = 0; i < ARRAY_COUNT(samples); i++)
		if (strcmp(samples[i].file, file) == 0)
			return &samples[i];
	return NULL;
}

static void sample_check(const struct sample *sample, struct arena *arena)
{
	struct notice notice = help_parse(help_file(arena, folder, sample->file), arena);
	if (notice.kind != sample->kind)
		fail_msg("%s is of kind %d (%.*s), because: %s", sample->file, (int)notice.kind,
			 TEXT_ARG(notice.why), sample->reason);
	if (!text_is(notice.receipt, sample->receipt))
		fail_msg("%s has the receipt '%.*s'", sample->file, TEXT_ARG(notice.receipt));
	if (notice.amount_cents != sample->cents || notice.has_amount != (sample->cents > 0))
		fail_msg("%s has %lld cents", sample->file, (long long)notice.amount_cents);
	if (!text_contains_nocase(notice.why, text_of(sample->word)) ||
	    (notice.why.size == 0) != (sample->kind == NOTICE_PAID))
		fail_msg("%s: '%.*s' does not say '%s'", sample->file, TEXT_ARG(notice.why),
			 sample->word);
}

static void every_file_is_what_the_table_says(void **state)
{
	(void)state;
	struct arena arena;
	arena_open(&arena, 4u << 20);
	DIR *list = opendir(folder);
	assert_non_null(list);
	size_t found = 0;
	const struct dirent *entry;
	while ((entry = readdir(list))) {
		if (entry->d_name[0] == '.' || strcmp(entry->d_name, "index.md") == 0)
			continue;
		const struct sample *sample = sample_find(entry->d_name);
		if (!sample)
			fail_msg("%s is not in the table: write down what must come of it",
				 entry->d_name);
		sample_check(sample, &arena);
		arena_reset(&arena);
		found++;
	}
	(void)closedir(list);
	arena_close(&arena);
	assert_int_equal(found, ARRAY_COUNT(samples));
}

/* The same files on a channel of the provider that sent them. */
struct own {
	const char *file, *provider;
	enum channel_environment environment;
	enum channel_type type;
	enum notice_kind kind;
	const char *receipt, *shortcode, *reference, *word;
	int64_t cents;
};

/* clang-format off */
static const struct own owns[] = {
	{ "flutterwave-charge-completed.json", "flutterwave", CHANNEL_PRODUCTION, CHANNEL_TILL,
	  NOTICE_PAID, "FLUTTERWAVE-99", "", "HOTSPOT-42", "", 5000 },
	{ "kcb-ipn-account.json", "kcb", CHANNEL_PRODUCTION, CHANNEL_TILL, NOTICE_PAID,
	  "KCB-FT00026252", "150150", "INV-0001", "", 10000 },
	{ "kcb-ipn-account.json", "kcb", CHANNEL_PRODUCTION, CHANNEL_PAYBILL, NOTICE_PAID,
	  "KCB-FT00026252", "777777", "INV-0001", "", 10000 },
	{ "kcb-ipn-till-nested.json", "kcb", CHANNEL_PRODUCTION, CHANNEL_TILL, NOTICE_PAID,
	  "KCB-FT25139M3RM6", "1234567", "INV-JANE-0826", "", 100000 },
	{ "kopokopo-buygoods-received.json", "kopokopo", CHANNEL_SANDBOX, CHANNEL_TILL, NOTICE_PAID,
	  "OJM6Q1W84K", "000000", "", "", 10000 },
	{ "kopokopo-buygoods-received.json", "kopokopo", CHANNEL_PRODUCTION, CHANNEL_TILL,
	  NOTICE_UNREADABLE, "", "", "", "test event", 0 },
	{ "paystack-charge-success.json", "paystack", CHANNEL_PRODUCTION, CHANNEL_TILL, NOTICE_PAID,
	  "PAYSTACK-HOTSPOT-42", "", "HOTSPOT-42", "", 5000 },
};
/* clang-format on */

static struct notice parse_as(const struct own *own, const char *provider, struct arena *arena)
{
	struct channel channel = help_channel();
	struct callback callback = { .body = help_file(arena, folder, own->file) };

	channel.provider = text_of(provider);
	channel.environment = own->environment;
	channel.type = own->type;
	return provider_find(text_of(provider))
	    ->parse(&channel, TEXT("254"), &callback, arena);
}

static void files_of_other_providers_are_money_on_their_own_channel(void **state)
{
	struct arena arena;
	(void)state;
	arena_open(&arena, 4u << 20);
	for (size_t i = 0; i < ARRAY_COUNT(owns); i++) {
		const struct own *own = &owns[i];
		struct notice notice = parse_as(own, own->provider, &arena);
		if (notice.kind != own->kind || notice.amount_cents != own->cents ||
		    !text_is(notice.receipt, own->receipt) ||
		    !text_is(notice.shortcode, own->shortcode) ||
		    !text_is(notice.reference, own->reference) ||
		    !text_contains_nocase(notice.why, text_of(own->word)))
			fail_msg("%s: kind %d, %.*s, %lld cents, '%.*s'", own->file,
				 (int)notice.kind, TEXT_ARG(notice.receipt),
				 (long long)notice.amount_cents, TEXT_ARG(notice.why));
		arena_reset(&arena);
	}
	arena_close(&arena);
}

/* A body that reached the wrong channel is nobody's money there. */
static void no_file_is_money_on_the_channel_of_another_signed_provider(void **state)
{
	struct arena arena;
	const struct provider *provider;
	(void)state;
	arena_open(&arena, 4u << 20);
	for (uint32_t row = 0; (provider = provider_at(row)); row++) {
		for (size_t i = 0; provider->key != KEY_NONE && i < ARRAY_COUNT(samples); i++) {
			struct own own = { .file = samples[i].file,
					   .environment = CHANNEL_SANDBOX,
					   .type = CHANNEL_TILL };
			struct notice notice = parse_as(&own, provider->name, &arena);
			if (notice.kind == NOTICE_PAID &&
			    !text_starts(text_of(own.file), text_of(provider->name)))
				fail_msg("%s is money to %s", own.file, provider->name);
			assert_true(notice.kind == NOTICE_PAID || notice.why.size > 0);
			arena_reset(&arena);
		}
	}
	arena_close(&arena);
}

int main(void)
{
	(void)help_folder("WAVU_SHARED", "samples/payments", folder, sizeof(folder));
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_file_is_what_the_table_says),
		cmocka_unit_test(files_of_other_providers_are_money_on_their_own_channel),
		cmocka_unit_test(no_file_is_money_on_the_channel_of_another_signed_provider),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
