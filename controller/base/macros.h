/*
 * The only compiler extensions the house uses, behind names that say what they promise.
 */
#pragma once

#define MUST_CHECK __attribute__((warn_unused_result))
/* Not "format": the word would be replaced inside the attribute too. */
#define PRINTF_LIKE(string, first) __attribute__((format(printf, string, first)))
#define NONNULL __attribute__((nonnull))
#define COLD __attribute__((cold))

#define ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))
