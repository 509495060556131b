#include "plan/services.h"

#include "base/digest.h"
#include "base/error.h"

#define PROFILE_NAME_SIZE_MAX 63u

/* THE table: to add a service, write service_NAME.c, a value of enum service and a row here. */
static const struct service_row *const rows[SERVICE_COUNT] = {
	[SERVICE_PPPOE] = &service_pppoe,
	[SERVICE_HOTSPOT] = &service_hotspot,
	[SERVICE_STATIC] = &service_static,
	[SERVICE_IPOE] = &service_ipoe,
};

const struct service_row *service_of(enum service service)
{
	invariant(service >= 0 && service < SERVICE_COUNT);
	return rows[service];
}

struct text profile_name(struct arena *arena, const struct package *package)
{
	if (package->profile.size != 0)
		return package->profile;
	return text_format(arena, "wavu-%.*s", TEXT_ARG(package->name));
}

struct text profile_name_walled(struct arena *arena, const struct package *package)
{
	return text_format(arena, "wavu-%.*s.walled", TEXT_ARG(package->name));
}

bool profile_is_walled(struct text name)
{
	return text_starts(name, TEXT("wavu-")) && text_ends(name, TEXT(".walled"));
}

/* 512000 -> "512k", 1500000 -> "1500k": whole numbers only, the largest unit that fits. */
static struct text rate_word(struct arena *arena, uint64_t bits_per_s)
{
	static const struct {
		uint64_t unit;
		const char *word;
	} units[] = { { 1000000000, "G" }, { 1000000, "M" }, { 1000, "k" } };
	uint32_t i;

	for (i = 0; i < ARRAY_COUNT(units); i++)
		if (bits_per_s >= units[i].unit && bits_per_s % units[i].unit == 0)
			return text_format(arena, "%llu%s",
					   (unsigned long long)(bits_per_s / units[i].unit),
					   units[i].word);
	return text_format(arena, "%llu", (unsigned long long)bits_per_s);
}

struct text profile_name_throttled(struct arena *arena, const struct package *package,
				   struct speed speed)
{
	struct text down = rate_word(arena, speed.down_bits_per_s);
	struct text up = rate_word(arena, speed.up_bits_per_s);
	struct text name = text_format(arena, "wavu-%.*s.throttled-%.*s-%.*s",
				       TEXT_ARG(package->name), TEXT_ARG(down), TEXT_ARG(up));
	struct digest digest;
	char hex[13];

	if (name.size <= PROFILE_NAME_SIZE_MAX)
		return name;
	/* Odd rates under a long name: the digest of the whole stands for them. */
	digest = digest_of(name);
	digest_short(&digest, hex);
	return text_format(arena, "wavu-%.*s.throttled-%s", TEXT_ARG(package->name), hex);
}

struct text rate_limit_text(struct arena *arena, const struct profile_wish *wish)
{
	const struct burst *burst = &wish->package->burst;
	struct text rate = text_format(arena, "%llu/%llu",
				       (unsigned long long)wish->speed.up_bits_per_s,
				       (unsigned long long)wish->speed.down_bits_per_s);

	if (!wish->bursts || !burst->declared)
		return rate;
	return text_format(arena, "%.*s %llu/%llu %llu/%llu %u/%u", TEXT_ARG(rate),
			   (unsigned long long)burst->rate.up_bits_per_s,
			   (unsigned long long)burst->rate.down_bits_per_s,
			   (unsigned long long)burst->threshold.up_bits_per_s,
			   (unsigned long long)burst->threshold.down_bits_per_s, burst->time_s,
			   burst->time_s);
}
