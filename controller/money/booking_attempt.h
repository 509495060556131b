/*
 * How the money of a prompt is booked: the result on the attempt's own URL, the provider's answer
 * to our question, and a confirmation of the same money. As in booking.h, every function needs an
 * open transaction of the seat's store and changes nothing outside it. It never credits more than
 * was pinned when the attempt was made.
 */
#pragma once

#include "money/booking.h"
#include "model/attempt.h"
#include "provider/provider.h"

/* What a soft failure is given before it is asked about once more. */
#define RESULT_SOFT_US (INT64_C(60) * 1000000)

/* A line of the inbox that came to the URL of one attempt. */
bool booking_result(struct booked *out, struct seat *seat, const struct intent *intent,
		    const struct inbox_line *line, int64_t now, struct arena *arena,
		    struct error *error) MUST_CHECK;
/* wavu asked, and the provider says that this prompt was paid. `attempt` as read in this
 * transaction, with its changes written; `said` has a receipt where the provider names it. */
bool booking_answered(struct booked *out, struct seat *seat, const struct intent *intent,
		      struct attempt *attempt, const struct said *said, int64_t now,
		      struct arena *arena, struct error *error) MUST_CHECK;
/*
 * Whose prompt a proven notice on the channel's URL pays: the one that it names; else, for
 * `is_news` that names no account, the open one to this payer's phone, for that amount and at that
 * time.
 */
bool booking_prompt_of(bool *found, struct attempt *out, struct seat *seat,
		       const struct notice *notice, const struct payment *payment, bool is_news,
		       struct arena *arena, struct error *error) MUST_CHECK;
/* Books it as the money of that prompt, once, whoever else said it. `out->payment` holds the
 * notice's words. */
bool booking_noticed(struct booked *out, struct seat *seat, const struct intent *intent,
		     struct attempt *attempt, const struct notice *notice, int64_t now,
		     struct arena *arena, struct error *error) MUST_CHECK;
/*
 * Before it is given up: was it paid by a confirmation that names no attempt? Nothing is credited.
 */
bool booking_found(bool *found, struct seat *seat, struct attempt *attempt, int64_t now,
		   struct arena *arena, struct error *error) MUST_CHECK;
/* Is what is said here the receipt of a prompt that was credited without one? To be asked of what
 * is proven alone: whoever may say so may take the money that prompt brought for another's. */
bool booking_merge_find(bool *found, struct attempt *out, struct seat *seat,
			const struct inbox_line *line, const struct notice *notice,
			struct arena *arena, struct error *error) MUST_CHECK;
/* It is: the prompt's payment goes by that receipt, which nothing else has. */
bool booking_merge(bool *merged, struct seat *seat, const struct attempt *attempt,
		   struct text receipt, int64_t now, struct arena *arena,
		   struct error *error) MUST_CHECK;
