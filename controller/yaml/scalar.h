/*
 * What a scalar must look like for each value_type, and the sentence when it does not. Pure; static
 * texts or texts in the shape's arena; any thread. It never repeats what was written where a secret
 * is expected.
 */
#pragma once

#include "yaml/shape.h"

/* An empty text when the scalar fits the key, else the message. */
struct text scalar_flaw(struct shape *shape, const struct key *key, struct text scalar);
