/*
 * What the street said, raw and append-only. Written only by the webhook program; read by the
 * controller from a cursor. Blocks on disk; texts read lie in the arena.
 */
#pragma once

#include "state/store.h"

struct inbox_line {
	int64_t id;          /* grows by one; filled by the store */
	struct text channel; /* the channel's name at that time */
	struct text provider;
	struct text kind; /* "confirmation", … as provider.h says */
	int64_t attempt;  /* whose own URL it came to; 0: the channel's */
	int64_t received_at;
	struct text source; /* the peer, behind the configured proxies */
	struct text headers;
	struct text body;
};

/* Appends all in one durable transaction (one fsync) and fills their ids; all or nothing. WEBHOOK
 * role. LIMIT on a full disk (answered 503; nothing was kept), STORE when the file is broken. */
bool inbox_append(struct store *store, struct inbox_line *lines, uint32_t count,
		  struct error *error) MUST_CHECK;
/* Up to `max` lines after `after_id`, oldest first. */
bool inbox_read(struct inbox_line **out, uint32_t *count, struct store *store, int64_t after_id,
		uint32_t max, struct arena *arena, struct error *error) MUST_CHECK;
bool inbox_line(struct inbox_line *out, struct store *store, int64_t id, struct arena *arena,
		struct error *error) MUST_CHECK;

/* How far the controller has booked: part of TENANT.db, moved in the same transaction as the
 * ledger. */
bool inbox_cursor(int64_t *id, struct store *store, struct error *error) MUST_CHECK;
bool inbox_cursor_move(struct store *store, int64_t id, struct error *error) MUST_CHECK;
