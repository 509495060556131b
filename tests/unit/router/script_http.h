/*
 * An HTTP client whose answers are written down beforehand, for peers that no router should be. It
 * keeps the last request. The strings belong to the test; it frees itself when closed.
 */
#pragma once

#include "http/request.h"

struct script_answer {
	uint32_t status; /* 0: the line breaks after the request was sent; 1: the answer is too
			    large to be taken */
	const char *body;
};

/* After the last answer the last one is given again. */
struct http *script_http_open(const struct script_answer *answers, uint32_t count);
/* "POST https://…/rest/ppp/secret/print {…}" of the last call; valid until the next one. */
const char *script_http_asked(void);
/* Calls since it was opened. */
uint32_t script_http_calls(void);
