#include "plan/diff.h"

#include <stdlib.h>

#include "base/error.h"
#include "menu/mark.h"

/* One side of the walk: a key and what lies under it. */
struct side {
	struct text key;
	struct row *row;
	const struct inventory_entry *entry;
	uint32_t order; /* qsort is not stable: equal keys stay in the order they came */
};

static int compare_sides(const void *a, const void *b)
{
	const struct side *x = a, *y = b;
	int order = text_compare(x->key, y->key);

	return order ? order : (x->order > y->order) - (x->order < y->order);
}

static struct side *sides_of_table(struct draft *draft, const struct table *table)
{
	struct side *sides = ARENA_ARRAY(draft->arena, struct side, table->count + 1);
	uint32_t i;

	for (i = 0; i < table->count; i++)
		sides[i] = (struct side){ .key = row_key(&table->rows[i], table->menu,
							 draft->arena),
					  .row = &table->rows[i],
					  .order = i };
	qsort(sides, table->count, sizeof(*sides), compare_sides);
	return sides;
}

/* The inventory of one menu; in a partial plan only of those people, and of ownerless rows. */
static struct side *sides_of_inventory(struct draft *draft, const struct menu *menu,
				       uint32_t *count)
{
	const struct plan_input *in = draft->in;
	struct side *sides;
	uint32_t i, found = 0;

	for (i = 0; i < in->inventory_count; i++)
		found += text_is(in->inventory[i].menu, menu->path);
	sides = ARENA_ARRAY(draft->arena, struct side, found + 1);
	*count = 0;
	for (i = 0; i < in->inventory_count; i++) {
		const struct inventory_entry *entry = &in->inventory[i];
		if (!text_is(entry->menu, menu->path))
			continue;
		if (entry->reference.size != 0 && !draft_concerns(draft, entry->reference))
			continue;
		sides[*count] = (struct side){ .key = entry->key, .entry = entry, .order = *count };
		(*count)++;
	}
	qsort(sides, *count, sizeof(*sides), compare_sides);
	return sides;
}

/* Of several observed rows with one key (hotspot users of several servers) the one with our mark,
 * else the first. */
static const struct row *pick_have(struct draft *draft, const struct menu *menu,
				   const struct side *sides, uint32_t from, uint32_t to)
{
	int comment = menu_field(menu, "comment");
	struct text mark;
	uint32_t i;

	if (to - from == 1 || comment < 0)
		return sides[from].row;
	mark = mark_make(draft->arena, draft->in->intent->tenant.name, menu, sides[from].key);
	for (i = from; i < to; i++)
		if (row_has(sides[i].row, (uint32_t)comment) &&
		    mark_fits(sides[i].row->value[comment], mark))
			return sides[i].row;
	return sides[from].row;
}

static bool is_marked(struct draft *draft, const struct menu *menu, const struct row *row,
		      struct text key)
{
	int comment = menu_field(menu, "comment");

	return comment >= 0 && row_has(row, (uint32_t)comment) &&
	       mark_length(row->value[comment]) != 0 &&
	       mark_fits(row->value[comment],
			 mark_make(draft->arena, draft->in->intent->tenant.name, menu, key));
}

static uint32_t keep_marked(struct draft *draft, const struct menu *menu, struct side *sides,
			    uint32_t count)
{
	uint32_t kept = 0, i;

	for (i = 0; i < count; i++)
		if (is_marked(draft, menu, sides[i].row, sides[i].key))
			sides[kept++] = sides[i];
	return kept;
}

static struct text smallest(struct text a, bool has_a, struct text b, bool has_b)
{
	if (!has_a)
		return b;
	if (!has_b)
		return a;
	return text_compare(a, b) <= 0 ? a : b;
}

struct walk {
	struct side *want, *have, *entry;
	uint32_t want_count, have_count, entry_count;
	uint32_t w, h, e;
};

/* Takes all that lies under the smallest key; false at the end. */
static bool walk_next(struct walk *walk, struct draft *draft, const struct menu *menu,
		      struct item *item)
{
	bool has_want = walk->w < walk->want_count, has_have = walk->h < walk->have_count;
	bool has_entry = walk->e < walk->entry_count;
	uint32_t from;

	if (!has_want && !has_have && !has_entry)
		return false;
	*item = (struct item){ .menu = menu, .verb = VERB_COUNT };
	item->key = smallest(has_want ? walk->want[walk->w].key : TEXT_NONE, has_want,
			     has_have ? walk->have[walk->h].key : TEXT_NONE, has_have);
	item->key = smallest(item->key, has_want || has_have,
			     has_entry ? walk->entry[walk->e].key : TEXT_NONE, has_entry);
	/* The first of several equal wishes: profiles that two people need in a partial plan. */
	for (; walk->w < walk->want_count && text_equal(walk->want[walk->w].key, item->key);
	     walk->w++)
		if (!item->want)
			item->want = walk->want[walk->w].row;
	from = walk->h;
	while (walk->h < walk->have_count && text_equal(walk->have[walk->h].key, item->key))
		walk->h++;
	if (walk->h > from)
		item->have = pick_have(draft, menu, walk->have, from, walk->h);
	for (; walk->e < walk->entry_count && text_equal(walk->entry[walk->e].key, item->key);
	     walk->e++)
		if (!item->entry)
			item->entry = walk->entry[walk->e].entry;
	return true;
}

/* Foreign rows that nobody wants are no items; neither is what a partial plan was not asked about.
 */
static bool item_counts(struct draft *draft, const struct item *item)
{
	if (item->want)
		return true;
	if (item->entry)
		return !draft->partial || item->entry->reference.size != 0;
	if (draft->partial || item->have->dynamic || item->have->builtin)
		return false;
	return is_marked(draft, item->menu, item->have, item->key);
}

static void line_up(struct draft *draft, enum menu_id id)
{
	const struct menu *menu = menu_of(id);
	const struct table *observed = &draft->in->observed->tables[id];
	struct walk walk = { 0 };
	struct item item;
	uint32_t room;

	/* What was not read is not judged. */
	if (!observed->looked || menu->shape == SHAPE_SESSIONS ||
	    menu->key_count + menu->name_count == 0 || !menu->writable || menu->dangerous)
		return;
	walk.want = sides_of_table(draft, &draft->desired[id]);
	walk.want_count = draft->desired[id].count;
	walk.have = sides_of_table(draft, observed);
	walk.have_count = observed->count;
	/*
	 * Where nothing is unique, a row of the same words is no obstacle: it is somebody else's.
	 */
	if (menu->name_count != 0)
		walk.have_count = keep_marked(draft, menu, walk.have, walk.have_count);
	walk.entry = sides_of_inventory(draft, menu, &walk.entry_count);
	/* Foreign rows are many and make no item: counted before room is taken. */
	for (room = 0; walk_next(&walk, draft, menu, &item);)
		room += item_counts(draft, &item);
	draft->items[id] = ARENA_ARRAY(draft->arena, struct item, room + 1);
	walk.w = walk.h = walk.e = 0;
	while (walk_next(&walk, draft, menu, &item))
		if (item_counts(draft, &item))
			draft->items[id][draft->item_count[id]++] = item;
	invariant(draft->item_count[id] == room);
}

void diff_line_up(struct draft *draft)
{
	uint32_t id;

	for (id = 0; id < MENU_COUNT; id++)
		line_up(draft, (enum menu_id)id);
}
