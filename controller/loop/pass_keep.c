#include "loop/pass_inside.h"

#include <string.h>

static const struct row *keep_row(const struct row *row, const struct menu *menu,
				  struct arena *arena)
{
	struct row *kept;

	if (row == NULL)
		return NULL;
	kept = ARENA_NEW(arena, struct row);
	*kept = *row;
	kept->id = text_copy(arena, row->id);
	kept->reference = text_copy(arena, row->reference);
	kept->because = text_copy(arena, row->because);
	kept->where = NULL;
	kept->value = ARENA_ARRAY(arena, struct text, menu->field_count);
	for (uint32_t i = 0; i < menu->field_count; i++)
		if (row_has(row, i))
			kept->value[i] = text_copy(arena, row->value[i]);
	return kept;
}

static void keep_change(struct change *out, const struct change *change, struct arena *arena)
{
	*out = *change;
	out->key = text_copy(arena, change->key);
	out->have = keep_row(change->have, change->menu, arena);
	out->want = keep_row(change->want, change->menu, arena);
	out->reference = text_copy(arena, change->reference);
	out->subscriber = text_copy(arena, change->subscriber);
	out->because = text_copy(arena, change->because);
	/* Bookkeeping is nobody's business outside the job. */
	memset(&out->before, 0, sizeof(out->before));
	memset(&out->after, 0, sizeof(out->after));
}

void pass_keep(struct plan *out, const struct plan *plan, struct arena *arena)
{
	struct text *problems = ARENA_ARRAY(arena, struct text, plan->problem_count + 1);

	*out = *plan;
	out->changes = ARENA_ARRAY(arena, struct change, plan->count + 1);
	for (uint32_t i = 0; i < plan->count; i++)
		keep_change(&out->changes[i], &plan->changes[i], arena);
	for (uint32_t i = 0; i < plan->problem_count; i++)
		problems[i] = text_copy(arena, plan->problems[i]);
	out->problems = problems;
	out->people = NULL;
	out->person_count = 0;
	out->fixes = NULL;
	out->fix_count = 0;
	out->guarded.why = text_copy(arena, plan->guarded.why);
	out->guarded.references = NULL;
	out->walls = TEXT_NONE;
}
