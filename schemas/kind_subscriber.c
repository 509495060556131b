#include "schemas/kind_rows.h"
#include "schemas/shared_keys.h"

#include "base/limits.h"

/* clang-format off */
static const struct key alias = { .name = "aliases", .type = VALUE_TEXT, .max = 64,
				  .help = "Another reference that means this account." };

static const struct key opening_keys[] = {
	{ .name = "paid_until", .type = VALUE_PAID_UNTIL,
	  .help = "How long the subscriber had paid; a bare date includes its day." },
	{ .name = "balance", .type = VALUE_MONEY, .fallback = "0",
	  .help = "Credit that was not spent yet." },
	{ .name = NULL },
};

static const struct key keys[] = {
	{ .name = "title", .type = VALUE_TEXT, .max = 100, .help = "The person's name." },
	{ .name = "phone", .type = VALUE_PHONE,
	  .help = "National or international; payments and prompts use it." },
	{ .name = "aliases", .type = VALUE_LIST, .item = &alias, .max = ALIASES_MAX,
	  .help = "Other references that mean this account." },
	{ .name = "package", .type = VALUE_REFERENCE, .flags = KEY_REQUIRED, .refers = "Package",
	  .help = "What the subscriber buys." },
	{ .name = "router", .type = VALUE_REFERENCE, .flags = KEY_REQUIRED, .refers = "Router",
	  .help = "Where the subscriber connects." },
	{ .name = "username", .type = VALUE_TEXT, .max = 128,
	  .help = "The name on the router; by default the account in lower case." },
	{ .name = "password", .type = VALUE_PASSWORD, .fallback = "{ generate: true }",
	  .help = "Generated, kept as the router has it, or a secret." },
	{ .name = "mac", .type = VALUE_MAC, .help = "Locks the service to one device." },
	{ .name = "address", .type = VALUE_ADDRESS, .help = "A fixed address." },
	{ .name = "bypass", .type = VALUE_BOOL, .fallback = "false",
	  .help = "Hotspot: the device at `mac`, as a TV without a browser, needs no login while "
		  "access is paid." },
	{ .name = "start", .type = VALUE_TIME,
	  .help = "The first day of service; a payment before it counts from it." },
	{ .name = "opening", .type = VALUE_MAP, .keys = opening_keys,
	  .help = "What a customer who was taken over had; booked once, at first sight." },
	{ .name = NULL },
};

const struct kind kind_subscriber = {
	.name = "Subscriber",
	.help = "Somebody who should have access when he has paid; the name is the account.",
	.keys = keys,
	.name_type = VALUE_ACCOUNT,
};
/* clang-format on */
