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

#define FILE_TOO_LARGE "the file is larger than 16 MiB: split it into several files"
#define FILES_TOO_LARGE "with this file the YAML is more than 64 MiB: use several tenants"

/* Shared with repository_blobs: does a name count, and may it stand in messages and JSON? */
bool name_is_yaml(struct text name);
bool name_is_readable(struct text name);
