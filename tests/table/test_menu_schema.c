/* Every field that wavu writes is an argument of `add` and `set` in every version it is said to
 * exist in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "menu/menu.h"
#include "menu/value.h"

static const char *const versions[] = { "7.9", "7.16.2", "7.20.8", "7.24" };
static char *schema;

static int schema_read(void **state)
{
	(void)state;
	const char *shared = getenv("WAVU_SHARED");
	char path[1000];
	(void)snprintf(path, sizeof(path), "%s/facts/routeros-schema.json",
		       shared ? shared : "../shared");
	FILE *file = fopen(path, "rb");
	if (!file) {
		(void)printf("skipped: no facts beside the checkout (WAVU_SHARED)\n");
		return 0;
	}
	schema = calloc(1, 1u << 20);
	assert_non_null(schema);
	assert_true(fread(schema, 1, (1u << 20) - 1, file) > 0);
	(void)fclose(file);
	return 0;
}

static int schema_free(void **state)
{
	(void)state;
	free(schema);
	return 0;
}

/* What follows `"name": {` or `"name": [` after `at`. */
static char *inside(char *at, const char *name, char bracket)
{
	char key[100];
	(void)snprintf(key, sizeof(key), "\"%s\":", name);
	for (; at && (at = strstr(at, key)); at++) {
		char *value = at + strlen(key);
		value += strspn(value, " \n");
		if (*value == bracket)
			return value + 1;
	}
	return NULL;
}

static bool has_argument(const char *version, const char *menu, const char *command,
			 const char *field)
{
	char *at = inside(inside(schema, "versions", '{'), version, '{');
	at = inside(at, menu, '{');
	at = inside(at, command, '[');
	if (!at)
		return false;
	const char *end = strchr(at, ']');
	char word[100];
	(void)snprintf(word, sizeof(word), "\"%s\"", field);
	const char *found = strstr(at, word);
	return found && found < end;
}

/* The facts sampled no DHCP and no firewall rules: those menus rest on what their files cite. */
static bool is_judged(const struct menu *menu)
{
	return menu->writable && menu->shape != SHAPE_SESSIONS &&
	       inside(inside(inside(schema, "versions", '{'), versions[0], '{'), menu->path, '{');
}

static void written_fields_exist(void **state)
{
	(void)state;
	if (!schema)
		skip();
	uint32_t checked = 0;
	for (int i = 0; i < MENU_COUNT; i++) {
		const struct menu *menu = menu_of((enum menu_id)i);
		if (!is_judged(menu))
			continue;
		for (uint32_t f = 0; f < menu->field_count; f++) {
			const struct field *field = &menu->fields[f];
			if (field->role == FIELD_SEEN)
				continue;
			for (size_t v = 0; v < ARRAY_COUNT(versions); v++) {
				uint32_t number = value_version(text_of(versions[v]));
				bool said = number >= field->since &&
					    (!field->until || number < field->until);
				if (has_argument(versions[v], menu->path, "add", field->name) !=
					said ||
				    has_argument(versions[v], menu->path, "set", field->name) !=
					said)
					fail_msg("%s %s: %s says otherwise", menu->path,
						 field->name, versions[v]);
				checked++;
			}
		}
	}
	assert_true(checked > 100);
}

/* The mark has a home exactly where every version has a comment. */
static void comments_are_where_the_schema_has_them(void **state)
{
	(void)state;
	if (!schema)
		skip();
	uint32_t judged = 0;
	for (int i = 0; i < MENU_COUNT; i++) {
		const struct menu *menu = menu_of((enum menu_id)i);
		if (!is_judged(menu))
			continue;
		judged++;
		bool everywhere = true;
		for (size_t v = 0; v < ARRAY_COUNT(versions); v++)
			everywhere &= has_argument(versions[v], menu->path, "add", "comment");
		if (menu->has_comment != everywhere)
			fail_msg("%s", menu->path);
	}
	/* Ten menus that wavu writes are in the facts. */
	assert_true(judged >= 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written_fields_exist),
		cmocka_unit_test(comments_are_where_the_schema_has_them),
	};
	return cmocka_run_group_tests(tests, schema_read, schema_free);
}
