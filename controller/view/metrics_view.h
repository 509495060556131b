/*
 * The status document as OpenMetrics text, for Prometheus. Pure; the text lies in the arena. No
 * label names a subscriber.
 */
#pragma once

#include "view/document.h"

/* `status` is a document of view_status. Ends with "# EOF". */
struct text view_metrics(const struct document *status, struct arena *arena);
