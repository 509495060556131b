/*
 * Captured prints to canonical rows, through the device as it is: tests/golden/menu/PATH/NAME.txt
 * holds the words of a router, one a line, then "---", then the rows as a look gives them.
 * WAVU_UPDATE_GOLDEN=1 writes what is found instead.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "router/device.h"
#include "router/line.h"
#include "router/wire.h"

static struct arena arena;

/* ---- a line that answers: login, version, print ---- */

struct replay {
	struct line line;
	struct text replies[3];
	uint32_t sends;
	struct text pending;
};

static bool replay_send(struct line *line, struct text bytes, uint32_t timeout_ms,
			struct error *error)
{
	struct replay *replay = (struct replay *)line;
	(void)bytes;
	(void)timeout_ms;
	if (replay->sends == ARRAY_COUNT(replay->replies))
		return error_set(error, ERROR_UNREACHABLE, "the device asked twice");
	replay->pending = replay->replies[replay->sends++];
	return true;
}

static bool replay_receive(struct line *line, char *out, uint32_t size, uint32_t *got,
			   uint32_t timeout_ms, struct error *error)
{
	struct replay *replay = (struct replay *)line;
	(void)timeout_ms;
	if (replay->pending.size == 0)
		return error_set(error, ERROR_UNREACHABLE, "the captured print has no end");
	*got = replay->pending.size < size ? replay->pending.size : size;
	memcpy(out, replay->pending.at, *got);
	replay->pending = text_from(replay->pending, *got);
	return true;
}

static bool replay_alive(struct line *line)
{
	(void)line;
	return true;
}

static void replay_close(struct line *line)
{
	(void)line;
}

/* ---- the files ---- */

static struct text read_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (!file)
		fail_msg("%s cannot be opened", path);
	char *bytes = arena_take(&arena, 1u << 16);
	size_t size = fread(bytes, 1, 1u << 16, file);
	(void)fclose(file);
	assert_true(size < 1u << 16);
	return (struct text){ bytes, (uint32_t)size };
}

static int hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "\xe9", "\r", "\n" are bytes that no text file should hold. */
static struct text unescape(struct text line)
{
	char *out = arena_take(&arena, (size_t)line.size + 1);
	uint32_t used = 0;
	for (uint32_t i = 0; i < line.size; i++) {
		char c = line.at[i];
		if (c == '\\' && i + 1 < line.size) {
			char next = line.at[++i];
			c = next;
			if (next == 'r')
				c = '\r';
			else if (next == 'n')
				c = '\n';
			else if (next == 'x' && i + 2 < line.size) {
				c = (char)(hex(line.at[i + 1]) * 16 + hex(line.at[i + 2]));
				i += 2;
			}
		}
		out[used++] = c;
	}
	return (struct text){ out, used };
}

static void write_value(FILE *out, struct text value)
{
	for (uint32_t i = 0; i < value.size; i++) {
		unsigned char c = (unsigned char)value.at[i];
		if (c == '\r' || c == '\n')
			(void)fputs(c == '\r' ? "\\r" : "\\n", out);
		else if (c < 0x20 || c >= 0x7f)
			(void)fprintf(out, "\\x%02x", c);
		else
			(void)fputc(c, out);
	}
}

static void write_rows(FILE *out, const struct table *table, bool suspicious)
{
	for (uint32_t i = 0; i < table->count; i++) {
		const struct row *row = &table->rows[i];
		(void)fputs(row->id.size ? "" : "-", out);
		write_value(out, row->id);
		(void)fprintf(out, "%s%s", row->dynamic ? " (dynamic)" : "",
			      row->invalid ? " (invalid)" : "");
		for (uint32_t f = 0; f < table->menu->field_count; f++) {
			if (!row_has(row, f))
				continue;
			(void)fprintf(out, " %s=", table->menu->fields[f].name);
			write_value(out, row->value[f]);
		}
		(void)fputc('\n', out);
	}
	if (suspicious)
		(void)fputs("(suspicious)\n", out);
}

/* ---- one file ---- */

/* The words of the capture as the bytes that follow a print of tag 2. */
static struct text capture_bytes(struct text capture, struct text *version)
{
	struct wire_writer writer;
	bool open = false;
	wire_writer_init(&writer, &arena);
	struct text line, rest = capture;
	for (bool more = true; more;) {
		more = text_cut(rest, '\n', &line, &rest);
		if (line.size == 0 || line.at[0] == '#')
			continue;
		if (text_starts(line, TEXT("version "))) {
			*version = text_from(line, 8);
			continue;
		}
		if (line.at[0] == '!' && open)
			wire_end(&writer);
		wire_word(&writer, unescape(line));
		if (line.at[0] == '!')
			wire_word(&writer, TEXT(".tag=2"));
		open = true;
	}
	wire_end(&writer);
	return wire_bytes(&writer);
}

static void prepare(struct replay *replay, struct text capture)
{
	struct text version = TEXT_NONE;
	struct wire_writer login, told;
	*replay = (struct replay){ .line = { replay_send, replay_receive, replay_alive,
					     replay_close } };
	replay->replies[2] = capture_bytes(capture, &version);
	assert_true(version.size > 0);
	wire_writer_init(&login, &arena);
	wire_word(&login, TEXT("!done"));
	wire_end(&login);
	replay->replies[0] = wire_bytes(&login);
	wire_writer_init(&told, &arena);
	wire_word(&told, TEXT("!re"));
	wire_attribute(&told, TEXT("version"), version);
	wire_word(&told, TEXT(".tag=1"));
	wire_end(&told);
	wire_word(&told, TEXT("!done"));
	wire_word(&told, TEXT(".tag=1"));
	wire_end(&told);
	replay->replies[1] = wire_bytes(&told);
}

/* Where the words end and the rows begin. */
static uint32_t split_at(struct text file)
{
	for (uint32_t i = 0; i + 5 <= file.size; i++)
		if (memcmp(file.at + i, "\n---\n", 5) == 0)
			return i + 1;
	fail_msg("no line \"---\"");
	return 0;
}

static void check_file(const struct menu *menu, const char *path)
{
	struct text file = read_file(path), capture = file;
	struct replay replay;
	struct device *device = NULL;
	struct error error = { 0 };
	struct look look = { .menu = menu };
	capture.size = split_at(file);
	prepare(&replay, capture);
	if (!device_open_line(&device, &replay.line, TEXT("wavu"), secret_of(TEXT("x")), &error) ||
	    !device->verbs->look(device, &look, 1, &arena, &error))
		fail_msg("%s: %s", path, error.text);
	char *found = NULL;
	size_t found_size = 0;
	FILE *out = open_memstream(&found, &found_size);
	assert_non_null(out);
	write_rows(out, &look.table, look.suspicious);
	(void)fclose(out);
	struct text expected = text_from(file, capture.size + 4);
	struct text actual = { found, (uint32_t)found_size };
	if (!text_equal(expected, actual) && getenv("WAVU_UPDATE_GOLDEN")) {
		FILE *update = fopen(path, "wb");
		assert_non_null(update);
		(void)fprintf(update, "%.*s---\n%s", TEXT_ARG(capture), found);
		(void)fclose(update);
	} else if (!text_equal(expected, actual)) {
		fail_msg("%s: these are the rows now:\n%s", path, found);
	}
	device_close(device);
	free(found);
}

/* ---- all of them ---- */

static void folder_of(const struct menu *menu, char *out, size_t size)
{
	(void)snprintf(out, size, "%s", menu->path + 1);
	for (char *at = out; *at; at++)
		if (*at == '/')
			*at = '-';
}

static const char *golden_root(void)
{
	const char *source = getenv("WAVU_SOURCE");
	return text_format(&arena, "%s/tests/golden/menu", source ? source : ".").at;
}

static uint32_t check_folder(const struct menu *menu, const char *folder)
{
	DIR *open = opendir(folder);
	if (!open)
		fail_msg("%s has no captured print: make %s", menu->path, folder);
	uint32_t count = 0;
	const struct dirent *entry;
	while ((entry = readdir(open))) {
		if (!text_ends(text_of(entry->d_name), TEXT(".txt")))
			continue;
		check_file(menu, text_format(&arena, "%s/%s", folder, entry->d_name).at);
		count++;
	}
	(void)closedir(open);
	return count;
}

static void every_menu_has_captured_prints_that_still_hold(void **state)
{
	(void)state;
	for (int i = 0; i < MENU_COUNT; i++) {
		char name[100];
		const struct menu *menu = menu_of((enum menu_id)i);
		folder_of(menu, name, sizeof(name));
		const char *folder = text_format(&arena, "%s/%s", golden_root(), name).at;
		if (check_folder(menu, folder) == 0)
			fail_msg("%s is empty", folder);
	}
}

static void every_folder_is_a_menus(void **state)
{
	(void)state;
	DIR *root = opendir(golden_root());
	assert_non_null(root);
	const struct dirent *entry;
	while ((entry = readdir(root))) {
		bool known = entry->d_name[0] == '.';
		for (int i = 0; i < MENU_COUNT && !known; i++) {
			char name[100];
			folder_of(menu_of((enum menu_id)i), name, sizeof(name));
			known = strcmp(name, entry->d_name) == 0;
		}
		if (!known)
			fail_msg("tests/golden/menu/%s belongs to no menu", entry->d_name);
	}
	(void)closedir(root);
}

int main(void)
{
	arena_open(&arena, 64u << 20);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_menu_has_captured_prints_that_still_hold),
		cmocka_unit_test(every_folder_is_a_menus),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_close(&arena);
	return failed;
}
