#include "view/foreign_inside.h"

#include <stdlib.h>

#include "menu/mark.h"
#include "plan/services.h"
#include "policies/policy.h"
#include "view/fleet_shape.h"

#define FOUND_FIRST 32u

/* The menus of one service. */
struct trade {
	enum service service;
	enum menu_id rows, sessions;
	const char *session_name;
};
static const struct trade trades[] = {
	{ SERVICE_PPPOE, MENU_PPP_SECRET, MENU_PPP_ACTIVE, "name" },
	{ SERVICE_HOTSPOT, MENU_HOTSPOT_USER, MENU_HOTSPOT_ACTIVE, "user" },
};

struct foreign *foreign_found(struct finding_work *work, enum foreign_kind kind, const char *menu,
			      struct text key)
{
	struct foreigners *out = work->out;

	if (out->count == out->room) {
		uint32_t room = out->room != 0 ? out->room * 2 : FOUND_FIRST;

		out->at = arena_grow(work->arena, out->at, out->room * sizeof(*out->at),
				     room * sizeof(*out->at));
		out->room = room;
	}
	out->at[out->count] = (struct foreign){
		.kind = kind, .router = work->in->router->name, .menu = menu, .key = key
	};
	return &out->at[out->count++];
}

bool foreign_is_ours(const struct finding_work *work, const struct menu *menu,
		     const struct row *row)
{
	const struct foreign_input *in = work->in;

	return mark_is_ours(row, menu, in->intent->tenant.name, in->inventory, in->inventory_count,
			    work->arena);
}

/* Who is declared with this username here. */
static const struct subscriber *declared(const struct finding_work *work, enum service service,
					 struct text username)
{
	const struct subscriber *const *all;
	uint32_t count;

	intent_subscribers_of(work->in->intent, work->in->router, &all, &count);
	for (uint32_t i = 0; i < count; i++)
		if (all[i]->package->service == service && text_equal(all[i]->username, username))
			return all[i];
	return NULL;
}

struct entitlement foreign_entitled(const struct finding_work *work,
				    const struct subscriber *subscriber)
{
	const struct foreign_input *in = work->in;
	struct standing nothing = { .reference = subscriber->reference };
	const struct standing *standing = &nothing;
	uint32_t low = 0, high = in->standing_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = text_compare(in->standings[middle].reference, subscriber->reference);

		if (order == 0) {
			standing = &in->standings[middle];
			break;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return policy_entitle(&(struct policy_case){ .tenant = &in->intent->tenant,
						     .subscriber = subscriber,
						     .standing = standing,
						     .now = in->now,
						     .arena = work->arena });
}

/* The rows of a table by name, for routers with thousands of them. */
struct by_name {
	struct text name;
	const struct row *row;
};
struct names {
	struct by_name *at;
	uint32_t count;
};

static int compare_names(const void *a, const void *b)
{
	const struct by_name *x = a, *y = b;

	return text_compare(x->name, y->name);
}

static struct names names_of(const struct finding_work *work, const struct table *table,
			     const char *field)
{
	struct names names = { ARENA_ARRAY(work->arena, struct by_name, table->count + 1), 0 };

	if (!table->looked)
		return names;
	for (uint32_t i = 0; i < table->count; i++)
		names.at[names.count++] = (struct by_name){
			row_get(&table->rows[i], table->menu, field), &table->rows[i]
		};
	if (names.count > 1)
		qsort(names.at, names.count, sizeof(*names.at), compare_names);
	return names;
}

static const struct row *row_named(const struct names *names, struct text name)
{
	const struct by_name key = { .name = name }, *found;

	if (names->count == 0)
		return NULL;
	found = bsearch(&key, names->at, names->count, sizeof(*names->at), compare_names);
	return found != NULL ? found->row : NULL;
}

static bool is_disabled(const struct row *row, const struct menu *menu)
{
	return text_is(row_get(row, menu, "disabled"), "true");
}

/* ---- access that nobody pays for ---- */

static void find_rows(struct finding_work *work, const struct trade *trade)
{
	const struct table *table = &work->in->tables[trade->rows];
	struct names live = names_of(work, &work->in->tables[trade->sessions], trade->session_name);

	for (uint32_t i = 0; table->looked && i < table->count; i++) {
		const struct row *row = &table->rows[i];
		struct text name = row_get(row, table->menu, "name");
		const struct subscriber *owner;
		struct foreign *one;

		if (is_disabled(row, table->menu) || foreign_is_ours(work, table->menu, row))
			continue;
		owner = declared(work, trade->service, name);
		if (owner != NULL && state_is_open(foreign_entitled(work, owner).state))
			continue;
		one = foreign_found(work, FOREIGN_ROW, table->menu->path, name);
		one->comment = row_get(row, table->menu, "comment");
		one->online = row_named(&live, name) != NULL;
		one->why = TEXT("not wavu's, and no subscriber has that username here");
		if (owner != NULL) {
			one->subscriber = owner->account;
			one->why = text_format(work->arena, "not wavu's, and %.*s is %s",
					       TEXT_ARG(owner->account),
					       state_word(foreign_entitled(work, owner).state));
		}
	}
}

static void find_sessions(struct finding_work *work, const struct trade *trade)
{
	const struct table *table = &work->in->tables[trade->sessions];
	const struct table *rows = &work->in->tables[trade->rows];
	struct names owners = names_of(work, rows, "name");

	for (uint32_t i = 0; table->looked && rows->looked && i < table->count; i++) {
		const struct row *row = &table->rows[i];
		struct text name = row_get(row, table->menu, trade->session_name);
		const struct row *owner = row_named(&owners, name);
		bool radius = menu_field(table->menu, "radius") >= 0 &&
			      text_is(row_get(row, table->menu, "radius"), "true");
		struct foreign *one;

		if (owner != NULL && !radius && !is_disabled(owner, rows->menu))
			continue;
		one = foreign_found(work, FOREIGN_SESSION, table->menu->path, name);
		one->online = true;
		one->why = radius          ? TEXT("let in by RADIUS, not by a row of this router")
			   : owner == NULL ? TEXT("online, but no row of that name lets it in")
					   : TEXT("online, although its row is disabled");
	}
}

/* ---- payers without access ---- */

static const struct trade *trade_of(enum service service)
{
	for (size_t i = 0; i < ARRAY_COUNT(trades); i++)
		if (trades[i].service == service)
			return &trades[i];
	return NULL;
}

void foreign_payer(struct finding_work *work, const struct subscriber *subscriber,
		   const char *menu, struct text key, struct text but)
{
	struct entitlement entitlement = foreign_entitled(work, subscriber);
	struct foreign *one = foreign_found(work, FOREIGN_PAYER, menu, key);

	one->subscriber = subscriber->account;
	one->why = text_format(work->arena, "%s, %.*s: but %.*s", state_word(entitlement.state),
			       TEXT_ARG(entitlement.because), TEXT_ARG(but));
}

/* A row of his name that is somebody else's has neither his password nor his speed. */
static bool is_blocked(const struct finding_work *work, const struct subscriber *subscriber,
		       const struct menu *menu, const struct row *row)
{
	return work->in->router->mode == MODE_MANAGE &&
	       !text_equal(row_get(row, menu, "profile"),
			   profile_name(work->arena, subscriber->package)) &&
	       !foreign_is_ours(work, menu, row);
}

static void find_payer(struct finding_work *work, const struct subscriber *subscriber,
		       const struct trade *trade, const struct row *row)
{
	const struct menu *menu = work->in->tables[trade->rows].menu;
	struct text but;

	if (row == NULL)
		but = TEXT("there is no row");
	else if (is_disabled(row, menu))
		but = TEXT("the row is disabled");
	else if (is_blocked(work, subscriber, menu, row))
		but = TEXT("another row of that name is there and not wavu's, so neither his "
			   "password nor his speed is set: remove it on the router, or take it "
			   "over with mode adopt once it is equal");
	else
		return;
	if (state_is_open(foreign_entitled(work, subscriber).state))
		foreign_payer(work, subscriber, menu->path, subscriber->username, but);
}

static void find_payers(struct finding_work *work)
{
	const struct subscriber *const *all;
	struct names rows[ARRAY_COUNT(trades)];
	uint32_t count;

	for (size_t i = 0; i < ARRAY_COUNT(trades); i++)
		rows[i] = names_of(work, &work->in->tables[trades[i].rows], "name");
	intent_subscribers_of(work->in->intent, work->in->router, &all, &count);
	for (uint32_t i = 0; i < count; i++) {
		const struct trade *trade = trade_of(all[i]->package->service);

		if (trade == NULL || all[i]->bypass || !work->in->tables[trade->rows].looked)
			continue;
		find_payer(work, all[i], trade,
			   row_named(&rows[trade - trades], all[i]->username));
	}
}

void foreign_find(struct foreigners *out, const struct foreign_input *in, struct arena *arena)
{
	struct finding_work work = { in, out, arena };

	for (size_t i = 0; i < ARRAY_COUNT(trades); i++) {
		find_rows(&work, &trades[i]);
		find_sessions(&work, &trades[i]);
	}
	foreign_fixed(&work);
	foreign_devices(&work);
	find_payers(&work);
}

/* ---- as a document ---- */

static const char *const kind_words[] = { [FOREIGN_ROW] = "row",
					  [FOREIGN_BINDING] = "binding",
					  [FOREIGN_SESSION] = "session",
					  [FOREIGN_PAYER] = "payer" };

struct document *view_foreign(const struct foreigners *all, const struct foreign_router *routers,
			      uint32_t router_count)
{
	json_t *access = json_array(), *payers = json_array(), *asked = json_array();

	for (uint32_t i = 0; i < all->count; i++) {
		const struct foreign *one = &all->at[i];
		json_t *line = json_pack(
		    "{s:o, s:s, s:s, s:o, s:b, s:o, s:o, s:o}", "router",
		    json_of_text(one->router), "kind", kind_words[one->kind], "menu", one->menu,
		    "key", json_of_text(one->key), "online", (int)one->online, "subscriber",
		    json_text_or_null(one->subscriber), "comment", json_text_or_null(one->comment),
		    "why", json_of_text(one->why));

		json_array_append_new(one->kind == FOREIGN_PAYER ? payers : access, line);
	}
	for (uint32_t i = 0; i < router_count; i++)
		json_array_append_new(asked,
				      json_pack("{s:o, s:o, s:b, s:o}", "tenant",
						json_of_text(routers[i].tenant), "name",
						json_of_text(routers[i].name), "reachable",
						(int)routers[i].reachable, "error",
						json_text_or_null(routers[i].error)));
	return document_make("foreign", json_pack("{s:o, s:o, s:o}", "foreign", access,
						  "without_access", payers, "routers", asked));
}

static void put_lines(struct output *output, const json_t *lines)
{
	static const char *const heads[] = { "router", "what", "name", "online", "comment", "why" };
	struct columns columns = { heads, ARRAY_COUNT(heads) };
	struct cell *cells = ARENA_ARRAY(output->arena, struct cell,
					 json_array_size(lines) * ARRAY_COUNT(heads) + 1);
	const json_t *line;
	size_t i;

	json_array_foreach (lines, i, line) {
		struct cell *cell = &cells[i * ARRAY_COUNT(heads)];

		cell[0] = (struct cell){ member_text(line, "router"), TONE_STRONG };
		cell[1].text = member_text(line, "menu");
		cell[2].text = member_text(line, "key");
		cell[3].text = member_true(line, "online") ? TEXT("yes") : TEXT("no");
		cell[4].text = shown(json_object_get(line, "comment"), output->arena);
		cell[5].text = member_text(line, "why");
	}
	put_columns(output, &columns, cells, (uint32_t)json_array_size(lines));
}

void foreign_text(const json_t *data, struct output *output)
{
	const json_t *access = json_object_get(data, "foreign");
	const json_t *payers = json_object_get(data, "without_access"), *router;
	size_t i;

	if (json_array_size(access) > 0) {
		put(output, "Access that nobody pays for:\n");
		put_lines(output, access);
	}
	if (json_array_size(payers) > 0) {
		put(output, "%sPaid, but without access:\n", json_array_size(access) ? "\n" : "");
		put_lines(output, payers);
	}
	if (json_array_size(access) + json_array_size(payers) == 0)
		put(output, "Nobody has access that is not paid, and who paid has it.\n");
	json_array_foreach (json_object_get(data, "routers"), i, router)
		if (!member_true(router, "reachable"))
			put(output, "%.*s was not seen: %.*s\n",
			    TEXT_ARG(member_text(router, "name")),
			    TEXT_ARG(member_text(router, "error")));
}
