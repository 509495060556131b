/*
 * Golden scripts: bootstrap/routers.yaml declares routers, each case asks for one of them;
 * bootstrap/CASE.txt is what a person gets, host side included. WAVU_UPDATE=1 writes the files
 * instead: read the difference like code before it is committed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "intent/intent.h"
#include "menu/value.h"
#include "view/bootstrap.h"

struct script_case {
	const char *name, *router, *version, *controller, *tunnel, *key, *interface;
};

static const struct script_case cases[] = {
	{ "api-7.16", "plain", "7.16.2", "10.66.0.1", "", "", "" },
	{ "api-ssl-7.24", "secure", "7.24", "10.66.0.0/24", "", "", "vlan100" },
	{ "rest-7.20", "web", "7.20.8", "10.66.0.1", "", "", "" },
	{ "tunnel-6.49", "far", "6.49.17", "", "vpn.kasi.net", "", "" },
	{ "tunnel-7.20", "far", "7.20.8", "", "203.0.113.7:13231", "aGFyZGx5IGEga2V5IGF0IGFsbA==",
	  "" },
};

static char folder[4096];

static struct text slurp(struct arena *arena, const char *name)
{
	char path[8192];
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "rb");
	if (!file)
		return TEXT_NONE;
	char *bytes = arena_take(arena, 1 << 20);
	size_t size = fread(bytes, 1, 1 << 20, file);
	(void)fclose(file);
	return (struct text){ bytes, (uint32_t)size };
}

static struct text script_of(const struct script_case *one, const struct intent *intent,
			     struct arena *arena)
{
	struct bootstrap bootstrap;
	struct bootstrap_input in = { .tenant = intent->tenant.name,
				      .router = intent_router(intent, text_of(one->router)),
				      .version = value_version(text_of(one->version)),
				      .controller = text_of(one->controller),
				      .tunnel = text_of(one->tunnel),
				      .tunnel_key = text_of(one->key),
				      .interface = text_of(one->interface),
				      .zone_name = intent->tenant.timezone };
	assert_non_null(in.router);
	bootstrap_make(&bootstrap, &in, arena);
	struct document *document = view_bootstrap(&bootstrap, in.router->name);
	struct text out = document_render(document, FORMAT_TEXT, false, arena);
	document_free(document);
	return out;
}

static void check_case(const struct script_case *one, const struct intent *intent,
		       struct arena *arena)
{
	char name[100], path[8192];
	(void)snprintf(name, sizeof(name), "%s.txt", one->name);
	struct text is = script_of(one, intent, arena);
	if (getenv("WAVU_UPDATE")) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
		FILE *file = fopen(path, "wb");
		assert_non_null(file);
		assert_int_equal(fwrite(is.at, 1, is.size, file), is.size);
		assert_int_equal(fclose(file), 0);
	}
	struct text was = slurp(arena, name);
	if (!text_equal(is, was))
		fail_msg("%s is another script now:\n%.*s", name, TEXT_ARG(is));
}

static void every_script_is_what_it_was(void **state)
{
	(void)state;
	struct arena arena;
	arena_open(&arena, 256u << 20);
	struct intent_file file = { TEXT("routers.yaml"), slurp(&arena, "routers.yaml") };
	struct findings findings;
	struct intent *intent;
	intent_read_files(&intent, &findings, &file, 1, &arena);
	assert_non_null(intent);
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
		check_case(&cases[i], intent, &arena);
	intent_release(intent);
	arena_close(&arena);
}

/* Braces, brackets and quotes must close, or the router takes none of it. */
static void scripts_are_whole(void **state)
{
	(void)state;
	struct arena arena;
	arena_open(&arena, 256u << 20);
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		char name[100];
		(void)snprintf(name, sizeof(name), "%s.txt", cases[i].name);
		struct text text = slurp(&arena, name), line;
		int braces = 0, brackets = 0;
		assert_true(text.size > 0);
		while (text_cut(text, '\n', &line, &text)) {
			bool quoted = false;
			if (text_starts(line, TEXT("#")))
				continue;
			for (uint32_t k = 0; k < line.size; k++) {
				char c = line.at[k];
				if (c == '\\')
					k++;
				else if (c == '"')
					quoted = !quoted;
				else if (!quoted) {
					braces += (c == '{') - (c == '}');
					brackets += (c == '[') - (c == ']');
				}
				assert_true(braces >= 0 && brackets >= 0);
			}
			if (quoted)
				fail_msg("%s: an open quote: %.*s", name, TEXT_ARG(line));
		}
		assert_int_equal(braces, 0);
		assert_int_equal(brackets, 0);
	}
	arena_close(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_script_is_what_it_was),
		cmocka_unit_test(scripts_are_whole),
	};
	const char *source = getenv("WAVU_SOURCE");
	(void)snprintf(folder, sizeof(folder), "%s/tests/golden/bootstrap", source ? source : ".");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
