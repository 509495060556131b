#include "plan/bypass.h"

#include "base/error.h"
#include "plan/session.h"

void bypass_want(struct draft *draft, const struct subscriber *subscriber,
		 const struct entitlement *entitlement)
{
	struct table *table = &draft->desired[MENU_HOTSPOT_BINDING];
	struct row *row = table_add(table, draft->arena);
	bool open = state_is_open(entitlement->state);

	/* Without a device the whole hotspot would be let by: no such commit comes this far. */
	invariant(subscriber->mac.size != 0);
	row_put(row, table->menu, "mac-address", subscriber->mac, draft->arena);
	row_put(row, table->menu, "server", draft->in->router->hotspot_server, draft->arena);
	row_put(row, table->menu, "type", TEXT("bypassed"), draft->arena);
	row_put(row, table->menu, "disabled", open ? TEXT("false") : TEXT("true"), draft->arena);
	row->reference = subscriber->reference;
	row->access = open ? ACCESS_OPEN : ACCESS_SHUT;
	row->because = entitlement->because;
	row->where = &subscriber->where;
}

uint32_t bypass_devices(const struct draft *draft, struct text *macs, uint32_t max)
{
	uint32_t count = 0, i;

	for (i = 0; i < draft->item_count[MENU_HOTSPOT_BINDING] && count < max; i++)
		macs[count++] = draft->items[MENU_HOTSPOT_BINDING][i].key;
	return count;
}

static struct item *binding_of(const struct draft *draft, const struct row *host,
			       const struct menu *menu)
{
	struct item *item = draft_item(draft, MENU_HOTSPOT_BINDING,
				       row_get(host, menu, "mac-address"));

	return item && item->person && (item->ours || item->verb == VERB_ADD) ? item : NULL;
}

void bypass_survey(struct draft *draft)
{
	const struct table *hosts = &draft->in->observed->tables[MENU_HOTSPOT_HOST];
	uint32_t i;

	for (i = 0; i < draft->item_count[MENU_HOTSPOT_BINDING]; i++) {
		struct item *item = &draft->items[MENU_HOTSPOT_BINDING][i];
		item->is_off = !item->want ||
			       text_is(row_get(item->want, item->menu, "disabled"), "true");
	}
	for (i = 0; hosts->looked && i < hosts->count; i++) {
		struct item *item = binding_of(draft, &hosts->rows[i], hosts->menu);
		if (item && text_is(row_get(&hosts->rows[i], hosts->menu, "bypassed"), "true"))
			item->has_live = true;
	}
}

void bypass_judge(struct draft *draft)
{
	const struct table *hosts = &draft->in->observed->tables[MENU_HOTSPOT_HOST];
	uint32_t i;

	for (i = 0; hosts->looked && i < hosts->count; i++) {
		const struct row *host = &hosts->rows[i];
		struct item *item = binding_of(draft, host, hosts->menu);
		bool is_let_by;
		if (!item)
			continue;
		is_let_by = text_is(row_get(host, hosts->menu, "bypassed"), "true");
		if (item->is_off ? is_let_by
				 : !is_let_by && session_is_stale(draft, item, hosts, host))
			session_disconnect(draft, item, hosts, host);
	}
}
