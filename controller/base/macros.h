/*
 * The only compiler extensions the house uses, behind names that say what they promise.
 */
#pragma once

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(format, first) __attribute__((format(printf, format, first)))
#define NONNULL __attribute__((nonnull))
#define COLD __attribute__((cold))

#define ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))
