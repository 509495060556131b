/*
 * Golden plans: each folder of tests/golden/plan has in.yaml, script.txt and plan.txt, which is
 * reviewed like code. WAVU_UPDATE=1 writes plan.txt anew. A script is a line per event: now TIME ·
 * later DURATION · commit FILE · paid ACCOUNT FROM UNTIL RECEIPT · paused ACCOUNT password ACCOUNT
 * TEXT · keep ACCOUNT TEXT · unreadable ACCOUNT · hidden · clock SENTENCE · suspicious SENTENCE row
 * MENU NAME=VALUE… · hand MENU KEY NAME=VALUE… · drop MENU KEY · dial NAME UPTIME_S · login USER
 * MAC UPTIME_S plan [REFERENCE] · carry · allow Values are in double quotes where they hold blanks.
 */
#include "lab.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "plan/diff.h"

#define FILE_SIZE_MAX (1 << 20)
#define CASES_MAX 64

struct golden {
	struct lab lab;
	char folder[768];
	char *out;
	size_t used;
	char digest[13];
	const char *approvals[1];
};

static void say(struct golden *golden, struct text text)
{
	assert_true(golden->used + text.size + 1 < FILE_SIZE_MAX);
	memcpy(golden->out + golden->used, text.at, text.size);
	golden->used += text.size;
	golden->out[golden->used] = '\0';
}

/* ---- the plan as text, for this test alone ---- */

static void say_value(struct golden *golden, const struct change *change, uint32_t field)
{
	struct arena *arena = &golden->lab.job;
	const struct field *what = &change->menu->fields[field];
	struct text want = diff_value(change->want, change->menu, field);

	if (what->role == FIELD_SECRET)
		say(golden, text_format(arena, " %s=(secret)", what->name));
	else if (change->have)
		say(golden, text_format(arena, " %s: '%.*s' -> '%.*s'", what->name,
					TEXT_ARG(diff_value(change->have, change->menu, field)),
					TEXT_ARG(want)));
	else if (want.size != 0)
		say(golden, text_format(arena, " %s=%.*s", what->name, TEXT_ARG(want)));
}

static void say_change(struct golden *golden, const struct change *change)
{
	struct arena *arena = &golden->lab.job;
	uint32_t i;

	say(golden,
	    text_format(arena, "%s%s %s %.*s", change->held ? "HELD " : "", verb_word(change->verb),
			change->menu->path, TEXT_ARG(change->key)));
	if (change->place_before.size != 0)
		say(golden, text_format(arena, " before %.*s", TEXT_ARG(change->place_before)));
	for (i = 0; change->want && i < change->menu->field_count; i++)
		if ((change->fields >> i & 1u) && change->menu->fields[i].role != FIELD_KEY)
			say_value(golden, change, i);
	say(golden,
	    text_format(arena, "\n    %s, %s%s%s%s", reason_word(change->reason),
			effect_word(change->effect), change->subscriber.size ? ", " : "",
			change->subscriber.size ? text_copy(arena, change->subscriber).at : "",
			change->report_only ? ", only shown" : ""));
	say(golden, text_format(arena, ": %.*s\n", TEXT_ARG(change->because)));
}

static void say_plan(struct golden *golden)
{
	const struct plan *plan = &golden->lab.plan;
	struct arena *arena = &golden->lab.job;
	struct text now = time_text(arena, golden->lab.intent->tenant.zone, golden->lab.now);
	uint32_t i;

	say(golden,
	    text_format(arena, "== plan at %.*s: %u changes, %u with access, %u questions\n",
			TEXT_ARG(now), plan->count - plan->verbs[VERB_CONFLICT], plan->with_access,
			golden->lab.look_count));
	for (i = 0; i < plan->count; i++)
		say_change(golden, &plan->changes[i]);
	for (i = 0; i < plan->problem_count; i++)
		say(golden, text_format(arena, "problem: %.*s\n", TEXT_ARG(plan->problems[i])));
	if (plan->guarded.waits)
		say(golden, text_format(arena, "guarded: %.*s\n", TEXT_ARG(plan->guarded.why)));
}

/* ---- the script ---- */

/* The next word; quotes around a value are taken off. */
static const char *word(struct golden *golden, struct text *rest)
{
	char *out = arena_take(&golden->lab.arena, (size_t)rest->size + 1);
	uint32_t used = 0, at = 0;
	bool quoted = false;

	while (at < rest->size && rest->at[at] == ' ')
		at++;
	for (; at < rest->size && (quoted || rest->at[at] != ' '); at++) {
		if (rest->at[at] == '"')
			quoted = !quoted;
		else
			out[used++] = rest->at[at];
	}
	*rest = text_from(*rest, at);
	return out;
}

static enum menu_id menu_by_path(const char *path)
{
	uint32_t i;

	for (i = 0; i < MENU_COUNT; i++)
		if (strcmp(menu_of((enum menu_id)i)->path, path) == 0)
			return (enum menu_id)i;
	fail_msg("no menu %s", path);
	return MENU_COUNT;
}

static int64_t moment(struct golden *golden, const char *text)
{
	int64_t at;

	if (!time_parse(text_of(text), golden->lab.intent->tenant.zone, false, &at))
		fail_msg("no time: %s", text);
	return at;
}

static int64_t number(struct golden *golden, struct text *rest)
{
	int64_t value;

	assert_true(text_i64(text_of(word(golden, rest)), &value));
	return value;
}

static void set_fields(struct golden *golden, struct row *row, enum menu_id menu, struct text rest)
{
	struct text name, value;

	while (text_trim(rest).size != 0) {
		const char *pair = word(golden, &rest);
		assert_true(text_cut(text_of(pair), '=', &name, &value));
		row_put(row, menu_of(menu), text_copy(&golden->lab.arena, name).at, value,
			&golden->lab.arena);
	}
}

static struct text file_read(struct golden *golden, const char *name)
{
	char path[1024];
	char *bytes = arena_take(&golden->lab.arena, FILE_SIZE_MAX);
	FILE *file;
	size_t size;

	(void)snprintf(path, sizeof(path), "%s/%s", golden->folder, name);
	file = fopen(path, "rb");
	if (!file)
		return TEXT_NONE;
	size = fread(bytes, 1, FILE_SIZE_MAX - 1, file);
	(void)fclose(file);
	return (struct text){ bytes, (uint32_t)size };
}

static bool play_facts(struct golden *golden, const char *verb, struct text rest)
{
	struct facts *facts;
	bool is_password = strcmp(verb, "password") == 0 || strcmp(verb, "keep") == 0;

	if (strcmp(verb, "paid") != 0 && strcmp(verb, "paused") != 0 && !is_password &&
	    strcmp(verb, "unreadable") != 0)
		return false;
	facts = lab_facts(&golden->lab, word(golden, &rest));
	facts->standing.known = true;
	if (strcmp(verb, "paid") == 0) {
		facts->standing.service_from_at = moment(golden, word(golden, &rest));
		facts->standing.paid_until_at = moment(golden, word(golden, &rest));
		facts->standing.bought_by = text_of(word(golden, &rest));
	} else if (strcmp(verb, "paused") == 0) {
		facts->standing.paused = true;
	} else if (is_password) {
		facts->password = secret_of(text_of(word(golden, &rest)));
		facts->keep_password = strcmp(verb, "keep") == 0;
	} else {
		facts->password = (struct secret){ 0 };
	}
	return true;
}

/* By what plans call it; in a menu without keys by its first field. */
static struct row *find_row(struct golden *golden, enum menu_id menu, const char *key)
{
	struct table *table = &golden->lab.world.tables[menu];
	uint32_t i;

	for (i = 0; i < table->count && table->menu->key_count != 1; i++)
		if (text_is(row_key(&table->rows[i], table->menu, &golden->lab.arena), key))
			return &table->rows[i];
	return lab_find(&golden->lab, menu, menu_of(menu)->fields[0].name, key);
}

static bool play_world(struct golden *golden, const char *verb, struct text rest)
{
	const char *first = word(golden, &rest), *second;
	struct row *row;
	enum menu_id menu;

	if (strcmp(verb, "dial") == 0) {
		lab_dial(&golden->lab, first, number(golden, &rest));
	} else if (strcmp(verb, "login") == 0) {
		second = word(golden, &rest);
		lab_login(&golden->lab, first, second, number(golden, &rest));
	} else if (strcmp(verb, "row") == 0) {
		menu = menu_by_path(first);
		set_fields(golden, lab_row(&golden->lab, menu, ""), menu, rest);
	} else if (strcmp(verb, "hand") == 0 || strcmp(verb, "drop") == 0) {
		menu = menu_by_path(first);
		second = word(golden, &rest);
		row = find_row(golden, menu, second);
		if (!row)
			fail_msg("%s has no row %s %s", golden->folder, first, second);
		if (strcmp(verb, "hand") == 0)
			set_fields(golden, row, menu, rest);
		else
			lab_remove(&golden->lab, menu, row);
	} else {
		return false;
	}
	return true;
}

static void play_plan(struct golden *golden, const char *verb, struct text rest)
{
	const char *only = word(golden, &rest);

	if (strcmp(verb, "plan") == 0) {
		lab_plan(&golden->lab, *only ? only : NULL);
		golden->lab.in.approval_count = 0;
		say_plan(golden);
	} else if (strcmp(verb, "carry") == 0) {
		uint32_t writes = lab_carry_out(&golden->lab);
		say(golden, text_format(&golden->lab.job, "carried out: %u\n", writes));
	} else if (strcmp(verb, "allow") == 0) {
		memcpy(golden->digest, golden->lab.plan.guarded.digest, sizeof(golden->digest));
		golden->approvals[0] = golden->digest;
		golden->lab.in.approvals = golden->approvals;
		golden->lab.in.approval_count = 1;
	} else {
		fail_msg("no such verb: %s", verb);
	}
}

static void play_line(struct golden *golden, struct text line)
{
	const char *verb = word(golden, &line);
	struct period period;

	if (strcmp(verb, "now") == 0) {
		golden->lab.now = moment(golden, word(golden, &line));
	} else if (strcmp(verb, "later") == 0) {
		assert_true(period_parse(text_of(word(golden, &line)), &period));
		golden->lab.now = period_add(golden->lab.intent->tenant.zone, golden->lab.now,
					     period, 0);
	} else if (strcmp(verb, "commit") == 0) {
		lab_commit(&golden->lab, file_read(golden, word(golden, &line)).at);
	} else if (strcmp(verb, "hidden") == 0) {
		golden->lab.all_hidden = true;
	} else if (strcmp(verb, "clock") == 0) {
		golden->lab.in.clock_why = text_trim(line);
	} else if (strcmp(verb, "suspicious") == 0) {
		golden->lab.seen.suspicious = true;
		golden->lab.seen.suspicious_why = text_trim(line);
	} else if (!play_facts(golden, verb, line) && !play_world(golden, verb, line)) {
		play_plan(golden, verb, line);
	}
}

static void case_write(const struct golden *golden)
{
	char path[1024];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/plan.txt", golden->folder);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(golden->out, 1, golden->used, file), golden->used);
	assert_int_equal(fclose(file), 0);
}

static void case_play(const char *root, const char *name)
{
	static struct golden golden;
	struct text line, rest, expected;

	memset(&golden, 0, sizeof(golden));
	assert_true((size_t)snprintf(golden.folder, sizeof(golden.folder), "%s/%s", root, name) <
		    sizeof(golden.folder));
	/* The lab has no arena before it is open: the first file is read into one of its own. */
	arena_open(&golden.lab.arena, 1u << 24);
	rest = file_read(&golden, "in.yaml");
	if (rest.size == 0)
		fail_msg("%s has no in.yaml", golden.folder);
	struct arena first = golden.lab.arena;
	lab_open(&golden.lab, rest.at);
	golden.out = arena_take(&golden.lab.arena, FILE_SIZE_MAX);
	rest = file_read(&golden, "script.txt");
	assert_true(rest.size != 0);
	while (rest.size != 0) {
		(void)text_cut(rest, '\n', &line, &rest);
		line = text_trim(line);
		if (line.size != 0 && line.at[0] != '#')
			play_line(&golden, line);
	}
	if (getenv("WAVU_UPDATE"))
		case_write(&golden);
	expected = file_read(&golden, "plan.txt");
	if (!text_equal(expected, (struct text){ golden.out, (uint32_t)golden.used }))
		fail_msg("%s: the plan is another (WAVU_UPDATE=1 writes it):\n%s", name,
			 golden.out);
	lab_close(&golden.lab);
	arena_close(&first);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void every_golden_plan_is_what_it_was(void **state)
{
	static char names[CASES_MAX][64];
	char root[512];
	const char *source = getenv("WAVU_SOURCE");
	struct dirent *entry;
	uint32_t count = 0, i;
	DIR *folder;

	(void)state;
	if (!source) {
		print_message("WAVU_SOURCE is not set: run it by ctest\n");
		skip();
	}
	(void)snprintf(root, sizeof(root), "%s/tests/golden/plan", source);
	folder = opendir(root);
	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL)
		if (entry->d_name[0] != '.' && !strchr(entry->d_name, '.') && count < CASES_MAX)
			(void)snprintf(names[count++], sizeof(names[0]), "%.63s", entry->d_name);
	(void)closedir(folder);
	assert_true(count > 0);
	qsort(names, count, sizeof(names[0]), compare_names);
	for (i = 0; i < count; i++)
		case_play(root, names[i]);
	print_message("%u golden plans\n", count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_golden_plan_is_what_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
