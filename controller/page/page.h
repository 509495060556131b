/*
 * The read-only status page (product.md section 5, "Status listener"): a process of its own that
 * renders view/ as HTML, JSON and metrics. Blocks until told to stop; changes nothing; needs no
 * controller.
 */
#pragma once

#include "base/error.h"
#include "settings/settings.h"

/* True after SIGTERM or SIGINT; false when the listener cannot be opened. */
bool page_run(const struct settings *settings, struct error *error) MUST_CHECK;
