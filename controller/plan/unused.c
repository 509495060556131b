#include "plan/unused.h"

#include <stdlib.h>

#include "base/error.h"
#include "plan/diff.h"

static int compare_texts(const void *a, const void *b)
{
	const struct text *x = a, *y = b;

	return text_compare(*x, *y);
}

/* Does this plan take the row away, or give it another value there? Then it no longer refers to
 * what it named. */
static bool is_let_go(const struct draft *draft, const struct table *table, const struct row *row,
		      uint32_t field)
{
	const struct item *item = draft_item(draft, table->menu->id,
					     row_key(row, table->menu, draft->arena));

	if (!item || item->have != row || item->held || item->report_only)
		return false;
	return item->verb == VERB_REMOVE ||
	       (item->verb == VERB_SET && (item->differs >> field & 1u));
}

struct names {
	struct text *at;
	uint32_t count, room;
};

static void names_of(struct draft *draft, struct names *names, enum menu_id id, const char *word)
{
	const struct table *table = &draft->in->observed->tables[id];
	int field = menu_field(menu_of(id), word);
	uint32_t i;

	invariant(field >= 0);
	for (i = 0; table->looked && i < table->count; i++) {
		const struct row *row = &table->rows[i];
		if (!row_has(row, (uint32_t)field) || is_let_go(draft, table, row, (uint32_t)field))
			continue;
		invariant(names->count < names->room);
		names->at[names->count++] = row->value[field];
	}
}

/* The fields through which others refer to rows of a menu. */
struct reference_from {
	enum menu_id to, from;
	const char *field;
};
static const struct reference_from references[] = {
	{ MENU_PPP_PROFILE, MENU_PPP_SECRET, "profile" },
	{ MENU_HOTSPOT_USER_PROFILE, MENU_HOTSPOT_USER, "profile" },
	{ MENU_POOL, MENU_PPP_PROFILE, "remote-address" },
	{ MENU_POOL, MENU_PPP_PROFILE, "local-address" },
	{ MENU_POOL, MENU_PPP_SECRET, "remote-address" },
};

void judge_unused(struct draft *draft, enum menu_id id)
{
	struct names names = { 0 };
	/* A read that may have missed rows says nothing about who refers to what. */
	bool known = !draft->in->observed->suspicious;
	uint32_t i;

	for (i = 0; i < ARRAY_COUNT(references); i++) {
		if (references[i].to != id)
			continue;
		known &= draft->in->observed->tables[references[i].from].looked;
		names.room += draft->in->observed->tables[references[i].from].count;
	}
	names.at = ARENA_ARRAY(draft->arena, struct text, names.room + 1);
	for (i = 0; i < ARRAY_COUNT(references); i++)
		if (references[i].to == id)
			names_of(draft, &names, references[i].from, references[i].field);
	qsort(names.at, names.count, sizeof(*names.at), compare_texts);
	for (i = 0; i < draft->item_count[id]; i++) {
		struct item *item = &draft->items[id][i];
		if (item->verb == VERB_REMOVE &&
		    (!known || draft->partial || texts_hold(names.at, names.count, item->key)))
			item->verb = VERB_COUNT;
	}
}
