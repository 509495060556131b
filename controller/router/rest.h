/*
 * One session with a router's REST service: a call and its answer, deadlines, what its statuses
 * mean. Shared by the looks and writes of device_rest; nothing outside router/ includes it. Blocks
 * within its deadlines; the thread that has the device.
 */
#pragma once

#include "http/request.h"
#include "router/device.h"

/* The REST device. */
struct rest {
	struct device device; /* first: verbs cast back */
	struct arena arena;   /* holds this struct too, and the next three */
	struct text origin;   /* "https://10.66.0.11:443" */
	struct text user;
	struct secret password;
	struct http *http;
	bool is_dead; /* not to be used any more */
};

/* When a job must be over: `budget_ms` from its begin, and `each_ms` more for each step forward. */
struct rest_time {
	int64_t begin_at; /* monotonic */
	uint32_t budget_ms, each_ms;
	uint64_t steps;
};

struct rest_answer {
	uint32_t status;  /* 200 … 299: done */
	struct text body; /* JSON, unread */
	struct text words; /* of a refusal: what the console would have said; never empty then */
};

/*
 * One call; `path` is "/ppp/secret/print", `body` JSON, or the empty text for a GET. True: the
 * router answered, a refusal included. False: the session is dead; UNKNOWN when the call may have
 * been carried out.
 */
bool rest_call(struct rest *rest, struct text path, struct text body, const struct rest_time *time,
	       struct rest_answer *answer, struct arena *arena, struct error *error) MUST_CHECK;

/* Puts the router's name before the text; returns false. */
bool rest_fail(const struct rest *rest, struct error *error) COLD;

/* A JSON text being written: flat, into the job's arena. */
struct json {
	struct arena *arena;
	char *at;
	uint32_t size, room;
};
void json_raw(struct json *json, const char *bytes);
/* With its quotes. False: it is no UTF-8, and JSON is. */
bool json_text(struct json *json, struct text value) MUST_CHECK;
struct text json_done(const struct json *json);

/* rest_look.c, rest_write.c: the verbs. */
bool rest_look(struct rest *rest, struct look *looks, uint32_t count, struct arena *arena,
	       struct error *error) MUST_CHECK;
bool rest_write(struct rest *rest, struct write *writes, uint32_t count, struct arena *arena,
		struct error *error) MUST_CHECK;

/* rest_json.c: answers read. */
struct looking;
/* Every row of a print. REFUSED when it is no JSON, or not a list of rows of texts: then no row
 * counts. */
bool rest_read_rows(struct looking *looking, struct text body, struct arena *arena,
		    struct error *error) MUST_CHECK;
/* The text of one key of an object; false when it is not there. */
bool rest_read_key(struct text body, const char *key, struct text *out, struct arena *arena);
