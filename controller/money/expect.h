/*
 * Tells the street whose payments are expected and how much, where a channel says `validation:
 * refuse` (state/expected.h). Everybody after a commit and once an hour, else only those whose
 * facts changed. Blocks on disk; one thread at a time. Nothing is published where no channel
 * refuses.
 */
#pragma once

#include "seat/seat.h"

/* What was told about one seat; zeroed at first. */
struct expecter {
	struct intent *intent; /* held: what it was made of; NULL: nothing is published */
	int64_t synced_at;     /* monotonic */
	int64_t freshened_at;  /* monotonic */
	bool knows;            /* it was looked at once */
};

bool expect_step(struct expecter *expecter, struct seat *seat, int64_t now, int64_t monotonic,
		 struct error *error) MUST_CHECK;
void expect_done(struct expecter *expecter); /* legal on a zeroed one */
