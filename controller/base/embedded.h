/*
 * A file compiled into the program by cmake's wavu_embed(): read-only, for ever, any thread.
 * Declare a set as `extern const struct embedded NAME[]; extern const unsigned NAME_count;`.
 */
#pragma once

#include <stdint.h>

struct embedded {
	const char *path; /* below the embedded folder, as "one-router/tenant.yaml" */
	const char *text; /* terminated by a NUL beyond its size */
	uint32_t size;    /* bytes */
};
