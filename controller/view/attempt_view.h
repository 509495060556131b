/*
 * Prompts as documents: product.md `payment request` and `payment attempts`. Reading blocks on
 * disk; the caller frees the documents; nothing is changed.
 */
#pragma once

#include "model/attempt.h"
#include "view/document.h"
#include "view/outlook.h"

/*
 * {"attempt","status","message"}. Not `fresh`: nothing was sent, this one was in the way. `zone`:
 * the tenant's.
 */
struct document *view_attempt(const struct attempt *attempt, bool fresh, const struct zone *zone,
			      struct arena *arena);
/* Newest first over all tenants. */
bool view_attempts(struct document **out, const struct outlook *outlooks, uint32_t count,
		   uint32_t max, struct arena *arena, struct error *error) MUST_CHECK;
