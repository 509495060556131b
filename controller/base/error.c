#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"

/* One row per code, in the order of the enum; product.md section 4 gives the exit codes. */
static const struct disposition dispositions[ERROR_COUNT] = {
	[ERROR_NONE] = { "none", NULL, 0, 0, false, 0 },
	[ERROR_INVALID] = { "invalid", "Ready", 400, 4, false, 0 },
	[ERROR_REFUSED] = { "refused", "InSync", 0, 1, true, 900 },
	[ERROR_DENIED] = { "denied", "Reachable", 404, 1, true, 300 },
	[ERROR_UNREACHABLE] = { "unreachable", "Reachable", 0, 1, true, 300 },
	/* Looking again is the only way to learn what happened, so it does not wait. */
	[ERROR_UNKNOWN] = { "unknown", "InSync", 0, 1, true, 1 },
	[ERROR_CONFLICT] = { "conflict", "Contested", 409, 1, true, 900 },
	[ERROR_GUARDED] = { "guarded", "Guarded", 0, 3, false, 0 },
	[ERROR_LIMIT] = { "limit", "Ready", 413, 1, false, 0 },
	/* Whoever meets it stops: going on would write on top of what cannot be trusted. */
	[ERROR_STORE] = { "store", NULL, 503, 1, false, 0 },
	[ERROR_FAILED] = { "failed", NULL, 500, 1, true, 300 },
};

/*
 * Copies a finished sentence, cut at a character: half a character would spoil the JSON it ends in.
 */
static void text_keep(struct error *error, const char *sentence)
{
	struct text kept = text_head(text_of(sentence), sizeof(error->text) - 1);
	memcpy(error->text, kept.at, kept.size);
	error->text[kept.size] = '\0';
}

bool error_set(struct error *error, enum error_code code, const char *format, ...)
{
	invariant(error && code > ERROR_NONE && code < ERROR_COUNT);
	/* Apart, because an argument may be the old text of this very error. */
	char sentence[2 * ERROR_TEXT_SIZE];
	va_list arguments;
	va_start(arguments, format);
	int size = vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	invariant(size >= 0);
	memset(error, 0, sizeof(*error));
	error->code = code;
	text_keep(error, sentence);
	return false;
}

bool error_at(struct error *error, const char *format, ...)
{
	invariant(error && error->code != ERROR_NONE);
	char context[2 * ERROR_TEXT_SIZE];
	va_list arguments;
	va_start(arguments, format);
	int size = vsnprintf(context, sizeof(context), format, arguments);
	va_end(arguments);
	invariant(size >= 0);
	char sentence[2 * ERROR_TEXT_SIZE + 2];
	struct text kept = text_head(text_of(context), ERROR_TEXT_SIZE - 1);
	(void)snprintf(sentence, sizeof(sentence), "%.*s: %s", TEXT_ARG(kept), error->text);
	text_keep(error, sentence);
	return false;
}

const struct disposition *error_disposition(enum error_code code)
{
	/* Compared as unsigned, for the value may come from a stored row. */
	if ((unsigned)code >= ERROR_COUNT)
		code = ERROR_FAILED;
	return &dispositions[code];
}

_Noreturn void fatal(const char *format, ...)
{
	char sentence[2 * ERROR_TEXT_SIZE];
	va_list arguments;
	va_start(arguments, format);
	(void)vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	log_line(LOG_ERROR, "fatal", "%s", sentence);
	abort();
}
