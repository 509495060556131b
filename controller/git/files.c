#include "git/files.h"

#include <stdio.h>

#include "base/limits.h"

bool files_want(struct text name)
{
	return text_ends(name, TEXT(".yaml")) || text_ends(name, TEXT(".yml"));
}

static bool is_readable(struct text name)
{
	if (!text_is_utf8(name))
		return false;
	for (uint32_t i = 0; i < name.size; i++)
		if ((unsigned char)name.at[i] < 0x20 || name.at[i] == 0x7f)
			return false;
	return true;
}

bool files_path(struct text *out, bool *go_on, struct files *files, struct text folder,
		const char *name)
{
	if (!is_readable(text_of(name))) {
		*go_on = files_refuse(files, ERROR_INVALID, folder.size ? folder : TEXT("."),
				      "a name in this folder is not UTF-8 or has control "
				      "characters: rename it");
		return false;
	}
	*out = folder.size ? text_format(files->arena, "%.*s/%s", TEXT_ARG(folder), name)
			   : text_copy(files->arena, text_of(name));
	return true;
}

bool files_room(struct files *files, bool *go_on, struct text path, uint64_t size)
{
	if (size > YAML_FILE_SIZE_MAX) {
		*go_on =
		    files_refuse(files, ERROR_INVALID, path,
				 "the file is larger than 16 MiB: split it into several files");
		return false;
	}
	files->size += size;
	if (files->size > INTENT_SIZE_MAX) {
		*go_on = files_refuse(
		    files, ERROR_LIMIT, path,
		    "with this file the YAML is more than 64 MiB: use several tenants");
		return false;
	}
	return true;
}

bool files_keep(struct files *files, struct blob blob)
{
	if (files->count == INTENT_FILES_MAX)
		return error_set(
		    files->error, ERROR_LIMIT,
		    "there are more than 100,000 files: put several documents into one");
	if (files->count == files->capacity) {
		uint32_t wider = files->capacity ? files->capacity * 2 : 64;
		files->blobs = arena_grow(files->arena, files->blobs,
					  files->capacity * sizeof(struct blob),
					  wider * sizeof(struct blob));
		files->capacity = wider;
	}
	files->blobs[files->count++] = blob;
	return true;
}

bool files_refuse(struct files *files, enum error_code code, struct text path, const char *message)
{
	if (code == ERROR_INVALID)
		return files_keep(files, (struct blob){ .path = path, .refusal = message });
	(void)error_set(files->error, code, "%.*s: %s", TEXT_ARG(path), message);
	(void)snprintf(files->error->place.file, sizeof(files->error->place.file), "%.*s",
		       TEXT_ARG(path));
	return false;
}
