/*
 * Inside of the control socket only: lists of texts as bytes, and where the socket is. A frame is
 * the number of texts, then each with its length, as 32-bit integers of this machine. Blocks on the
 * socket; texts read lie in the arena.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

#define CONTROL_TEXTS_MAX 8192

bool wire_send(int fd, const struct text *texts, uint32_t count, struct error *error) MUST_CHECK;
bool wire_receive(int fd, struct text **texts, uint32_t *count, struct arena *arena,
		  struct error *error) MUST_CHECK;

/* A listening socket at STATE/control.sock, 0600, replacing what a killed controller left; -1 with
 * `error`. */
int wire_listen(struct text folder, struct error *error);
/* Connected to it; -1: nobody listens there (errno-free: *absent), or `error`. */
int wire_connect(struct text folder, bool *absent, struct error *error);
/* The peer's user, if it may ask: the same as ours, or root. */
bool wire_peer(int fd, uint32_t *uid);
