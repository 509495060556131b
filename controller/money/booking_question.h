/*
 * Is a held payment true? The question that goes with it, and what the provider's result, on the
 * question's own URL, does to it. As in booking.h, every function needs an open transaction of the
 * seat's store and changes nothing outside it. It credits only what was held, once.
 */
#pragma once

#include "money/booking.h"
#include "model/question.h"

/* The payment was just held because nobody was asked: asks about the receipt that it names, when
 * its provider can be asked. */
bool booking_question_start(struct seat *seat, const struct payment *held, struct text receipt,
			    int64_t now, struct arena *arena, struct error *error) MUST_CHECK;
/* Does the payment still wait for an answer? */
bool booking_question_waits(bool *waits, struct seat *seat, const struct question *question,
			    struct arena *arena, struct error *error) MUST_CHECK;
/* Writes the question, and why its payment is still held (empty: that is as it was). */
bool booking_question_write(struct seat *seat, const struct question *question, struct text why,
			    int64_t now, struct arena *arena, struct error *error) MUST_CHECK;
/* A line of the inbox that came to the URL of one question. */
bool booking_question_result(struct booked *out, struct seat *seat, const struct intent *intent,
			     const struct inbox_line *line, int64_t now, struct arena *arena,
			     struct error *error) MUST_CHECK;
