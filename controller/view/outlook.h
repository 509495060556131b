/*
 * A reader's look at one tenant: the store read-only and the intent in force, as one moment. Blocks
 * on disk; the opener owns it and closes it; one thread at a time. It never writes and needs no
 * running controller.
 */
#pragma once

#include "intent/intent.h"
#include "model/fleet.h"
#include "settings/settings.h"
#include "state/store.h"

struct outlook {
	const struct settings_tenant *tenant;
	struct store *store;
	struct intent *intent;   /* in force; NULL before the first good commit */
	const struct zone *zone; /* the tenant's, or UTC */
	struct source_state source;
	struct text trouble; /* why there is no intent although there is a commit; else empty */
};

/* `cached`: an intent of an earlier look, used again when the commit is the same; it is released by
 * this call. May be NULL. */
bool outlook_open(struct outlook *out, const struct settings *settings,
		  const struct settings_tenant *tenant, struct intent *cached, struct arena *arena,
		  struct error *error) MUST_CHECK;
void outlook_close(struct outlook *outlook);
