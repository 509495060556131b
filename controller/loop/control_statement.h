/*
 * The control socket's request "statement": lines of a provider's statement become payments. One
 * transaction of the seat's store for all lines of a request; blocks on disk. The caller frees the
 * document; threads as control.h.
 */
#pragma once

#include "loop/control.h"
#include "view/document.h"

/* Lines of one request at most: what one transaction holds. */
#define STATEMENT_LINES_MAX 100
/* The texts before the first line, and of each: LINE, RECEIPT, CENTS, AT, REFERENCE, PHONE. */
#define STATEMENT_HEAD 2
#define STATEMENT_TEXTS 6

/* *out: shape "stated", one entry a line; NULL: *why is what the request lacks, nothing was done.
 */
bool control_statement(struct document **out, struct text *why, struct seat *seat,
		       const struct intent *intent, const struct control_request *request,
		       struct arena *arena, struct error *error) MUST_CHECK;
