#include "tidy.h"

#include <ctype.h>
#include <string.h>

#define FUNCTION_LINES_MAX 70

/* `home`: the only place where it may be; "" is nowhere. */
struct ban {
	const char *word;
	const char *instead;
	const char *home;
};

static const struct ban banned_calls[] = {
	{ "strcpy", "text_copy, or memcpy with a checked size", "" },
	{ "stpcpy", "text_copy, or memcpy with a checked size", "" },
	{ "strcat", "text_format", "" },
	{ "sprintf", "snprintf or text_format", "" },
	{ "vsprintf", "vsnprintf", "" },
	{ "gets", "fread with a bound", "" },
	{ "strtok", "text_cut", "" },
	{ "atoi", "text_i64", "" },
	{ "atol", "text_i64", "" },
	{ "atoll", "text_i64", "" },
	{ "atof", "text_cents: money is never floating point", "" },
	{ "strtod", "text_cents: money is never floating point", "" },
	{ "strtof", "text_cents: money is never floating point", "" },
	{ "strtold", "text_cents: money is never floating point", "" },
	{ "alloca", "arena_take", "" },
	{ "system", "fork and exec with an argument list", "" },
	{ "popen", "fork and exec with an argument list", "" },
	{ "time", "clock_now, or a parameter", "controller/base/clock.c" },
	{ "gettimeofday", "clock_now, or a parameter", "controller/base/clock.c" },
	{ "clock_gettime", "clock_now, or a parameter", "controller/base/clock.c" },
	{ "localtime", "zone_civil", "" },
	{ "localtime_r", "zone_civil", "" },
	{ "mktime", "zone_instant", "" },
	{ "usleep", "clock_sleep_ms", "" },
	{ "sleep", "clock_sleep_ms", "" },
	{ "nanosleep", "clock_sleep_ms", "controller/base/clock.c" },
};

/* Outside tests/, where nothing is sold. */
static const struct ban banned_words[] = {
	{ "float", "integers with their unit: cents, bits, microseconds", "tests/" },
	{ "double", "integers with their unit: cents, bits, microseconds", "tests/" },
};

/*
 * Rooms that judge: they get what they need as parameters and an arena (house, floors 1, 3 and 4).
 */
static const char *const pure_folders[] = { "controller/model/", "controller/menu/", "schemas/",
					    "policies/",	 "webhook/provider/",
					    "controller/plan/" };

static const struct ban impure_calls[] = {
	{ "clock_now", "a parameter `now`", "" },
	{ "clock_monotonic", "a parameter", "" },
	{ "fopen", "a parameter with the bytes", "" },
	{ "open", "a parameter with the bytes", "" },
	{ "socket", "a request as data", "" },
	{ "getenv", "a parameter", "" },
	{ "printf", "a document made in view/", "" },
	{ "fprintf", "a document made in view/", "" },
	{ "malloc", "arena_take", "" },
	{ "calloc", "arena_take", "" },
	{ "realloc", "arena_grow", "" },
	{ "random_bytes", "a parameter", "" },
};

static bool is_word(char byte)
{
	return isalnum((unsigned char)byte) || byte == '_';
}

/* The word stands alone and is no member (x.time, x->time). */
static bool stands_alone(const char *code, const char *at, size_t size)
{
	if (at > code && (is_word(at[-1]) || at[-1] == '.'))
		return false;
	if (at > code + 1 && at[-1] == '>' && at[-2] == '-')
		return false;
	return !is_word(at[size]);
}

static void check_bans(const struct source *source, const struct ban *bans, size_t count,
		       bool calls, struct report *report)
{
	for (size_t i = 0; i < count; i++) {
		const struct ban *ban = &bans[i];
		size_t size = strlen(ban->word);
		if (*ban->home && path_starts(source->path, ban->home))
			continue;
		for (const char *at = source->code; (at = strstr(at, ban->word)); at += size) {
			if (!stands_alone(source->code, at, size))
				continue;
			if (calls && at[size + strspn(at + size, " ")] != '(')
				continue;
			finding(report, source->path,
				line_of(source, (size_t)(at - source->code)),
				"%s is banned here: use %s", ban->word, ban->instead);
		}
	}
}

/* One line of code: where it begins and its size without white space at the end. */
struct line {
	const char *at;
	size_t size;
};

static struct line line_read(const char *at)
{
	struct line line = { at, strcspn(at, "\n") };
	while (line.size && isspace((unsigned char)at[line.size - 1]))
		line.size--;
	return line;
}

static bool line_ends(struct line line, const char *ending)
{
	size_t size = strlen(ending);
	return line.size >= size && strncmp(line.at + line.size - size, ending, size) == 0;
}

/* The counters while walking down one file. */
struct walk {
	unsigned number;    /* of the present line */
	/* the line on which the last declaration at the left edge began, or 0 */
	unsigned signature;
	unsigned begin;     /* the signature's line of the function we are in, or 0 */
	unsigned table;     /* lines of tables inside it, which do not count */
	bool in_table;
};

static void walk_outside(const struct source *source, struct walk *walk, struct line line,
			 struct report *report)
{
	bool edge = line.size && !isspace((unsigned char)line.at[0]);
	if (line.size == 1 && line.at[0] == '{') {
		/* Only functions have their brace alone at the left edge. */
		walk->begin = walk->signature ? walk->signature : walk->number;
		walk->table = 0;
		walk->in_table = false;
		return;
	}
	if (edge && is_word(line.at[0]) && line_ends(line, ") {"))
		finding(report, source->path, walk->number,
			"a function's brace has a line of its own");
	if (line.size == 0 || line.at[0] == '#' || line.at[0] == '}')
		walk->signature = 0;
	else if (edge && !walk->signature)
		walk->signature = walk->number;
	if (line_ends(line, ";"))
		walk->signature = 0;
}

static void walk_inside(const struct source *source, struct walk *walk, struct line line,
			struct report *report)
{
	if (line.size && line.at[0] == '}') {
		unsigned size = walk->number - walk->begin + 1 - walk->table;
		if (size > FUNCTION_LINES_MAX)
			finding(report, source->path, walk->begin,
				"a function of %u lines, %u are the most", size,
				FUNCTION_LINES_MAX);
		walk->begin = 0;
		walk->signature = 0;
		return;
	}
	if (walk->in_table) {
		walk->table++;
		walk->in_table = !line_ends(line, "};");
	} else {
		walk->in_table = line_ends(line, "= {");
		walk->table += walk->in_table;
	}
}

static void check_functions(const struct source *source, struct report *report)
{
	struct walk walk = { 0 };
	const char *at = source->code;
	while (*at) {
		struct line line = line_read(at);
		walk.number++;
		if (walk.begin)
			walk_inside(source, &walk, line, report);
		else
			walk_outside(source, &walk, line, report);
		at += strcspn(at, "\n");
		at += *at == '\n';
	}
	if (walk.begin)
		finding(report, source->path, walk.begin,
			"this function has no end at the left edge");
}

void check_code(const struct source *source, struct report *report)
{
	if (!source_is_c(source))
		return;
	check_functions(source, report);
	check_bans(source, banned_calls, COUNT(banned_calls), true, report);
	check_bans(source, banned_words, COUNT(banned_words), false, report);
	for (size_t i = 0; i < COUNT(pure_folders); i++)
		if (path_starts(source->path, pure_folders[i]))
			check_bans(source, impure_calls, COUNT(impure_calls), true, report);
}
