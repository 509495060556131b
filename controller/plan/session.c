#include "plan/session.h"

#include <stdlib.h>

#include "base/bug.h"
#include "base/error.h"
#include "menu/value.h"
#include "plan/bypass.h"
#include "plan/window.h"

#define QUEUES_OF_ONE_MAX 16u
#define AMBIGUOUS_MAX_US INT64_C(600000000)
#define UPTIME_STEP_US INT64_C(1000000) /* the router counts whole seconds */

/* A device by its MAC: whose it is, or that it stays. */
struct device_of {
	struct text mac;
	struct item *item; /* off; NULL: in use by somebody who stays */
};

static int compare_devices(const void *a, const void *b)
{
	const struct device_of *x = a, *y = b;
	int order = text_compare(x->mac, y->mac);

	/* Who stays comes first, so that one look at the first of a MAC is enough. */
	return order ? order : (x->item != NULL) - (y->item != NULL);
}

static bool is_radius(const struct row *row, const struct menu *menu)
{
	return menu_field(menu, "radius") >= 0 && text_is(row_get(row, menu, "radius"), "true");
}

/* The line whose row let this session in, when it is ours. */
static struct item *owner_of(const struct draft *draft, const struct table *table,
			     const struct row *row)
{
	struct item *item;

	if (table->menu->owner_menu < 0 || is_radius(row, table->menu))
		return NULL;
	item = draft_item(draft, (enum menu_id)table->menu->owner_menu,
			  row->value[table->menu->owner_field]);
	/* A session that no row explains is that of the row this plan adds: its rights are unknown.
	 */
	return item && item->person && (item->ours || item->verb == VERB_ADD) ? item : NULL;
}

static void survey_table(struct draft *draft, enum menu_id id)
{
	const struct table *table = &draft->in->observed->tables[id];
	uint32_t i;

	for (i = 0; table->looked && i < table->count; i++) {
		struct item *item = owner_of(draft, table, &table->rows[i]);
		if (!item)
			continue;
		item->has_live = true;
		item->person->live |= id != MENU_HOTSPOT_COOKIE;
		if (item->is_off && item->menu->id == MENU_HOTSPOT_USER)
			item->macs = words_add(
			    draft->arena, item->macs, ' ',
			    row_get(&table->rows[i], table->menu, "mac-address"));
	}
}

static void survey_items(struct draft *draft, enum menu_id id)
{
	uint32_t i;

	for (i = 0; i < draft->item_count[id]; i++) {
		struct item *item = &draft->items[id][i];
		item->is_off = !item->want ||
			       text_is(row_get(item->want, item->menu, "disabled"), "true");
		if (item->is_off && item->entry)
			item->macs = item->entry->macs;
		if (item->want)
			item->profile = draft_item(
			    draft,
			    id == MENU_PPP_SECRET ? MENU_PPP_PROFILE : MENU_HOTSPOT_USER_PROFILE,
			    row_get(item->want, item->menu, "profile"));
	}
}

void session_survey(struct draft *draft)
{
	survey_items(draft, MENU_PPP_SECRET);
	survey_items(draft, MENU_HOTSPOT_USER);
	survey_table(draft, MENU_PPP_ACTIVE);
	survey_table(draft, MENU_HOTSPOT_COOKIE);
	survey_table(draft, MENU_HOTSPOT_ACTIVE);
	bypass_survey(draft);
}

/* ---- queues ---- */

struct queues {
	const struct row **rows; /* dynamic ones, by name */
	uint32_t count;
	const struct menu *menu;
};

static int compare_rows(const void *a, const void *b)
{
	const struct row *const *x = a, *const *y = b;

	return text_compare((*x)->value[0], (*y)->value[0]);
}

static struct queues queues_read(const struct draft *draft)
{
	const struct table *table = &draft->in->observed->tables[MENU_QUEUE_SIMPLE];
	struct queues queues = { .menu = table->menu };
	uint32_t i;

	if (!table->looked)
		return queues;
	queues.rows = ARENA_ARRAY(draft->arena, const struct row *, table->count + 1);
	for (i = 0; i < table->count; i++)
		if (row_has(&table->rows[i], 0) && text_starts(table->rows[i].value[0], TEXT("<")))
			queues.rows[queues.count++] = &table->rows[i];
	qsort(queues.rows, queues.count, sizeof(*queues.rows), compare_rows);
	return queues;
}

static const struct row *queue_find(const struct queues *queues, struct text name)
{
	uint32_t low = 0, high = queues->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = text_compare(queues->rows[middle]->value[0], name);
		if (order == 0)
			return queues->rows[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* "<pppoe-jane>", and "<pppoe-jane-1>" … when a name has several sessions (routeros facts §5.1). */
static struct text queue_name(const struct draft *draft, const struct item *item, uint32_t number)
{
	const char *prefix = item->menu->id == MENU_PPP_SECRET ? "pppoe" : "hotspot";

	if (number == 0)
		return text_format(draft->arena, "<%s-%.*s>", prefix, TEXT_ARG(item->key));
	return text_format(draft->arena, "<%s-%.*s-%u>", prefix, TEXT_ARG(item->key), number);
}

/* Which queue is which session's cannot be told, so one wrong rate speaks for all of the name. */
static bool queue_is_wrong(const struct draft *draft, const struct queues *queues,
			   const struct item *item)
{
	uint64_t want_rx, want_tx, rx, tx;
	uint32_t i;

	if (!item->profile || !item->profile->want ||
	    !value_rates(row_get(item->profile->want, item->profile->menu, "rate-limit"), &want_rx,
			 &want_tx))
		return false;
	for (i = 0; i < QUEUES_OF_ONE_MAX; i++) {
		const struct row *row = queue_find(queues, queue_name(draft, item, i));
		if (!row)
			break;
		if (value_rates(row_get(row, queues->menu, "max-limit"), &rx, &tx) &&
		    (rx != want_rx || tx != want_tx))
			return true;
	}
	return false;
}

/*
 * Begun while a person had taken the profile's rate away: such a session has no queue, and no
 * limit. Only then: whoever has just dialled in may be seen before his queue is, and is not to be
 * thrown out for that.
 */
static bool queue_is_missing(const struct draft *draft, const struct queues *queues,
			     const struct item *item)
{
	uint64_t rx, tx;

	return queues->rows && item->profile && item->profile->by_queue && item->profile->want &&
	       value_rates(row_get(item->profile->want, item->profile->menu, "rate-limit"), &rx,
			   &tx) &&
	       !queue_find(queues, queue_name(draft, item, 0));
}

/* ---- verdicts ---- */

enum verdict { VERDICT_STAYS, VERDICT_STALE, VERDICT_BY_QUEUE };

static int64_t item_rights_at(const struct draft *draft, const struct item *item)
{
	if (!item->entry)
		return 0;
	/* A change of rights was sent and its end not seen, but the row is as we want it: it
	 * happened before this look. */
	if (item->entry->rights_pending && item->verb == VERB_COUNT && !item->by_queue)
		return draft->in->observed->look_at;
	/* Written by a clock that was ahead: it has happened, or every look until then would renew
	 * everybody again. */
	if (item->entry->rights_at > draft->in->observed->look_at)
		return draft->in->observed->look_at;
	return item->entry->rights_at;
}

/*
 * Worked example: rights changed at 12:00:00, looked at 12:00:10. Uptime 15s: it began at 11:59:55
 * at the latest, so it is stale. Uptime 4s: it is fresh. Uptime 10s: within the second that the
 * router does not show, its queue decides.
 */
static enum verdict session_verdict(const struct draft *draft, const struct item *item,
				    const struct table *table, const struct row *row)
{
	const struct item *profile = item->profile;
	int64_t rights_at = item_rights_at(draft, item), uptime_us, began_at;

	if (item->renews || (profile && profile->renews))
		return VERDICT_STALE;
	if (profile && item_rights_at(draft, profile) > rights_at)
		rights_at = item_rights_at(draft, profile);
	if (!value_duration(row_get(row, table->menu, "uptime"), &uptime_us))
		return VERDICT_STAYS;
	began_at = draft->in->observed->look_at - uptime_us;
	if (began_at < rights_at)
		return VERDICT_STALE;
	if (profile && profile->by_queue)
		return VERDICT_BY_QUEUE;
	/* Long after, it was judged before: then there is nothing to ask the router again and
	 * again. */
	if (began_at < rights_at + UPTIME_STEP_US &&
	    draft->in->observed->look_at < rights_at + AMBIGUOUS_MAX_US)
		return VERDICT_BY_QUEUE;
	return VERDICT_STAYS;
}

uint32_t session_queues_wanted(const struct draft *draft, struct text *names, uint32_t max)
{
	static const enum menu_id live[] = { MENU_PPP_ACTIVE, MENU_HOTSPOT_ACTIVE };
	uint32_t count = 0, i, j, k;

	for (i = 0; i < ARRAY_COUNT(live); i++) {
		const struct table *table = &draft->in->observed->tables[live[i]];
		for (j = 0; table->looked && j < table->count && count < max; j++) {
			const struct item *item = owner_of(draft, table, &table->rows[j]);
			struct text name;
			if (!item || item->is_off ||
			    session_verdict(draft, item, table, &table->rows[j]) !=
				VERDICT_BY_QUEUE)
				continue;
			name = queue_name(draft, item, 0);
			for (k = 0; k < count && !text_equal(names[k], name); k++)
				continue;
			/* Several sessions of one name: their queues are numbered as the router
			 * likes. */
			if (k < count)
				return max;
			names[count++] = name;
		}
	}
	return count;
}

/* When what this session hangs on last changed. */
static int64_t session_rights_at(const struct draft *draft, const struct item *item)
{
	int64_t rights_at = item_rights_at(draft, item);

	if (item->profile && item_rights_at(draft, item->profile) > rights_at)
		return item_rights_at(draft, item->profile);
	return rights_at;
}

static void disconnect(struct draft *draft, struct item *item, const struct table *table,
		       const struct row *row, bool stale)
{
	struct step *step = draft_step(draft);
	struct change *change = &step->change;
	const struct person *person = item->person;

	step->item = item;
	change->verb = VERB_DISCONNECT;
	change->menu = table->menu;
	change->key = row_key(row, table->menu, draft->arena);
	change->have = row;
	change->reason = stale || item->want ? REASON_STALE_SESSION : REASON_GONE;
	change->effect = person->loss != LOSS_NONE && !person->gets_access ? EFFECT_LOSS
									   : EFFECT_NEUTRAL;
	change->because = stale ? TEXT("renewed once, for its rights have changed")
				: person->entitlement.because;
	change->drops_session = true;
	change->held = item->held || (change->effect == EFFECT_LOSS && person->held);
	change->waits_for_window = stale && !change->held &&
				   window_holds(draft, item, session_rights_at(draft, item));
	if (change->waits_for_window) {
		change->held = true;
		change->because = text_format(draft->arena,
					      "its rights have changed: renewed in the maintenance "
					      "window, %.*s",
					      TEXT_ARG(draft->window));
		draft->window_count++;
	}
	change->report_only = item->report_only ||
			      (stale && item->profile && item->profile->report_only) ||
			      draft->in->router->mode != MODE_MANAGE;
}

bool session_is_stale(const struct draft *draft, const struct item *item, const struct table *table,
		      const struct row *row)
{
	return session_verdict(draft, item, table, row) == VERDICT_STALE;
}

void session_disconnect(struct draft *draft, struct item *item, const struct table *table,
			const struct row *row)
{
	disconnect(draft, item, table, row, false);
}

/* He is kept for now, and may stay after all: then his queue is still to be judged. */
static void keep_doubt(struct draft *draft, const struct item *item)
{
	enum menu_id id = item->menu->id == MENU_PPP_SECRET ? MENU_PPP_PROFILE
							    : MENU_HOTSPOT_USER_PROFILE;
	struct item *profile = NULL;

	if (item->have)
		profile = draft_item(draft, id, row_get(item->have, item->menu, "profile"));
	if (profile && profile->by_queue)
		profile->queue_wrong = true;
}

static void judge_table(struct draft *draft, enum menu_id id, const struct queues *queues)
{
	const struct table *table = &draft->in->observed->tables[id];
	bool renewable = id != MENU_HOTSPOT_COOKIE;
	uint32_t i;

	for (i = 0; table->looked && i < table->count; i++) {
		const struct row *row = &table->rows[i];
		struct item *item = owner_of(draft, table, row);
		enum verdict verdict;
		if (!item)
			continue;
		if (item->is_off) {
			if (!bug(2)) /* Bug 2: who expires stays online. */
				disconnect(draft, item, table, row, false);
			if (item->held || item->person->held)
				keep_doubt(draft, item);
			continue;
		}
		verdict = renewable ? session_verdict(draft, item, table, row) : VERDICT_STAYS;
		if (verdict == VERDICT_BY_QUEUE && queue_is_wrong(draft, queues, item)) {
			verdict = VERDICT_STALE;
			if (item->profile->by_queue)
				draft_item(draft, item->profile->menu->id, item->profile->key)
				    ->queue_wrong = true;
		} else if (verdict == VERDICT_BY_QUEUE && queue_is_missing(draft, queues, item)) {
			/* Not remembered as wrong: a queue that is never found by its name must not
			 * have the session renewed for ever. */
			verdict = VERDICT_STALE;
		}
		if (verdict == VERDICT_STALE)
			disconnect(draft, item, table, row, true);
	}
}

/* Devices of people who go off, and those of sessions that stay, by MAC. */
static struct device_of *devices_read(struct draft *draft, uint32_t *count)
{
	const struct table *active = &draft->in->observed->tables[MENU_HOTSPOT_ACTIVE];
	uint32_t room = active->count, i;
	struct device_of *devices;
	struct text head, rest;

	for (i = 0; i < draft->item_count[MENU_HOTSPOT_USER]; i++)
		room += draft->items[MENU_HOTSPOT_USER][i].macs.size / 17 + 1;
	devices = ARENA_ARRAY(draft->arena, struct device_of, room + 1);
	*count = 0;
	for (i = 0; active->looked && i < active->count; i++) {
		const struct item *item = owner_of(draft, active, &active->rows[i]);
		if (!item || !item->is_off)
			devices[(*count)++].mac = row_get(&active->rows[i], active->menu,
							  "mac-address");
	}
	for (i = 0; i < draft->item_count[MENU_HOTSPOT_USER]; i++) {
		struct item *item = &draft->items[MENU_HOTSPOT_USER][i];
		for (rest = item->macs; rest.size != 0;) {
			(void)text_cut(rest, ' ', &head, &rest);
			devices[(*count)++] = (struct device_of){ head, item };
		}
	}
	invariant(*count <= room);
	qsort(devices, *count, sizeof(*devices), compare_devices);
	return devices;
}

static const struct device_of *device_find(const struct device_of *devices, uint32_t count,
					   struct text mac)
{
	uint32_t low = 0, high = count;

	/* The first of equals. */
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (text_compare(devices[middle].mac, mac) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && text_equal(devices[low].mac, mac) ? &devices[low] : NULL;
}

/* A host names no user; one that an operator's binding bypasses is not let in by any row of ours.
 */
static void judge_hosts(struct draft *draft)
{
	const struct table *table = &draft->in->observed->tables[MENU_HOTSPOT_HOST];
	struct device_of *devices;
	uint32_t count, i;

	if (!table->looked)
		return;
	devices = devices_read(draft, &count);
	for (i = 0; i < draft->item_count[MENU_HOTSPOT_USER]; i++)
		draft->items[MENU_HOTSPOT_USER][i].macs = TEXT_NONE;
	for (i = 0; i < table->count; i++) {
		const struct row *row = &table->rows[i];
		struct text mac = row_get(row, table->menu, "mac-address");
		const struct device_of *device = device_find(devices, count, mac);
		if (!device || !device->item ||
		    text_is(row_get(row, table->menu, "bypassed"), "true"))
			continue;
		/* Only those that are there are remembered until they are seen gone. */
		device->item->macs = words_add(draft->arena, device->item->macs, ' ', mac);
		device->item->has_live = true;
		disconnect(draft, device->item, table, row, false);
	}
}

void session_judge(struct draft *draft)
{
	struct queues queues = queues_read(draft);

	judge_table(draft, MENU_PPP_ACTIVE, &queues);
	judge_table(draft, MENU_HOTSPOT_COOKIE, &queues);
	judge_table(draft, MENU_HOTSPOT_ACTIVE, &queues);
	judge_hosts(draft);
	bypass_judge(draft);
}
