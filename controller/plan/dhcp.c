#include "plan/dhcp.h"

#include <stdlib.h>

#include "base/error.h"

struct device {
	struct text mac;
	const struct row *row;
	struct item *item; /* the one that wants it; NULL: a row that has it */
};

static int compare_devices(const void *a, const void *b)
{
	const struct device *x = a, *y = b;
	int order = text_compare(x->mac, y->mac);

	/* Rows before wishes, so that each wish finds the rows of its device before it. */
	return order ? order : (x->item != NULL) - (y->item != NULL);
}

/* `all` meets every server, and every server meets `all`. */
static bool servers_meet(const struct row *a, const struct row *b, const struct menu *menu)
{
	struct text one = row_get(a, menu, "server"), other = row_get(b, menu, "server");

	return text_is(one, "all") || text_is(other, "all") || text_equal(one, other);
}

/* `item` wants a device that `row`, another lease, has now. */
static void stand_aside(struct draft *draft, struct item *item, const struct row *row)
{
	struct item *other = draft_item(draft, MENU_DHCP_LEASE,
					row_key(row, item->menu, draft->arena));

	if (other && other->have == row && other->ours) {
		if (other->verb == VERB_SET)
			other->verb = VERB_REMOVE;
		return;
	}
	item->verb = VERB_CONFLICT;
	item->reason = REASON_CONFLICT;
	item->differs = 1u << (uint32_t)menu_field(item->menu, "mac-address");
	item->have = row;
}

static void judge_devices(struct draft *draft, struct device *devices, uint32_t count)
{
	const struct menu *menu = menu_of(MENU_DHCP_LEASE);
	uint32_t first = 0, i, j;

	qsort(devices, count, sizeof(*devices), compare_devices);
	for (i = 0; i < count; i++) {
		if (!text_equal(devices[i].mac, devices[first].mac))
			first = i;
		if (!devices[i].item)
			continue;
		for (j = first; j < i && !devices[j].item; j++)
			if (devices[j].row != devices[i].item->have &&
			    servers_meet(devices[j].row, devices[i].item->want, menu))
				stand_aside(draft, devices[i].item, devices[j].row);
	}
}

void dhcp_judge(struct draft *draft)
{
	const struct table *table = &draft->in->observed->tables[MENU_DHCP_LEASE];
	const struct menu *menu = menu_of(MENU_DHCP_LEASE);
	int mac = menu_field(menu, "mac-address");
	struct device *devices;
	uint32_t count = 0, i;

	devices = ARENA_ARRAY(draft->arena, struct device,
			      table->count + draft->item_count[MENU_DHCP_LEASE] + 1);
	for (i = 0; i < draft->item_count[MENU_DHCP_LEASE]; i++) {
		struct item *item = &draft->items[MENU_DHCP_LEASE][i];
		if (item->verb == VERB_ADD ||
		    (item->verb == VERB_SET && (item->differs >> mac & 1u)))
			devices[count++] = (struct device){
				row_get(item->want, menu, "mac-address"), item->want, item
			};
	}
	if (count == 0)
		return;
	for (i = 0; i < table->count; i++)
		if (!table->rows[i].dynamic &&
		    !text_is(row_get(&table->rows[i], menu, "disabled"), "true"))
			devices[count++] = (struct device){
				row_get(&table->rows[i], menu, "mac-address"), &table->rows[i],
				NULL
			};
	judge_devices(draft, devices, count);
}

bool dhcp_makes_room(const struct change *change)
{
	return change->menu->id == MENU_DHCP_LEASE && change->verb == VERB_REMOVE;
}
