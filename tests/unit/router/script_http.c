#include "script_http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct script {
	struct http http;
	const struct script_answer *answers;
	uint32_t count;
};

static char asked[4096];
static uint32_t calls;

static bool script_call(struct http *http, const struct http_call *call, struct http_reply *reply,
			struct arena *arena, struct error *error)
{
	const struct script *own = (struct script *)http;
	uint32_t index = calls < own->count ? calls : own->count - 1;
	const struct script_answer *answer = &own->answers[index];
	(void)arena;
	calls++;
	(void)snprintf(asked, sizeof(asked), "%s %.*s %.*s", call->method, TEXT_ARG(call->url),
		       TEXT_ARG(call->body));
	*reply = (struct http_reply){ .was_sent = true, .status = answer->status };
	if (answer->status == 0)
		return error_set(error, ERROR_UNKNOWN, "the line broke before the answer");
	if (answer->status == 1)
		return error_set(error, ERROR_LIMIT, "the answer is larger than what is taken");
	reply->body = text_of(answer->body);
	return true;
}

static bool script_alive(struct http *http)
{
	(void)http;
	return true;
}

static void script_close(struct http *http)
{
	free(http);
}

static const struct http_verbs script_verbs = { script_call, script_alive, script_close };

struct http *script_http_open(const struct script_answer *answers, uint32_t count)
{
	struct script *own = calloc(1, sizeof(*own));
	if (!own)
		abort();
	*own = (struct script){ { &script_verbs }, answers, count };
	calls = 0;
	asked[0] = '\0';
	return &own->http;
}

const char *script_http_asked(void)
{
	return asked;
}

uint32_t script_http_calls(void)
{
	return calls;
}
