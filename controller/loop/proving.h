/*
 * The end of every credit, after each job: online as read back from the router, waiting for what,
 * or no access and why. Judges and stores through state/proof.h; needs an open transaction of the
 * seat's store; blocks on disk; any thread. Only the subscribers of payments are looked at.
 *
 * Online means: this job's last look read his row back from the router, it is there and open, it is
 * ours, and nothing is left to be done to it. Whether a session of his was there too is told
 * beside it: who is not dialled in has access all the same.
 */
#pragma once

#include "loop/run.h"

/* By reference; NULL: the plan does not judge him. */
const struct person *proving_person(const struct plan *plan, struct text reference);
/* After a job: `state` is what it learnt of the router; `whole`: what it saw may be believed. */
bool proving_learnt(struct run *run, const struct router_state *state, bool whole, int64_t now,
		    struct error *error) MUST_CHECK;
