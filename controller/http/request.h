/*
 * One bounded HTTP(S) call at a time through libcurl, on a connection that is kept between calls.
 * The opener owns the client; what a call returns lies in the arena given. It blocks, never longer
 * than the call's times. One thread at a time. It never follows a redirect, never uses a proxy, and
 * never sends a call a second time that may have been carried out.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/text.h"

/* How the peer proves itself. All empty: the certificates that the system trusts. */
struct http_tls {
	struct text ca_pem;      /* this CA alone; the host's name or address is checked */
	struct text fingerprint; /* "sha256:<64 hex>" of its certificate: compared before a byte of
				    the first request leaves */
	bool anonymous;          /* anonymous Diffie-Hellman: no proof at all */
};

struct http_header {
	const char *name;
	struct text value;
};

struct http_call {
	const char *method; /* "GET", "POST" … */
	struct text url;    /* http:// or https://, without user and fragment */
	const struct http_header *headers;
	uint32_t header_count;
	struct text body;       /* for all methods but GET; its kind is a header */
	struct text user;       /* Basic authentication; empty: none */
	struct secret password;
	uint32_t timeout_ms;    /* for all of it, connecting too */
	uint32_t silence_ms;    /* longest wait without a byte, rounded up to seconds */
	uint32_t body_size_max; /* of the reply */
	bool yields; /* given up when the process is to end (base/halt.h) */
	bool again; /* harmless when carried out twice: libcurl may repeat it by itself when a kept
		       connection turns out to be dead */
};

struct http_reply {
	uint32_t status;
	struct text body; /* terminated beyond its size */
	struct text location; /* the header of that name, or empty; it is never followed */
	uint32_t retry_after_s; /* the header of that name, as a span of time; 0: none */
	uint64_t bytes_out, bytes_in; /* also when the call failed */
	bool was_sent; /* also when it failed: some of it left us, so nobody knows */
};

struct http;
struct http_verbs {
	/*
	 * True: the peer answered, whatever the status. UNREACHABLE: nothing was sent; DENIED: its
	 * certificate is not the one that was asked for; UNKNOWN: sent, and no whole answer came;
	 * LIMIT: the answer is larger than body_size_max or the arena; INVALID: the URL.
	 */
	bool (*call)(struct http *http, const struct http_call *call, struct http_reply *reply,
		     struct arena *arena, struct error *error);
	bool (*alive)(struct http *http); /* no traffic: false when the peer has closed the kept
					     connection; true when none is kept */
	void (*close)(struct http *http); /* frees it */
};

struct http { /* tests put another one in its place */
	const struct http_verbs *verbs;
};

/* Copies what it needs; connects at the first call. Never NULL. */
struct http *http_open(const struct http_tls *tls);
