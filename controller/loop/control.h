/*
 * The changing commands: through the control socket STATE/control.sock when a controller runs, else
 * by whoever takes its lease. One request is one list of texts, one answer an exit code, a message
 * and a JSON document. control_call and control_do block; answers lie in the arena given. Peers:
 * the same user or root, nobody else (0600 and SO_PEERCRED).
 */
#pragma once

#include "loop/engine.h"

#define CONTROL_ARGUMENTS_MAX 4096

/*
 * command     arguments
 * "apply"     ROUTER (empty: all), DIGEST…
 * "assign"    RECEIPT, ACCOUNT
 * "covered"   SHORTCODE, FROM, TO (microseconds): a statement has what no list could say
 * "list"      none: the provider's own lists are read now
 * "pause"     ROUTER, UNTIL (a time or a duration, as typed), REASON
 * "record"    ACCOUNT, AMOUNT, REASON, HELD (a receipt that is settled by it; may be left out)
 * "refund"    RECEIPT, REASON, HOW (loop/control_reversal.h; empty: by hand)
 * "register"  none
 * "request"   ACCOUNT, AMOUNT (empty: what is due), PHONE (empty: the subscriber's), CHANNEL
 * "resume"    ROUTER
 * "statement" PROVIDER, SHORTCODE, and six texts a line (loop/control_statement.h)
 * "subscriber-pause", "subscriber-resume"  ACCOUNT, REASON
 */
struct control_request {
	struct text command;
	/* empty: the only one, or the only one that has such a router, account or receipt */
	struct text tenant;
	struct text actor; /* filled in by the receiver from the peer's credentials */
	const struct text *arguments;
	uint32_t argument_count;
};

struct control_answer {
	int exit_code;       /* product.md section 4 */
	struct text message; /* for people; empty when the document says all */
	struct text shape;   /* of view/document.h: "apply", "message" */
	struct text json;    /* document_parse(shape, json) shows it */
};

/*
 * Asks the running controller. True: it answered. False with *absent: none runs, nothing was done;
 * the caller opens an engine with ENGINE_ONCE and calls control_do. False otherwise: `error`.
 */
bool control_call(struct control_answer *out, bool *absent, struct text state_folder,
		  const struct control_request *request, struct arena *arena,
		  struct error *error) MUST_CHECK;

/* The same request carried out here. False when a store failed. */
bool control_do(struct control_answer *out, struct engine *engine,
		const struct control_request *request, struct arena *arena,
		struct error *error) MUST_CHECK;

/* The name of the user that runs this process, for `actor`. */
struct text control_actor(uint32_t uid, struct arena *arena);

/* The server's side, used by the engine: a thread that accepts, and one per request. */
struct control;
bool control_open(struct control **out, struct engine *engine, struct error *error) MUST_CHECK;
void control_close(struct control *control); /* waits for the requests in hand; NULL is fine */
