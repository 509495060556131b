/*
 * One pass over routers for a person: `wavu plan` and `wavu apply`, in this process or inside the
 * running controller. Blocks until every router has been asked (several at a time); the caller
 * frees it. A plan writes nothing anywhere.
 */
#pragma once

#include "loop/engine.h"
#include "loop/reconcile.h"
#include "view/document.h"

struct pass_wish {
	struct text tenant;           /* empty: all */
	struct text router;           /* empty: all */
	bool look_only;               /* plan */
	struct text rev;              /* plan: a commit; empty: the branch's newest */
	struct text actor;            /* apply: the person */
	const struct text *approvals; /* apply: digests */
	uint32_t approval_count;
};

struct pass {
	int exit_code;            /* product.md section 4: 4, 1, 3, 2 (plan), 0 */
	struct text message;      /* why it is 4 or 1, else empty */
	struct findings findings; /* of a newest commit that is invalid */
	bool invalid;
	/* `plan` or `apply`; NULL when there is nothing but findings or a message */
	struct document *document;
	struct arena arena; /* owns all texts */
};

/* Always fills *out. False when a store failed. */
bool pass_run(struct pass *out, struct engine *engine, const struct pass_wish *wish,
	      struct error *error) MUST_CHECK;
void pass_free(struct pass *pass);
