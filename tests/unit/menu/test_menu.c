/* Rows and tables: what is absent, what is present, and how a table grows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "menu/menu.h"

static struct arena arena;

static void absent_means_the_fallback(void **state)
{
	(void)state;
	const struct menu *menu = menu_of(MENU_PPP_SECRET);
	struct table table;
	table_init(&table, menu);
	struct row *row = table_add(&table, &arena);
	assert_int_equal(row->present, 0);
	assert_true(text_is(row_get(row, menu, "profile"), "default"));
	assert_true(text_is(row_get(row, menu, "name"), ""));
	row_put(row, menu, "profile", TEXT("wavu-home-10"), &arena);
	row_put(row, menu, "disabled", TEXT("yes"), &arena);
	assert_true(text_is(row_get(row, menu, "profile"), "wavu-home-10"));
	assert_true(text_is(row_get(row, menu, "disabled"), "true"));
	assert_true(row_has(row, (uint32_t)menu_field(menu, "disabled")));
	assert_false(row_has(row, (uint32_t)menu_field(menu, "comment")));
	/* Present and empty is not absent. */
	row_put(row, menu, "service", TEXT_NONE, &arena);
	assert_true(text_is(row_get(row, menu, "service"), ""));
}

static void a_table_keeps_its_rows_while_it_grows(void **state)
{
	(void)state;
	const struct menu *menu = menu_of(MENU_POOL);
	struct table table;
	table_init(&table, menu);
	for (uint32_t i = 0; i < 1000; i++) {
		struct row *row = table_add(&table, &arena);
		row_put(row, menu, "name", text_format(&arena, "pool-%u", i), &arena);
	}
	assert_int_equal(table.count, 1000);
	for (uint32_t i = 0; i < 1000; i++)
		assert_true(text_equal(row_get(&table.rows[i], menu, "name"),
				       text_format(&arena, "pool-%u", i)));
}

static struct row *entry(struct table *table, const char *list, const char *address)
{
	struct row *row = table_add(table, &arena);
	row_put(row, table->menu, "list", text_of(list), &arena);
	row_put(row, table->menu, "address", text_of(address), &arena);
	return row;
}

static void keys_order_rows_and_name_them(void **state)
{
	(void)state;
	const struct menu *menu = menu_of(MENU_ADDRESS_LIST);
	struct table table;
	table_init(&table, menu);
	(void)entry(&table, "a", "10.0.0.2/32");
	(void)entry(&table, "a", "10.0.0.1");
	(void)entry(&table, "b", "10.0.0.1");
	const struct row *rows = table.rows;
	assert_true(row_compare_keys(&rows[0], &rows[1], menu) > 0);
	assert_true(row_compare_keys(&rows[1], &rows[2], menu) < 0);
	assert_int_equal(row_compare_keys(&rows[1], &rows[1], menu), 0);
	assert_true(text_is(row_key(&rows[0], menu, &arena), "a 10.0.0.2"));
	/* A menu without a key: all are alike, and nameless. */
	struct table single;
	table_init(&single, menu_of(MENU_RESOURCE));
	struct row *row = table_add(&single, &arena);
	assert_int_equal(row_key(row, single.menu, &arena).size, 0);
	assert_int_equal(row_compare_keys(row, row, single.menu), 0);
}

static void raw_bytes_are_part_of_a_key(void **state)
{
	(void)state;
	const struct menu *menu = menu_of(MENU_ADDRESS_LIST);
	struct table table;
	table_init(&table, menu);
	struct row *row = table_add(&table, &arena);
	row_put(row, menu, "list", (struct text){ "\xe9\0z", 3 }, &arena);
	row_put(row, menu, "address", TEXT("x"), &arena);
	struct text key = row_key(row, menu, &arena);
	assert_int_equal(key.size, 5);
	assert_memory_equal(key.at, "\xe9\0z x", 5);
}

static void fields_are_found_by_name(void **state)
{
	(void)state;
	assert_int_equal(menu_field(menu_of(MENU_PPP_SECRET), "name"), 0);
	assert_int_equal(menu_field(menu_of(MENU_PPP_SECRET), "nam"), -1);
	assert_int_equal(menu_field(menu_of(MENU_PPP_SECRET), "names"), -1);
	assert_int_equal(menu_field(menu_of(MENU_PPP_SECRET), ""), -1);
}

int main(void)
{
	arena_open(&arena, 4u << 20);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(absent_means_the_fallback),
		cmocka_unit_test(a_table_keeps_its_rows_while_it_grows),
		cmocka_unit_test(keys_order_rows_and_name_them),
		cmocka_unit_test(raw_bytes_are_part_of_a_key),
		cmocka_unit_test(fields_are_found_by_name),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_close(&arena);
	return failed;
}
