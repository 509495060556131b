/*
 * Prompts of one channel: sends those that were asked for, asks what became of those nobody
 * reported, gives up after two hours. Blocks on disk and on the provider; two steps of the asker.
 * What may have moved money is never sent again; a missing answer is never a failure.
 */
#pragma once

#include "asking/lane.h"

lane_step prompting_step;     /* sends */
lane_step prompting_ask_step; /* asks */
/* The URLs of what was sent since and may still be answered are open again. */
bool prompting_publish(struct seat *seat, int64_t since, int64_t now, struct arena *arena,
		       struct error *error) MUST_CHECK;
