/*
 * The status document, and the figures of payments, as OpenMetrics text for Prometheus. Reads the
 * stores (and blocks on disk); the text lies in the arena. No label names a subscriber.
 */
#pragma once

#include "view/document.h"
#include "view/outlook.h"

/* `status` is a document of view_status over the same outlooks. Ends with "# EOF". */
bool view_metrics(struct text *out, const struct document *status, const struct outlook *outlooks,
		  uint32_t count, int64_t now, struct arena *arena, struct error *error) MUST_CHECK;
