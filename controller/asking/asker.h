/*
 * Whatever wavu asks payment providers by itself: a small pool of threads that visits one channel
 * of one tenant at a time (asking/lane.h), whichever is due (asking/turns.h). A provider that hangs
 * keeps only the channels of that credential waiting. Waking and stopping never block; asker_free
 * and the steps block on disk and on providers. What is asked, and how often, is the steps'.
 */
#pragma once

#include "money/booking.h"
#include "asking/inquiry.h"
#include "model/attempt.h"

struct asker;

/* The seats must outlive it. `http` as in inquiry_new. */
struct asker *asker_new(struct seat *seats, uint32_t seat_count, struct http *http);
void asker_free(struct asker *asker); /* ends its threads; NULL is fine */

/*
 * Its own threads: one that publishes anew the URLs that the street must know and then looks for
 * what is due once a second, and up to ASKERS_MAX that visit.
 */
void asker_start(struct asker *asker);
void asker_wake(struct asker *asker); /* something is due */
/* Nothing is begun any more; what is under way goes on until it has its answer or halt_call. */
void asker_stop(struct asker *asker);
bool asker_is_busy(struct asker *asker); /* is anything under way? */
struct inquiry *asker_inquiry(struct asker *asker);

/*
 * By hand, in the calling thread: every declared channel of a seat, and what else is due at `now`.
 * *next_at: when to come again, 0: nothing is owed.
 */
bool asker_step(struct asker *asker, struct seat *seat, int64_t now, int64_t *next_at,
		struct error *error) MUST_CHECK;
/* One channel; *next_at is moved to what is due first, unless something is before it. */
bool asker_visit(struct asker *asker, struct seat *seat, struct text channel, int64_t now,
		 int64_t *next_at, struct error *error) MUST_CHECK;
/* The URLs of attempts and questions that were sent and may still be answered. */
bool asker_publish(struct seat *seat, int64_t now, struct error *error) MUST_CHECK;

/*
 * What a person wants: empty texts take what is due, the subscriber's own phone, and the first
 * channel that can prompt.
 */
struct wanted_prompt {
	struct text account, amount, phone, channel, actor;
};
/*
 * Makes an attempt (in a transaction of its own), or finds the one that is in the way (*fresh
 * false). INVALID, FAILED or REFUSED with the remedy: no such account, no phone, nothing due, no
 * channel that can prompt.
 */
bool asker_request(bool *fresh, struct attempt *out, struct seat *seat, const struct intent *intent,
		   const struct wanted_prompt *wanted, int64_t now, struct arena *arena,
		   struct error *error) MUST_CHECK;

enum enrolled {
	ENROLLED_NOT, /* *why is why not, or what the provider said */
	ENROLLED,
	ENROLLED_ELSEWHERE, /* that provider takes URLs in its own portal only; *why says so */
	ENROLLED_COUNT
};

/* The callback URLs of a channel, less their last part. False with *why: nobody can reach them. */
bool asker_own_url(struct text *base, struct text *why, const struct seat *seat,
		   const struct channel *channel, struct arena *arena) MUST_CHECK;
/* Makes a channel's callback URLs known to its provider. Nothing is stored. */
enum enrolled asker_enrol(struct text *why, struct asker *asker, const struct seat *seat,
			  const struct intent *intent, const struct channel *channel,
			  struct arena *arena);
