#include <stdlib.h>

#include "menu/value.h"
#include "view/import_inside.h"

#define DEVICES_MAX 1000u /* as in schemas/kind_package.c */
#define PROFILE_SIZE_MAX 63u

/* "a/b" of a canonical limit: plain numbers. */
static bool take_pair(struct text *rest, uint64_t *rx, uint64_t *tx)
{
	struct text word, up, down;

	(void)text_cut(*rest, ' ', &word, rest);
	return text_cut(word, '/', &up, &down) && text_u64(up, rx) && text_u64(down, tx);
}

/* A rate in YAML is at least one of the smallest unit's thousandths. */
static bool is_sellable(struct speed speed)
{
	return speed.down_bits_per_s > 0 && speed.up_bits_per_s > 0;
}

static const char *burst_flaw(struct import_package *package, struct text rest)
{
	struct burst *burst = &package->burst;
	uint64_t up_s, down_s;

	burst->declared = true;
	if (!take_pair(&rest, &burst->rate.up_bits_per_s, &burst->rate.down_bits_per_s) ||
	    !take_pair(&rest, &burst->threshold.up_bits_per_s,
		       &burst->threshold.down_bits_per_s) ||
	    !take_pair(&rest, &up_s, &down_s))
		return "its rate-limit cannot be read";
	if (rest.size > 0)
		return "its rate-limit has a priority or a least rate, which no package has";
	if (!is_sellable(burst->rate) || !is_sellable(burst->threshold))
		return "its burst has a rate of 0, which a package cannot have";
	if (up_s != down_s || up_s == 0 || up_s > 86400)
		return "its burst has two times, or none: a package has one";
	burst->time_s = (uint32_t)up_s;
	return NULL;
}

/* Canonical by the menu's normaliser: "rx/tx[ burst threshold time[ priority[ least]]]", where rx
 * is the client's upload (facts §3.1). */
static const char *rate_flaw(struct import_package *package, struct text limit)
{
	if (limit.size == 0)
		return "it has no rate-limit: whoever uses it is not shaped";
	if (!take_pair(&limit, &package->speed.up_bits_per_s, &package->speed.down_bits_per_s))
		return "its rate-limit cannot be read";
	if (!is_sellable(package->speed))
		return "its rate-limit has a rate of 0, which a package cannot have";
	return limit.size > 0 ? burst_flaw(package, limit) : NULL;
}

static const char *devices_flaw(struct import_package *package, const struct row *row,
				const struct menu *menu)
{
	struct text shared;
	uint64_t count;

	if (package->service == SERVICE_PPPOE) {
		package->devices = text_is(row_get(row, menu, "only-one"), "yes") ? 1 : 0;
		return NULL;
	}
	shared = row_get(row, menu, "shared-users");
	if (text_is(shared, "unlimited"))
		return NULL;
	if (!text_u64(shared, &count) || count == 0 || count > DEVICES_MAX)
		return "its shared-users is more than a package can say";
	package->devices = (uint32_t)count;
	return NULL;
}

static bool has_script(const struct row *row, const struct menu *menu)
{
	static const char *const fields[] = { "on-up", "on-down", "on-login", "on-logout" };

	for (size_t i = 0; i < ARRAY_COUNT(fields); i++)
		if (menu_field(menu, fields[i]) >= 0 && row_get(row, menu, fields[i]).size > 0)
			return true;
	return false;
}

static const char *profile_flaw(struct import_package *package, const struct row *row,
				const struct menu *menu)
{
	const char *flaw = rate_flaw(package, row_get(row, menu, "rate-limit"));

	if (!import_is_plain(package->profile, PROFILE_SIZE_MAX))
		return "its name cannot be written in YAML, or is longer than 63 characters";
	if (has_script(row, menu))
		return "it runs a script at login or logout, so another tool works with it";
	return flaw != NULL ? flaw : devices_flaw(package, row, menu);
}

/* ---- names ---- */

static bool is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* "10M Home!" -> "10m-home": what a Package may be called. */
static struct text name_from(struct text profile, struct arena *arena)
{
	struct text lower = text_lower(arena, profile);
	char *out = arena_take(arena, (size_t)lower.size + 1);
	uint32_t size = 0;

	for (uint32_t i = 0; i < lower.size && size < NAME_SIZE_MAX - 4; i++) {
		if (is_name_byte(lower.at[i]))
			out[size++] = lower.at[i];
		else if (size > 0 && out[size - 1] != '-')
			out[size++] = '-';
	}
	while (size > 0 && out[size - 1] == '-')
		size--;
	return size > 0 ? (struct text){ out, size } : TEXT("package");
}

static void name_package(struct import_work *work, struct import_package *package)
{
	struct text base = name_from(package->title, work->arena);

	package->name = base;
	for (uint32_t i = 2; !import_set_add(&work->package_names, package->name); i++)
		package->name = text_format(work->arena, "%.*s-%u", TEXT_ARG(base), i);
}

static bool speed_equal(struct speed a, struct speed b)
{
	return a.down_bits_per_s == b.down_bits_per_s && a.up_bits_per_s == b.up_bits_per_s;
}

/* Another router's import may have declared this very profile: then it is the same package. */
static const struct package *known_package(const struct import_work *work,
					   const struct import_package *package)
{
	const struct intent *intent = work->in->intent;

	for (uint32_t i = 0; i < intent->package_count; i++) {
		const struct package *one = &intent->packages[i];

		if (one->service == package->service &&
		    text_equal(one->profile, package->is_fixed ? TEXT_NONE : package->profile) &&
		    speed_equal(one->speed, package->speed) &&
		    one->burst.declared == package->burst.declared &&
		    speed_equal(one->burst.rate, package->burst.rate) &&
		    speed_equal(one->burst.threshold, package->burst.threshold) &&
		    one->burst.time_s == package->burst.time_s &&
		    one->devices == package->devices)
			return one;
	}
	return NULL;
}

/* ---- all profiles ---- */

static void add_package(struct import_work *work, enum service service, const struct row *row)
{
	const struct menu *menu = import_profile_menu(service);
	struct import_package *package = &work->packages[work->package_count++];
	const char *flaw;

	*package = (struct import_package){ .service = service,
					    .profile = row_get(row, menu, "name"),
					    .title = row_get(row, menu, "name") };
	flaw = profile_flaw(package, row, menu);
	if (text_starts(package->profile, TEXT("wavu-")))
		flaw = "it is wavu's own: declare who uses it as a Subscriber of that package";
	if (flaw != NULL)
		package->why = text_of(flaw);
}

static int compare_packages(const void *a, const void *b)
{
	const struct import_package *x = a, *y = b;

	if (x->service != y->service)
		return x->service < y->service ? -1 : 1;
	return text_compare(x->profile, y->profile);
}

void import_packages(struct import_work *work)
{
	const struct import_input *in = work->in;
	uint32_t room = 0;

	for (int service = 0; service < SERVICE_COUNT; service++)
		room += in->profiles[service] != NULL ? in->profiles[service]->count : 0;
	room += in->queues != NULL ? in->queues->count : 0;
	work->packages = ARENA_ARRAY(work->arena, struct import_package, room + 1);
	import_set_open(&work->package_names, in->intent->package_count + room, work->arena);
	for (uint32_t i = 0; i < in->intent->package_count; i++)
		(void)import_set_add(&work->package_names, in->intent->packages[i].name);
	for (int service = 0; service < SERVICE_COUNT; service++)
		for (uint32_t i = 0;
		     in->profiles[service] != NULL && i < in->profiles[service]->count; i++)
			add_package(work, (enum service)service, &in->profiles[service]->rows[i]);
	import_fixed_packages(work);
	for (uint32_t i = 0; i < work->package_count; i++) {
		struct import_package *package = &work->packages[i];

		if (package->why.size == 0)
			package->known = known_package(work, package);
		if (package->known != NULL)
			package->name = package->known->name;
	}
	if (work->package_count > 1)
		qsort(work->packages, work->package_count, sizeof(*work->packages),
		      compare_packages);
	for (uint32_t i = 0; i < work->package_count; i++)
		if (work->packages[i].why.size == 0 && work->packages[i].known == NULL)
			name_package(work, &work->packages[i]);
}

struct import_package *import_package_of(const struct import_work *work, enum service service,
					 struct text profile)
{
	const struct import_package key = { .service = service, .profile = profile };

	return work->package_count == 0
		   ? NULL
		   : bsearch(&key, work->packages, work->package_count, sizeof(*work->packages),
			     compare_packages);
}
