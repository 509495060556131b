#include "plan/walls.h"

#include <stdlib.h>

#include "base/error.h"
#include "plan/services.h"

#define NAMES_SHOWN 5u

/* ---- rules ---- */

static bool rule_is_wall(const struct row *row, const struct menu *menu)
{
	struct text chain = row_get(row, menu, "chain");
	struct text action = row_get(row, menu, "action");

	if (row->invalid || text_is(row_get(row, menu, "disabled"), "true"))
		return false;
	if (menu->id == MENU_FIREWALL_FILTER)
		return text_is(chain, "forward") &&
		       (text_is(action, "drop") || text_is(action, "reject"));
	return text_is(chain, "dstnat") &&
	       (text_is(action, "dst-nat") || text_is(action, "redirect"));
}

bool walls_read(struct text *walls, const struct observed *observed, struct arena *arena)
{
	static const enum menu_id firewall[] = { MENU_FIREWALL_FILTER, MENU_FIREWALL_NAT };
	struct text found = TEXT_NONE;
	uint32_t i, j;

	*walls = TEXT_NONE;
	for (i = 0; i < ARRAY_COUNT(firewall); i++) {
		const struct table *table = &observed->tables[firewall[i]];
		if (!table->looked)
			return false;
		for (j = 0; j < table->count; j++) {
			struct text list = row_get(&table->rows[j], table->menu,
						   "src-address-list");
			/* "!x" means everybody but those in x (RouterOS matchers): no wall for x.
			 */
			if (rule_is_wall(&table->rows[j], table->menu) &&
			    !text_starts(list, TEXT("!")))
				found = words_add(arena, found, '\n', list);
		}
	}
	*walls = found;
	return true;
}

bool walls_by_policy(const struct dunning_policy *policy)
{
	uint32_t i;

	if (!policy || policy->how != SUSPEND_WALLED)
		return false;
	for (i = 0; i < policy->step_count; i++)
		if (policy->steps[i].action == DUNNING_SUSPEND)
			return true;
	return false;
}

bool walls_need(const struct package *package)
{
	const struct service_row *service = service_of(package->service);

	return service->is_listed || (service->has_walls && walls_by_policy(package->dunning));
}

void walls_want_rule(struct draft *draft, struct text list)
{
	struct table *table = &draft->desired[MENU_FIREWALL_FILTER];
	struct row *row = table_add(table, draft->arena);

	row_put(row, table->menu, "chain", TEXT("forward"), draft->arena);
	row_put(row, table->menu, "action", TEXT("drop"), draft->arena);
	row_put(row, table->menu, "src-address-list", list, draft->arena);
	row_put(row, table->menu, "dst-address-list", TEXT("!" WALLS_GARDEN), draft->arena);
	row_put(row, table->menu, "disabled", TEXT("false"), draft->arena);
	row->where = &draft->in->router->where;
	row->because = TEXT("the router's firewall: manage");
}

/* Does this rule let traffic pass before the rules behind it see it? A jump may. */
static bool lets_pass(const struct row *row, const struct menu *menu)
{
	struct text action = row_get(row, menu, "action");

	return !row->dynamic && text_is(row_get(row, menu, "chain"), "forward") &&
	       (text_is(action, "accept") || text_is(action, "fasttrack-connection") ||
		text_is(action, "jump"));
}

struct text walls_place(const struct draft *draft)
{
	const struct table *table = &draft->in->observed->tables[MENU_FIREWALL_FILTER];
	uint32_t i;

	for (i = 0; i < table->count; i++)
		if (lets_pass(&table->rows[i], table->menu))
			return table->rows[i].id;
	return TEXT_NONE;
}

struct text walls_remedy(const struct draft *draft, struct text list)
{
	if (draft->in->router->manages_firewall && draft->in->router->mode == MODE_MANAGE)
		return TEXT("; wavu makes one");
	return text_format(draft->arena,
			   ": set `firewall: manage`, or add, before the first rule of chain "
			   "forward that accepts or fasttracks: /ip/firewall/filter/add "
			   "chain=forward action=drop src-address-list=%.*s "
			   "dst-address-list=!" WALLS_GARDEN,
			   TEXT_ARG(list));
}

static void say_behind(struct draft *draft, const struct row *row, const struct row *first)
{
	draft_problem(draft, text_format(draft->arena,
					 "on %.*s the rule %.*s of wavu's stands behind %.*s "
					 "(%.*s), which lets traffic pass first: move it up",
					 TEXT_ARG(draft->in->router->name), TEXT_ARG(row->id),
					 TEXT_ARG(first->id),
					 TEXT_ARG(row_get(first, menu_of(MENU_FIREWALL_FILTER),
							  "action"))));
}

/* A rule of ours that others precede is no wall for what they let pass; wavu moves nothing. */
static void say_misplaced(struct draft *draft)
{
	const struct table *table = &draft->in->observed->tables[MENU_FIREWALL_FILTER];
	const struct row *first = NULL;
	uint32_t i, j;

	for (i = 0; table->looked && i < table->count; i++) {
		const struct row *row = &table->rows[i];
		if (!first && lets_pass(row, table->menu) &&
		    !text_is(row_get(row, table->menu, "disabled"), "true"))
			first = row;
		for (j = 0; first && j < draft->item_count[MENU_FIREWALL_FILTER]; j++)
			if (draft->items[MENU_FIREWALL_FILTER][j].have == row)
				say_behind(draft, row, first);
	}
}

/* ---- entries ---- */

struct text walls_list_of(const struct package *package)
{
	return package->dunning ? package->dunning->address_list : TEXT("wavu-suspended");
}

struct text walls_entry_key(const struct draft *draft, struct text list, struct text address)
{
	return text_format(draft->arena, "%.*s %.*s", TEXT_ARG(list), TEXT_ARG(address));
}

void walls_want_entry(struct draft *draft, const struct subscriber *subscriber, struct text because)
{
	struct table *table = &draft->desired[MENU_ADDRESS_LIST];
	struct row *row = table_add(table, draft->arena);

	invariant(subscriber->address.size != 0);
	row_put(row, table->menu, "list", walls_list_of(subscriber->package), draft->arena);
	row_put(row, table->menu, "address", subscriber->address, draft->arena);
	row_put(row, table->menu, "disabled", TEXT("false"), draft->arena);
	row->reference = subscriber->reference;
	row->access = ACCESS_NONE;
	row->because = because;
	row->where = &subscriber->where;
}

void walls_want_shut(struct draft *draft, const struct subscriber *subscriber, struct text because)
{
	if (draft->in->router->manages_firewall &&
	    service_of(subscriber->package->service)->is_listed)
		walls_want_entry(draft, subscriber, because);
}

/* ---- who is behind one ---- */

static int compare_walled(const void *a, const void *b)
{
	const struct walled *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	/* The foreign one of two comes first, so that one look finds it. */
	return y->foreign - x->foreign;
}

void walls_survey(struct draft *draft)
{
	const struct table *table = &draft->in->observed->tables[MENU_ADDRESS_LIST];
	uint32_t i;

	if (!table->looked)
		return;
	draft->walled = ARENA_ARRAY(draft->arena, struct walled, table->count + 1);
	for (i = 0; i < table->count; i++) {
		const struct row *row = &table->rows[i];
		const struct item *item;
		struct walled one;
		if (text_is(row_get(row, table->menu, "disabled"), "true") ||
		    !words_hold(draft->walls, '\n', row_get(row, table->menu, "list")) ||
		    !text_ipv4_range(row_get(row, table->menu, "address"), &one.first, &one.last))
			continue;
		item = draft_item(draft, MENU_ADDRESS_LIST,
				  row_key(row, table->menu, draft->arena));
		one.foreign = !(item && item->have == row && item->ours);
		draft->walled[draft->walled_count++] = one;
	}
	qsort(draft->walled, draft->walled_count, sizeof(*draft->walled), compare_walled);
	/* Networks, which are few and made by hand, are looked through one by one. */
	for (i = 0; i < draft->walled_count; i++)
		draft->walls_wide |= draft->walled[i].first != draft->walled[i].last;
}

static bool in_a_network(const struct draft *draft, uint32_t address, bool foreign)
{
	uint32_t i;

	for (i = 0; draft->walls_wide && i < draft->walled_count; i++) {
		const struct walled *one = &draft->walled[i];
		if (one->first <= address && address <= one->last && (one->foreign || !foreign))
			return true;
	}
	return false;
}

bool walls_hold(const struct draft *draft, struct text address, bool foreign)
{
	uint32_t low = 0, high = draft->walled_count, first, last;

	if (!text_ipv4_range(address, &first, &last))
		return false;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (draft->walled[middle].first < first)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < draft->walled_count && draft->walled[low].first == first &&
	    (draft->walled[low].foreign || !foreign))
		return true;
	return in_a_network(draft, first, foreign);
}

/* ---- words ---- */

struct crowd {
	struct text names;
	uint32_t count;
};

static void crowd_add(struct crowd *crowd, struct draft *draft, const struct person *person)
{
	struct text name = person->subscriber ? person->subscriber->account : person->reference;

	if (crowd->count++ < NAMES_SHOWN)
		crowd->names = text_format(draft->arena, "%.*s%s%.*s", TEXT_ARG(crowd->names),
					   crowd->names.size ? ", " : "", TEXT_ARG(name));
	else if (crowd->count == NAMES_SHOWN + 1)
		crowd->names = text_format(draft->arena, "%.*s …", TEXT_ARG(crowd->names));
}

static void crowd_say(const struct crowd *crowd, struct draft *draft, const char *what,
		      struct text why)
{
	if (crowd->count != 0)
		draft_problem(draft, text_format(draft->arena, "%s on %.*s, %u fixed address%s "
								"(%.*s): %.*s",
						 what, TEXT_ARG(draft->in->router->name),
						 crowd->count, crowd->count == 1 ? "" : "es",
						 TEXT_ARG(crowd->names), TEXT_ARG(why)));
}

static bool is_static(const struct person *person)
{
	return person->subscriber &&
	       service_of(person->subscriber->package->service)->is_listed;
}

/* Gone from git, or terminated, and their queue goes with this plan. */
static void say_let_go(struct draft *draft)
{
	struct crowd gone = { 0 };
	uint32_t i;

	for (i = 0; i < draft->item_count[MENU_QUEUE_SIMPLE]; i++) {
		const struct item *item = &draft->items[MENU_QUEUE_SIMPLE][i];
		/* Who is still in git stays on the list (walls_want_shut). */
		if (item->verb == VERB_REMOVE && item->person &&
		    item->person->entitlement.state == STATE_TERMINATED &&
		    !(item->person->subscriber && draft->in->router->manages_firewall))
			crowd_add(&gone, draft, item->person);
	}
	crowd_say(&gone, draft, "let go of",
		  TEXT("nothing of wavu's shapes or stops them any more"));
}

void walls_say(struct draft *draft)
{
	struct crowd open = { 0 }, shut = { 0 };
	struct text missing = TEXT_NONE, list = TEXT_NONE;
	uint32_t i;

	for (i = 0; i < draft->person_count; i++) {
		const struct person *person = &draft->people[i];
		enum state state = person->entitlement.state;
		struct text his;
		if (!is_static(person) || state == STATE_NEW || state == STATE_TERMINATED)
			continue;
		his = walls_list_of(person->subscriber->package);
		if (state_is_open(state)) {
			if (walls_hold(draft, person->subscriber->address, true))
				crowd_add(&shut, draft, person);
		} else if (!words_hold(draft->walls, '\n', his)) {
			crowd_add(&open, draft, person);
			list = his;
			missing = words_add(draft->arena, missing, ',', his);
		}
	}
	crowd_say(&open, draft, "STILL OPEN although it should be shut",
		  text_format(draft->arena,
			      "no enabled rule with src-address-list=%.*s was seen (filter forward "
			      "drop or reject, or nat dstnat dst-nat or redirect)%.*s",
			      TEXT_ARG(missing), TEXT_ARG(walls_remedy(draft, list))));
	crowd_say(&shut, draft, "shut although it should be open",
		  TEXT("by an address-list entry that is not wavu's"));
	say_let_go(draft);
	say_misplaced(draft);
}
