#include "plan/lease.h"

#include "base/error.h"
#include "base/zone.h"
#include "menu/mark.h"
#include "menu/value.h"
#include "plan/diff.h"

#define DAY_US (INT64_C(86400) * 1000000)
#define SEEN_KEPT_US (30 * DAY_US) /* one write a month keeps the script's belief in the clock */
#define RIGHTS TEXT("read,write")

static bool is_on(const struct plan_input *in)
{
	/* `adopt` marks equal rows and writes nothing else. */
	return intent_lease(in->intent, in->router) && in->router->mode != MODE_ADOPT;
}

/* ---- looking ---- */

static bool is_in_inventory(const struct plan_input *in)
{
	for (uint32_t i = 0; i < in->inventory_count; i++)
		if (text_is(in->inventory[i].menu, menu_of(MENU_SCRIPT)->path) ||
		    text_is(in->inventory[i].menu, menu_of(MENU_SCHEDULER)->path))
			return true;
	return false;
}

bool lease_matters(const struct plan_input *in)
{
	return is_on(in) || is_in_inventory(in);
}

uint32_t lease_menus(enum menu_id menus[LEASE_LOOKS], const struct plan_input *in)
{
	uint32_t count = 0;

	/* The clock first: what comes after it may take its time. */
	menus[count++] = MENU_CLOCK;
	/* Version 6 has no device-mode, and some boards with version 7 may have none. */
	if (in->version >= VERSION(7, 0))
		menus[count++] = MENU_DEVICE_MODE;
	menus[count++] = MENU_SCRIPT;
	menus[count++] = MENU_SCHEDULER;
	return count;
}

static const struct row *single(const struct draft *draft, enum menu_id id)
{
	const struct table *table = &draft->in->observed->tables[id];

	return table->looked && table->count > 0 ? &table->rows[0] : NULL;
}

static bool is_forbidden(const struct draft *draft)
{
	const struct row *row = single(draft, MENU_DEVICE_MODE);

	return row && text_is(row_get(row, menu_of(MENU_DEVICE_MODE), "scheduler"), "false");
}

/* How far the router's clock is ahead of ours; negative: behind. */
static bool clock_ahead(const struct draft *draft, int64_t *ahead_us)
{
	const struct row *row = single(draft, MENU_CLOCK);
	const struct menu *menu = menu_of(MENU_CLOCK);
	int64_t at;

	if (!row || !value_moment(draft->arena, row_get(row, menu, "date"),
				  row_get(row, menu, "time"), row_get(row, menu, "gmt-offset"),
				  &at))
		return false;
	*ahead_us = at - draft->in->observed->look_at;
	return true;
}

static bool is_ahead(const struct draft *draft)
{
	int64_t ahead_us;

	return clock_ahead(draft, &ahead_us) && ahead_us > LEASE_CLOCK_OFF_MAX_US;
}

/* ---- what is wanted ---- */

static bool has_script(enum service service)
{
	enum menu_id menu = service_of(service)->row_menu;

	return menu == MENU_PPP_SECRET || menu == MENU_HOTSPOT_USER;
}

void lease_stamp(struct draft *draft, const struct policy_case *given,
		 const struct entitlement *entitlement)
{
	const struct package *package = given->subscriber->package;
	struct table *table = &draft->desired[service_of(package->service)->row_menu];
	struct row *row;
	int64_t shut_at;

	if (!is_on(draft->in) || !state_is_open(entitlement->state) ||
	    !has_script(package->service))
		return;
	shut_at = policy_shut_at(given);
	if (shut_at == INT64_MAX)
		return;
	invariant(table->count > 0);
	row = &table->rows[table->count - 1];
	row->stamp = mark_stamp_make(draft->arena, "until", shut_at + package->fail_open_us);
	row->stamp =
	    mark_stamp_name(draft->arena, row->stamp, row_get(row, table->menu, "name"));
}

static bool serves(const struct draft *draft, enum menu_id row_menu)
{
	const struct subscriber *const *all;
	uint32_t count;

	intent_subscribers_of(draft->in->intent, draft->in->router, &all, &count);
	for (uint32_t i = 0; i < count; i++)
		if (service_of(all[i]->package->service)->row_menu == row_menu)
			return true;
	return false;
}

static void want_script(struct draft *draft, bool ppp, bool hotspot)
{
	struct table *table = &draft->desired[MENU_SCRIPT];
	struct row *row = table_add(table, draft->arena);

	row_put(row, table->menu, "name", TEXT(LEASE_NAME), draft->arena);
	row_put(row, table->menu, "policy", RIGHTS, draft->arena);
	row_put(row, table->menu, "dont-require-permissions", TEXT("false"), draft->arena);
	row_put(row, table->menu, "source", lease_script(draft->arena, ppp, hotspot),
		draft->arena);
	row->where = &draft->in->router->where;
	row->because = TEXT("lease: on");
}

/*
 * The day from which on the script believes the clock. What is there is kept for a month, so that
 * nothing is written for its sake alone; a stamp from a day to come is no good.
 */
static struct text seen_stamp(const struct draft *draft)
{
	const struct table *table = &draft->in->observed->tables[MENU_SCHEDULER];
	int64_t now = draft->in->now, seen_at = 0;

	for (uint32_t i = 0; table->looked && i < table->count; i++)
		if (text_is(row_get(&table->rows[i], table->menu, "name"), LEASE_NAME))
			seen_at = mark_stamp_at(mark_stamp(
			    row_get(&table->rows[i], table->menu, "comment")));
	if (seen_at > now || now - seen_at > SEEN_KEPT_US)
		seen_at = now - now % DAY_US;
	return mark_stamp_make(draft->arena, "seen", seen_at);
}

static void want_schedule(struct draft *draft)
{
	struct table *table = &draft->desired[MENU_SCHEDULER];
	struct row *row = table_add(table, draft->arena);
	bool waits = is_ahead(draft);

	row_put(row, table->menu, "name", TEXT(LEASE_NAME), draft->arena);
	row_put(row, table->menu, "start-time", TEXT("startup"), draft->arena);
	row_put(row, table->menu, "interval", TEXT("1m"), draft->arena);
	row_put(row, table->menu, "on-event", TEXT("/system script run " LEASE_NAME),
		draft->arena);
	row_put(row, table->menu, "policy", RIGHTS, draft->arena);
	/* A clock that is ahead would shut people off before their time. */
	row_put(row, table->menu, "disabled", waits ? TEXT("true") : TEXT("false"), draft->arena);
	row->stamp = seen_stamp(draft);
	row->where = &draft->in->router->where;
	row->because = waits ? TEXT("lease: on, but the router's clock is ahead: it waits until "
				    "that is right")
			     : TEXT("lease: on");
}

void lease_want(struct draft *draft)
{
	bool ppp = serves(draft, MENU_PPP_SECRET), hotspot = serves(draft, MENU_HOTSPOT_USER);

	if (draft->partial || !is_on(draft->in) || is_forbidden(draft) || (!ppp && !hotspot))
		return;
	want_script(draft, ppp, hotspot);
	want_schedule(draft);
}

void lease_judge(struct draft *draft)
{
	static const enum menu_id menus[] = { MENU_SCRIPT, MENU_SCHEDULER };

	if (!is_forbidden(draft))
		return;
	for (uint32_t i = 0; i < ARRAY_COUNT(menus); i++)
		for (uint32_t k = 0; k < draft->item_count[menus[i]]; k++)
			draft->items[menus[i]][k].verb = VERB_COUNT;
}

/* ---- words ---- */

struct text lease_because(const struct draft *draft, const struct item *item)
{
	const struct zone *zone = draft->in->intent->tenant.zone;
	int comment = menu_field(item->menu, "comment");
	struct civil civil;

	/* What else changes has its own cause. */
	if (item->reference.size == 0 || item->verb != VERB_SET || item->differs != 1u << comment)
		return item->want->because;
	civil = zone_civil(zone ? zone : zone_utc(), mark_stamp_at(item->want->stamp));
	return text_format(draft->arena,
			   "the router may hold it alone until %04d-%02d-%02d %02d:%02d: %.*s",
			   (int)civil.year, civil.month, civil.day, civil.hour, civil.minute,
			   TEXT_ARG(item->want->because));
}

/* People whose row does not say yet, or no longer, until when it holds. */
static uint32_t unsaid(const struct draft *draft)
{
	static const enum menu_id menus[] = { MENU_PPP_SECRET, MENU_HOTSPOT_USER };
	uint32_t count = 0;

	for (uint32_t i = 0; i < ARRAY_COUNT(menus); i++)
		for (uint32_t k = 0; k < draft->item_count[menus[i]]; k++) {
			const struct item *item = &draft->items[menus[i]][k];
			struct text comment;
			if (!item->have || !item->want || item->want->stamp.size == 0)
				continue;
			comment = row_get(item->have, item->menu, "comment");
			count += !text_equal(mark_stamp(comment), item->want->stamp);
		}
	return count;
}

static struct text why_not_there(const struct draft *draft, enum menu_id id)
{
	const struct item *item = draft_item(draft, id, TEXT(LEASE_NAME));
	const char *path = menu_of(id)->path;

	if (item && item->verb == VERB_CONFLICT)
		return text_format(draft->arena,
				   "a row " LEASE_NAME " in %s is not wavu's: rename or remove it",
				   path);
	if (item && item->have && item->verb == VERB_COUNT)
		return TEXT_NONE;
	if (draft->in->router->mode != MODE_MANAGE)
		return text_format(draft->arena, "mode observe writes no %s", path);
	return text_format(draft->arena, "%s of the lease is not in place", path);
}

static struct text why_clock(const struct draft *draft)
{
	int64_t ahead_us;

	if (!clock_ahead(draft, &ahead_us))
		return TEXT("its clock cannot be read");
	if (ahead_us > LEASE_CLOCK_OFF_MAX_US || ahead_us < -LEASE_CLOCK_OFF_MAX_US)
		return text_format(draft->arena,
				   "its clock is %lld s %s: /system ntp client",
				   (long long)(ahead_us < 0 ? -ahead_us : ahead_us) / 1000000,
				   ahead_us < 0 ? "behind" : "ahead");
	return TEXT_NONE;
}

/* What keeps this router from ending access alone; empty: nothing. */
static struct text why_open(const struct draft *draft)
{
	struct text why = TEXT_NONE;
	uint32_t count;

	if (is_forbidden(draft))
		return TEXT("device-mode forbids the scheduler: /system device-mode update "
			    "scheduler=yes, then press the button or take its power within five "
			    "minutes");
	why = why_not_there(draft, MENU_SCRIPT);
	if (why.size == 0)
		why = why_not_there(draft, MENU_SCHEDULER);
	if (why.size == 0)
		why = why_clock(draft);
	count = why.size == 0 ? unsaid(draft) : 0;
	if (count != 0)
		why = text_format(draft->arena,
				  "%u %s not say until when %s", count,
				  count == 1 ? "row does" : "rows do",
				  count == 1 ? "it holds" : "they hold");
	return why;
}

/* Who has no session has nothing that the script could end. */
static struct text why_not_all(const struct draft *draft)
{
	const struct subscriber *const *all;
	uint32_t count, others = 0;

	intent_subscribers_of(draft->in->intent, draft->in->router, &all, &count);
	for (uint32_t i = 0; i < count; i++)
		others += all[i]->bypass || !has_script(all[i]->package->service);
	if (others == 0)
		return TEXT_NONE;
	return text_format(draft->arena, "all but %u who have access without a login", others);
}

void lease_say(struct draft *draft)
{
	struct lease *lease = &draft->plan->lease;

	if (draft->partial || !draft->in->observed->tables[MENU_SCHEDULER].looked ||
	    !draft->in->observed->tables[MENU_SCRIPT].looked)
		return;
	lease->looked = true;
	lease->wanted = is_on(draft->in);
	if (!lease->wanted)
		return;
	lease->why = why_open(draft);
	/* Nobody here whom it could shut off: there is no script, and nothing is missing. */
	if (!serves(draft, MENU_PPP_SECRET) && !serves(draft, MENU_HOTSPOT_USER))
		lease->why = TEXT_NONE;
	lease->protects = lease->why.size == 0;
	if (lease->protects)
		lease->why = why_not_all(draft);
}
