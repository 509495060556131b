#include "state/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "state/migrations.h"

#define APPLICATION_ID 0x77617675 /* "wavu", plus the number of the kind of file */

static int64_t application_id(const struct file *file)
{
	/* Different per kind, so that files that were swapped are refused. */
	return APPLICATION_ID + (file->folder[0] == 'i' ? 1 : file->folder[0] == 's' ? 2 : 0);
}

int file_newest_form(const struct file *file)
{
	int newest = 0;

	for (unsigned i = 0; i < migration_count; i++)
		if (strcmp(migrations[i].folder, file->folder) == 0 &&
		    migrations[i].number > newest)
			newest = migrations[i].number;
	return newest;
}

bool file_lock(int *out, const char *path, struct text holder, const char *what,
	       struct error *error)
{
	char held_by[200] = "";
	int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	ssize_t size;

	if (lock < 0)
		return error_set(error, ERROR_FAILED, "%s: %s", path, strerror(errno));
	if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
		int why = errno;
		size = pread(lock, held_by, sizeof(held_by) - 1, 0);
		held_by[size > 0 ? size : 0] = '\0';
		(void)close(lock);
		if (why != EWOULDBLOCK)
			return error_set(error, ERROR_FAILED, "%s: %s", path, strerror(why));
		return error_set(error, ERROR_CONFLICT, "%s belongs to another process: %s", what,
				 held_by[0] != '\0' ? held_by : "it has not said which yet");
	}
	if (ftruncate(lock, 0) != 0 ||
	    pwrite(lock, holder.at, holder.size, 0) != (ssize_t)holder.size) {
		/* A full disk must not keep the one rightful holder out: only the words are
		 * missing. */
		log_line(LOG_WARNING, "lock-unsigned", "path=%s why=\"%s\"", path, strerror(errno));
	}
	*out = lock;
	return true;
}

void file_unlock(int lock)
{
	if (lock < 0)
		return;
	/* Words that stay would only name a holder that is gone; the lock itself ends here. */
	if (ftruncate(lock, 0) != 0)
		log_line(LOG_WARNING, "lock-signed", "why=\"%s\"", strerror(errno));
	(void)close(lock);
}

/* The folder's group, so that the other programs of the house can read; best effort, for it may be
 * ours already. */
static void give_to_group(const char *path, gid_t group)
{
	struct stat status;

	if (lstat(path, &status) == 0 && status.st_gid != group &&
	    lchown(path, (uid_t)-1, group) != 0)
		log_line(LOG_WARNING, "group-kept", "path=%s why=\"%s\"", path, strerror(errno));
}

/* SQLite makes the log and its index with the mode of the file, so the file is made by us, before
 * SQLite sees it. */
static bool create(struct file *file, unsigned mode, gid_t *group, struct error *error)
{
	char folder[PATH_MAX];
	struct stat status;
	int descriptor, parent;

	memcpy(folder, file->path, sizeof(folder));
	*strrchr(folder, '/') = '\0';
	parent = open(folder[0] != '\0' ? folder : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent < 0 || fstat(parent, &status) != 0) {
		int why = errno;
		if (parent >= 0)
			(void)close(parent);
		return error_set(error, ERROR_FAILED, "the state folder %s: %s", folder,
				 strerror(why));
	}
	*group = status.st_gid;
	descriptor = openat(parent, file->name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (descriptor < 0) {
		int why = errno;
		(void)close(parent);
		return why == EEXIST ||
		       error_set(error, why == ENOSPC || why == EDQUOT ? ERROR_LIMIT : ERROR_FAILED,
				 "%s cannot be made: %s", file->path, strerror(why));
	}
	bool ok = fchmod(descriptor, mode) == 0 && fsync(descriptor) == 0 && fsync(parent) == 0;
	if (!ok)
		(void)error_set(error, ERROR_FAILED, "%s: %s", file->path, strerror(errno));
	(void)close(descriptor);
	(void)close(parent);
	give_to_group(file->path, *group);
	return ok;
}

struct stamp {
	int64_t id, version, tables;
};

static bool read_stamp(struct stamp *out, struct db *db, struct error *error)
{
	return db_number(&out->tables, db, "SELECT count(*) FROM sqlite_schema", error) &&
	       db_number(&out->id, db, "PRAGMA application_id", error) &&
	       db_number(&out->version, db, "PRAGMA user_version", error);
}

/* In one snapshot: the file's writer may be making it at this very moment, and half of what was
 * before with half of what is after would be no file of ours. */
static bool read_stamp_at_once(struct stamp *out, struct db *db, struct error *error)
{
	struct error ignored;
	bool ok;

	if (!db_run(db, "BEGIN", error))
		return false;
	ok = read_stamp(out, db, error);
	if (db_in_transaction(db) && !db_run(db, "ROLLBACK", ok ? error : &ignored))
		return false;
	return ok;
}

/* Is it ours, and of which form? Refuses what is not a file of this kind or is newer than this
 * program. */
bool file_check_version(struct file *file, struct db *db, int64_t *version, struct error *error)
{
	struct stamp stamp;

	if (!read_stamp_at_once(&stamp, db, error))
		return false;
	*version = stamp.version;
	if (stamp.version == 0 && stamp.id == 0 && stamp.tables == 0)
		return true;
	if (stamp.id != application_id(file))
		return error_set(error, ERROR_STORE,
				 "%s is not a %s file of wavu: put the right file back", file->path,
				 file->folder);
	if (*version > file_newest_form(file))
		return error_set(
		    error, ERROR_STORE,
		    "%s was written by a newer wavu (form %lld, this program knows %d): install"
		    " that version again, or restore a backup made before the upgrade",
		    file->path, (long long)*version, file_newest_form(file));
	return true;
}

static bool is_pending(const struct file *file, const struct migration *migration, int64_t version)
{
	return strcmp(migration->folder, file->folder) == 0 && migration->number > version;
}

static bool run_pending(struct file *file, int64_t version, struct error *error)
{
	char stamp[120];
	struct db *db = &file->writer;

	for (unsigned i = 0; i < migration_count; i++)
		if (is_pending(file, &migrations[i], version) &&
		    !db_run(db, migrations[i].sql, error))
			return error_at(error, "migration %s %d", migrations[i].folder,
					migrations[i].number);
	(void)snprintf(stamp, sizeof(stamp),
		       "PRAGMA application_id = %lld; PRAGMA user_version = %d;",
		       (long long)application_id(file), file_newest_form(file));
	return db_run(db, stamp, error) && db_run(db, "COMMIT", error);
}

/* All that are pending in one transaction: another program, started beside this one, finds the
 * former form or the newest, and none between. */
static bool migrate(struct file *file, struct error *error)
{
	struct db *db = &file->writer;
	struct error ignored;
	int64_t version;

	if (!file_check_version(file, db, &version, error))
		return false;
	if (version == file_newest_form(file))
		return true;
	if (!db_run(db, "BEGIN IMMEDIATE", error))
		return false;
	if (run_pending(file, version, error))
		return true;
	if (db_in_transaction(db) && !db_run(db, "ROLLBACK", &ignored))
		db->broken = true;
	return false;
}

static bool take_lock(struct file *file, struct error *error)
{
	char path[PATH_MAX + 8], host[65] = "", holder[120];
	int size;

	(void)gethostname(host, sizeof(host) - 1);
	size = snprintf(holder, sizeof(holder), "process %ld on %s", (long)getpid(), host);
	(void)snprintf(path, sizeof(path), "%s.lock", file->path);
	return file_lock(&file->lock, path, (struct text){ holder, (uint32_t)size }, file->name,
			 error);
}

bool file_open_writer(struct file *file, unsigned mode, struct error *error)
{
	static const char *const beside[] = { "-wal", "-shm" };
	char path[PATH_MAX + 8];
	gid_t group = 0;

	/* SQLite 3.40.1 may corrupt a file that two connections write and checkpoint at once
	 * (limits facts k). */
	if (!take_lock(file, error) || !create(file, mode, &group, error) ||
	    !db_open(&file->writer, file->path, file->name, true, error))
		return false;
	file->writes = true;
	if (!migrate(file, error))
		return false;
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", file->path, beside[i]);
		give_to_group(path, group);
	}
	return true;
}
