/*
 * A line into a simulated router, in memory: no socket, no waiting. It can hand bytes over in small
 * pieces, and it feels what the router's side does: an end, a reset, or silence (told at once, as
 * if the time had passed). The line owns its session.
 */
#pragma once

#include "router/line.h"
#include "world/ros.h"

struct ros_line_options {
	uint32_t piece_max; /* bytes given to either side at a time; 0: all there are */
};

/* Never NULL; a refused connection fails at the first use. `closes` may be NULL: counts the lines
 * that were closed. */
struct line *ros_line_open(struct ros *ros, const struct ros_line_options *options,
			   uint32_t *closes);
