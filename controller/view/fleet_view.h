/*
 * The state of the fleet as documents: status, drift, history. They read the stores (and block on
 * disk); the caller frees the documents; nothing is changed.
 */
#pragma once

#include "view/document.h"
#include "view/outlook.h"

bool view_status(struct document **out, const struct outlook *outlooks, uint32_t count, int64_t now,
		 struct arena *arena, struct error *error) MUST_CHECK;
/* `differences` counts the rows. */
bool view_drift(struct document **out, uint32_t *differences, const struct outlook *outlooks,
		uint32_t count, struct arena *arena, struct error *error) MUST_CHECK;
/* Newest first over all tenants; router empty: all. */
bool view_history(struct document **out, const struct outlook *outlooks, uint32_t count,
		  struct text router, uint32_t max, struct arena *arena,
		  struct error *error) MUST_CHECK;
