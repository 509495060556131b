/* Looks over the binary API: prints in flight together, rows made canonical, odd ones asked once
 * more. */
#include "router/exchange.h"

#include <string.h>

#include "router/traps.h"

#define ARENA_SPARE (256u << 10) /* bytes that normalisers and indexes of one row may need */

/* One look while its answers come. */
struct looking {
	struct look *look;
	struct text ask; /* ".id,name,…" */
	uint64_t bytes;
	uint32_t rows_count; /* all that were sent, those we drop too */
	uint64_t told_count;
	bool was_told;
	bool is_odd;          /* rows without id or key, two of one id */
	struct error refusal; /* code NONE: none */
};

/* One command: the print of a look, or its count. */
struct question {
	struct looking *of;
	bool count;
};

struct round {
	struct question *questions;
	uint32_t count;
	struct arena *arena;
};

bool api_has_field(const struct api *api, const struct field *field)
{
	uint32_t version = api->device.version_number;
	if (version == 0)
		return true;
	return version >= field->since && (field->until == 0 || version < field->until);
}

/* ---- asking ---- */

/* The properties to ask for: without a list the router reads all, slow ones too (routeros facts
 * §1.4). */
static struct text proplist(const struct api *api, const struct menu *menu, struct arena *arena)
{
	static const char *const flags[] = {
		[SHAPE_SET] = ".id,dynamic,default,builtin,invalid",
		[SHAPE_LIST] = ".id,dynamic,default,builtin,invalid",
		[SHAPE_SINGLE] = "",
		[SHAPE_SESSIONS] = ".id",
	};
	struct text out = text_of(flags[menu->shape]);
	for (uint32_t i = 0; i < menu->field_count; i++)
		if (api_has_field(api, &menu->fields[i]))
			out = text_format(arena, "%.*s%s%s", TEXT_ARG(out), out.size ? "," : "",
					  menu->fields[i].name);
	return out;
}

/* "?f=a" "?f=b" "?#|" …: a stack machine; what passes has no false left on it (§1.4). */
static void encode_query(struct wire_writer *writer, const struct look *look, struct arena *arena)
{
	if (!look->field)
		return;
	struct text before = text_format(arena, "?%s=", look->field);
	for (uint32_t i = 0; i < look->value_count; i++) {
		wire_pair(writer, before, look->values[i]);
		if (i)
			wire_word(writer, TEXT("?#|"));
	}
}

static bool encode_question(struct exchange *exchange, uint32_t index)
{
	const struct round *round = exchange->subject;
	const struct question *question = &round->questions[index];
	struct wire_writer *writer = &exchange->writer;
	wire_pair(writer, text_of(question->of->look->menu->path), TEXT("/print"));
	if (question->count)
		wire_attribute(writer, TEXT("count-only"), TEXT_NONE);
	else
		wire_attribute(writer, TEXT(".proplist"), question->of->ask);
	encode_query(writer, question->of->look, round->arena);
	return true;
}

static bool always_joins(struct exchange *exchange, uint32_t index)
{
	(void)exchange;
	(void)index;
	return true;
}

/* ---- rows ---- */

/* Index of the menu's field, or its field_count. */
static uint32_t field_named(const struct menu *menu, struct text name)
{
	for (uint32_t i = 0; i < menu->field_count; i++)
		if (text_is(name, menu->fields[i].name))
			return i;
	return menu->field_count;
}

static bool says_yes(struct text value)
{
	return text_is(value, "true") || text_is(value, "yes");
}

/* What of a sentence is no field. */
struct row_head {
	struct text id;
	bool dynamic, builtin, invalid;
	uint32_t keys; /* key fields that have a value */
	uint32_t size; /* bytes of all values */
};

static struct row_head head_of(const struct menu *menu, const struct wire_sentence *sentence)
{
	struct row_head head = { 0 };
	struct text name, value;
	for (uint32_t i = 0; i < sentence->count; i++) {
		if (!wire_split(sentence->words[i], &name, &value))
			continue;
		head.size += value.size + 1;
		if (text_is(name, ".id"))
			head.id = value;
		else if (text_is(name, "dynamic"))
			head.dynamic = says_yes(value);
		else if (text_is(name, "builtin") || text_is(name, "default"))
			head.builtin |= says_yes(value);
		else if (text_is(name, "invalid"))
			head.invalid = says_yes(value);
		if (value.size > 0 && field_named(menu, name) < menu->key_count)
			head.keys++;
	}
	return head;
}

/* Copies a value behind the former one. */
static struct text keep(char **at, struct text value)
{
	char *copy = *at;
	if (value.size)
		memcpy(copy, value.at, value.size);
	copy[value.size] = '\0';
	*at += value.size + 1;
	return (struct text){ copy, value.size };
}

static void add_row(struct table *table, const struct row_head *head,
		    const struct wire_sentence *sentence, struct arena *arena)
{
	const struct menu *menu = table->menu;
	struct row *row = table_add(table, arena);
	char *at = arena_take(arena, (size_t)head->size + 1);
	struct text name, value;
	row->id = keep(&at, head->id);
	/* A live row's flags mean other things: a host is "dynamic" when nobody configured it. */
	if (menu->shape != SHAPE_SESSIONS) {
		row->dynamic = head->dynamic;
		row->builtin = head->builtin;
		row->invalid = head->invalid;
	}
	for (uint32_t i = 0; i < sentence->count; i++) {
		if (!wire_split(sentence->words[i], &name, &value))
			continue;
		uint32_t field = field_named(menu, name);
		if (field < menu->field_count)
			row_set(row, menu, field, keep(&at, value), arena);
	}
}

/* Before a row is kept: all of it, and the array that may double for it, must fit. */
static bool check_room(struct looking *looking, const struct wire_sentence *sentence,
		       struct arena *arena, struct error *error)
{
	const struct menu *menu = looking->look->menu;
	if (looking->rows_count >= ROWS_MAX)
		return error_set(error, ERROR_LIMIT, "%s has more than %u rows", menu->path,
				 ROWS_MAX);
	looking->bytes += sentence->size;
	if (looking->bytes > REPLY_SIZE_MAX)
		return error_set(error, ERROR_LIMIT, "%s is larger than %u MiB", menu->path,
				 REPLY_SIZE_MAX >> 20);
	size_t rows = 2 * ((size_t)looking->look->table.count + 8) * (sizeof(struct row) + 8);
	size_t values = (size_t)sentence->size * 4 + menu->field_count * sizeof(struct text);
	if (arena_left(arena) < rows + values + ARENA_SPARE)
		return error_set(error, ERROR_LIMIT, "%s does not fit into the memory of one job",
				 menu->path);
	return true;
}

static bool take_row(struct looking *looking, const struct wire_sentence *sentence,
		     struct arena *arena, struct error *error)
{
	const struct menu *menu = looking->look->menu;
	if (!check_room(looking, sentence, arena, error))
		return false;
	looking->rows_count++;
	struct row_head head = head_of(menu, sentence);
	/* A row of the router's own is nobody's to compare; a foreign shape is nobody's to believe.
	 */
	if (menu->shape == SHAPE_SET && (head.dynamic || head.builtin))
		return true;
	if ((menu->shape != SHAPE_SINGLE && head.id.size == 0) || head.keys < menu->key_count) {
		looking->is_odd = true;
		return true;
	}
	add_row(&looking->look->table, &head, sentence, arena);
	return true;
}

static void take_count(struct looking *looking, const struct wire_sentence *sentence)
{
	struct text value;
	if (wire_find(sentence, "ret", &value) && text_u64(value, &looking->told_count))
		looking->was_told = true;
}

static bool take_answer(struct exchange *exchange, uint32_t index,
			const struct wire_sentence *sentence, struct error *error)
{
	const struct round *round = exchange->subject;
	const struct question *question = &round->questions[index];
	struct looking *looking = question->of;
	struct text message = TEXT_NONE;
	switch (sentence->kind) {
	case WIRE_RE:
		if (question->count)
			return true;
		exchange->deadline.steps++;
		return take_row(looking, sentence, round->arena, error);
	case WIRE_TRAP:
		/* An unknown menu can give two: the first says more (§1.5). */
		if (looking->refusal.code == ERROR_NONE) {
			(void)wire_find(sentence, "message", &message);
			(void)trap_error(&looking->refusal, message);
			(void)error_at(&looking->refusal, "%s", looking->look->menu->path);
		}
		return true;
	case WIRE_DONE:
		if (question->count)
			take_count(looking, sentence);
		return true;
	case WIRE_EMPTY:
	case WIRE_FATAL:
	case WIRE_OTHER:
		break;
	}
	return true;
}

/* ---- judging ---- */

/* Two rows of one id: an index of ids, half full at most. */
static bool has_double_ids(const struct table *table, struct arena *arena)
{
	uint32_t room = 16;
	if (table->menu->shape == SHAPE_SINGLE)
		return table->count > 1;
	while (room < table->count * 2)
		room *= 2;
	uint32_t *slots = ARENA_ARRAY(arena, uint32_t, room);
	for (uint32_t i = 0; i < table->count; i++) {
		uint32_t at = text_hash(table->rows[i].id) & (room - 1);
		while (slots[at] != 0) {
			if (text_equal(table->rows[slots[at] - 1].id, table->rows[i].id))
				return true;
			at = (at + 1) & (room - 1);
		}
		slots[at] = i + 1;
	}
	return false;
}

static bool is_suspicious(const struct looking *looking, struct arena *arena)
{
	if (looking->is_odd)
		return true;
	if (looking->look->count &&
	    (!looking->was_told || looking->told_count != looking->rows_count))
		return true;
	return has_double_ids(&looking->look->table, arena);
}

static void looking_begin(struct looking *looking)
{
	looking->bytes = 0;
	looking->rows_count = 0;
	looking->was_told = false;
	looking->is_odd = false;
	table_init(&looking->look->table, looking->look->menu);
	looking->look->suspicious = false;
}

static void add_questions(struct round *round, struct looking *looking)
{
	looking_begin(looking);
	/* To ask for none of the rows is to know the answer. */
	if (looking->look->field && looking->look->value_count == 0)
		return;
	round->questions[round->count++] = (struct question){ looking, false };
	if (looking->look->count)
		round->questions[round->count++] = (struct question){ looking, true };
}

static bool ask_round(struct api *api, struct round *round, struct deadline *deadline,
		      struct error *error)
{
	struct exchange exchange;
	exchange_init(&exchange, api, round->count, round->arena);
	exchange.subject = round;
	exchange.encode = encode_question;
	exchange.joins = always_joins;
	exchange.take = take_answer;
	exchange.deadline = *deadline;
	bool done = exchange_run(&exchange, error);
	*deadline = exchange.deadline;
	return done;
}

static bool ask_all(struct api *api, struct looking *lookings, uint32_t count, struct arena *arena,
		    struct deadline *deadline, struct error *error)
{
	struct round round = { .arena = arena };
	round.questions = ARENA_ARRAY(arena, struct question, (size_t)count * 2);
	for (uint32_t i = 0; i < count; i++)
		add_questions(&round, &lookings[i]);
	if (!ask_round(api, &round, deadline, error))
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (lookings[i].refusal.code != ERROR_NONE) {
			*error = lookings[i].refusal;
			return api_fail(api, error);
		}
	return true;
}

/* A row may come or go between a print and its count, so what does not fit is asked once more
 * before it is doubted. */
static bool look_twice(struct api *api, struct looking *lookings, uint32_t count,
		       struct arena *arena, struct deadline *deadline, struct error *error)
{
	if (!ask_all(api, lookings, count, arena, deadline, error))
		return false;
	struct looking *again = ARENA_ARRAY(arena, struct looking, count);
	uint32_t again_count = 0;
	for (uint32_t i = 0; i < count; i++)
		if (is_suspicious(&lookings[i], arena))
			again[again_count++] = lookings[i];
	if (again_count == 0)
		return true;
	if (!ask_all(api, again, again_count, arena, deadline, error))
		return false;
	for (uint32_t i = 0; i < again_count; i++)
		again[i].look->suspicious = is_suspicious(&again[i], arena);
	return true;
}

bool api_look(struct api *api, struct look *looks, uint32_t count, struct arena *arena,
	      struct deadline deadline, struct error *error)
{
	struct looking *lookings = ARENA_ARRAY(arena, struct looking, count ? count : 1);
	for (uint32_t i = 0; i < count; i++) {
		invariant(looks[i].value_count <= LOOK_VALUES_MAX);
		invariant(!looks[i].field || menu_field(looks[i].menu, looks[i].field) >= 0);
		lookings[i].look = &looks[i];
		lookings[i].ask = proplist(api, looks[i].menu, arena);
	}
	bool done = look_twice(api, lookings, count, arena, &deadline, error);
	for (uint32_t i = 0; i < count; i++) {
		/* A print that did not end says nothing about what is not in it. */
		if (!done)
			table_init(&looks[i].table, looks[i].menu);
		looks[i].table.looked = done;
	}
	return done;
}
