/*
 * The bell between the programs: one byte as a datagram to the socket STATE/bell, which says
 * "look", never what to do. Nobody has to listen: a lost bell costs the controller a second. Never
 * blocks; any thread.
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"

struct bell {
	int folder; /* the state folder, opened as a path */
	int socket;
};

/* Owns two descriptors until bell_close. */
bool bell_open(struct bell *bell, struct text folder, struct error *error) MUST_CHECK;
void bell_close(struct bell *bell);

#define BELL_PAYMENT 'p' /* a callback was kept */
#define BELL_GIT 'g'     /* a forge says that the branch moved */
void bell_ring(const struct bell *bell, char byte);
