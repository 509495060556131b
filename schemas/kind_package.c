#include "schemas/kind_rows.h"
#include "schemas/shared_keys.h"

/* clang-format off */
static const char *const service_words[] = { "pppoe", "hotspot", "static", "ipoe", NULL };
static const char *const billing_words[] = { "prepaid", "postpaid", NULL };
static const char *const unlimited_words[] = { "unlimited", NULL };
static const char *const then_words[] = { "throttle", "block", NULL };

static const struct key burst_keys[] = {
	{ .name = "down", .type = VALUE_RATE, .flags = KEY_REQUIRED,
	  .help = "Towards the subscriber, while bursting." },
	{ .name = "up", .type = VALUE_RATE, .flags = KEY_REQUIRED,
	  .help = "From the subscriber, while bursting." },
	{ .name = "threshold_down", .type = VALUE_RATE, .flags = KEY_REQUIRED,
	  .help = "The average below which bursting begins, towards the subscriber." },
	{ .name = "threshold_up", .type = VALUE_RATE, .flags = KEY_REQUIRED,
	  .help = "The average below which bursting begins, from the subscriber." },
	{ .name = "time", .type = VALUE_DURATION, .flags = KEY_REQUIRED,
	  .help = "What the average is taken over, in whole seconds." },
	{ .name = NULL },
};

static const struct key data_keys[] = {
	{ .name = "limit", .type = VALUE_DATA, .flags = KEY_REQUIRED,
	  .help = "Data in one period." },
	{ .name = "then", .type = VALUE_ENUM, .words = then_words, .fallback = "throttle",
	  .help = "What happens beyond it." },
	{ .name = "speed", .type = VALUE_MAP, .keys = speed_keys,
	  .help = "The speed beyond it, for throttle." },
	{ .name = NULL },
};

static const struct key keys[] = {
	{ .name = "title", .type = VALUE_TEXT, .max = 100,
	  .help = "The package as it is advertised." },
	{ .name = "service", .type = VALUE_ENUM, .flags = KEY_REQUIRED, .words = service_words,
	  .help = "How subscribers connect: static is a fixed address, shaped by a simple queue; "
		  "ipoe is that with a DHCP lease for the device." },
	{ .name = "price", .type = VALUE_MONEY, .flags = KEY_REQUIRED, .min = 1,
	  .help = "What one period costs." },
	{ .name = "period", .type = VALUE_PERIOD, .flags = KEY_REQUIRED,
	  .help = "How long one payment lasts: exact as 7d or 24h, or calendar time as 1 month." },
	{ .name = "billing", .type = VALUE_ENUM, .words = billing_words, .fallback = "prepaid",
	  .help = "Whether people pay before or after." },
	{ .name = "speed", .type = VALUE_MAP, .flags = KEY_REQUIRED, .keys = speed_keys,
	  .help = "What is sold." },
	{ .name = "burst", .type = VALUE_MAP, .keys = burst_keys,
	  .help = "A short time of more speed, as RouterOS counts it." },
	{ .name = "data", .type = VALUE_MAP, .flags = KEY_INERT, .keys = data_keys,
	  .help = "A limit on data." },
	{ .name = "devices", .type = VALUE_COUNT, .words = unlimited_words, .min = 1, .max = 1000,
	  .fallback = "1", .help = "How many devices may be online at once." },
	{ .name = "profile", .type = VALUE_TEXT, .max = 63,
	  .help = "A profile made by hand that this package takes over under its name; by default "
		  "wavu makes its own, wavu-NAME." },
	{ .name = "dunning", .type = VALUE_REFERENCE, .refers = "DunningPolicy",
	  .help = "What happens after the due moment; without one access ends there." },
	{ .name = "fail_open", .type = VALUE_DURATION,
	  .help = "With a lease: how long a router that hears nothing of wavu leaves access open "
		  "beyond the moment it ends; by default not at all." },
	{ .name = NULL },
};

const struct kind kind_package = {
	.name = "Package",
	.help = "What a subscriber buys: speed, for a time, at a price.",
	.keys = keys,
	.name_type = VALUE_NAME,
};
/* clang-format on */
