/*
 * The bell between the programs: a word as a datagram to the socket STATE/bell, which says "look",
 * never what to do. Nobody has to listen: a lost bell costs the controller a second. Never blocks;
 * any thread.
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"

struct doorbell {
	int folder; /* the state folder, opened as a path */
	int socket;
};

/* Owns two descriptors until doorbell_close. */
bool doorbell_open(struct doorbell *bell, struct text folder, struct error *error) MUST_CHECK;
void doorbell_close(struct doorbell *bell);

#define DOORBELL_INBOX "inbox" /* a callback was kept */
#define DOORBELL_GIT "git"     /* a forge says that the branch moved */
void doorbell_ring(const struct doorbell *bell, const char *word);
