/*
 * An HTTP client into a simulated router, in memory: no socket, no waiting (the router's time is
 * put forward instead). It keeps its connection as a real one does and opens another when it is
 * gone. The client owns its session; the router must outlive it.
 */
#pragma once

#include "http/request.h"
#include "world/ros.h"

struct ros_http_options {
	bool plain;         /* the service www, not www-ssl */
	uint32_t piece_max; /* bytes given to either side at a time; 0: all there are */
	int64_t now_at;     /* the router's time */
};

/* Never NULL. `closes` may be NULL: counts the clients that were closed. */
struct http *ros_http_open(struct ros *ros, const struct ros_http_options *options,
			   uint32_t *closes);
