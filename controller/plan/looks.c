#include "plan/plan.h"

#include "base/error.h"
#include "plan/bypass.h"
#include "plan/compile.h"
#include "plan/gardens.h"
#include "plan/lease.h"
#include "plan/session.h"
#include "plan/walls.h"

struct asking {
	struct look *looks;
	uint32_t max, count;
};

static void ask(struct asking *asking, enum menu_id id, const char *field,
		const struct text *values, uint32_t value_count)
{
	struct look *look;

	invariant(asking->count < asking->max);
	look = &asking->looks[asking->count++];
	*look = (struct look){ .menu = menu_of(id) };
	/* More names than one question holds: the whole menu is the smaller question. */
	if (field && value_count <= LOOK_VALUES_MAX) {
		look->field = field;
		look->values = values;
		look->value_count = value_count;
	}
	look->count = !look->field && look->menu->shape == SHAPE_SET;
}

/* Does this router have, or could it still have, anything of that service? */
static bool serves(const struct plan_input *in, enum service service)
{
	const struct service_row *row = service_of(service);
	const struct subscriber *const *all;
	uint32_t i, count;

	intent_subscribers_of(in->intent, in->router, &all, &count);
	for (i = 0; i < count; i++)
		if (all[i]->package->service == service)
			return true;
	for (i = 0; i < in->inventory_count; i++)
		if (text_is(in->inventory[i].menu, menu_of(row->row_menu)->path) ||
		    (row->profile && text_is(in->inventory[i].menu,
					     menu_of(row->profile_menu)->path)) ||
		    (service == SERVICE_PPPOE &&
		     text_is(in->inventory[i].menu, menu_of(MENU_POOL)->path)))
			return true;
	return (service == SERVICE_PPPOE && in->router->has_pppoe) ||
	       (service == SERVICE_HOTSPOT && in->router->has_hotspot);
}

/* Is a row of that menu, a lease or a binding, somebody's here, or in the books? */
static bool devices_matter(const struct plan_input *in, enum menu_id menu)
{
	const struct subscriber *const *all;
	uint32_t i, count;

	intent_subscribers_of(in->intent, in->router, &all, &count);
	for (i = 0; i < count; i++)
		if (menu == MENU_HOTSPOT_BINDING ? all[i]->bypass
						 : all[i]->package->service == SERVICE_IPOE)
			return true;
	for (i = 0; i < in->inventory_count; i++)
		if (text_is(in->inventory[i].menu, menu_of(menu)->path))
			return true;
	return false;
}

static bool walls_matter(const struct plan_input *in)
{
	const struct subscriber *const *all;
	uint32_t i, count;

	for (i = 0; i < in->inventory_count; i++)
		if (text_is(in->inventory[i].menu, menu_of(MENU_FIREWALL_FILTER)->path) ||
		    text_is(in->inventory[i].menu, menu_of(MENU_FIREWALL_NAT)->path))
			return true;
	intent_subscribers_of(in->intent, in->router, &all, &count);
	for (i = 0; i < count; i++)
		if (service_of(all[i]->package->service)->is_listed ||
		    (all[i]->package->dunning && all[i]->package->dunning->how == SUSPEND_WALLED &&
		     service_of(all[i]->package->service)->has_walls))
			return true;
	return false;
}

/* The list and the address of a row, by what the inventory calls it. */
static void split_entry(struct text key, struct text *list, struct text *address)
{
	uint32_t at = key.size;

	while (at > 0 && key.at[at - 1] != ' ')
		at--;
	*address = text_from(key, at);
	*list = text_head(key, at > 0 ? at - 1 : 0);
}

static void add_value(struct text *values, uint32_t *count, struct text value)
{
	uint32_t i;

	for (i = 0; i < *count && i <= LOOK_VALUES_MAX && !text_equal(values[i], value); i++)
		continue;
	if (value.size != 0 && i == *count)
		values[(*count)++] = value;
}

/* The lists of who may be suspended here, and those where wavu has put somebody: other lists can
 * hold tens of thousands (routeros facts §5.5). */
static void ask_lists(struct asking *asking, const struct plan_input *in, struct arena *arena)
{
	const struct subscriber *const *all;
	struct text *lists, list, address;
	uint32_t i, count, list_count = 0;

	intent_subscribers_of(in->intent, in->router, &all, &count);
	lists = ARENA_ARRAY(arena, struct text, count + in->inventory_count + 1);
	for (i = 0; i < count; i++)
		if (service_of(all[i]->package->service)->is_listed)
			add_value(lists, &list_count, walls_list_of(all[i]->package));
	for (i = 0; i < in->inventory_count; i++) {
		if (!text_is(in->inventory[i].menu, menu_of(MENU_ADDRESS_LIST)->path))
			continue;
		split_entry(in->inventory[i].key, &list, &address);
		add_value(lists, &list_count, list);
	}
	if (in->router->manages_firewall &&
	    (in->router->wall_page.size != 0 || in->router->wall_garden_count != 0))
		add_value(lists, &list_count, TEXT(WALLS_GARDEN));
	if (list_count != 0)
		ask(asking, MENU_ADDRESS_LIST, "list", lists, list_count);
}

/* Of scripts and schedules only the lease's own; that of other hands is nobody's business. */
static void ask_lease(struct asking *asking, const struct plan_input *in)
{
	static const struct text name = { LEASE_NAME, sizeof(LEASE_NAME) - 1 };
	enum menu_id menus[LEASE_LOOKS];
	uint32_t count = lease_menus(menus, in);

	for (uint32_t i = 0; i < count; i++) {
		bool named = menus[i] == MENU_SCRIPT || menus[i] == MENU_SCHEDULER;
		ask(asking, menus[i], named ? "name" : NULL, &name, named);
		asking->looks[asking->count - 1].may_lack = menus[i] == MENU_DEVICE_MODE;
	}
}

static void ask_everything(struct asking *asking, const struct plan_input *in, struct arena *arena)
{
	if (lease_matters(in))
		ask_lease(asking, in);
	if (serves(in, SERVICE_PPPOE)) {
		ask(asking, MENU_POOL, NULL, NULL, 0);
		ask(asking, MENU_PPP_PROFILE, NULL, NULL, 0);
		ask(asking, MENU_PPP_SECRET, NULL, NULL, 0);
		ask(asking, MENU_PPP_ACTIVE, NULL, NULL, 0);
	}
	if (walls_matter(in)) {
		ask(asking, MENU_FIREWALL_FILTER, NULL, NULL, 0);
		ask(asking, MENU_FIREWALL_NAT, NULL, NULL, 0);
	}
	if (devices_matter(in, MENU_HOTSPOT_BINDING))
		ask(asking, MENU_HOTSPOT_BINDING, NULL, NULL, 0);
	if (gardens_matter(in, MENU_HOTSPOT_GARDEN))
		ask(asking, MENU_HOTSPOT_GARDEN, NULL, NULL, 0);
	if (gardens_matter(in, MENU_HOTSPOT_GARDEN_IP))
		ask(asking, MENU_HOTSPOT_GARDEN_IP, NULL, NULL, 0);
	if (serves(in, SERVICE_HOTSPOT)) {
		ask(asking, MENU_HOTSPOT_USER_PROFILE, NULL, NULL, 0);
		ask(asking, MENU_HOTSPOT_USER, NULL, NULL, 0);
		ask(asking, MENU_HOTSPOT_COOKIE, NULL, NULL, 0);
		ask(asking, MENU_HOTSPOT_ACTIVE, NULL, NULL, 0);
	}
	ask_lists(asking, in, arena);
	if (serves(in, SERVICE_STATIC) || serves(in, SERVICE_IPOE))
		ask(asking, MENU_QUEUE_SIMPLE, NULL, NULL, 0);
	if (devices_matter(in, MENU_DHCP_LEASE))
		ask(asking, MENU_DHCP_LEASE, NULL, NULL, 0);
}

/* Names of desired rows, without doubles. */
static void desired_names(const struct draft *draft, enum menu_id id, struct text *names,
			  uint32_t *count)
{
	const struct table *table = &draft->desired[id];
	uint32_t i, j;

	for (i = 0; i < table->count; i++) {
		struct text key = row_key(&table->rows[i], table->menu, draft->arena);
		/* Past what a question holds the names do not matter any more. */
		for (j = 0; j < *count && j <= LOOK_VALUES_MAX && !text_equal(names[j], key); j++)
			continue;
		if (j == *count)
			names[(*count)++] = key;
	}
}

static void inventory_names(const struct draft *draft, enum menu_id id, struct text *names,
			    uint32_t *count)
{
	const struct plan_input *in = draft->in;
	uint32_t i, j;

	for (i = 0; i < in->inventory_count; i++) {
		const struct inventory_entry *entry = &in->inventory[i];
		if (!text_is(entry->menu, menu_of(id)->path) || entry->reference.size == 0 ||
		    !draft_concerns(draft, entry->reference))
			continue;
		for (j = 0; j < *count && j <= LOOK_VALUES_MAX && !text_equal(names[j], entry->key);
		     j++)
			continue;
		if (j == *count)
			names[(*count)++] = entry->key;
	}
}

/* Their queues, and the lists that their addresses are on. */
static void ask_fixed(struct asking *asking, const struct draft *draft, const struct text *names,
		      uint32_t name_count)
{
	const struct plan_input *in = draft->in;
	struct text *addresses =
	    ARENA_ARRAY(draft->arena, struct text, draft->person_count + in->inventory_count + 1);
	struct text list, address;
	uint32_t i, count = 0;
	bool others = draft->desired[MENU_PPP_SECRET].count != 0 ||
		      draft->desired[MENU_HOTSPOT_USER].count != 0;

	for (i = 0; i < draft->person_count; i++)
		add_value(addresses, &count, draft->people[i].subscriber->address);
	for (i = 0; i < in->inventory_count; i++) {
		const struct inventory_entry *entry = &in->inventory[i];
		if (!text_is(entry->menu, menu_of(MENU_ADDRESS_LIST)->path) ||
		    !draft_concerns(draft, entry->reference))
			continue;
		split_entry(entry->key, &list, &address);
		add_value(addresses, &count, address);
	}
	if (count != 0)
		ask(asking, MENU_ADDRESS_LIST, "address", addresses, count);
	/* The others' sessions may be judged by their queues: then all queues are looked at. */
	ask(asking, MENU_QUEUE_SIMPLE, others ? NULL : "name", names, name_count);
}

/* Rows by device or address: their leases, their bindings. */
static void ask_devices(struct asking *asking, const struct draft *draft, enum menu_id menu,
			const char *field)
{
	struct text *names =
	    ARENA_ARRAY(draft->arena, struct text,
			draft->desired[menu].count + draft->in->inventory_count + 1);
	uint32_t count = 0;

	desired_names(draft, menu, names, &count);
	inventory_names(draft, menu, names, &count);
	if (count != 0)
		ask(asking, menu, field, names, count);
}

/* The rows these people have or had of one service, what they refer to, and what lives by them. */
static void ask_people(struct asking *asking, const struct draft *draft,
		       const struct service_row *service)
{
	uint32_t room = draft->desired[service->row_menu].count + draft->in->inventory_count +
			(service->profile ? draft->desired[service->profile_menu].count : 0);
	struct text *names = ARENA_ARRAY(draft->arena, struct text, room + 1);
	struct text *profiles = ARENA_ARRAY(draft->arena, struct text, room + 1);
	uint32_t name_count = 0, profile_count = 0;

	desired_names(draft, service->row_menu, names, &name_count);
	inventory_names(draft, service->row_menu, names, &name_count);
	if (service->profile)
		desired_names(draft, service->profile_menu, profiles, &profile_count);
	if (name_count == 0)
		return;
	if (service->is_listed) {
		ask_fixed(asking, draft, names, name_count);
		return;
	}
	if (service->service == SERVICE_PPPOE && draft->desired[MENU_POOL].count != 0) {
		struct text *pool = ARENA_ARRAY(draft->arena, struct text, 1);
		pool[0] = draft->in->router->pppoe_pool;
		ask(asking, MENU_POOL, "name", pool, 1);
	}
	if (profile_count != 0)
		ask(asking, service->profile_menu, "name", profiles, profile_count);
	ask(asking, service->row_menu, "name", names, name_count);
	if (service->service == SERVICE_HOTSPOT)
		ask(asking, MENU_HOTSPOT_COOKIE, "user", names, name_count);
	ask(asking, service->session_menu, service->service == SERVICE_PPPOE ? "name" : "user",
	    names, name_count);
}

uint32_t plan_looks(struct look *looks, uint32_t max, const struct plan_input *in,
		    struct arena *arena)
{
	struct asking asking = { looks, max, 0 };
	const struct observed nothing = { 0 };
	struct plan_input unseen = *in;
	struct plan plan = { 0 };
	struct draft draft = { .in = &unseen, .arena = arena, .plan = &plan };
	uint32_t i;

	if (!in->only) {
		ask_everything(&asking, in, arena);
		return asking.count;
	}
	unseen.observed = &nothing;
	draft.partial = true;
	compile_router(&draft);
	/* Ipoe's queues are static's: one question. */
	for (i = 0; i < SERVICE_COUNT; i++)
		if (i != SERVICE_IPOE)
			ask_people(&asking, &draft, service_of((enum service)i));
	ask_devices(&asking, &draft, MENU_HOTSPOT_BINDING, "mac-address");
	ask_devices(&asking, &draft, MENU_DHCP_LEASE, "address");
	return asking.count;
}

/* MACs by which hosts of people who go off, or who need no login, are known; each once. */
static uint32_t off_macs(const struct draft *draft, struct text *macs, uint32_t max)
{
	uint32_t count = bypass_devices(draft, macs, max), i, j;
	struct text head, rest;

	/* More than a question holds: the whole menu is asked for, so it does not matter which. */
	for (i = 0; i < draft->item_count[MENU_HOTSPOT_USER] && count < max; i++)
		for (rest = draft->items[MENU_HOTSPOT_USER][i].macs; rest.size != 0;) {
			(void)text_cut(rest, ' ', &head, &rest);
			for (j = 0; j < count && !text_equal(macs[j], head); j++)
				continue;
			if (j == count && count < max)
				macs[count++] = head;
		}
	return count;
}

uint32_t plan_looks_again(struct look *looks, uint32_t max, const struct plan_input *in,
			  const struct plan *plan, struct arena *arena)
{
	struct asking asking = { looks, max, 0 };
	const struct draft *draft = plan->draft;
	struct text *macs = ARENA_ARRAY(arena, struct text, LOOK_VALUES_MAX + 1);
	struct text *names = ARENA_ARRAY(arena, struct text, LOOK_VALUES_MAX + 1);
	uint32_t count;

	invariant(draft != NULL);
	if (!in->observed->tables[MENU_HOTSPOT_HOST].looked) {
		count = off_macs(draft, macs, LOOK_VALUES_MAX + 1);
		if (count != 0)
			ask(&asking, MENU_HOTSPOT_HOST, "mac-address", macs, count);
	}
	if (!in->observed->tables[MENU_QUEUE_SIMPLE].looked) {
		count = session_queues_wanted(draft, names, LOOK_VALUES_MAX + 1);
		if (count != 0)
			ask(&asking, MENU_QUEUE_SIMPLE, "name", names, count);
	}
	return asking.count;
}
