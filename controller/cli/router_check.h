/*
 * Inside of `wavu router check` only: the list of what was looked at, and the deeper half of it,
 * which judges what was seen. Belongs to the one call; one thread; it changes nothing.
 */
#pragma once

#include "cli/call.h"
#include "cli/sight.h"
#include "view/message_view.h"

#define CHECKS_MAX 128u

struct checking {
	struct call *call;
	const struct outlook *outlook;
	const struct router *router;
	struct device *device;
	struct sight sight;
	struct check checks[CHECKS_MAX];
	uint32_t count;
};

/* What must be right for wavu to work here. */
void check_must(struct checking *checking, struct text what, bool ok, struct text remedy);
/* What should be right, but does not stop wavu. */
void check_should(struct checking *checking, struct text what, bool ok, struct text remedy);

/* Clock, device-mode, RADIUS, profiles, fasttrack, walls: of an open device. */
void router_advice(struct checking *checking);
