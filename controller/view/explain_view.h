/*
 * `wavu explain`: the chain from cause to router row, for an account, alias, phone, username,
 * receipt or router. Reads the store (and blocks on disk); the caller frees the document; nothing
 * is changed.
 */
#pragma once

#include "view/document.h"
#include "view/outlook.h"

/* *found false when no tenant knows such a thing (then *out is NULL). */
bool view_explain(struct document **out, bool *found, const struct outlook *outlooks,
		  uint32_t count, struct text thing, int64_t now, struct arena *arena,
		  struct error *error) MUST_CHECK;
