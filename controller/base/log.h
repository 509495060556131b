/*
 * One line per event on stderr: `level what key=value …`. Values are quoted when needed and cut;
 * what looks like a phone number is masked; secrets cannot be passed, for a struct secret has no
 * conversion. May block on stderr; any thread.
 */
#pragma once

#include "base/macros.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR, LOG_LEVEL_COUNT };

void log_threshold(enum log_level level); /* default LOG_INFO; lines below it vanish */
/*
 * what: a short event word ("router-unreachable"); format: key=value pairs, values with spaces in
 * quotes.
 */
void log_line(enum log_level level, const char *what, const char *format, ...) PRINTF_LIKE(3, 4);
