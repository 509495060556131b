/*
 * JSON Schema (draft-07) of a kind, made from the tables that validation uses, for editors and for
 * `wavu schema`. The text lies in the arena given; pure; any thread. It says less than `validate`:
 * what crosses documents, and what a pattern cannot say, is left to that.
 */
#pragma once

#include "base/arena.h"
#include "base/text.h"
#include "schemas/kind.h"

/* Ends with a line end. */
struct text schema_print(struct arena *arena, const struct kind *kind);

/* "DunningPolicy" -> "dunning-policy.schema.json", the file it is checked in as. */
struct text schema_file_name(struct arena *arena, const struct kind *kind);
