/*
 * `wavu drift --adopt` as a document: the patch, and what has no place in it. Pure; the caller
 * frees it.
 */
#pragma once

#include "view/document.h"

/* A value of a router that the repository cannot say. */
struct adopt_left {
	struct text router, menu, key, field, why;
};

struct adopt_result {
	struct text patch; /* a unified diff; empty: nothing to write */
	uint32_t taken;    /* values in it */
	struct adopt_left *left;
	uint32_t left_count;
};

struct document *view_adopt(const struct adopt_result *result);
