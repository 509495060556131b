/*
 * A secret as a type of its own: it is never printed (no conversion to text but secret_reveal,
 * which reviewers grep for), never logged, and compared in constant time. The holder owns the bytes
 * (usually an arena).
 */
#pragma once

#include <stdbool.h>

#include "base/digest.h"
#include "base/text.h"

struct secret {
	struct text hidden;
	/* false: it could not be read; the router or channel that needs it says so in status */
	bool readable;
};

static inline struct secret secret_of(struct text text)
{
	return (struct secret){ text, true };
}

static inline struct text secret_reveal(struct secret secret)
{
	return secret.hidden;
}

static inline bool secret_equal(struct secret a, struct text b)
{
	return a.readable && text_equal_constant_time(a.hidden, b);
}
