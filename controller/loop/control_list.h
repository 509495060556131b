/*
 * The control socket's requests about a provider's own list: read it now, and a statement that
 * covers what could not be read of it. Blocks on disk, and until the lane has asked the provider;
 * threads as control.h.
 */
#pragma once

#include "loop/control.h"

/* How long "list" waits for what it asked for: budgets of a credential are a minute at most. */
#define LIST_WAIT_US (INT64_C(90) * 1000000)

/* Reads the newest payments of every list of a seat and waits for it. *why: what it could not. */
bool control_list_now(struct text *why, struct engine *engine, struct seat *seat,
		      const struct intent *intent, struct arena *arena,
		      struct error *error) MUST_CHECK;
/* A statement was taken: arguments SHORTCODE FROM TO. False in *done: these are none. */
bool control_list_covered(bool *done, struct seat *seat, const struct control_request *request,
			  struct error *error) MUST_CHECK;
