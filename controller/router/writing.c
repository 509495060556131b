#include "router/writing.h"

#include <string.h>

#include "router/looking.h"

const char *write_verb(enum verb verb)
{
	switch (verb) {
	case VERB_ADD:
		return "/add";
	case VERB_SET:
		return "/set";
	case VERB_REMOVE:
	case VERB_DISCONNECT:
		return "/remove";
	case VERB_ADOPT:
	case VERB_CONFLICT:
	case VERB_COUNT:
		break;
	}
	fatal("a write with verb %d is none", (int)verb);
}

bool write_has(const struct write *write, const struct attribute *attribute, uint32_t version)
{
	int index = menu_field(write->menu, attribute->name);
	/* Where a new row goes among the others is no field of it (routeros facts §4). */
	if (index < 0 && write->verb == VERB_ADD && write->menu->shape == SHAPE_LIST &&
	    strcmp(attribute->name, "place-before") == 0)
		return true;
	invariant(index >= 0 && write->menu->fields[index].role != FIELD_SEEN);
	return version_has_field(version, &write->menu->fields[index]);
}

static bool is_forbidden(const struct write *write)
{
	const struct menu *menu = write->menu;
	return menu->dangerous || !menu->writable ||
	       (menu->shape == SHAPE_SESSIONS && write->verb != VERB_DISCONNECT);
}

static bool has_something(const struct write *write, uint32_t version)
{
	if (write->verb != VERB_SET)
		return true;
	for (uint32_t i = 0; i < write->attribute_count; i++)
		if (write_has(write, &write->attributes[i], version))
			return true;
	return false;
}

void writes_clear(struct write *writes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		writes[i].end = WRITE_UNSENT;
		writes[i].new_id = TEXT_NONE;
		writes[i].error = (struct error){ 0 };
	}
}

bool write_begin(struct write *write, uint32_t version)
{
	if (is_forbidden(write)) {
		write->end = WRITE_REFUSED;
		return error_set(&write->error, ERROR_REFUSED,
				 "%s is not a menu that wavu writes to: nothing was sent",
				 write->menu->path);
	}
	/* `set` with no id at all, or an empty one, means other rows than one thinks (§1.4). */
	invariant(write->verb == VERB_ADD ? write->id.size == 0 : write->id.size > 0);
	if (has_something(write, version))
		return true;
	write->end = WRITE_DONE;
	return false;
}

void write_end(struct write *write)
{
	if (write->error.code == ERROR_NONE)
		write->end = WRITE_DONE;
	else
		/* "action timed out": it may have been done all the same. */
		write->end = write->error.code == ERROR_UNKNOWN ? WRITE_UNKNOWN : WRITE_REFUSED;
}
