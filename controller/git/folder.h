/*
 * The YAML files of a folder as they lie, committed or not: the same choice as repository_blobs
 * makes in a commit. The bytes lie in the arena; blocks on disk; any thread. It follows no symbolic
 * link.
 */
#pragma once

#include "git/repository.h"

/*
 * Files whose name ends in .yaml or .yml, hidden files and folders skipped, in order of path. A
 * missing or empty folder is INVALID; symbolic links are refused by name; `id` stays empty.
 * error->place names the file.
 */
bool folder_blobs(struct blob **out, uint32_t *count, struct text folder, struct arena *arena,
		  struct error *error) MUST_CHECK;

/* Shared with repository_blobs: does a name count, and may it stand in messages and JSON? */
bool name_is_yaml(struct text name);
bool name_is_readable(struct text name);
