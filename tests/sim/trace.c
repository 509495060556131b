/* What happened last, for whoever has to understand a failure. The log of the code under test goes
 * in here too. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "sim/sim.h"

#define TRACE_LINES 50
#define TRACE_SIZE 400

static char lines[TRACE_LINES][TRACE_SIZE];
static uint64_t line_count;

static void keep(const char *what, const char *format, va_list arguments)
{
	char *line = lines[line_count++ % TRACE_LINES];
	int64_t s = (sim.now - sim.began_at) / SECOND_US;
	int used = snprintf(line, TRACE_SIZE, "%6llu %2lldd %02lld:%02lld:%02lld %s",
			    (unsigned long long)sim.step, (long long)(s / 86400),
			    (long long)(s / 3600 % 24), (long long)(s / 60 % 60),
			    (long long)(s % 60), what);

	(void)vsnprintf(line + used, TRACE_SIZE - (size_t)used, format, arguments);
	if (sim.tracing)
		printf("%s\n", line);
}

void trace(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	keep("", format, arguments);
	va_end(arguments);
}

void log_threshold(enum log_level level)
{
	(void)level;
}

void log_line(enum log_level level, const char *what, const char *format, ...)
{
	char head[64];
	va_list arguments;

	(void)snprintf(head, sizeof(head), "  log%c %s ", level >= LOG_WARNING ? '!' : ' ', what);
	va_start(arguments, format);
	keep(head, format, arguments);
	va_end(arguments);
	/* fatal() says why it ends the process in one such line. */
	if (level == LOG_ERROR)
		fail("the code under test: %s", lines[(line_count - 1) % TRACE_LINES]);
}

void fail(const char *format, ...)
{
	uint64_t first = line_count > TRACE_LINES ? line_count - TRACE_LINES : 0;
	va_list arguments;

	for (uint64_t i = first; !sim.tracing && i < line_count; i++)
		printf("%s\n", lines[i % TRACE_LINES]);
	printf("FAILED seed %llu at step %llu: ", (unsigned long long)sim.seed,
	       (unsigned long long)sim.step);
	va_start(arguments, format);
	(void)vprintf(format, arguments);
	va_end(arguments);
	printf("\nagain with: sim --seed %llu --hours %g%s --trace\n", (unsigned long long)sim.seed,
	       sim.days * 24, sim.bug ? " (and the same --bug)" : "");
	(void)fflush(stdout);
	_exit(1);
}
