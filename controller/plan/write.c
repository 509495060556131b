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

void plan_write(struct write *out, const struct change *change, struct arena *arena)
{
	struct attribute *attributes;
	uint32_t i;

	invariant(change->verb != VERB_CONFLICT && change->verb != VERB_COUNT);
	invariant(change->menu->writable && !change->menu->dangerous);
	*out = (struct write){ .menu = change->menu };
	out->verb = change->verb == VERB_ADOPT ? VERB_SET : change->verb;
	if (change->verb != VERB_ADD) {
		invariant(change->have && change->have->id.size != 0);
		out->id = change->have->id;
	}
	if (change->verb == VERB_REMOVE || change->verb == VERB_DISCONNECT)
		return;
	attributes = ARENA_ARRAY(arena, struct attribute, change->menu->field_count);
	for (i = 0; i < change->menu->field_count; i++)
		if (is_sent(change, i))
			attributes[out->attribute_count++] = attribute_of(change, i);
	out->attributes = attributes;
}
