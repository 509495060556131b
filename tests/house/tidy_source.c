#include "tidy.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void finding(struct report *report, const char *path, unsigned line, const char *format, ...)
{
	(void)fprintf(report->out, "%s:%u: ", path, line);
	va_list arguments;
	va_start(arguments, format);
	(void)vfprintf(report->out, format, arguments);
	va_end(arguments);
	(void)fputc('\n', report->out);
	report->count++;
}

static char *copy_of(const char *text)
{
	char *copy = strdup(text);
	if (!copy)
		abort();
	return copy;
}

static void blank(char *at)
{
	if (*at != '\n')
		*at = ' ';
}

/* From the opening quote to the closing one, which both stay; what is inside becomes blanks. */
static char *blank_literal(char *at)
{
	char quote = *at++;
	while (*at && *at != quote && *at != '\n') {
		if (at[0] == '\\' && at[1])
			blank(at++);
		blank(at++);
	}
	return *at ? at + 1 : at;
}

static char *blank_comment(char *at)
{
	bool line = at[1] == '/';
	blank(at++);
	blank(at++);
	while (*at) {
		if (line ? *at == '\n' : at[0] == '*' && at[1] == '/')
			break;
		blank(at++);
	}
	if (!line && *at) {
		blank(at++);
		blank(at++);
	}
	return at;
}

void source_make(struct source *source, const char *path, const char *text)
{
	*source = (struct source){ .path = copy_of(path), .text = copy_of(text) };
	source->code = copy_of(text);
	source->size = strlen(text);
	char *at = source->code;
	while (*at) {
		if (at[0] == '/' && (at[1] == '*' || at[1] == '/'))
			at = blank_comment(at);
		else if (*at == '"' || *at == '\'')
			at = blank_literal(at);
		else
			at++;
	}
}

void source_drop(struct source *source)
{
	free(source->path);
	free(source->text);
	free(source->code);
}

bool path_ends(const char *path, const char *ending)
{
	size_t size = strlen(path), ending_size = strlen(ending);
	return size >= ending_size && strcmp(path + size - ending_size, ending) == 0;
}

bool path_starts(const char *path, const char *start)
{
	return strncmp(path, start, strlen(start)) == 0;
}

bool source_is_c(const struct source *source)
{
	return path_ends(source->path, ".c") || path_ends(source->path, ".h");
}

unsigned line_of(const struct source *source, size_t at)
{
	unsigned line = 1;
	for (size_t i = 0; i < at; i++)
		line += source->text[i] == '\n';
	return line;
}

/* A directive is found in the code, where comments are blank; its name is read from the text. */
void includes_each(const struct source *source, void (*each)(const struct include *, void *),
		   void *context)
{
	struct include include = { .source = source, .line = 0 };
	const char *line = source->code;
	while (line) {
		include.line++;
		const char *next = strchr(line, '\n');
		const char *at = line + strspn(line, " \t");
		if (*at == '#' && strncmp(at + 1 + strspn(at + 1, " \t"), "include", 7) == 0) {
			const char *open = source->text + (at - source->code);
			open += strcspn(open, "<\"\n");
			size_t size = *open == '\n' || !*open ? 0 : strcspn(open + 1, ">\"\n");
			if (size && size < sizeof(include.name)) {
				include.system = *open == '<';
				memcpy(include.name, open + 1, size);
				include.name[size] = '\0';
				each(&include, context);
			}
		}
		line = next ? next + 1 : NULL;
	}
}
