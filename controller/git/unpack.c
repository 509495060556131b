/* Small packs of the mirror become loose objects: thousands of fetches would leave thousands of
 * packs. */
#include <dirent.h>
#include <git2.h>
#include <git2/sys/odb_backend.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "git/inner.h"

/*
 * Every lookup asks every pack: at one pack a commit, reading had grown eightfold after 400
 * commits. An index takes 1,072 bytes and 28 for each object, so this is a pack of at most 500.
 */
#define SMALL_INDEX_SIZE (1072 + 28 * 500)

struct unpacking {
	git_odb *from, *to;
};

static int unpack_object(const git_oid *id, void *context)
{
	const struct unpacking *unpacking = context;
	git_odb_object *object;
	git_oid written;
	int result = git_odb_read(&object, unpacking->from, id);
	if (result)
		return result;
	result = git_odb_write(&written, unpacking->to, git_odb_object_data(object),
			       git_odb_object_size(object), git_odb_object_type(object));
	git_odb_object_free(object);
	return result;
}

/* All of one pack, on stable storage; only then it may go. */
static bool unpack_one(const char *index, const char *objects)
{
	struct unpacking unpacking = { NULL, NULL };
	git_odb_backend *pack, *loose;
	bool good = git_odb_new(&unpacking.from) == 0 && git_odb_new(&unpacking.to) == 0 &&
		    git_odb_backend_one_pack(&pack, index) == 0 &&
		    git_odb_add_backend(unpacking.from, pack, 1) == 0 &&
		    git_odb_backend_loose(&loose, objects, -1, 1, 0, 0) == 0 &&
		    git_odb_add_backend(unpacking.to, loose, 1) == 0 &&
		    git_odb_foreach(unpacking.from, unpack_object, &unpacking) == 0;
	git_odb_free(unpacking.from);
	git_odb_free(unpacking.to);
	return good;
}

static void unpack_file(const char *folder, const char *objects, struct text name)
{
	char index[4096 + 300], pack[4096 + 300];
	struct stat info;
	(void)snprintf(index, sizeof(index), "%s/%.*s", folder, TEXT_ARG(name));
	(void)snprintf(pack, sizeof(pack), "%s/%.*s.pack", folder, (int)name.size - 4, name.at);
	if (stat(index, &info) || info.st_size > SMALL_INDEX_SIZE || !unpack_one(index, objects))
		return;
	/* The index first: a pack without one is nothing to a reader. */
	(void)unlink(index);
	(void)unlink(pack);
}

void unpack_small(git_repository *mirror)
{
	char objects[4096], folder[4096 + 10];
	int size = snprintf(objects, sizeof(objects), "%sobjects", git_repository_path(mirror));
	if (size < 0 || (size_t)size >= sizeof(objects))
		return;
	(void)snprintf(folder, sizeof(folder), "%s/pack", objects);
	DIR *stream = opendir(folder);
	if (!stream)
		return;
	const struct dirent *entry;
	while ((entry = readdir(stream)))
		if (text_ends(text_of(entry->d_name), TEXT(".idx")))
			unpack_file(folder, objects, text_of(entry->d_name));
	(void)closedir(stream);
}
