/* The operator's repository: what is declared, as YAML, and how it changes. A fake git is a list of
 * versions. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "intent/intent.h"
#include "sim/sim.h"

#define FILES 4
#define YAML_SIZE 32768

/* ---- as text --------------------------------------------------------------------------------- */

struct sheet {
	char text[YAML_SIZE];
	size_t size;
};

static void put(struct sheet *page, const char *format, ...) PRINTF_LIKE(2, 3);

static void put(struct sheet *page, const char *format, ...)
{
	va_list arguments;
	int size;

	va_start(arguments, format);
	size = vsnprintf(page->text + page->size, YAML_SIZE - page->size, format, arguments);
	va_end(arguments);
	invariant(size >= 0 && (size_t)size < YAML_SIZE - page->size);
	page->size += (size_t)size;
}

/* "2026-11-01T06:00:00Z" */
static void put_time(struct sheet *page, const char *key, int64_t at, const char *after)
{
	time_t s = (time_t)(at / SECOND_US);
	struct tm tm;

	invariant(gmtime_r(&s, &tm) != NULL);
	put(page, "%s%04d-%02d-%02dT%02d:%02d:%02dZ%s", key, tm.tm_year + 1900, tm.tm_mon + 1,
	    tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, after);
}

static void put_network(struct sheet *page, const struct declared *declared)
{
	put(page,
	    "kind: Tenant\nname: " TENANT "\ncurrency: KES\ntimezone: Africa/Nairobi\n"
	    "payments:\n  - {name: main, provider: daraja, shortcode: \"" SHORTCODE
	    "\", type: paybill, token: {file: main.token}}\n%s"
	    "lease: %s\nguard: {losses_max_percent: %d, losses_min: %d}\n---\n"
	    "kind: Site\nname: town\ntitle: Town\n",
	    declared->spare
		? "  - {name: spare, provider: daraja, shortcode: \"600640\", type: till,"
		  " token: {file: spare.token}}\n"
		: "",
	    /* By the seed, not by luck: what else happens in a seed stays what it was. */
	    sim.seed % 4 == 0 ? "on" : "off", declared->guard_percent, declared->guard_min);
	for (int i = 0; i < ROUTERS; i++)
		put(page,
		    "---\nkind: Router\nname: router-%d\nsite: town\naddress: 10.9.0.%d:8728\n"
		    "user: wavu\npassword: {file: router.pw}\nmode: manage\n"
		    "pppoe: {local_address: 10.1%d.0.1, pool: wavu-pppoe,"
		    " ranges: [10.1%d.1.0/24]}\n"
		    "hotspot: {server: hotspot1}\n",
		    i, i + 1, i, i);
}

static void put_packs(struct sheet *page, const struct declared *declared)
{
	for (int i = 0; i < PACKS; i++) {
		const struct pack *pack = &declared->packs[i];

		put(page, "kind: Package\nname: %s\nservice: %s\nprice: %lld.%02lld\n", pack->name,
		    pack->hotspot ? "hotspot" : "pppoe", (long long)(pack->price_cents / 100),
		    (long long)(pack->price_cents % 100));
		if (pack->months > 0)
			put(page, "period: %d month%s\n", pack->months,
			    pack->months > 1 ? "s" : "");
		else
			put(page, "period: %lldh\n", (long long)(pack->span_us / HOUR_US));
		put(page, "speed: {down: %uk, up: %uk}\n%s---\n", pack->down_k, pack->up_k,
		    pack->dunned ? "dunning: standard\n" : "");
	}
	put(page,
	    "kind: DunningPolicy\nname: standard\nsteps:\n"
	    "  - {at: %lldm, do: throttle, speed: {down: %uk, up: %uk}}\n"
	    "  - {at: %lldm, do: suspend}\n  - {at: %lldm, do: terminate}\nsuspend: {how: %s}\n",
	    (long long)(declared->throttle_us / MINUTE_US), declared->throttle_down_k,
	    declared->throttle_up_k, (long long)(declared->suspend_us / MINUTE_US),
	    (long long)(declared->terminate_us / MINUTE_US),
	    declared->walled ? "walled" : "disable");
}

static void put_sub(struct sheet *page, const struct declared *declared, const struct sub *sub)
{
	put(page,
	    "---\nkind: Subscriber\nname: %s\nphone: \"%s\"\npackage: %s\nrouter: router-%d\n"
	    "username: %s\n",
	    sub->account, sub->phone, declared->packs[sub->pack].name, sub->router, sub->username);
	if (sub->alias[0] != '\0')
		put(page, "aliases: [\"%s\"]\n", sub->alias);
	if (sub->password_file)
		put(page, "password: {file: %s.pw}\n", sub->account);
	if (sub->mac_locked)
		put(page, "mac: \"%s\"\n", sub->mac);
	if (sub->address[0] != '\0')
		put(page, "address: %s\n", sub->address);
	if (sub->start_at != 0)
		put_time(page, "start: ", sub->start_at, "\n");
	if (sub->opening) {
		put(page, "opening: {balance: %lld.%02lld", (long long)(sub->opening_cents / 100),
		    (long long)(sub->opening_cents % 100));
		if (sub->opening_until_at != 0)
			put_time(page, ", paid_until: ", sub->opening_until_at, "");
		put(page, "}\n");
	}
}

struct intent *declare_intent(int index, struct text *why, struct arena *arena)
{
	const struct version *version = &sim.versions[index];
	struct sheet *pages = ARENA_ARRAY(arena, struct sheet, FILES);
	struct intent_file files[FILES] = { { .path = TEXT("network.yaml") },
					    { .path = TEXT("people/all.yaml") },
					    { .path = TEXT("shop/packages.yaml") },
					    { .path = TEXT("slip.yaml") } };
	struct findings findings = { 0 };
	struct intent *intent = NULL;
	uint32_t count = 3;

	put_network(&pages[0], version->declared);
	put(&pages[1], "# people\n");
	for (int i = 0; i < SUBS; i++)
		if (version->declared->subs[i].declared)
			put_sub(&pages[1], version->declared, &version->declared->subs[i]);
	put_packs(&pages[2], version->declared);
	if (version->bad != NULL)
		put(&pages[count++], "%s", version->bad);
	for (uint32_t i = 0; i < count; i++)
		files[i].bytes = (struct text){ pages[i].text, (uint32_t)pages[i].size };
	/* A path that is empty: a commit without a single file. */
	if (version->bad != NULL && version->bad[0] == '\0')
		count = 0;
	intent_read_files(&intent, &findings, files, count, arena);
	if (intent != NULL)
		memcpy(intent->commit, version->commit, sizeof(version->commit));
	else
		*why = findings.error_count > 0 ? findings.errors[0].message : TEXT("no error");
	return intent;
}

/* ---- versions -------------------------------------------------------------------------------- */

const struct declared *declared_in_force(void)
{
	return sim.in_force < 0 ? NULL : sim.versions[sim.in_force].declared;
}

int declare_version_of(struct text commit)
{
	for (int i = sim.version_count - 1; i >= 0; i--)
		if (text_is(commit, sim.versions[i].commit))
			return i;
	return -1;
}

static struct version *push(const struct declared *declared, const char *bad)
{
	struct version *version = &sim.versions[sim.version_count];

	invariant(sim.version_count < VERSIONS_MAX);
	*version = (struct version){ .bad = bad, .at = sim.now };
	(void)snprintf(version->commit, sizeof(version->commit), "%08x%016llx%016llx",
		       (unsigned)sim.version_count & 0xffffffu, (unsigned long long)luck(),
		       (unsigned long long)luck());
	version->declared = malloc(sizeof(*declared));
	invariant(version->declared != NULL);
	*version->declared = *declared;
	sim.newest = sim.version_count++;
	/* A local repository is watched: under a second; sometimes only the poll sees it. */
	sim.seen_at = sim.now + (luck_one_in(8) ? 30 * SECOND_US : luck_between(1, SECOND_US - 1));
	return version;
}

static struct sub fresh_sub(int index)
{
	struct sub sub = { .declared = true, .router = (int)luck_below(ROUTERS) };

	(void)snprintf(sub.account, sizeof(sub.account), "SN-%04d", index + 1);
	(void)snprintf(sub.phone, sizeof(sub.phone), "07%08d", 12000000 + index * 37);
	(void)snprintf(sub.username, sizeof(sub.username), "user%d", index + 1);
	(void)snprintf(sub.mac, sizeof(sub.mac), "02:00:5E:00:00:%02X", index + 1);
	sub.pack = (int)luck_below(PACKS);
	sub.mac_locked = luck_one_in(5);
	sub.password_file = luck_one_in(2);
	if (luck_one_in(3))
		(void)snprintf(sub.alias, sizeof(sub.alias), "ALIAS%d", index + 1);
	return sub;
}

static void first_packs(struct declared *declared)
{
	static const struct pack packs[PACKS] = {
		{ "home-5", false, 50000, 0, DAY_US, 5000, 2000, false },
		{ "home-10", false, 100000, 1, 0, 10000, 5000, true },
		{ "home-fast", false, 30000, 0, 6 * HOUR_US, 20000, 8000, true },
		{ "town-hour", true, 2000, 0, 2 * HOUR_US, 3000, 1000, false },
		{ "town-day", true, 5000, 0, DAY_US, 4000, 1500, true },
		{ "home-week", false, 70000, 0, 7 * DAY_US, 8000, 3000, false },
	};

	memcpy(declared->packs, packs, sizeof(packs));
}

void declare_first(void)
{
	struct declared declared = { 0 };

	first_packs(&declared);
	declared.throttle_us = luck_between(1, 3) * HOUR_US;
	declared.suspend_us = declared.throttle_us + luck_between(1, 4) * HOUR_US;
	declared.terminate_us = declared.suspend_us + luck_between(10, 40) * HOUR_US;
	declared.throttle_down_k = 512;
	declared.throttle_up_k = 256;
	declared.walled = luck_one_in(2);
	declared.guard_percent = 20 + 10 * (int32_t)luck_below(4);
	declared.guard_min = 2 + (int32_t)luck_below(4);
	for (int i = 0; i < SUBS; i++) {
		struct sub *sub = &declared.subs[i];

		*sub = fresh_sub(i);
		sub->declared = i < SUBS - 3;
		/* Somebody else's row may have the name already (fleet.c). */
		if (i == 0)
			sub->pack = 0;
		if (luck_one_in(4) && !declared.packs[sub->pack].hotspot)
			(void)snprintf(sub->address, sizeof(sub->address), "10.77.0.%d", i + 10);
		if (luck_one_in(3)) {
			sub->opening = true;
			sub->opening_cents = luck_between(0, 40) * 2500;
			if (luck_one_in(2))
				sub->opening_until_at = sim.now / SECOND_US * SECOND_US +
							luck_between(1, 30) * HOUR_US;
		} else if (luck_one_in(6)) {
			sub->start_at = sim.now / SECOND_US * SECOND_US +
					luck_between(1, 20) * HOUR_US;
		}
	}
	sim.in_force = -1;
	sim.refused = -1;
	push(&declared, NULL);
}

/* ---- how it changes -------------------------------------------------------------------------- */

static const char *const slips[] = {
	"kind: Package\nname: slip\nservice: pppoe\nprice: 0\nperiod: 1d\n"
	"speed: {down: 1M, up: 1M}\n",
	"kind: Site\nname: town\ntitle: Town again\n",
	"kind: Subscriber\nname: X-1\npackage: home-50\nrouter: router-0\n",
	"kind: Router\nname: [unclosed\n",
	"kind: Site\nname: uptown\ntitel: Uptown\n",
	"just words\n",
};

/* Somebody who is declared; where nobody is, somebody is from now on. */
static int any_sub(struct declared *declared)
{
	int first = (int)luck_below(SUBS);

	for (int i = 0; i < SUBS; i++)
		if (declared->subs[(first + i) % SUBS].declared)
			return (first + i) % SUBS;
	declared->subs[first].declared = true;
	return first;
}

static void change_sub(struct declared *next)
{
	struct sub *sub = &next->subs[any_sub(next)];

	switch (luck_below(5)) {
	case 0: /* another package, of the same service or not */
		sub->pack = (int)luck_below(PACKS);
		if (next->packs[sub->pack].hotspot)
			sub->address[0] = '\0';
		break;
	case 1: /* he moves */
		sub->router = (int)luck_below(ROUTERS);
		break;
	case 2:
		(void)snprintf(sub->username, sizeof(sub->username), "name%d",
			       sim.version_count + 100);
		break;
	case 3:
		sub->mac_locked = !sub->mac_locked;
		break;
	default:
		sub->declared = false;
	}
	trace("commit: %s changes", sub->account);
}

static void change_any(struct declared *next)
{
	struct pack *pack = &next->packs[luck_below(PACKS)];

	switch (luck_below(7)) {
	case 6: /* what the street may know changes */
		next->spare = !next->spare;
		break;
	case 0:
		pack->down_k = 1000 * (uint32_t)luck_between(1, 30);
		pack->up_k = 500 * (uint32_t)luck_between(1, 20);
		trace("commit: %s runs at %uk", pack->name, pack->down_k);
		break;
	case 1:
		pack->price_cents = pack->price_cents * luck_between(8, 12) / 10;
		trace("commit: %s costs %lld", pack->name, (long long)pack->price_cents);
		break;
	case 2:
		next->suspend_us = next->throttle_us + luck_between(1, 6) * HOUR_US;
		next->walled = luck_one_in(2);
		next->terminate_us = next->suspend_us + luck_between(10, 40) * HOUR_US;
		trace("commit: the dunning policy changes");
		break;
	case 3: /* somebody new, or back again */
		for (int i = 0; i < SUBS; i++)
			if (!next->subs[i].declared) {
				next->subs[i].declared = true;
				trace("commit: %s is (back) there", next->subs[i].account);
				break;
			}
		break;
	default:
		change_sub(next);
	}
}

static void remove_most(struct declared *next)
{
	int kept = any_sub(next);

	for (int i = 0; i < SUBS; i++)
		if (i != kept && !luck_one_in(6))
			next->subs[i].declared = false;
}

/* The newest good commit: what an author starts from. */
static const struct declared *head(void)
{
	int index = sim.newest;

	while (sim.versions[index].bad != NULL)
		index--;
	return sim.versions[index].declared;
}

void declare_commit(void)
{
	struct declared next = *head();

	if (sim.version_count + 2 >= VERSIONS_MAX)
		return;
	switch (luck_below(12)) {
	case 0:
	case 1:
		push(&next, slips[luck_below(ARRAY_COUNT(slips))]);
		fault_count(FAULT_COMMIT_INVALID);
		return;
	case 2:
		push(&next, "");
		fault_count(FAULT_COMMIT_EMPTY);
		return;
	case 3:
		remove_most(&next);
		push(&next, NULL)->massive = true;
		fault_count(FAULT_COMMIT_MASSIVE);
		return;
	default:
		change_any(&next);
		push(&next, NULL);
		fault_count(FAULT_COMMIT_GOOD);
	}
}

void declare_revert(void)
{
	struct declared next = *head();
	int index = sim.newest;
	const struct declared *before;

	while (index > 0 && !sim.versions[index].massive)
		index--;
	if (index == 0)
		return;
	before = sim.versions[index - 1].declared;
	for (int i = 0; i < SUBS; i++)
		next.subs[i].declared |= before->subs[i].declared;
	push(&next, NULL);
	trace("commit: those who were deleted are back");
}
