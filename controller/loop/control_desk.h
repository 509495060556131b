/*
 * What each changing command works with: the request, the tenant it means, and its answer. For the
 * control_*.c alone. What is said and shown lies in the desk's arena; finding a tenant blocks on
 * disk; threads as control.h. False is a failure of the store alone: all else is an answer.
 */
#pragma once

#include "loop/control.h"
#include "view/document.h"

#define EXIT_USAGE 64

struct desk {
	struct control_answer *out;
	struct engine *engine;
	const struct control_request *request;
	struct arena *arena;
};

/* ---- what it answers ------------------------------------------------------------------------- */

/* Empty: there is none. */
struct text desk_argument(const struct desk *desk, uint32_t index);
/* Always true, so that a command may end with it. The document stays the caller's. */
bool desk_show(struct desk *desk, int exit_code, struct document *document);
/* The same, in words, and one member beside them (`key` NULL: none). */
bool desk_say(struct desk *desk, int exit_code, struct text message, const char *key,
	      struct text value);
/* A failure that is the asker's is said; the store's goes on in *store_error. */
bool desk_refuse(struct desk *desk, const struct error *error, struct error *store_error);

/* ---- which tenant is meant ------------------------------------------------------------------- */

enum meant { MEANT_ROUTER, MEANT_ACCOUNT, MEANT_RECEIPT };

bool desk_has(bool *has, struct seat *seat, enum meant meant, struct text name, struct arena *arena,
	      struct error *error) MUST_CHECK;
bool desk_ambiguous(struct desk *desk, struct text name);
/* The tenant named, the only one there is, or the only one that has it. NULL: the answer says why.
 */
bool desk_seat(struct seat **out, struct desk *desk, enum meant meant, struct text name,
	       struct error *error) MUST_CHECK;

/* A tenant and its intent in force. */
struct chosen {
	struct seat *seat;
	struct intent *intent; /* the caller releases it; NULL: the answer says why */
};
bool desk_choose(struct chosen *out, struct desk *desk, enum meant meant, struct text name,
		 struct error *error) MUST_CHECK;

/* ---- the commands, each of them a row of control_do.c ---------------------------------------- */

bool do_apply(struct desk *desk, struct error *error) MUST_CHECK;
bool do_assign(struct desk *desk, struct error *error) MUST_CHECK;
bool do_covered(struct desk *desk, struct error *error) MUST_CHECK;
bool do_list(struct desk *desk, struct error *error) MUST_CHECK;
bool do_pause(struct desk *desk, struct error *error) MUST_CHECK;
bool do_record(struct desk *desk, struct error *error) MUST_CHECK;
bool do_refund(struct desk *desk, struct error *error) MUST_CHECK;
bool do_register(struct desk *desk, struct error *error) MUST_CHECK;
bool do_request(struct desk *desk, struct error *error) MUST_CHECK;
bool do_resume(struct desk *desk, struct error *error) MUST_CHECK;
bool do_service_pause(struct desk *desk, struct error *error) MUST_CHECK;
bool do_service_resume(struct desk *desk, struct error *error) MUST_CHECK;
bool do_statement(struct desk *desk, struct error *error) MUST_CHECK;
