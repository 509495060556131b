#include "view/import.h"

#include "menu/mark.h"
#include "view/import_inside.h"

#define LEFT_FIRST 16u

/* ---- sets ---- */

void import_set_open(struct import_set *set, uint32_t room, struct arena *arena)
{
	uint32_t size = 16;

	while (size < room * 2)
		size *= 2;
	*set = (struct import_set){ .slots = ARENA_ARRAY(arena, struct text, size),
				    .mask = size - 1 };
}

static struct text *slot_of(const struct import_set *set, struct text text)
{
	uint32_t at = text_hash(text) & set->mask;

	while (set->slots[at].at != NULL && !text_equal(set->slots[at], text))
		at = (at + 1) & set->mask;
	return &set->slots[at];
}

bool import_set_has(const struct import_set *set, struct text text)
{
	return slot_of(set, text)->at != NULL;
}

bool import_set_add(struct import_set *set, struct text text)
{
	struct text *slot = slot_of(set, text);

	if (slot->at != NULL)
		return false;
	invariant(set->count < set->mask && text.at != NULL);
	set->count++;
	*slot = text;
	return true;
}

/* ---- rows ---- */

const struct menu *import_profile_menu(enum service service)
{
	return menu_of(service == SERVICE_HOTSPOT ? MENU_HOTSPOT_USER_PROFILE : MENU_PPP_PROFILE);
}

const struct menu *import_row_menu(enum service service)
{
	return menu_of(service == SERVICE_HOTSPOT ? MENU_HOTSPOT_USER : MENU_PPP_SECRET);
}

bool import_is_ours(const struct import_work *work, const struct menu *menu, const struct row *row)
{
	const struct import_input *in = work->in;

	return mark_is_ours(row, menu, in->intent->tenant.name, in->inventory, in->inventory_count,
			    work->arena);
}

void import_leave(struct import_work *work, const char *menu, struct text key, struct text reason)
{
	struct import *out = work->out;

	if (out->left_count == out->left_room) {
		uint32_t room = out->left_room != 0 ? out->left_room * 2 : LEFT_FIRST;

		out->left = arena_grow(work->arena, out->left, out->left_room * sizeof(*out->left),
				       room * sizeof(*out->left));
		out->left_room = room;
	}
	out->left[out->left_count++] = (struct import_left){ menu, key, reason };
}

bool import_is_plain(struct text text, uint32_t max)
{
	uint32_t characters = 0;

	if (!text_is_utf8(text))
		return false;
	for (uint32_t i = 0; i < text.size; i++) {
		unsigned char byte = (unsigned char)text.at[i];
		unsigned char next = i + 1 < text.size ? (unsigned char)text.at[i + 1] : 0;

		if (byte < 0x20 || byte == 0x7f || (byte == 0xc2 && next < 0xa0))
			return false;
		/* U+2028, U+2029 and U+FEFF: invisible, and no part of a name. */
		if ((byte == 0xe2 && next == 0x80 && i + 2 < text.size &&
		     ((unsigned char)text.at[i + 2] & 0xfe) == 0xa8) ||
		    (byte == 0xef && (next == 0xbb || next == 0xbf)))
			return false;
		characters += (byte & 0xc0) != 0x80;
	}
	return characters <= max;
}

/* ---- all of it ---- */

static void know_what_is_declared(struct import_work *work)
{
	const struct intent *intent = work->in->intent;
	const struct subscriber *const *all;
	uint32_t count, rows = 0, names = 0;

	for (int service = 0; service < SERVICE_COUNT; service++)
		rows += work->in->rows[service] != NULL ? work->in->rows[service]->count : 0;
	rows += work->in->queues != NULL ? work->in->queues->count : 0;
	for (uint32_t i = 0; i < intent->subscriber_count; i++)
		names += 1 + intent->subscribers[i].alias_count;
	import_set_open(&work->references, names + rows * 2, work->arena);
	for (uint32_t i = 0; i < intent->subscriber_count; i++) {
		const struct subscriber *one = &intent->subscribers[i];

		(void)import_set_add(&work->references, one->reference);
		for (uint32_t k = 0; k < one->alias_count; k++)
			(void)import_set_add(&work->references, one->alias_references[k]);
	}
	intent_subscribers_of(intent, work->in->router, &all, &count);
	import_set_open(&work->addresses, count + rows, work->arena);
	for (int service = 0; service < SERVICE_COUNT; service++)
		import_set_open(&work->usernames[service], count + rows, work->arena);
	for (uint32_t i = 0; i < count; i++) {
		(void)import_set_add(&work->usernames[all[i]->package->service], all[i]->username);
		if (all[i]->address.size > 0)
			(void)import_set_add(&work->addresses, all[i]->address);
	}
	work->people = ARENA_ARRAY(work->arena, struct import_person, rows + 1);
}

/* Let in by a RADIUS server: there is no row here that could be taken. */
static void leave_radius(struct import_work *work)
{
	const struct table *sessions = work->in->sessions[SERVICE_PPPOE];

	for (uint32_t i = 0; sessions != NULL && i < sessions->count; i++)
		if (text_is(row_get(&sessions->rows[i], sessions->menu, "radius"), "true"))
			import_leave(work, sessions->menu->path,
				     row_get(&sessions->rows[i], sessions->menu, "name"),
				     TEXT("was let in by RADIUS, not by a row of this router: "
					  "declare him by hand"));
}

void import_make(struct import *out, const struct import_input *in, struct arena *arena)
{
	struct import_work work = { .in = in, .arena = arena, .out = out };

	*out = (struct import){ 0 };
	know_what_is_declared(&work);
	import_packages(&work);
	import_people(&work);
	leave_radius(&work);
	import_write(&work);
}

struct document *view_import(const struct import *import, struct text router)
{
	json_t *left = json_array();

	for (uint32_t i = 0; i < import->left_count; i++)
		json_array_append_new(left, json_pack("{s:s, s:o, s:o}", "menu",
						      import->left[i].menu, "key",
						      json_of_text(import->left[i].key), "reason",
						      json_of_text(import->left[i].reason)));
	return document_make(
	    "import",
	    json_pack("{s:b, s:s, s:o, s:I, s:I, s:I, s:o, s:o}", "ok", 1, "message",
		      "review prices and openings, commit, and `wavu plan` is empty", "router",
		      json_of_text(router), "packages", (json_int_t)import->package_count,
		      "subscribers", (json_int_t)import->person_count, "known",
		      (json_int_t)import->known_count, "left", left, "yaml",
		      json_of_text(import->yaml)));
}

void import_text(const json_t *data, struct output *output)
{
	put_text(output, member_text(data, "yaml"));
}
