/* What must be true of every row of the table of menus, so that "one file and one row" is all it
 * takes to add one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "menu/menu.h"

static struct arena arena;

#define EACH_MENU(menu)                                                \
	for (const struct menu *menu = menu_of((enum menu_id)0); menu; \
	     menu = menu->id + 1 < MENU_COUNT ? menu_of((enum menu_id)(menu->id + 1)) : NULL)

#define CHECK(condition, menu, field)                                                              \
	do {                                                                                       \
		if (!(condition))                                                                  \
			fail_msg("%s %s: %s", (menu)->path, (field) ? (field)->name : "",          \
				 #condition);                                                      \
	} while (0)

static struct text canonical(const struct field *field, struct text value)
{
	return field->normalise ? field->normalise(&arena, value) : value;
}

static void menus_say_what_they_are(void **state)
{
	(void)state;
	for (int i = 0; i < MENU_COUNT; i++) {
		const struct menu *menu = menu_of((enum menu_id)i);
		const struct field *none = NULL;
		assert_non_null(menu);
		CHECK((int)menu->id == i, menu, none);
		CHECK(menu->path[0] == '/' && menu->path[strlen(menu->path) - 1] != '/', menu,
		      none);
		CHECK(menu->field_count >= 1 && menu->field_count <= FIELDS_MAX, menu, none);
		CHECK(menu->key_count <= menu->field_count, menu, none);
		CHECK(!(menu->dangerous && menu->writable), menu, none);
		bool has_key = menu->shape == SHAPE_SET || menu->shape == SHAPE_SESSIONS;
		CHECK(!has_key || menu->key_count > 0, menu, none);
		CHECK(menu->shape != SHAPE_SINGLE || (menu->key_count == 0 && !menu->writable),
		      menu, none);
		/*
		 * Order in a list is not wavu's to keep: it adds to those whose rows have a key,
		 * and moves nothing.
		 */
		CHECK(menu->shape != SHAPE_LIST || !menu->writable || menu->key_count > 0 ||
			  (menu->name_count > 0 && menu->has_comment),
		      menu, none);
		CHECK(menu->name_count == 0 ||
			  (menu->shape == SHAPE_LIST && menu->key_count == 0),
		      menu, none);
		for (int other = 0; other < i; other++)
			CHECK(strcmp(menu->path, menu_of((enum menu_id)other)->path) != 0, menu,
			      none);
	}
}

static void names_are_unique_and_keys_come_first(void **state)
{
	(void)state;
	EACH_MENU(menu)
	for (uint32_t i = 0; i < menu->field_count; i++) {
		const struct field *field = &menu->fields[i];
		CHECK((field->role == FIELD_KEY) == (i < menu->key_count), menu, field);
		CHECK(field->name[0] != '.' && !strchr(field->name, '='), menu, field);
		CHECK(menu_field(menu, field->name) == (int)i, menu, field);
		CHECK(field->until == 0 || field->since < field->until, menu, field);
		/* A key that a version lacks would make its rows nameless there. */
		CHECK(field->role != FIELD_KEY || (!field->since && !field->until), menu, field);
	}
}

static void roles_fit_the_menu(void **state)
{
	(void)state;
	EACH_MENU(menu)
	{
		uint32_t marks = 0;
		for (uint32_t i = 0; i < menu->field_count; i++) {
			const struct field *field = &menu->fields[i];
			bool read_only = field->role == FIELD_KEY || field->role == FIELD_SEEN;
			bool never_written = !menu->writable || menu->shape == SHAPE_SESSIONS;
			CHECK(!never_written || read_only, menu, field);
			CHECK(!field->rights || field->role == FIELD_OWNED, menu, field);
			CHECK(field->role != FIELD_MARK || strcmp(field->name, "comment") == 0,
			      menu, field);
			CHECK(field->role != FIELD_MARK || (!field->since && !field->until), menu,
			      field);
			marks += field->role == FIELD_MARK;
		}
		CHECK(marks == (menu->has_comment ? 1u : 0u), menu, (const struct field *)NULL);
	}
}

static void owners_are_rows_that_let_in(void **state)
{
	(void)state;
	EACH_MENU(menu)
	{
		const struct field *none = NULL;
		if (menu->owner_menu == -1)
			continue;
		CHECK(menu->shape == SHAPE_SESSIONS, menu, none);
		CHECK(menu->owner_menu >= 0 && menu->owner_menu < MENU_COUNT, menu, none);
		CHECK(menu_of((enum menu_id)menu->owner_menu)->shape == SHAPE_SET, menu, none);
		CHECK(menu->owner_field < menu->field_count, menu, none);
		/* What lets in is made before, and goes after, what it let in. */
		CHECK(menu->owner_menu < (int)menu->id, menu, none);
	}
}

/* To empty a field must lead to what the router assumes of an absent one; else a second look finds
 * a difference. */
static void fallbacks_and_clears_agree(void **state)
{
	(void)state;
	EACH_MENU(menu)
	for (uint32_t i = 0; i < menu->field_count; i++) {
		const struct field *field = &menu->fields[i];
		if (field->fallback) {
			struct text fallback = text_of(field->fallback);
			CHECK(text_equal(canonical(field, fallback), fallback), menu, field);
		}
		if (!field->clear)
			continue;
		CHECK(field->role != FIELD_KEY && field->role != FIELD_SEEN, menu, field);
		CHECK(field->fallback != NULL, menu, field);
		struct text cleared = strcmp(field->clear, "!") == 0
					  ? TEXT_NONE
					  : canonical(field, text_of(field->clear));
		CHECK(text_is(cleared, field->fallback), menu, field);
	}
}

static const char *const values[] = {
	"",
	" ",
	"yes",
	"no",
	"true",
	"false",
	"default",
	"none",
	"unlimited",
	"all",
	"any",
	"0",
	"00",
	"1",
	"007",
	"18446744073709551616",
	"-1",
	"1k",
	"1M",
	"1G",
	"5M/10M",
	"5M/10M 8M/15M",
	"5M/10M 8M/15M 4M/8M 16/16",
	"5M/10M 8M/15M 4M/8M 16 3 1M/2M",
	"0/0",
	"1/2/3",
	"0s",
	"1w2d3h4m5s",
	"93784",
	"26:00:00",
	"1d02:03:04",
	"3s500ms",
	"1h30",
	"10.0.0.1",
	"10.0.0.1/32",
	"10.0.0.0/24",
	"10.0.0.5/24",
	"0.0.0.0",
	"0.0.0.0/0",
	"10.0.0.1-10.0.0.9",
	"10.0.0.0-10.0.0.255",
	"10.0.0.9-10.0.0.1",
	"10.0.0.1,10.0.0.2",
	"10.0.0.1,,10.0.0.2",
	"255.255.255.255",
	"0.0.0.0-255.255.255.255",
	"999.0.0.1",
	"aa:bb:cc:dd:ee:ff",
	"AA-BB-CC-DD-EE-FF",
	"aabbccddeeff",
	"aa:bb:cc:dd:ee",
	"*2",
	"*FFFF",
	"wavu:k/01234567",
	"caf\xe9\r\n",
	"<pppoe-juma>",
	"!list",
	"a=b",
	"2001:db8::1/64",
};

static void check_idempotent(const struct menu *menu, const struct field *field, struct text value)
{
	struct text once = canonical(field, value), twice = canonical(field, once);
	if (!text_equal(once, twice))
		fail_msg("%s %s: \"%.*s\" became \"%.*s\", then \"%.*s\"", menu->path, field->name,
			 TEXT_ARG(value), TEXT_ARG(once), TEXT_ARG(twice));
}

static void normalisers_are_idempotent(void **state)
{
	(void)state;
	EACH_MENU(menu)
	for (uint32_t i = 0; i < menu->field_count; i++) {
		const struct field *field = &menu->fields[i];
		if (!field->normalise)
			continue;
		for (size_t v = 0; v < ARRAY_COUNT(values); v++)
			check_idempotent(menu, field, text_of(values[v]));
		arena_reset(&arena);
	}
}

/* Made-up values from what the sound ones are made of; the same ones in every run. */
static void normalisers_are_idempotent_on_noise(void **state)
{
	(void)state;
	static const char letters[] = "0123456789/:-., kMGwdhmsuABCDEFabcdef!*";
	uint64_t seed = 42;
	EACH_MENU(menu)
	for (uint32_t i = 0; i < menu->field_count; i++) {
		const struct field *field = &menu->fields[i];
		for (int round = 0; field->normalise && round < 2000; round++) {
			char noise[24];
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			uint32_t size = (uint32_t)(seed >> 60) + 1;
			for (uint32_t at = 0; at < size; at++) {
				seed = seed * 6364136223846793005u + 1442695040888963407u;
				noise[at] = letters[(seed >> 33) % (sizeof(letters) - 1)];
			}
			check_idempotent(menu, field, (struct text){ noise, size });
		}
		arena_reset(&arena);
	}
}

/* A canonical value of one row, set on another, is the same value there: what a plan writes is what
 * it then reads. */
static void values_survive_a_row(void **state)
{
	(void)state;
	EACH_MENU(menu)
	{
		struct table table;
		table_init(&table, menu);
		struct row *row = table_add(&table, &arena);
		for (uint32_t i = 0; i < menu->field_count; i++)
			for (size_t v = 0; v < ARRAY_COUNT(values); v++) {
				row_set(row, menu, i, text_of(values[v]), &arena);
				struct text first = row->value[i];
				row_set(row, menu, i, first, &arena);
				CHECK(text_equal(row->value[i], first), menu, &menu->fields[i]);
			}
		arena_reset(&arena);
	}
}

int main(void)
{
	arena_open(&arena, 64u << 20);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(menus_say_what_they_are),
		cmocka_unit_test(names_are_unique_and_keys_come_first),
		cmocka_unit_test(roles_fit_the_menu),
		cmocka_unit_test(owners_are_rows_that_let_in),
		cmocka_unit_test(fallbacks_and_clears_agree),
		cmocka_unit_test(normalisers_are_idempotent),
		cmocka_unit_test(normalisers_are_idempotent_on_noise),
		cmocka_unit_test(values_survive_a_row),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_close(&arena);
	return failed;
}
