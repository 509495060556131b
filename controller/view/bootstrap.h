/*
 * `wavu router bootstrap`: the RouterOS script that prepares a factory-fresh router for wavu, and
 * the host's side of a tunnel. Pure; texts in the arena given; any thread. No secret is ever in it:
 * the script refuses to run until a person has written them in.
 */
#pragma once

#include "model/router.h"
#include "view/document.h"

struct bootstrap_input {
	struct text tenant;
	const struct router *router;
	uint32_t version;       /* VERSION() */
	struct text controller; /* the address wavu comes from; empty: any */
	/* host or host:port of the controller's machine; empty: no tunnel */
	struct text tunnel;
	struct text tunnel_key; /* its WireGuard key; empty: written in by a person */
	struct text interface;  /* where subscribers are; empty: bridge */
	struct text zone_name;  /* "Africa/Nairobi"; empty: left alone */
	bool leased;            /* `lease: on`: its own clock and scheduler will end access */
};

struct bootstrap {
	struct text script;
	struct text host; /* what is to be done on the controller's machine; or empty */
};

void bootstrap_make(struct bootstrap *out, const struct bootstrap_input *in, struct arena *arena);
struct document *view_bootstrap(const struct bootstrap *bootstrap, struct text router);
