/*
 * Inside of view/bootstrap*.c only. Values of one call; one thread; nothing here blocks.
 */
#pragma once

#include "view/bootstrap.h"
#include "view/shape.h"

struct bootstrap_work {
	const struct bootstrap_input *in;
	struct output script, host;
	struct text controller; /* where the API may be asked from */
	struct text interface;
	struct text own_address; /* the router's end of the tunnel */
	struct text host_address;
	bool is_v7;
};

/* Quoted for RouterOS: " \ $ ? are escaped. */
struct text bootstrap_word(struct text text, struct arena *arena);
void bootstrap_tunnel(struct bootstrap_work *work);

void bootstrap_text(const json_t *data, struct output *output);
