#include "plan/plan.h"

#include "base/error.h"
#include "plan/diff.h"

static bool is_sent(const struct change *change, uint32_t field)
{
	const struct field *what = &change->menu->fields[field];

	if (what->role == FIELD_SEEN || !row_has(change->want, field))
		return false;
	if (!(change->fields >> field & 1u))
		return false;
	/* A row is set by its id; only a new one needs its name. */
	return change->verb == VERB_ADD || what->role != FIELD_KEY;
}

static struct attribute attribute_of(const struct change *change, uint32_t field)
{
	const struct field *what = &change->menu->fields[field];
	struct attribute attribute = { .name = what->name, .value = change->want->value[field] };

	if (attribute.value.size != 0 || !what->clear)
		return attribute;
	if (text_is(text_of(what->clear), "!"))
		attribute.unset = true;
	else
		attribute.value = text_of(what->clear);
	return attribute;
}

/* An empty target would shape everybody, and a rule in another chain could cut wavu's own path. */
static void check_sane(const struct change *change, struct arena *arena)
{
	const struct row *row = change->want ? change->want : change->have;

	if (change->menu->id == MENU_QUEUE_SIMPLE && change->want)
		invariant(row_get(row, change->menu, "target").size != 0 &&
			  !text_is(row_get(row, change->menu, "target"), "0.0.0.0/0"));
	if (change->menu->id == MENU_FIREWALL_FILTER)
		invariant(text_is(row_get(row, change->menu, "chain"), "forward") &&
			  row_get(row, change->menu, "src-address-list").size != 0);
	if (change->menu->id == MENU_FIREWALL_NAT)
		invariant(text_is(row_get(row, change->menu, "chain"), "dstnat") &&
			  row_get(row, change->menu, "src-address-list").size != 0);
	if (change->menu->id == MENU_HOTSPOT_BINDING)
		invariant(row_get(row, change->menu, "mac-address").size != 0);
	if (change->menu->id == MENU_DHCP_LEASE)
		invariant(row_get(row, change->menu, "address").size != 0 &&
			  !text_is(row_get(row, change->menu, "address"), "0.0.0.0"));
	if (change->menu->id == MENU_HOTSPOT_GARDEN || change->menu->id == MENU_HOTSPOT_GARDEN_IP)
		invariant(!text_is(row_key(row, change->menu, arena), "allow") &&
			  !text_is(row_key(row, change->menu, arena), "accept"));
	if (change->menu->id == MENU_ADDRESS_LIST)
		invariant(row_get(row, change->menu, "address").size != 0 &&
			  row_get(row, change->menu, "list").size != 0);
}

void plan_write(struct write *out, const struct change *change, struct arena *arena)
{
	struct attribute *attributes;
	uint32_t i;

	invariant(change->verb != VERB_CONFLICT && change->verb != VERB_COUNT);
	invariant(change->menu->writable && !change->menu->dangerous);
	check_sane(change, arena);
	*out = (struct write){ .menu = change->menu };
	out->verb = change->verb == VERB_ADOPT ? VERB_SET : change->verb;
	if (change->verb != VERB_ADD) {
		invariant(change->have && change->have->id.size != 0);
		out->id = change->have->id;
	}
	if (change->verb == VERB_REMOVE || change->verb == VERB_DISCONNECT)
		return;
	attributes = ARENA_ARRAY(arena, struct attribute, change->menu->field_count + 1);
	for (i = 0; i < change->menu->field_count; i++)
		if (is_sent(change, i))
			attributes[out->attribute_count++] = attribute_of(change, i);
	if (change->place_before.size != 0)
		attributes[out->attribute_count++] = (struct attribute){
			.name = "place-before", .value = change->place_before
		};
	out->attributes = attributes;
}
