/*
 * A small API client for the tests of the simulated router: words in, sentences out as text.
 * The client owns the text it returns until its next question. Never blocks. One thread.
 * It knows the wire by itself, so that a wrong wire cannot agree with itself.
 */
#pragma once

#include "world/ros.h"

#define CLIENT_START INT64_C(1700000000000000) /* 2023-11-14 22:13:20 UTC */
#define CLIENT_SECOND INT64_C(1000000)

struct client {
	struct ros *ros;
	struct ros_session *session;
	char *text; /* what was said last: words by a space, sentences by a line feed */
	size_t size;
	size_t room;
};

/* A router of that version with the user wavu, password "secret", and nobody logged in. */
struct client client_new(const char *version);
/* The same, logged in. */
struct client client_logged_in(const char *version);
void client_free(struct client *client);

/* Sends one sentence and returns what is said; the words end with NULL. */
const char *client_ask(struct client *client, ...) __attribute__((sentinel));
/* Puts one sentence into `out` and returns its size. */
size_t client_encode(char *out, size_t room, const char *const *words, size_t count);
/* Reads what there is by now. */
const char *client_read(struct client *client);

#define assert_said(client, expected, ...) \
	assert_string_equal(client_ask(client, __VA_ARGS__, NULL), expected)
