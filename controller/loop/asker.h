/*
 * What wavu starts with payment providers by itself: sends the prompts that were asked for, asks
 * what became of those nobody reported, gives up after two hours; then whether held payments are
 * true (loop/asking.h). Blocks on disk and on the provider; one thread steps at a time, any may
 * wake it. What may have moved money is never sent again; a missing answer is never a failure.
 */
#pragma once

#include "loop/booking.h"
#include "loop/inquiry.h"
#include "model/attempt.h"

struct asker;

/* The seats must outlive it. `http` as in inquiry_new. */
struct asker *asker_new(struct seat *seats, uint32_t seat_count, struct http *http);
void asker_free(struct asker *asker); /* ends its thread; NULL is fine */

/* Its own thread, which publishes anew the URLs that the street must know, then steps. */
void asker_start(struct asker *asker);
void asker_wake(struct asker *asker); /* something is due */
struct inquiry *asker_inquiry(struct asker *asker);

/* Everything of one seat that is due at `now`. *next_at: when to come again, 0: nothing is owed. */
bool asker_step(struct asker *asker, struct seat *seat, int64_t now, int64_t *next_at,
		struct error *error) MUST_CHECK;
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

/* Makes a channel's callback URLs known to its provider. Nothing is stored. */
enum enrolled asker_enrol(struct text *why, struct asker *asker, const struct seat *seat,
			  const struct intent *intent, const struct channel *channel,
			  struct arena *arena);
