#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"

/* A pipe takes lines up to this size in one piece (PIPE_BUF), so threads do not mix theirs. */
#define LINE_SIZE_MAX 4096

static const char *const level_names[LOG_LEVEL_COUNT] = {
	[LOG_DEBUG] = "debug",
	[LOG_INFO] = "info",
	[LOG_WARNING] = "warning",
	[LOG_ERROR] = "error",
};

static atomic_int threshold = LOG_INFO;

void log_threshold(enum log_level level)
{
	invariant(level < LOG_LEVEL_COUNT);
	atomic_store(&threshold, (int)level);
}

/*
 * Control characters become \n or \xNN: what a router or a payer sent must not start a line of its
 * own or steer the terminal. Stops when the line is full.
 */
static size_t line_append(char *line, size_t used, struct text part)
{
	static const char digits[] = "0123456789abcdef";
	for (uint32_t i = 0; i < part.size; i++) {
		unsigned char byte = (unsigned char)part.at[i];
		if (used + 5 >= LINE_SIZE_MAX)
			break;
		if (byte == '\n') {
			line[used++] = '\\';
			line[used++] = 'n';
		} else if (byte < 0x20 || byte == 0x7f) {
			line[used++] = '\\';
			line[used++] = 'x';
			line[used++] = digits[byte >> 4];
			line[used++] = digits[byte & 15];
		} else {
			line[used++] = (char)byte;
		}
	}
	return used;
}

static void write_all(const char *at, size_t size)
{
	while (size) {
		ssize_t written = write(STDERR_FILENO, at, size);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return; /* Nobody listens: a lost line must not end the work. */
		at += written;
		size -= (size_t)written;
	}
}

void log_line(enum log_level level, const char *what, const char *format, ...)
{
	invariant(level < LOG_LEVEL_COUNT && what && format);
	if ((int)level < atomic_load(&threshold))
		return;
	int errno_before = errno;
	char pairs[LINE_SIZE_MAX];
	va_list arguments;
	va_start(arguments, format);
	int size = vsnprintf(pairs, sizeof(pairs), format, arguments);
	va_end(arguments);
	char line[LINE_SIZE_MAX];
	size_t used = line_append(line, 0, text_of(level_names[level]));
	line[used++] = ' ';
	used = line_append(line, used, text_of(what));
	if (size > 0) {
		if (used + 2 < LINE_SIZE_MAX)
			line[used++] = ' ';
		struct text kept = text_head(text_of(pairs), (uint32_t)(LINE_SIZE_MAX - 2 - used));
		used = line_append(line, used, kept);
	}
	line[used++] = '\n';
	write_all(line, used);
	errno = errno_before;
}
