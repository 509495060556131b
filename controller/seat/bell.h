/*
 * Bells: one function pointer that says "this router is due, this urgently", and the datagram
 * socket STATE/bell at which other programs say "look". A bell never says what to do and may be
 * lost: whoever listens looks each second anyway. bell_wait blocks, the rest does not; one thread
 * waits, any thread rings.
 */
#pragma once

#include "base/error.h"
#include "base/text.h"

enum urgency {
	URGENCY_LOW,    /* a sweep: a complete job when there is time */
	URGENCY_NORMAL, /* a commit, a start: a complete job */
	URGENCY_URGENT, /* somebody's marks: only his rows, before everything else */
	URGENCY_COUNT
};

struct seat;

/*
 * How the parts of the loop say that a router of a seat is due. Unknown routers are ignored; the
 * empty name says that the seat has other routers now.
 */
struct bell {
	void (*ring)(void *context, struct seat *seat, struct text router, enum urgency urgency);
	void *context;
};

struct bell_socket {
	int fd; /* -1: closed */
	struct text path;
};

/*
 * What a datagram said: "git" (a forge says that a branch moved) or anything else (an inbox has
 * grown).
 */
enum bell_word { BELL_NOTHING, BELL_INBOX, BELL_GIT };

/*
 * Binds STATE/bell (0660), replacing what a killed controller left; `folder` may be of any length.
 */
bool bell_open(struct bell_socket *bell, struct text folder, struct error *error) MUST_CHECK;
void bell_close(struct bell_socket *bell);
/*
 * Until it rings or the time is up; several rings that wait are one answer (INBOX and GIT: both
 * bits, 1 << word).
 */
uint32_t bell_wait(struct bell_socket *bell, uint32_t timeout_ms);
/*
 * Rings the bell of a running controller: the word is "inbox" or "git". Nobody there: nothing
 * happens.
 */
void bell_ring_at(struct text folder, const char *word);
