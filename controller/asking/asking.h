/*
 * Asks providers whether held payments are true: one question at a time and credential, within its
 * budget, again and ever more rarely until somebody answers. Blocks on disk and on the provider;
 * a step of the asker. It never books: the answer comes to the question's own URL
 * (money/booking_question.h), and none at all is no failure.
 */
#pragma once

#include "asking/lane.h"

lane_step asking_step;
/* The URLs of what was asked since and may still be answered are open again. */
bool asking_publish(struct seat *seat, int64_t since, int64_t now, struct arena *arena,
		    struct error *error) MUST_CHECK;
