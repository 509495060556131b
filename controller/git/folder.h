/*
 * The YAML files of a folder as they lie, committed or not: the same choice as repository_blobs
 * makes in a commit. The bytes lie in the arena; blocks on disk; any thread. It follows no symbolic
 * link.
 */
#pragma once

#include "git/repository.h"

/*
 * Files whose name ends in .yaml or .yml, hidden files and folders skipped, in order of path. A
 * missing or empty folder is INVALID; what cannot be taken comes with its `refusal`; `id` stays
 * empty.
 */
bool folder_blobs(struct blob **out, uint32_t *count, struct text folder, struct arena *arena,
		  struct error *error) MUST_CHECK;
