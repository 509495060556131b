#include "settings/secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"

/* Wide permissions are worth one line in the log a file, not one a minute: the hashes that were
 * warned about. */
static _Atomic uint32_t warned[256];

static bool first_warning(struct text path)
{
	uint32_t hash = text_hash(path) | 1;
	for (uint32_t i = 0; i < ARRAY_COUNT(warned); i++) {
		uint32_t seen = 0;
		if (atomic_compare_exchange_strong(&warned[(hash + i) % ARRAY_COUNT(warned)], &seen,
						   hash))
			return true;
		if (seen == hash)
			return false;
	}
	return false;
}

static void warn_when_wide(struct text path, const struct stat *info)
{
	/* The group may read: the webhook runs as another user of one group. */
	if ((info->st_mode & 0027) && first_warning(path))
		log_line(LOG_WARNING, "secret-permissions",
			 "file=\"%.*s\" mode=%03o remedy=\"chmod 640, or 600\"", TEXT_ARG(path),
			 (unsigned)info->st_mode & 0777u);
}

static bool refuse(struct error *error, struct text name, const char *why)
{
	return error_set(error, ERROR_INVALID, "the secret file `%.*s` %s", TEXT_ARG(name), why);
}

static bool read_descriptor(struct text *out, int file, struct text path, struct text name,
			    struct arena *arena, struct error *error)
{
	struct stat info;
	if (fstat(file, &info))
		return refuse(error, name, strerror(errno));
	if (!S_ISREG(info.st_mode))
		return refuse(error, name, "is no plain file");
	/* One trailing line end more than the secret itself may have. */
	if (info.st_size > SECRET_SIZE_MAX + 2)
		return refuse(error, name, "is larger than 4 KiB");
	warn_when_wide(path, &info);
	char *bytes = arena_take(arena, SECRET_SIZE_MAX + 3);
	uint32_t used = 0;
	ssize_t got;
	do {
		got = read(file, bytes + used, SECRET_SIZE_MAX + 2 - used);
		if (got > 0)
			used += (uint32_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	if (got < 0)
		return refuse(error, name, strerror(errno));
	if (used && bytes[used - 1] == '\n')
		used--;
	if (used && bytes[used - 1] == '\r')
		used--;
	if (used == 0)
		return refuse(error, name, "is empty");
	if (used > SECRET_SIZE_MAX)
		return refuse(error, name, "is larger than 4 KiB");
	bytes[used] = '\0';
	*out = (struct text){ bytes, used };
	return true;
}

static bool read_file(struct text *out, struct text folder, struct text name, struct arena *arena,
		      struct error *error)
{
	/* Held against what the schema allows once more: `..` would leave the folder. */
	if (name.size == 0 || name.at[0] == '/' || text_contains_nocase(name, TEXT("..")) ||
	    memchr(name.at, '\0', name.size))
		return refuse(error, name, "is not the name of a file below the secrets folder");
	struct text path = text_format(arena, "%.*s/%.*s", TEXT_ARG(folder), TEXT_ARG(name));
	int file = open(path.at, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file < 0)
		return error_set(error, ERROR_INVALID,
				 "the secret file `%.*s` cannot be read below %.*s: %s",
				 TEXT_ARG(name), TEXT_ARG(folder), strerror(errno));
	bool good = read_descriptor(out, file, path, name, arena, error);
	(void)close(file);
	return good;
}

static bool read_environment(struct text *out, struct text name, struct arena *arena,
			     struct error *error)
{
	struct text variable = text_copy(arena, name);
	const char *value = getenv(variable.at);
	if (!value || !value[0])
		return error_set(error, ERROR_INVALID,
				 "the environment variable `%.*s`, which holds a secret, is %s",
				 TEXT_ARG(name), value ? "empty" : "not set");
	*out = text_copy(arena, text_of(value));
	return true;
}

bool secret_read(struct secret *out, struct text secrets_folder, struct secret_ref reference,
		 struct arena *arena, struct error *error)
{
	struct text bytes = TEXT_NONE;
	bool good = false;
	switch (reference.kind) {
	case SECRET_FILE:
		good = read_file(&bytes, secrets_folder, reference.name, arena, error);
		break;
	case SECRET_ENV:
		good = read_environment(&bytes, reference.name, arena, error);
		break;
	case SECRET_NONE:
		(void)error_set(error, ERROR_INVALID, "no secret is declared here");
		break;
	}
	*out = good ? secret_of(bytes) : (struct secret){ TEXT_NONE, false };
	return good;
}
