#include "cli/router_check.h"

#include <string.h>

#include "base/clock.h"
#include "menu/value.h"
#include "plan/lease.h"
#include "plan/services.h"

#define CLOCK_OFF_MAX_US INT64_C(300000000) /* as far as our own clock may jump and be believed */
#define NAMES_SHOWN 5u

static const struct table *seen(const struct checking *checking, enum menu_id id)
{
	const struct table *table = &checking->sight.tables[id];

	return table->looked ? table : NULL;
}

/* The one row of a settings menu. */
static const struct row *single(const struct checking *checking, enum menu_id id)
{
	const struct table *table = seen(checking, id);

	return table != NULL && table->count > 0 ? &table->rows[0] : NULL;
}

static struct text field(const struct row *row, enum menu_id id, const char *name)
{
	return row_get(row, menu_of(id), name);
}

static bool is_on(const struct row *row, const struct menu *menu)
{
	return !row->invalid && !text_is(row_get(row, menu, "disabled"), "true");
}

/* ---- the clock ---- */

static void advise_clock(struct checking *checking)
{
	struct arena *arena = &checking->call->arena;
	const struct row *row = single(checking, MENU_CLOCK);
	bool leased = intent_lease(checking->outlook->intent, checking->router);
	struct text date, time, offset, said;
	int64_t at, off;
	bool read;

	if (row == NULL)
		return;
	date = field(row, MENU_CLOCK, "date");
	time = field(row, MENU_CLOCK, "time");
	offset = field(row, MENU_CLOCK, "gmt-offset");
	said = text_format(arena, "%.*s %.*s %.*s", TEXT_ARG(date), TEXT_ARG(time),
			   TEXT_ARG(offset));
	read = value_moment(arena, date, time, offset, &at);
	off = read ? at - clock_now() : 0;
	off = off < 0 ? -off : off;
	check_should(checking, text_format(arena, "its clock says %.*s", TEXT_ARG(said)),
		     read && off <= (leased ? LEASE_CLOCK_OFF_MAX_US : CLOCK_OFF_MAX_US),
		     text_format(arena,
				 "it is %lld s away from ours: /system ntp client set enabled=yes "
				 "%s=pool.ntp.org",
				 (long long)(off / 1000000),
				 checking->sight.version_number >= VERSION(7, 0)
				     ? "servers"
				     : "server-dns-names"));
}

/* ---- device-mode ---- */

/* A changed mode wants a hand at the device: nothing that a controller can do (facts §5.2). */
static void advise_device_mode(struct checking *checking)
{
	const struct row *row = single(checking, MENU_DEVICE_MODE);
	struct arena *arena = &checking->call->arena;
	struct text mode;

	if (row == NULL)
		return;
	mode = field(row, MENU_DEVICE_MODE, "mode");
	if (checking->router->has_hotspot)
		check_must(checking,
			   text_format(arena, "device-mode %.*s allows the hotspot",
				       TEXT_ARG(mode)),
			   !text_is(field(row, MENU_DEVICE_MODE, "hotspot"), "false"),
			   TEXT("/system device-mode update hotspot=yes, then press the button or "
				"take its power within five minutes"));
	check_should(checking,
		     text_format(arena, "device-mode %.*s allows the scheduler", TEXT_ARG(mode)),
		     !text_is(field(row, MENU_DEVICE_MODE, "scheduler"), "false"),
		     TEXT("without it nothing on the router can end access while wavu cannot reach "
			  "it: /system device-mode update scheduler=yes, then press the button or "
			  "take its power within five minutes"));
	check_should(checking, TEXT("device-mode has flagged nothing"),
		     !text_is(field(row, MENU_DEVICE_MODE, "flagged"), "true"),
		     TEXT("somebody's configuration looked like an intruder's: look for unknown "
			  "scripts, then /system device-mode update flagged=no"));
}

/* ---- RADIUS ---- */

static void advise_radius(struct checking *checking)
{
	const struct row *aaa = single(checking, MENU_PPP_AAA);
	const struct table *profiles = seen(checking, MENU_HOTSPOT_PROFILE);
	struct arena *arena = &checking->call->arena;

	if (aaa != NULL && checking->router->has_pppoe)
		check_should(checking, TEXT("PPP logins are decided here, not by RADIUS"),
			     !text_is(field(aaa, MENU_PPP_AAA, "use-radius"), "true"),
			     TEXT("names without a secret are asked of RADIUS, and only-one is "
				  "ignored then: /ppp aaa set use-radius=no"));
	for (uint32_t i = 0; profiles != NULL && i < profiles->count; i++) {
		const struct row *row = &profiles->rows[i];
		struct text name = field(row, MENU_HOTSPOT_PROFILE, "name");

		if (text_is(field(row, MENU_HOTSPOT_PROFILE, "use-radius"), "true"))
			check_should(checking,
				     text_format(arena,
						 "hotspot profile %.*s decides here, not by RADIUS",
						 TEXT_ARG(name)),
				     false,
				     text_format(arena,
						 "/ip hotspot profile set [find where "
						 "name=\"%.*s\"] use-radius=no",
						 TEXT_ARG(name)));
	}
}

/* ---- shaping ---- */

/* Profiles that people use, without a rate: no queue, no counters (facts §5.1). */
static void advise_rates(struct checking *checking, enum menu_id profiles_id, enum menu_id rows_id)
{
	const struct table *profiles = seen(checking, profiles_id), *rows = seen(checking, rows_id);
	struct arena *arena = &checking->call->arena;
	struct text names = TEXT_NONE;
	uint32_t count = 0;

	for (uint32_t i = 0; profiles != NULL && rows != NULL && i < profiles->count; i++) {
		const struct row *profile = &profiles->rows[i];
		struct text name = field(profile, profiles_id, "name");
		bool used = false;

		if (field(profile, profiles_id, "rate-limit").size > 0)
			continue;
		for (uint32_t k = 0; k < rows->count && !used; k++)
			used = is_on(&rows->rows[k], rows->menu) &&
			       text_equal(field(&rows->rows[k], rows_id, "profile"), name);
		if (!used)
			continue;
		if (count++ < NAMES_SHOWN)
			names = text_format(arena, "%.*s%s%.*s", TEXT_ARG(names),
					    names.size > 0 ? ", " : "", TEXT_ARG(name));
	}
	if (profiles == NULL || rows == NULL)
		return;
	check_should(checking,
		     text_format(arena, "every used profile of %s has a rate",
				 menu_of(profiles_id)->path),
		     count == 0,
		     text_format(arena,
				 "%.*s%s: whoever uses it is not shaped and not counted; set "
				 "rate-limit, or move them",
				 TEXT_ARG(names), count > NAMES_SHOWN ? " and more" : ""));
}

/* Traffic that is fasttracked passes by every simple queue, unless an accept rule takes both
 * directions of the subscribers' addresses before it (facts §5.1). */
static void advise_fasttrack(struct checking *checking)
{
	const struct table *rules = seen(checking, MENU_FIREWALL_FILTER);
	bool from = false, to = false, bypasses = false;

	if (rules == NULL)
		return;
	for (uint32_t i = 0; i < rules->count; i++) {
		const struct row *rule = &rules->rows[i];
		struct text action = field(rule, MENU_FIREWALL_FILTER, "action");

		if (!is_on(rule, rules->menu) ||
		    !text_is(field(rule, MENU_FIREWALL_FILTER, "chain"), "forward"))
			continue;
		if (text_is(action, "accept")) {
			from |= field(rule, MENU_FIREWALL_FILTER, "src-address").size > 0;
			to |= field(rule, MENU_FIREWALL_FILTER, "dst-address").size > 0;
		}
		bypasses |= text_is(action, "fasttrack-connection") && !(from && to);
	}
	check_should(checking, TEXT("no fasttrack rule passes by the queues"), !bypasses,
		     TEXT("place two accept rules before it, chain=forward with src-address and "
			  "with dst-address of the subscribers' pool, or disable it: fasttracked "
			  "traffic is not shaped"));
}

/* ---- walls ---- */

static bool has_wall(const struct checking *checking, enum menu_id id, struct text list)
{
	const struct table *rules = seen(checking, id);
	bool filter = id == MENU_FIREWALL_FILTER;

	for (uint32_t i = 0; rules != NULL && i < rules->count; i++) {
		const struct row *rule = &rules->rows[i];
		struct text action = field(rule, id, "action"), chain = field(rule, id, "chain");

		if (!is_on(rule, rules->menu) ||
		    !text_equal(field(rule, id, "src-address-list"), list))
			continue;
		if (filter ? text_is(chain, "forward") &&
				 (text_is(action, "drop") || text_is(action, "reject"))
			   : text_is(chain, "dstnat") &&
				 (text_is(action, "dst-nat") || text_is(action, "redirect")))
			return true;
	}
	return false;
}

/* The rule before which the missing one must stand: it lets traffic pass first. */
static struct text place_of(const struct checking *checking)
{
	const struct table *rules = seen(checking, MENU_FIREWALL_FILTER);

	for (uint32_t i = 0; rules != NULL && i < rules->count; i++) {
		const struct row *rule = &rules->rows[i];
		struct text action = field(rule, MENU_FIREWALL_FILTER, "action");

		if (is_on(rule, rules->menu) && !rule->dynamic &&
		    text_is(field(rule, MENU_FIREWALL_FILTER, "chain"), "forward") &&
		    (text_is(action, "accept") || text_is(action, "jump") ||
		     text_is(action, "fasttrack-connection")))
			return text_format(&checking->call->arena, " place-before=%.*s",
					   TEXT_ARG(rule->id));
	}
	return TEXT_NONE;
}

static void advise_wall(struct checking *checking, struct text list)
{
	struct arena *arena = &checking->call->arena;
	struct text what = text_format(arena, "the list %.*s has a wall", TEXT_ARG(list));

	for (uint32_t i = 0; i < checking->count; i++)
		if (text_equal(checking->checks[i].what, what))
			return;
	check_should(checking, what,
		     has_wall(checking, MENU_FIREWALL_FILTER, list) ||
			 has_wall(checking, MENU_FIREWALL_NAT, list),
		     text_format(arena,
				 "until then walled acts as disable, and fixed addresses stay "
				 "open. Set `firewall: manage`, or add what is missing: /ip "
				 "firewall "
				 "filter add chain=forward action=drop src-address-list=%.*s "
				 "dst-address-list=!wavu-garden%.*s; and where they shall see a "
				 "page, /ip firewall nat add chain=dstnat action=dst-nat "
				 "src-address-list=%.*s dst-address-list=!wavu-garden protocol=tcp "
				 "dst-port=80 to-addresses=ADDRESS to-ports=PORT, before the other "
				 "dstnat rules, and that ADDRESS on the list wavu-garden",
				 TEXT_ARG(list), TEXT_ARG(place_of(checking)), TEXT_ARG(list)));
}

/* `new` and `terminated` have no row: what nobody stops is open (product.md). */
static void advise_strangers(struct checking *checking)
{
	check_should(checking, TEXT("fixed addresses that never paid, or are let go of, are shut"),
		     checking->router->manages_firewall,
		     TEXT("wavu shuts them only with `firewall: manage`; without it, see that a "
			  "rule of yours lets through only what you know"));
}

static void advise_walls(struct checking *checking)
{
	const struct subscriber *const *all;
	bool has_fixed = false;
	uint32_t count;

	intent_subscribers_of(checking->outlook->intent, checking->router, &all, &count);
	for (uint32_t i = 0; i < count; i++) {
		const struct package *package = all[i]->package;
		const struct dunning_policy *policy = package->dunning;
		bool is_listed = service_of(package->service)->is_listed;

		has_fixed |= is_listed;
		if (is_listed)
			advise_wall(checking, policy != NULL ? policy->address_list
							     : TEXT("wavu-suspended"));
		else if (service_of(package->service)->has_walls && policy != NULL &&
			 policy->how == SUSPEND_WALLED)
			advise_wall(checking, policy->address_list);
	}
	if (has_fixed)
		advise_strangers(checking);
}

void router_advice(struct checking *checking)
{
	static const enum menu_id ids[] = {
		MENU_CLOCK,
		MENU_DEVICE_MODE,
		MENU_PPP_AAA,
		MENU_HOTSPOT_PROFILE,
		MENU_PPP_PROFILE,
		MENU_HOTSPOT_USER_PROFILE,
		MENU_PPP_SECRET,
		MENU_HOTSPOT_USER,
		MENU_FIREWALL_NAT,
		MENU_FIREWALL_FILTER,
	};
	struct arena *arena = &checking->call->arena;
	struct error error = { 0 };

	if (!sight_fill(&checking->sight, checking->device, ids, ARRAY_COUNT(ids), arena, &error)) {
		check_must(checking, TEXT("can be looked at"), false,
			   text_copy(arena, text_of(error.text)));
		return;
	}
	advise_clock(checking);
	advise_device_mode(checking);
	advise_radius(checking);
	advise_rates(checking, MENU_PPP_PROFILE, MENU_PPP_SECRET);
	advise_rates(checking, MENU_HOTSPOT_USER_PROFILE, MENU_HOTSPOT_USER);
	advise_fasttrack(checking);
	advise_walls(checking);
}
