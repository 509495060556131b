/*
 * A provider's own list beside the ledger: how far it was read, what could not be read, and every
 * difference by receipt, to the cent, day by day. Reads the store (blocks on disk); the caller
 * frees the document; nothing is changed and nobody is asked.
 */
#pragma once

#include "base/clock.h"
#include "model/pull.h"
#include "view/document.h"
#include "view/outlook.h"
#include "view/shape.h"

/* How far back a look goes that nobody told since when. */
#define LIST_LOOK_US (31 * DAY_US)
/* A payment may come to the list so much later than to us before it is missed there. */
#define LIST_LATE_US HOUR_US
/*
 * From when on, and up to when, payments must be in a list. Its times are whole seconds, so that
 * what was paid just after it began may seem to be from before.
 */
void list_span(int64_t *from_at, int64_t *to_at, const struct pull *pull, int64_t since_at);

/*
 * Every list of a tenant and the ledger since then. *same: no difference, and nothing that could
 * not be read.
 */
bool view_list(struct document **out, bool *same, const struct outlook *outlook, int64_t since_at,
	       int64_t now, struct arena *arena, struct error *error) MUST_CHECK;
void list_text(const json_t *data, struct output *output);

/* Adds `lists` to a tenant of status: one for each short code whose list is read. */
bool list_status(json_t *tenant, const struct outlook *outlook, int64_t now, struct arena *arena,
		 struct error *error) MUST_CHECK;
/* What of them a person must read; at most LIST_ALARMS_MAX. */
#define LIST_ALARMS_MAX 8
uint32_t list_alarms(const json_t *tenant, struct text *alarms, struct arena *arena);
/* The same as metrics. */
bool put_list_metrics(struct output *output, const struct outlook *outlooks, uint32_t count,
		      int64_t now, struct error *error) MUST_CHECK;
