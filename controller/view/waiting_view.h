/*
 * Credits that wait for a router, oldest first. Reads the stores (and blocks on disk); the caller
 * frees the document; nothing is changed.
 */
#pragma once

#include "view/document.h"
#include "view/outlook.h"

/* At most `max` of each tenant. */
bool view_waiting(struct document **out, const struct outlook *outlooks, uint32_t count,
		  uint32_t max, int64_t now, struct arena *arena, struct error *error) MUST_CHECK;
