/*
 * The YAML files a walk has found so far, of a commit (blobs.c) or of a folder (folder.c): the same
 * choice, the same maximums and the same words for both. Lies in the walk's arena; never reads.
 */
#pragma once

#include "git/repository.h"

struct files {
	struct arena *arena;
	struct blob *blobs;
	uint32_t count, capacity;
	uint64_t size; /* bytes of all of them */
	struct error *error;
};

#define FILE_IS_LINK                                                                             \
	"this is a symbolic link: put the file itself here, or give it a name that begins with " \
	"a dot"
#define FOLDER_TOO_DEEP "folders are nested more than 64 deep"

/* Does a file of this name count? */
bool files_want(struct text name);
/* The path of an entry in `folder` (empty: at the top). False when its name may not stand in
 * messages and JSON: then *go_on is false when the walk must end. */
bool files_path(struct text *out, bool *go_on, struct files *files, struct text folder,
		const char *name);
/* Counts a file that is about to be read. False when it is too much: then *go_on as above. */
bool files_room(struct files *files, bool *go_on, struct text path, uint64_t size);
/* False, LIMIT: there are too many. */
bool files_keep(struct files *files, struct blob blob);
/* What one file does wrong (INVALID) is no reason to stop looking at the others: it is kept with
 * `message`, and true. Anything else fills the error, and false. */
bool files_refuse(struct files *files, enum error_code code, struct text path, const char *message);
