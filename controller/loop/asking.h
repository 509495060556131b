/*
 * Asks providers whether held payments are true: one question at a time and credential, within its
 * budget, again and ever more rarely until somebody answers. Blocks on disk and on the provider;
 * the asker's thread. It never books: the answer comes to the question's own URL
 * (loop/booking_question.h), and none at all is no failure.
 */
#pragma once

#include "loop/inquiry.h"

#include <stdatomic.h>

/* What is due of one seat at `now`, until *stopping. *next_at is moved to what is due first. */
bool asking_step(struct inquiry *inquiry, struct seat *seat, const struct intent *intent,
		 int64_t now, int64_t *next_at, const _Atomic bool *stopping, struct arena *arena,
		 struct error *error) MUST_CHECK;
/* The URLs of what was asked since and may still be answered are open again. */
bool asking_publish(struct seat *seat, int64_t since, int64_t now, struct arena *arena,
		    struct error *error) MUST_CHECK;
