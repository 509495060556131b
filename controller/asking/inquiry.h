/*
 * Questions to payment providers over checked TLS: one access token, line and budget per
 * credential. Blocks for one call at a time per credential, at most about half a minute, and no
 * longer than a second once the process is to end (base/halt.h); any thread. What an answer means
 * is the provider's (provider/provider.h); what may have been carried out is never said twice.
 */
#pragma once

#include "asking/pace.h"
#include "http/request.h"
#include "money/counterpart.h"

struct inquiry;

/* `http` NULL: a client of its own; else a test's, which it closes in the end. */
struct inquiry *inquiry_new(struct http *http);
void inquiry_free(struct inquiry *inquiry); /* NULL is fine */

/*
 * Each only when inquiry_from has come: PACE_PROMPT, PACE_HINT for inquiry_check, PACE_QUESTION for
 * what asks or orders. LATER: nothing was done, neither now nor by a token that was refused.
 */
struct said inquiry_start(struct inquiry *inquiry, struct counterpart *to,
			  const struct prompt *prompt, int64_t now, struct arena *arena);
struct said inquiry_ask(struct inquiry *inquiry, struct counterpart *to, struct text provider_ref,
			int64_t now, struct arena *arena);
struct said inquiry_verify(struct inquiry *inquiry, struct counterpart *to,
			   const struct order *order, struct arena *arena);
/* The payer gets it back. Like a prompt it is said once: LATER, nothing was done; NONE, nobody
 * knows. */
struct said inquiry_reverse(struct inquiry *inquiry, struct counterpart *to,
			    const struct order *order, struct arena *arena);
struct said inquiry_enrol(struct inquiry *inquiry, struct counterpart *to, struct text base_url,
			  struct arena *arena);

/* One page of a provider's own list. */
struct listed_page {
	struct statement_line *lines;
	uint32_t count;
	bool more; /* it goes on at listing.offset + count */
};
/* Where the provider has one (api.list). Within the budget. */
struct said inquiry_list(struct listed_page *out, struct inquiry *inquiry, struct counterpart *to,
			 const struct listing *listing, struct text country, struct arena *arena);
/* YES: it may be read now, or might be before. */
struct said inquiry_list_enrol(struct inquiry *inquiry, struct counterpart *to, struct text phone,
			       struct text callback_url, struct arena *arena);

/*
 * What a provider's `check` asks; outside the budget, for no provider of one publishes a rate.
 * False with a sentence: the key is none. True: *response is what came, if anything; *why is why
 * nothing did.
 */
bool inquiry_check(struct response *response, struct inquiry *inquiry, struct counterpart *to,
		   const struct request *request, struct arena *arena, struct text *why) MUST_CHECK;

/* The monotonic moment from which the next one of that kind is within the budget; 0: at once. */
int64_t inquiry_from(struct inquiry *inquiry, const struct counterpart *to, enum pace_kind kind);
