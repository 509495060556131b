/*
 * Callbacks that do not count as they are: hints, whose provider is asked over checked TLS whether
 * they are true, and those whose signature did not fit, tried again once a minute in case the
 * channel's key was the fault; its thread also tells the street whom to expect (loop/expect.h).
 * Blocks on disk and on providers. A missing answer is never a failure: the money stays held.
 */
#pragma once

#include "http/request.h"
#include "loop/seat.h"

struct checker;

/* The seats must outlive it. `http` NULL: a client of its own; else a test's, which it closes. */
struct checker *checker_new(struct seat *seats, uint32_t seat_count, struct http *http);
void checker_start(struct checker *checker); /* its own thread, which steps once a second */
void checker_free(struct checker *checker);  /* ends its thread; NULL is fine */

/* Everything of one seat that is due at `now`; *booked: payments that became credited by it. */
bool checker_step(struct checker *checker, struct seat *seat, int64_t now, uint32_t *booked,
		  struct error *error) MUST_CHECK;
/* Tries again what was refused, whatever the time. */
bool checker_retry(struct seat *seat, int64_t now, uint32_t *booked,
		   struct error *error) MUST_CHECK;
