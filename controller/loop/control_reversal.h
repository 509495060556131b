/*
 * The control socket's request "refund" where the money goes back through its provider: makes the
 * order, has it sent, and waits some seconds for what comes of it. Blocks on disk and on the
 * provider; threads as control.h. It books nothing itself (money/booking_reversal.h).
 */
#pragma once

#include "loop/control.h"
#include "view/document.h"

/* The third argument of "refund"; without one, the money was given back by hand. */
#define REFUND_SEND "send"   /* through its provider */
#define REFUND_AGAIN "again" /* although nobody knows what became of the former order */

/* *out: shape "message", freed by the caller, with its exit code. False: the store failed. */
bool control_reversal(struct document **out, int *exit_code, struct engine *engine,
		      struct seat *seat, const struct intent *intent,
		      const struct control_request *request, struct arena *arena,
		      struct error *error) MUST_CHECK;
