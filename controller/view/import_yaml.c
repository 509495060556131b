#include "base/zone.h"
#include "view/import_inside.h"

#define DAY_US INT64_C(86400000000)
#define OPEN_DAYS 30
/* No payment reaches it: money waits as balance until somebody has written the real one. */
#define PRICE_STAND_IN "1000000"

/* Double quotes; what YAML would read as more than a letter is escaped. */
static struct text quoted(struct text text, struct arena *arena)
{
	char *out = arena_take(arena, (size_t)text.size * 2 + 3);
	uint32_t size = 0;

	out[size++] = '"';
	for (uint32_t i = 0; i < text.size; i++) {
		if (text.at[i] == '"' || text.at[i] == '\\')
			out[size++] = '\\';
		out[size++] = text.at[i];
	}
	out[size++] = '"';
	return (struct text){ out, size };
}

/* The largest unit that gives a whole number; else thousandths of the smallest. */
struct text import_rate(uint64_t bits_per_s, struct arena *arena)
{
	struct text out;

	if (bits_per_s % 1000000 == 0)
		return text_format(arena, "%lluM", (unsigned long long)(bits_per_s / 1000000));
	if (bits_per_s % 1000 == 0)
		return text_format(arena, "%lluk", (unsigned long long)(bits_per_s / 1000));
	out = text_format(arena, "%llu.%03llu", (unsigned long long)(bits_per_s / 1000),
			  (unsigned long long)(bits_per_s % 1000));
	while (out.at[out.size - 1] == '0')
		out.size--;
	return text_format(arena, "%.*sk", TEXT_ARG(out));
}

static void write_speed(struct output *output, const struct import_package *package)
{
	struct arena *arena = output->arena;
	const struct burst *burst = &package->burst;

	put(output, "speed: { down: %.*s, up: %.*s }\n",
	    TEXT_ARG(import_rate(package->speed.down_bits_per_s, arena)),
	    TEXT_ARG(import_rate(package->speed.up_bits_per_s, arena)));
	if (!burst->declared)
		return;
	put(output,
	    "burst: { down: %.*s, up: %.*s, threshold_down: %.*s, threshold_up: %.*s, "
	    "time: %us }\n",
	    TEXT_ARG(import_rate(burst->rate.down_bits_per_s, arena)),
	    TEXT_ARG(import_rate(burst->rate.up_bits_per_s, arena)),
	    TEXT_ARG(import_rate(burst->threshold.down_bits_per_s, arena)),
	    TEXT_ARG(import_rate(burst->threshold.up_bits_per_s, arena)), burst->time_s);
}

static void write_package(struct output *output, const struct import_package *package,
			  struct text price)
{
	static const char *const services[SERVICE_COUNT] = { "pppoe", "hotspot", "static", "ipoe" };
	struct text title = quoted(package->title, output->arena);

	put(output, "---\nkind: Package\nname: %.*s\ntitle: %.*s\nservice: %s\n",
	    TEXT_ARG(package->name), TEXT_ARG(title), services[package->service]);
	put(output, "price: %.*s  # review: a router knows no prices (%u subscribers)\n",
	    TEXT_ARG(price), package->people);
	put(output, "period: 1 month  # review\n");
	write_speed(output, package);
	if (package->is_fixed)
		return;
	if (package->devices == 0)
		put(output, "devices: unlimited\n");
	else
		put(output, "devices: %u\n", package->devices);
	put(output, "profile: %.*s\n", TEXT_ARG(title));
}

static void write_line(struct output *output, const char *key, struct text value)
{
	if (value.size > 0)
		put(output, "%s: %.*s\n", key, TEXT_ARG(quoted(value, output->arena)));
}

static void write_person(struct output *output, const struct import_work *work,
			 const struct import_person *person, struct text open, struct text shut)
{
	put(output, "---\nkind: Subscriber\nname: %.*s\n",
	    TEXT_ARG(quoted(person->account, output->arena)));
	write_line(output, "title", person->title);
	write_line(output, "phone", person->phone);
	put(output, "package: %.*s\nrouter: %.*s\n", TEXT_ARG(person->package->name),
	    TEXT_ARG(work->in->router->name));
	write_line(output, "username", person->username);
	if (!person->package->is_fixed)
		put(output, "password: { keep: true }\n");
	write_line(output, "mac", person->mac);
	write_line(output, "address", person->address);
	put(output, "opening: { paid_until: %.*s, balance: 0 }  # review%s\n",
	    TEXT_ARG(person->is_disabled ? shut : open),
	    person->is_disabled ? ": is disabled on the router today" : "");
}

static struct text date_of(const struct zone *zone, int64_t at, struct arena *arena)
{
	struct civil civil = zone_civil(zone, at);

	return text_format(arena, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
}

void import_write(struct import_work *work)
{
	const struct import_input *in = work->in;
	const struct zone *zone = in->intent->tenant.zone;
	struct output output = { .arena = work->arena };
	struct text open = in->paid_until.size > 0
			       ? in->paid_until
			       : date_of(zone, in->now + OPEN_DAYS * DAY_US, work->arena);
	/* Ended yesterday: his row stays shut, is taken over as it is, and opens when he pays. */
	struct text shut = date_of(zone, in->now - DAY_US, work->arena);
	struct text price = in->price.size > 0 ? in->price : TEXT(PRICE_STAND_IN);

	put(&output, "# Taken from router %.*s on %.*s by `wavu import router`.\n",
	    TEXT_ARG(in->router->name), TEXT_ARG(date_of(zone, in->now, work->arena)));
	put(&output, "# Review every line that says so, commit, and see that `wavu plan` is "
		     "empty.\n");
	for (uint32_t i = 0; i < work->package_count; i++) {
		const struct import_package *package = &work->packages[i];

		if (package->why.size > 0 || package->known != NULL || package->people == 0)
			continue;
		write_package(&output, package, price);
		work->out->package_count++;
	}
	for (uint32_t i = 0; i < work->person_count; i++)
		write_person(&output, work, &work->people[i], open, shut);
	work->out->yaml = (struct text){ output.at, (uint32_t)output.size };
}
