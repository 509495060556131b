#include "lab.h"

#include <stdio.h>

static const char tenant[] = "kind: Tenant\n"
			     "name: kasinet\n"
			     "currency: KES\n"
			     "timezone: Africa/Nairobi\n"
			     "---\n"
			     "kind: Site\n"
			     "name: kasarani\n"
			     "---\n";

const char lab_router[] =
    "kind: Router\n"
    "name: kasarani-1\n"
    "site: kasarani\n"
    "address: 10.66.0.11:8728\n"
    "user: wavu\n"
    "password: { file: kasarani-1.pw }\n"
    "mode: manage\n"
    "pppoe: { local_address: 10.10.0.1, pool: wavu-pppoe, ranges: [10.10.1.0/24] }\n"
    "hotspot: { server: hotspot1 }\n"
    "---\n";

static const char packages[] =
    "kind: DunningPolicy\n"
    "name: standard\n"
    "steps:\n"
    "  - { at: 2d, do: throttle, speed: { down: 512k, up: 256k } }\n"
    "  - { at: 5d, do: suspend }\n"
    "  - { at: 60d, do: terminate }\n"
    "suspend: { how: walled, address_list: wavu-suspended }\n"
    "---\n"
    "kind: Package\n"
    "name: home-10\n"
    "service: pppoe\n"
    "price: 2500\n"
    "period: 1 month\n"
    "speed: { down: 10M, up: 5M }\n"
    "---\n"
    "kind: Package\n"
    "name: home-20\n"
    "service: pppoe\n"
    "price: 4000\n"
    "period: 1 month\n"
    "speed: { down: 20M, up: 10M }\n"
    "burst: { down: 30M, up: 15M, threshold_down: 16M, threshold_up: 8M, "
    "time: 16s }\n"
    "dunning: standard\n"
    "---\n"
    "kind: Package\n"
    "name: day\n"
    "service: hotspot\n"
    "price: 50\n"
    "period: 1d\n"
    "speed: { down: 4M, up: 2M }\n"
    "devices: 2\n"
    "---\n";

const char *lab_yaml(const char *router, const char *people)
{
	static char text[1 << 16];

	(void)snprintf(text, sizeof(text), "%s%s%s%s", tenant, router, packages, people);
	return text;
}

void lab_open_with(struct lab *lab, const char *people)
{
	lab_open(lab, lab_yaml(lab_router, people));
}

struct text lab_have(struct lab *lab, enum menu_id menu, const char *key, const char *field)
{
	struct row *row = lab_find(lab, menu, menu_of(menu)->fields[0].name, key);

	assert_non_null(row);
	return row_get(row, menu_of(menu), field);
}

void lab_expect(struct text got, const char *expected)
{
	if (!text_is(got, expected))
		fail_msg("'%.*s' is not '%s'", TEXT_ARG(got), expected);
}
