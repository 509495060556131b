#include "schemas/kind.h"

#include "schemas/kind_rows.h"
#include "schemas/shared_keys.h"

#include <string.h>

const char *const drift_words[] = { "heal", "report", NULL };
const char *const lease_words[] = { "off", "on", NULL };

/* clang-format off */
const struct key guard_keys[] = {
	{ .name = "losses_max_percent", .type = VALUE_COUNT, .min = 0, .max = 100, .fallback = "20",
	  .help = "Losses wait when they are more than this share of those who have access." },
	{ .name = "losses_min", .type = VALUE_COUNT, .min = 0, .max = 1000000, .fallback = "10",
	  .help = "Fewer losses than this never wait, unless nobody would be left." },
	{ .name = NULL },
};

const struct key maintenance_keys[] = {
	{ .name = "from", .type = VALUE_CLOCK, .flags = KEY_REQUIRED,
	  .help = "The window's first minute, as 02:00." },
	{ .name = "to", .type = VALUE_CLOCK, .flags = KEY_REQUIRED,
	  .help = "Its end, as 05:00; before `from` it is that of the next day." },
	{ .name = NULL },
};

const struct key speed_keys[] = {
	{ .name = "down", .type = VALUE_RATE, .flags = KEY_REQUIRED,
	  .help = "Towards the subscriber." },
	{ .name = "up", .type = VALUE_RATE, .flags = KEY_REQUIRED,
	  .help = "From the subscriber." },
	{ .name = NULL },
};
/* clang-format on */

const struct kind *const kinds[] = {
	&kind_dunning_policy, &kind_package, &kind_router, &kind_site,
	&kind_subscriber,     &kind_tenant,  NULL,
};

const struct kind *kind_find(const char *name, uint32_t size)
{
	for (const struct kind *const *kind = kinds; *kind; kind++)
		if (strlen((*kind)->name) == size && memcmp((*kind)->name, name, size) == 0)
			return *kind;
	return NULL;
}
