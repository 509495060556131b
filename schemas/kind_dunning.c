#include "schemas/kind_rows.h"
#include "schemas/shared_keys.h"

#include "base/limits.h"

/* clang-format off */
static const char *const action_words[] = { "throttle", "suspend", "terminate", NULL };
static const char *const notify_words[] = { "sms", "email", NULL };
static const char *const how_words[] = { "disable", "walled", NULL };

static const struct key step_keys[] = {
	{ .name = "at", .type = VALUE_OFFSET, .flags = KEY_REQUIRED,
	  .help = "When, counted from the due moment; negative is before." },
	{ .name = "do", .type = VALUE_ENUM, .words = action_words,
	  .help = "What happens to access from then on." },
	{ .name = "speed", .type = VALUE_MAP, .keys = speed_keys,
	  .help = "The speed from then on, for throttle." },
	{ .name = "notify", .type = VALUE_ENUM, .flags = KEY_INERT, .words = notify_words,
	  .help = "How the subscriber is told." },
	{ .name = "template", .type = VALUE_NAME, .flags = KEY_INERT,
	  .help = "What the subscriber is told: one of `templates`." },
	{ .name = NULL },
};

static const struct key step = { .name = "steps", .type = VALUE_MAP, .keys = step_keys,
				 .help = "One step." };

static const struct key suspend_keys[] = {
	{ .name = "how", .type = VALUE_ENUM, .words = how_words, .fallback = "disable",
	  .help = "Disabled, or connected with a profile that puts the subscriber on a list." },
	{ .name = "address_list", .type = VALUE_TEXT, .max = 64, .fallback = "wavu-suspended",
	  .help = "The list for walled; a rule of yours must send its members to a wall." },
	{ .name = NULL },
};

static const struct key keys[] = {
	{ .name = "steps", .type = VALUE_LIST, .flags = KEY_REQUIRED, .item = &step, .min = 1,
	  .max = STEPS_MAX, .help = "What happens when, in any order." },
	{ .name = "suspend", .type = VALUE_MAP, .keys = suspend_keys,
	  .help = "What suspension is on the router." },
	{ .name = "templates", .type = VALUE_TEMPLATES, .flags = KEY_INERT, .max = 1000,
	  .help = "Texts by name; words in braces are filled in." },
	{ .name = NULL },
};

const struct kind kind_dunning_policy = {
	.name = "DunningPolicy",
	.help = "What happens, step by step, to somebody who has not paid.",
	.keys = keys,
	.name_type = VALUE_NAME,
};
/* clang-format on */
