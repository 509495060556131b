/*
 * A line of bytes with deadlines: TCP or TLS through libcurl (CONNECT_ONLY), or a test's pipe.
 * Owned by one device, one thread at a time; blocks no longer than told; it knows nothing of
 * sentences.
 */
#pragma once

#include "base/error.h"
#include "base/text.h"
#include "model/router.h"

struct line {
	/* Sends all of it, or fails. UNREACHABLE when the peer is gone or time is up. */
	bool (*send)(struct line *line, struct text bytes, uint32_t timeout_ms,
		     struct error *error);
	/* At least one byte, at most size; false with UNREACHABLE on end, reset or time. With a
	 * timeout of 0: what is there now; true with *got 0 when nothing is. */
	bool (*receive)(struct line *line, char *out, uint32_t size, uint32_t *got,
			uint32_t timeout_ms, struct error *error);
	bool (*alive)(struct line *line);
	void (*close)(struct line *line); /* frees it */
	/* To wait for many lines at once, after receive has found nothing more: TLS may hold bytes
	 * that the descriptor does not show. NULL: there is none. */
	int (*descriptor)(const struct line *line);
};

/* Connects to the router's address with its transport's TLS rules (CA or pinned fingerprint;
 * anonymous only when asked). */
bool line_connect(struct line **out, const struct router *router, struct text ca_pem,
		  struct error *error) MUST_CHECK;
/*
 * What would be unsafe is refused before a packet is sent: INVALID, or DENIED for a CA that cannot
 * be read.
 */
bool line_check_tls(const struct router *router, struct text ca_pem,
		    struct error *error) MUST_CHECK;
