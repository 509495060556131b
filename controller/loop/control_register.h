/*
 * The control socket's request "register": the callback URLs of every channel are made known to its
 * provider, and the right to its list is asked for. Blocks on providers and on disk; threads as
 * control.h. What providers say is told, never stored.
 */
#pragma once

#include "loop/control.h"

/* Of the channel that the request names, or of all. *well: all that wavu can register is; *words:
 * one line for each. */
bool control_register(bool *well, struct text *words, struct engine *engine,
		      const struct control_request *request, struct arena *arena,
		      struct error *error) MUST_CHECK;
