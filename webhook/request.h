/*
 * What an HTTP request asks for, judged from its path and headers alone: pure, no CivetWeb, no
 * allocation; texts are slices of the input; any thread. It never looks at a token's value.
 */
#pragma once

#include <stdbool.h>

#include "base/text.h"

enum route_kind { ROUTE_NONE, ROUTE_HEALTH, ROUTE_PAY, ROUTE_ATTEMPT, ROUTE_GIT };

/* product.md section 5. */
struct route {
	enum route_kind kind;
	struct text tenant;
	struct text channel; /* PAY, ATTEMPT */
	struct text token;
	struct text callback; /* PAY: "confirmation", "validation", or "" for the bare path */
};

/* The raw path, with or without a query. Escapes are not decoded: no name and no token needs one.
 */
struct route route_of(struct text path);

struct header {
	struct text name;
	struct text value;
};

/* The first header of that name in any case, or the empty text. */
struct text header_find(const struct header *headers, uint32_t count, const char *name);

struct framing {
	int refused; /* 0, or the status: 400, 411 or 413 */
	bool is_chunked;
	uint32_t size; /* bytes of the body, unless chunked */
};

/*
 * How long the body is, refusing whatever two programs could read differently (limits facts c, trap
 * 2): two lengths, a length with chunks, a length that is not plain digits, another coding.
 */
struct framing framing_of(const struct header *headers, uint32_t count);

/* Does the client want this connection again? */
bool keeps_alive(const struct header *headers, uint32_t count, struct text version);

/*
 * Who really sent it: the peer, or when the peer is one of the proxies, the right-most hop of
 * X-Forwarded-For that is not; a hop that is no address ends the walk. Plain form, without port or
 * ::ffff: prefix.
 */
struct text source_of(struct text peer, const struct header *headers, uint32_t count,
		      const struct text *proxies, uint32_t proxy_count);
