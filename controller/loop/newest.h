/*
 * The newest commit of every tenant, read without changing anything: for commands that look at
 * routers on their own (import, foreign rows, bootstrap). Blocks on git and disk; the opener owns
 * it; one thread. It never writes and needs no running controller.
 */
#pragma once

#include "intent/intent.h"
#include "loop/engine.h"

struct newest_tenant {
	struct seat *seat;
	struct intent *intent; /* never NULL */
	char commit[65];
};

struct newest {
	struct engine *engine;
	struct newest_tenant *tenants;
	uint32_t count;
	struct arena arena; /* owns the texts */
};

/* `tenant` empty: all. INVALID when a newest commit is, with its first mistake. */
bool newest_open(struct newest *out, const struct settings *settings, struct text tenant,
		 struct error *error) MUST_CHECK;
void newest_close(struct newest *newest); /* legal on a zeroed one */

/*
 * The one router of that name; FAILED when there is none, *router is NULL then; INVALID when two
 * tenants have one.
 */
bool newest_router(const struct newest_tenant **tenant, const struct router **router,
		   const struct newest *newest, struct text name, struct error *error) MUST_CHECK;
