/*
 * The public listener: CivetWeb behind one function. Answers each request in the order that
 * product.md section 5 gives, and a callback 2xx only after the committer has it on stable storage.
 * Owns its threads between open and close; everything it is given stays the caller's. It never
 * judges what a callback says, and never logs a path: tokens stand in it.
 */
#pragma once

#include "base/error.h"
#include "settings/settings.h"
#include "webhook/doorbell.h"
#include "webhook/channels.h"
#include "webhook/committer.h"

/* One tenant as the street sees it. */
struct gate {
	struct text tenant;
	struct channels *channels;
	struct committer *committer;
};

struct webhook;

/* Listens on settings->public_host and _port; FAILED when that is not possible. */
bool webhook_open(struct webhook **out, const struct settings *settings, const struct gate *gates,
		  uint32_t gate_count, const struct doorbell *bell, struct error *error) MUST_CHECK;
/* The port it really listens on. */
int webhook_port(const struct webhook *server);
/* From now on every callback is answered 503; waits up to `timeout_ms` for those that are inside.
 */
void webhook_drain(struct webhook *server, uint32_t timeout_ms);
void webhook_close(struct webhook *server); /* NULL is fine */
