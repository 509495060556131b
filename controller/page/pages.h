/*
 * What each path of the status listener answers: one table row a path. A render blocks on disk and
 * needs a real stack (it may parse a commit); the answer lies in the arena. Nothing here changes
 * anything.
 */
#pragma once

#include "base/arena.h"
#include "intent/intent.h"
#include "settings/settings.h"

struct request {
	struct text path;
	struct text query; /* "n=20&router=kasarani-1", or empty */
};

struct response {
	int status;
	const char *content_type;
	struct text body;
};

/* Intents of earlier requests, one slot a tenant; each render takes a reference, so that a commit
 * is parsed once. */
struct page_cache;
struct page_cache *page_cache_new(const struct settings *settings);
void page_cache_free(struct page_cache *cache);

void pages_render(struct response *response, const struct request *request,
		  struct page_cache *cache, struct arena *arena);
