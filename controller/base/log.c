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
#define PHONE_DIGITS_MIN 9
#define PHONE_DIGITS_MAX 13 /* those of E.164 have up to 15: longer ones are moments and sizes */
#define PHONE_HEAD 4        /* digits that stay */
#define PHONE_TAIL 2

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

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_word(char byte)
{
	return is_digit(byte) || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
	       byte == '.' || byte == '-' || byte == '_';
}

/*
 * From a digit on: how many bytes could be somebody's number, 0: none. National ones begin with 0,
 * and people set their digits off; without a 0 only as many digits as one with a country has.
 */
static size_t phone_size(const char *at, size_t left)
{
	bool is_national = left > 1 && at[0] == '0' && at[1] != '0';
	size_t digits = 0, size = 0;
	while (size < left) {
		bool is_gap = (at[size] == ' ' || at[size] == '-') && is_national &&
			      digits < PHONE_DIGITS_MIN && size + 1 < left &&
			      is_digit(at[size + 1]);
		if (!is_digit(at[size]) && !is_gap)
			break;
		digits += !is_gap;
		size++;
	}
	if (size < left && is_word(at[size]) && at[size] != '.' && at[size] != '-')
		return 0;
	if (is_national)
		return digits >= PHONE_DIGITS_MIN && digits <= PHONE_DIGITS_MAX ? size : 0;
	return at[0] != '0' && digits > PHONE_DIGITS_MIN + 1 && digits <= PHONE_DIGITS_MAX ? size
											  : 0;
}

/* What a payer typed, or a provider says, may be a number: 0712345678 is logged as 0712****78. */
static void phones_mask(char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		size_t phone, seen = 0, digits = 0;
		if (!is_digit(text[i]) || (i > 0 && is_word(text[i - 1])))
			continue;
		phone = phone_size(text + i, size - i);
		for (size_t k = 0; k < phone; k++)
			digits += is_digit(text[i + k]);
		for (size_t k = 0; k < phone; k++) {
			if (!is_digit(text[i + k]))
				continue;
			if (seen >= PHONE_HEAD && seen + PHONE_TAIL < digits)
				text[i + k] = '*';
			seen++;
		}
		i += phone;
	}
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
	if (size > 0)
		phones_mask(pairs, text_of(pairs).size);
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
