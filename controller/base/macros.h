/*
 * The only compiler extensions the house uses, behind names that say what they promise.
 */
#pragma once

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(form, first) __attribute__((format(printf, form, first)))
#define NONNULL __attribute__((nonnull))
#define COLD __attribute__((cold))

#define ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))
