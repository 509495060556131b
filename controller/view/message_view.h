/*
 * Small documents: the findings of `validate`, and the answer of everything that has no document of
 * its own. Nothing blocks; the caller frees them.
 */
#pragma once

#include "intent/intent.h"
#include "view/document.h"

struct document *view_findings(const struct findings *findings);
/* {"ok","message"}, and one more key where it is useful (NULL: none). */
struct document *view_message(bool ok, struct text message, const char *key, struct text value);
/* The problems of `wavu verify`. */
struct document *view_verify(const struct text *problems, uint32_t count);
/* The lines of `wavu router check`: what was tried, how it went, what to do. */
struct check {
	struct text what;
	bool ok;
	struct text remedy; /* empty when ok */
	bool advice;        /* not ok does not mean not ready */
};
struct document *view_checks(struct text router, const struct check *checks, uint32_t count);
