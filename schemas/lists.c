#include "schemas/lists.h"

#include "base/macros.h"

const char *const provider_names[] = { "daraja",   "flutterwave", "kcb",
					"kopokopo", "paystack",    NULL };

/*
 * Longer words first, so that the message names what the operator sees: "exec" before "exe".
 * payments facts 1.7: C2B registration refuses a URL that contains one of these, in any case.
 */
static const char *const forbidden_words[] = {
	"m-pesa", "mpesa", "safaricom", "exec", "exe", "cmd", "sql", "query",
};

/* Currencies shared by several countries (XOF, XAF, USD, EUR) are left out on purpose. */
static const struct {
	const char *currency, *country;
} countries[] = {
	{ "AOA", "244" }, { "BDT", "880" }, { "BIF", "257" }, { "BRL", "55" },  { "BWP", "267" },
	{ "CDF", "243" }, { "DJF", "253" }, { "EGP", "20" },  { "ETB", "251" }, { "GHS", "233" },
	{ "GMD", "220" }, { "GNF", "224" }, { "IDR", "62" },  { "INR", "91" },  { "KES", "254" },
	{ "KMF", "269" }, { "LRD", "231" }, { "LSL", "266" }, { "MAD", "212" }, { "MGA", "261" },
	{ "MUR", "230" }, { "MWK", "265" }, { "MZN", "258" }, { "NAD", "264" }, { "NGN", "234" },
	{ "NPR", "977" }, { "PHP", "63" },  { "PKR", "92" },  { "RWF", "250" }, { "SCR", "248" },
	{ "SDG", "249" }, { "SLE", "232" }, { "SOS", "252" }, { "SSP", "211" }, { "SZL", "268" },
	{ "TZS", "255" }, { "UGX", "256" }, { "ZAR", "27" },  { "ZMW", "260" },
};

/* What each signs its callbacks with, and what it is asked with. */
static const char *const needs_secret[] = { "secret", NULL };
static const char *const needs_public_key[] = { "public_key", NULL };
static const char *const needs_both[] = { "secret", "consumer_secret", NULL };

static const struct {
	const char *provider;
	const char *const *needs;
} needs[] = {
	{ "flutterwave", needs_both },
	{ "kcb", needs_public_key },
	{ "kopokopo", needs_secret },
	{ "paystack", needs_secret },
};

/*
 * Who has one of the first prompts, and then needs all of the second. What else a prompt takes, its
 * channel has in any case.
 */
static const char *const passkey[] = { "passkey", NULL };
static const char *const api_keys[] = { "consumer_key", "consumer_secret", NULL };
static const char *const api_keys_or_till[] = { "consumer_key", "consumer_secret", "prompt_till",
						NULL };

static const struct {
	const char *provider;
	const char *const *marks, *const *needs;
} prompts[] = {
	{ "daraja", passkey, api_keys },
	{ "kcb", api_keys, api_keys },
	{ "kopokopo", api_keys_or_till, api_keys },
};

bool provider_prompt_needs(const char *const **marks, const char *const **needs_out,
			   struct text provider)
{
	for (size_t i = 0; i < ARRAY_COUNT(prompts); i++) {
		*marks = prompts[i].marks;
		*needs_out = prompts[i].needs;
		if (text_is(provider, prompts[i].provider))
			return true;
	}
	return false;
}

/* Keys that mean something to some providers only. */
static const struct {
	const char *key, *provider;
} users[] = {
	{ "email", "flutterwave" },
	{ "email", "paystack" },
	{ "prompt_till", "kopokopo" },
};

bool provider_uses(struct text provider, const char *key)
{
	for (size_t i = 0; i < ARRAY_COUNT(users); i++)
		if (text_is(text_of(key), users[i].key) && text_is(provider, users[i].provider))
			return true;
	return false;
}

const char *const *provider_needs(struct text provider)
{
	for (size_t i = 0; i < ARRAY_COUNT(needs); i++)
		if (text_is(provider, needs[i].provider))
			return needs[i].needs;
	return NULL;
}

bool provider_validates(struct text provider)
{
	return text_is(provider, "daraja");
}

bool provider_answers(struct text provider)
{
	return text_is(provider, "daraja") || text_is(provider, "flutterwave");
}

const char *forbidden_word(struct text name)
{
	for (size_t i = 0; i < ARRAY_COUNT(forbidden_words); i++)
		if (text_contains_nocase(name, text_of(forbidden_words[i])))
			return forbidden_words[i];
	return NULL;
}

struct text country_of_currency(struct text currency)
{
	for (size_t i = 0; i < ARRAY_COUNT(countries); i++)
		if (text_is(currency, countries[i].currency))
			return text_of(countries[i].country);
	return TEXT_NONE;
}
