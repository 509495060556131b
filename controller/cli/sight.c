#include "cli/sight.h"

#include <stdio.h>

/* One menu at a time, so that one that is not there hides no other. */
static bool take_menu(struct sight *out, struct device *device, enum menu_id id,
		      struct arena *arena, struct error *error)
{
	struct look look = { .menu = menu_of(id), .count = menu_of(id)->shape == SHAPE_SET };

	if (!device->verbs->look(device, &look, 1, arena, error)) {
		if (error->code != ERROR_REFUSED)
			return false;
		*error = (struct error){ 0 };
		table_init(&out->tables[id], look.menu);
		return true;
	}
	if (look.suspicious)
		return error_set(error, ERROR_FAILED,
				 "%s: another number of rows came than the router had said: try "
				 "again",
				 look.menu->path);
	out->tables[id] = look.table;
	out->tables[id].looked = true;
	return true;
}

bool sight_fill(struct sight *out, struct device *device, const enum menu_id *ids, uint32_t count,
		struct arena *arena, struct error *error)
{
	*out = (struct sight){ .version_number = device->version_number };
	(void)snprintf(out->version, sizeof(out->version), "%.*s", TEXT_ARG(device->version));
	for (uint32_t i = 0; i < count; i++)
		if (!take_menu(out, device, ids[i], arena, error))
			return false;
	return true;
}

bool sight_take(struct sight *out, struct seat *seat, const struct router *router,
		const enum menu_id *ids, uint32_t count, struct arena *arena, struct error *error)
{
	struct device *device = NULL;
	bool done;

	*out = (struct sight){ 0 };
	done = seat_open_device(NULL, &device, seat, router, error) &&
	       sight_fill(out, device, ids, count, arena, error);
	device_close(device);
	return done ? true : error_at(error, "router %.*s", TEXT_ARG(router->name));
}
