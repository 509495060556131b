/*
 * libgit2 1.5 reads a loose object that was cut short (a power cut, a copy that is under way) for
 * ever: inflate wants more bytes, there are none, and it asks again. So each loose object is
 * inflated here first; what does not end is an error with the remedy.
 */
#include <errno.h>
#include <fcntl.h>
#include <git2.h>
#include <git2/sys/odb_backend.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "git/inner.h"

#define CHUNK_SIZE 16384
#define HEADER_SIZE_MAX 64 /* "commit 123456789\0" and more than libgit2 reads for it */

/* Stands before libgit2's own reader of loose objects, and reads nothing itself. */
struct whole {
	git_odb_backend backend;
	char objects[4096];
};

enum found { FOUND_NONE, FOUND_WHOLE, FOUND_BROKEN };

/* Enough is a header, or all of it. */
static enum found inflate_file(int fd, bool only_header)
{
	unsigned char in[CHUNK_SIZE], out[CHUNK_SIZE];
	z_stream stream = { 0 };
	int result = Z_OK;
	if (inflateInit(&stream) != Z_OK)
		return FOUND_BROKEN;
	while (result == Z_OK && !(only_header && stream.total_out >= HEADER_SIZE_MAX)) {
		if (stream.avail_in == 0) {
			ssize_t size = read(fd, in, sizeof(in));
			if (size < 0 && errno == EINTR)
				continue;
			if (size <= 0)
				break;
			stream.next_in = in;
			stream.avail_in = (unsigned)size;
		}
		stream.next_out = out;
		stream.avail_out = sizeof(out);
		result = inflate(&stream, Z_NO_FLUSH);
	}
	bool good = result == Z_STREAM_END || (only_header && stream.total_out >= HEADER_SIZE_MAX);
	(void)inflateEnd(&stream);
	return good ? FOUND_WHOLE : FOUND_BROKEN;
}

static int check(git_odb_backend *backend, const git_oid *id, bool only_header)
{
	const struct whole *whole = (const struct whole *)backend;
	char hex[41] = { 0 }, path[4096 + 48], text[200];
	(void)git_oid_fmt(hex, id);
	(void)snprintf(path, sizeof(path), "%s/%.2s/%s", whole->objects, hex, hex + 2);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return GIT_PASSTHROUGH;
	enum found found = inflate_file(fd, only_header);
	(void)close(fd);
	if (found == FOUND_WHOLE)
		return GIT_PASSTHROUGH;
	(void)snprintf(text, sizeof(text),
		       "object %s is only half there: `git fsck` shows what else is; remove its "
		       "file and commit or push that version again",
		       hex);
	(void)git_error_set_str(GIT_ERROR_ODB, text);
	return GIT_ERROR;
}

static int check_read(void **bytes, size_t *size, git_object_t *type, git_odb_backend *backend,
		      const git_oid *id)
{
	(void)bytes;
	(void)size;
	(void)type;
	return check(backend, id, false);
}

static int check_header(size_t *size, git_object_t *type, git_odb_backend *backend,
			const git_oid *id)
{
	(void)size;
	(void)type;
	return check(backend, id, true);
}

static void whole_free(git_odb_backend *backend)
{
	free(backend);
}

void whole_watch(git_repository *repository)
{
	struct whole *whole = calloc(1, sizeof(*whole));
	git_odb *odb;
	if (!whole)
		fatal("out of memory");
	int size = snprintf(whole->objects, sizeof(whole->objects), "%sobjects",
			    git_repository_commondir(repository));
	whole->backend.version = GIT_ODB_BACKEND_VERSION;
	whole->backend.read = check_read;
	whole->backend.read_header = check_header;
	whole->backend.free = whole_free;
	if (size < 0 || (size_t)size >= sizeof(whole->objects) ||
	    git_repository_odb(&odb, repository)) {
		free(whole);
		return;
	}
	if (git_odb_add_backend(odb, &whole->backend, WHOLE_PRIORITY))
		free(whole);
	git_odb_free(odb);
}
