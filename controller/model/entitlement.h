/*
 * The answer of the policies: what one subscriber may have now, until when, and why. A value; the
 * texts are static or in the judge's arena.
 */
#pragma once

#include "model/common.h"
#include "model/package.h"

/* The order is that of product.md's table "What a state is on the router". */
enum state {
	STATE_NEW,
	STATE_ACTIVE,
	STATE_GRACE,
	STATE_THROTTLED,
	STATE_SUSPENDED,
	STATE_EXPIRED,
	STATE_PAUSED,
	STATE_TERMINATED,
	STATE_COUNT
};

struct entitlement {
	enum state state;
	int64_t since_at;         /* when this state began by the facts; 0: unknown */
	int64_t until_at;         /* the next moment time alone may change it; INT64_MAX: never */
	struct speed speed;       /* THROTTLED: the step's; else the package's */
	enum suspend_how how;     /* SUSPENDED, EXPIRED */
	struct text address_list; /* SUSPENDED, EXPIRED under WALLED */
	struct text
	    because; /* "paid until 2026-12-05 by QGH7XXXX", a phrase for explain and events */
};

/* "new" "active" …: the words of product.md. */
const char *state_word(enum state state);
/* May this state be online at all (walled counts as shut: no internet)? */
bool state_is_open(enum state state);
