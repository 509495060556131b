#include "schemas/kind_rows.h"
#include "schemas/providers.h"
#include "schemas/shared_keys.h"

/* clang-format off */
static const char *const environment_words[] = { "production", "sandbox", NULL };
static const char *const type_words[] = { "paybill", "till", NULL };
static const char *const trust_words[] = { "token", "verified", NULL };
static const char *const validation_words[] = { "accept", "refuse", NULL };
static const char *const mail_schemes[] = { "smtp", "smtps", NULL };

static const struct key source = { .name = "sources", .type = VALUE_ADDRESS,
				   .help = "An IPv4 address callbacks may come from." };

static const struct key channel_keys[] = {
	{ .name = "name", .type = VALUE_NAME, .flags = KEY_REQUIRED,
	  .help = "The channel's name, a part of its callback URLs." },
	{ .name = "provider", .type = VALUE_PROVIDER, .flags = KEY_REQUIRED,
	  .words = provider_names,
	  .help = "Who reports the payments." },
	{ .name = "environment", .type = VALUE_ENUM, .words = environment_words,
	  .fallback = "production", .help = "The provider's real system, or its test system." },
	{ .name = "endpoint", .type = VALUE_URL,
	  .help = "Another address for the provider's API; sandbox only, http on loopback only." },
	{ .name = "shortcode", .type = VALUE_SHORTCODE, .flags = KEY_REQUIRED,
	  .help = "The paybill or till number that payers use." },
	{ .name = "type", .type = VALUE_ENUM, .flags = KEY_REQUIRED, .words = type_words,
	  .help = "What the short code is." },
	{ .name = "store", .type = VALUE_SHORTCODE,
	  .help = "A till's store (head office) number: prompts for a till name both." },
	{ .name = "prompt_till", .type = VALUE_TEXT, .max = 16,
	  .help = "Kopo Kopo's till of the online payments account (K and digits), which its "
		  "prompts name; by default the short code." },
	{ .name = "email", .type = VALUE_TEXT, .max = 100,
	  .help = "An address of yours, told to Paystack and Flutterwave as every payer's: they "
		  "take no prompt without one." },
	{ .name = "token", .type = VALUE_SECRET, .flags = KEY_REQUIRED,
	  .help = "The unguessable part of the callback URL: 16 to 128 of A-Z a-z 0-9 _ and -." },
	{ .name = "consumer_key", .type = VALUE_SECRET,
	  .help = "The provider's API key; only where its API is used." },
	{ .name = "consumer_secret", .type = VALUE_SECRET,
	  .help = "The provider's API secret; only where its API is used." },
	{ .name = "passkey", .type = VALUE_SECRET,
	  .help = "The STK push passkey; only where prompts are sent." },
	{ .name = "initiator", .type = VALUE_TEXT, .max = 64,
	  .help = "The operator of the provider's API; only where it is asked about single "
		  "payments (`trust: verified`)." },
	{ .name = "security_credential", .type = VALUE_SECRET,
	  .help = "That operator's password as the provider's portal encrypted it." },
	{ .name = "pull", .type = VALUE_BOOL, .fallback = "false",
	  .help = "Whether the provider's own list of payments is read every quarter of an "
		  "hour, so that what no callback told is credited; `wavu payment register` "
		  "asks for the right to it." },
	{ .name = "nominated", .type = VALUE_PHONE,
	  .help = "The phone that the provider calls about `pull`; needed to register for it." },
	{ .name = "secret", .type = VALUE_SECRET,
	  .help = "What the provider proves its callbacks with: Paystack's secret key, Kopo Kopo's "
		  "API key or client secret, Flutterwave's secret hash." },
	{ .name = "public_key", .type = VALUE_SECRET,
	  .help = "KCB's RSA public key as a PEM file; two stand in it while the bank replaces "
		  "one." },
	{ .name = "validation", .type = VALUE_ENUM, .words = validation_words,
	  .fallback = "accept",
	  .help = "What M-PESA is told before a payment: accept everything, or refuse unknown "
		  "accounts and less than is due." },
	{ .name = "sources", .type = VALUE_LIST, .item = &source, .min = 1, .max = 256,
	  .help = "Callbacks from other addresses are held: an extra layer." },
	{ .name = "trust", .type = VALUE_ENUM, .words = trust_words, .fallback = "token",
	  .help = "Whether a callback on the unguessable URL counts at once, or is held until the "
		  "provider was asked." },
	{ .name = NULL },
};

static const struct key channel = { .name = "payments", .type = VALUE_MAP, .keys = channel_keys,
				    .help = "A payment channel." };

static const struct key sms_keys[] = {
	{ .name = "provider", .type = VALUE_NAME, .flags = KEY_REQUIRED,
	  .help = "Who sends the messages." },
	{ .name = "username", .type = VALUE_TEXT, .max = 100, .help = "The account there." },
	{ .name = "sender", .type = VALUE_TEXT, .max = 20, .help = "The sender that people see." },
	{ .name = "key", .type = VALUE_SECRET, .help = "The API key." },
	{ .name = NULL },
};

static const struct key email_keys[] = {
	{ .name = "url", .type = VALUE_URL, .flags = KEY_REQUIRED, .words = mail_schemes,
	  .help = "The mail server." },
	{ .name = "from", .type = VALUE_TEXT, .max = 200, .help = "The sender's address." },
	{ .name = "username", .type = VALUE_TEXT, .max = 200, .help = "The account there." },
	{ .name = "password", .type = VALUE_SECRET, .help = "Its password." },
	{ .name = NULL },
};

static const struct key message_keys[] = {
	{ .name = "sms", .type = VALUE_MAP, .keys = sms_keys,
	  .help = "How text messages are sent." },
	{ .name = "email", .type = VALUE_MAP, .keys = email_keys, .help = "How mail is sent." },
	{ .name = NULL },
};

static const struct key keys[] = {
	{ .name = "title", .type = VALUE_TEXT, .max = 100,
	  .help = "The ISP's name as people read it." },
	{ .name = "currency", .type = VALUE_CURRENCY, .flags = KEY_REQUIRED,
	  .help = "The currency of all prices and payments." },
	{ .name = "timezone", .type = VALUE_ZONE, .flags = KEY_REQUIRED,
	  .help = "The zone of all times without an offset, and of calendar periods." },
	{ .name = "country", .type = VALUE_COUNT, .min = 1, .max = 999,
	  .help = "The dialling code that national phone numbers belong to; by default the "
		  "currency's country." },
	{ .name = "match_payer", .type = VALUE_BOOL, .fallback = "true",
	  .help = "Whether a payment whose reference fits nobody may be matched by the payer's "
		  "phone." },
	{ .name = "payments", .type = VALUE_LIST, .item = &channel, .min = 1, .max = 32,
	  .help = "The payment channels." },
	{ .name = "messages", .type = VALUE_MAP, .flags = KEY_INERT, .keys = message_keys,
	  .help = "How messages reach subscribers." },
	KEY_GUARD,
	KEY_DRIFT,
	KEY_DRIFT_MENUS,
	KEY_LEASE,
	KEY_MAINTENANCE,
	{ .name = NULL },
};

const struct kind kind_tenant = {
	.name = "Tenant",
	.help = "One ISP: its currency, zone and payment channels. Exactly one in a repository.",
	.keys = keys,
	.name_type = VALUE_NAME,
};
/* clang-format on */
