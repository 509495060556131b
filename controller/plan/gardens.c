#include "plan/gardens.h"

#include <string.h>

#include "base/error.h"
#include "plan/walls.h"

static bool is_in_the_books(const struct plan_input *in, enum menu_id menu)
{
	uint32_t i;

	for (i = 0; i < in->inventory_count; i++)
		if (text_is(in->inventory[i].menu, menu_of(menu)->path))
			return true;
	return false;
}

static bool is_declared(const struct plan_input *in, enum menu_id menu)
{
	const struct garden *own = &in->router->garden, *common = &in->router->site->garden;
	bool hosts = own->host_count + common->host_count != 0;
	bool addresses = own->address_count + common->address_count != 0;

	if (!in->router->has_hotspot)
		return false;
	return menu == MENU_HOTSPOT_GARDEN ? hosts : hosts || addresses;
}

bool gardens_matter(const struct plan_input *in, enum menu_id menu)
{
	invariant(menu == MENU_HOTSPOT_GARDEN || menu == MENU_HOTSPOT_GARDEN_IP);
	return is_declared(in, menu) || is_in_the_books(in, menu);
}

/* ---- a hotspot's ---- */

static struct row *want(struct draft *draft, enum menu_id menu, const struct where *where,
			const char *because)
{
	struct row *row = table_add(&draft->desired[menu], draft->arena);

	row->where = where;
	row->because = text_of(because);
	return row;
}

static void want_through(struct draft *draft, const char *field, struct text value,
			 const struct where *where)
{
	const struct menu *menu = menu_of(MENU_HOTSPOT_GARDEN_IP);
	struct row *row = want(draft, menu->id, where, "the walled garden of the hotspot");

	row_put(row, menu, field, value, draft->arena);
	row_put(row, menu, "action", TEXT("accept"), draft->arena);
	row_put(row, menu, "disabled", TEXT("false"), draft->arena);
}

static void want_host(struct draft *draft, struct text host, const struct where *where)
{
	const struct menu *menu = menu_of(MENU_HOTSPOT_GARDEN);
	struct row *row = want(draft, menu->id, where, "the walled garden of the hotspot");

	row_put(row, menu, "dst-host", host, draft->arena);
	row_put(row, menu, "action", TEXT("allow"), draft->arena);
	row_put(row, menu, "disabled", TEXT("false"), draft->arena);
	/*
	 * HTTPS never comes by the proxy (routeros facts §5.2): a host that is one name is let
	 * through by its addresses too. A wildcard has none that a router could ask for.
	 */
	if (!memchr(host.at, '*', host.size))
		want_through(draft, "dst-host", host, where);
}

static void want_garden(struct draft *draft, const struct garden *garden,
			const struct where *where)
{
	uint32_t i;

	for (i = 0; i < garden->host_count; i++)
		want_host(draft, garden->hosts[i], where);
	for (i = 0; i < garden->address_count; i++)
		want_through(draft, "dst-address", garden->addresses[i], where);
}

/* ---- of the suspended ---- */

static void want_reach(struct draft *draft, struct text address)
{
	const struct menu *menu = menu_of(MENU_ADDRESS_LIST);
	struct row *row = want(draft, menu->id, &draft->in->router->where,
			       "what the router's wall lets through");

	row_put(row, menu, "list", TEXT(WALLS_GARDEN), draft->arena);
	row_put(row, menu, "address", address, draft->arena);
	row_put(row, menu, "disabled", TEXT("false"), draft->arena);
}

void gardens_want_page(struct draft *draft, struct text list)
{
	const struct router *router = draft->in->router;
	const struct menu *menu = menu_of(MENU_FIREWALL_NAT);
	struct row *row;

	if (router->wall_page.size == 0)
		return;
	row = want(draft, menu->id, &router->where, "the router's wall: its page");
	row_put(row, menu, "chain", TEXT("dstnat"), draft->arena);
	row_put(row, menu, "action", TEXT("dst-nat"), draft->arena);
	row_put(row, menu, "src-address-list", list, draft->arena);
	row_put(row, menu, "dst-address-list", TEXT("!" WALLS_GARDEN), draft->arena);
	/* Only what is not encrypted can be sent elsewhere; the rest the filter stops. */
	row_put(row, menu, "protocol", TEXT("tcp"), draft->arena);
	row_put(row, menu, "dst-port", TEXT("80"), draft->arena);
	row_put(row, menu, "to-addresses", router->wall_page, draft->arena);
	row_put(row, menu, "to-ports", text_format(draft->arena, "%u", router->wall_page_port),
		draft->arena);
	row_put(row, menu, "disabled", TEXT("false"), draft->arena);
}

void gardens_want(struct draft *draft)
{
	const struct router *router = draft->in->router;
	uint32_t i;

	if (router->has_hotspot) {
		want_garden(draft, &router->garden, &router->where);
		want_garden(draft, &router->site->garden, &router->site->where);
	}
	if (!router->manages_firewall)
		return;
	/* After the page's address was put in, the filter sees that one: it must be let through. */
	if (router->wall_page.size != 0)
		want_reach(draft, router->wall_page);
	for (i = 0; i < router->wall_garden_count; i++)
		want_reach(draft, router->wall_garden[i]);
}

/* ---- order ---- */

/* Would this row of somebody's have its way with traffic before a row behind it does? */
static bool goes_first(const struct row *row, const struct menu *menu)
{
	struct text action = row_get(row, menu, "action");

	if (row->dynamic || text_is(row_get(row, menu, "disabled"), "true"))
		return false;
	if (menu->id == MENU_FIREWALL_NAT)
		return text_is(row_get(row, menu, "chain"), "dstnat");
	return text_is(action, "deny") || text_is(action, "drop") || text_is(action, "reject");
}

struct text gardens_place(const struct draft *draft, enum menu_id menu)
{
	const struct table *table = &draft->in->observed->tables[menu];
	uint32_t i;

	for (i = 0; i < table->count; i++)
		if (goes_first(&table->rows[i], table->menu))
			return table->rows[i].id;
	return TEXT_NONE;
}
