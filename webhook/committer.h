/*
 * Group commit: many threads hand over what arrived, one thread writes whatever is waiting in one
 * durable transaction and lets each go. One per tenant, for each tenant has its own inbox.
 * committer_keep blocks until the disk has answered; any thread. It never judges what it keeps.
 */
#pragma once

#include "base/error.h"
#include "state/inbox.h"
#include "webhook/doorbell.h"

struct committer;

/* Starts the writer's thread. Store and bell stay the caller's and must outlive it. Failure is
 * fatal. */
struct committer *committer_new(struct store *store, const struct doorbell *bell);

/*
 * True: the line is on stable storage and has its id. LIMIT: the disk or the queue is full, nothing
 * was kept, worth another try; STORE: the file cannot be trusted and nothing will be kept any more.
 */
bool committer_keep(struct committer *committer, struct inbox_line *line,
		    struct error *error) MUST_CHECK;

/* The file cannot be trusted: the process should end. */
bool committer_is_broken(struct committer *committer);

/* Writes what is waiting, ends the thread. Nobody may be inside committer_keep for a line not yet
 * handed over. */
void committer_free(struct committer *committer);
