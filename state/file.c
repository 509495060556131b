#include "state/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/failpoint.h"
#include "base/log.h"
#include "state/migrations.h"

#define APPLICATION_ID 0x77617675 /* "wavu", plus the number of the kind of file */
#define FORCED_CHECKPOINT_PAGES \
	4096 /* 16 MiB: the largest log before a commit pays for a checkpoint */

const void *file_thread(void)
{
	static _Thread_local char self;

	return &self;
}

static int64_t application_id(const struct file *file)
{
	/* Different per kind, so that files that were swapped are refused. */
	return APPLICATION_ID + (file->folder[0] == 'i' ? 1 : file->folder[0] == 's' ? 2 : 0);
}

static int newest_migration(const struct file *file)
{
	int newest = 0;

	for (unsigned i = 0; i < migration_count; i++)
		if (strcmp(migrations[i].folder, file->folder) == 0 &&
		    migrations[i].number > newest)
			newest = migrations[i].number;
	return newest;
}

bool file_init(struct file *file, struct text folder, const char *name,
	       const char *folder_of_migrations, struct error *error)
{
	int size = snprintf(file->path, sizeof(file->path), "%.*s/%s", TEXT_ARG(folder), name);

	if (size < 0 || (size_t)size + sizeof("-journal") > sizeof(file->path) ||
	    strlen(name) >= sizeof(file->name) || folder.size == 0)
		return error_set(error, ERROR_INVALID, "the path of %s is empty or too long", name);
	memcpy(file->name, name, strlen(name) + 1);
	file->folder = folder_of_migrations;
	file->lock = -1;
	atomic_init(&file->owner, NULL);
	if (pthread_mutex_init(&file->mutex, NULL) != 0 ||
	    pthread_mutex_init(&file->pool, NULL) != 0 ||
	    pthread_cond_init(&file->returned, NULL) != 0)
		fatal("no mutex for %s", name);
	return true;
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

/* Is it ours, and of which form? Refuses what is not a file of this kind or is newer than this
 * program. */
static bool check_version(struct file *file, struct db *db, int64_t *version, struct error *error)
{
	int64_t id, tables;

	if (!db_number(&id, db, "PRAGMA application_id", error) ||
	    !db_number(version, db, "PRAGMA user_version", error) ||
	    !db_number(&tables, db, "SELECT count(*) FROM sqlite_schema", error))
		return false;
	if (*version == 0 && id == 0 && tables == 0)
		return true;
	if (id != application_id(file))
		return error_set(error, ERROR_STORE,
				 "%s is not a %s file of wavu: put the right file back", file->path,
				 file->folder);
	if (*version > newest_migration(file))
		return error_set(
		    error, ERROR_STORE,
		    "%s was written by a newer wavu (form %lld, this program knows %d): install"
		    " that version again, or restore a backup made before the upgrade",
		    file->path, (long long)*version, newest_migration(file));
	return true;
}

static bool run_migration(struct file *file, const struct migration *migration, struct error *error)
{
	char stamp[120];
	struct db *db = &file->writer;
	struct error ignored;

	(void)snprintf(stamp, sizeof(stamp),
		       "PRAGMA application_id = %lld; PRAGMA user_version = %d;",
		       (long long)application_id(file), migration->number);
	if (!db_run(db, "BEGIN IMMEDIATE", error))
		return false;
	if (db_run(db, migration->sql, error) && db_run(db, stamp, error) &&
	    db_run(db, "COMMIT", error))
		return true;
	if (db_in_transaction(db) && !db_run(db, "ROLLBACK", &ignored))
		db->broken = true;
	return error_at(error, "migration %s %d", migration->folder, migration->number);
}

static bool migrate(struct file *file, struct error *error)
{
	int64_t version;

	if (!check_version(file, &file->writer, &version, error))
		return false;
	for (unsigned i = 0; i < migration_count; i++) {
		const struct migration *migration = &migrations[i];
		if (strcmp(migration->folder, file->folder) != 0 || migration->number <= version)
			continue;
		if (!run_migration(file, migration, error))
			return false;
		version = migration->number;
	}
	return true;
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

void file_close(struct file *file)
{
	invariant(atomic_load(&file->owner) == NULL);
	for (size_t i = 0; i < FILE_READERS_MAX; i++) {
		invariant(!file->readers[i].busy);
		if (file->readers[i].db.handle != NULL)
			db_close(&file->readers[i].db);
	}
	if (file->writer.handle != NULL)
		db_close(&file->writer);
	file_unlock(file->lock);
	file->lock = -1;
	(void)pthread_cond_destroy(&file->returned);
	(void)pthread_mutex_destroy(&file->pool);
	(void)pthread_mutex_destroy(&file->mutex);
}

bool file_is_mine(const struct file *file)
{
	return atomic_load(&file->owner) == file_thread();
}

static bool broken(const struct file *file, struct error *error)
{
	return file->writer.broken &&
	       !error_set(
		   error, ERROR_STORE,
		   "%s failed to write before and cannot be trusted: check the disk, then start"
		   " again",
		   file->name);
}

static bool has_reader(struct file *file)
{
	bool has = false;

	(void)pthread_mutex_lock(&file->pool);
	for (size_t i = 0; i < FILE_READERS_MAX; i++)
		has = has || (file->readers[i].busy && file->readers[i].owner == file_thread());
	(void)pthread_mutex_unlock(&file->pool);
	return has;
}

bool file_begin(struct file *file, const char *at_file, int at_line, struct error *error)
{
	invariant(file->writes);
	/* What was read in an older snapshot must not be written back as if it were true now. */
	if (has_reader(file))
		fatal("%s: a transaction began at %s:%d inside a snapshot", file->name, at_file,
		      at_line);
	if (file_is_mine(file))
		fatal("%s: a transaction began at %s:%d while the one of %s:%d was open",
		      file->name, at_file, at_line, file->begun_file, file->begun_line);
	(void)pthread_mutex_lock(&file->mutex);
	file->writer.spoiled = false;
	if (broken(file, error) || !db_run(&file->writer, "BEGIN IMMEDIATE", error)) {
		(void)pthread_mutex_unlock(&file->mutex);
		return false;
	}
	file->begun_file = at_file;
	file->begun_line = at_line;
	atomic_store(&file->owner, file_thread());
	return true;
}

static void end(struct file *file)
{
	struct error error;

	if (db_in_transaction(&file->writer) && !db_run(&file->writer, "ROLLBACK", &error)) {
		file->writer.broken = true;
		log_line(LOG_ERROR, "store-broken", "file=%s doing=rollback why=\"%s\"", file->name,
			 error.text);
	}
	atomic_store(&file->owner, NULL);
	(void)pthread_mutex_unlock(&file->mutex);
}

bool file_commit(struct file *file, const char *failpoint_before, const char *failpoint_after,
		 struct error *error)
{
	struct db *db = &file->writer;
	bool ok;

	invariant(file_is_mine(file));
	failpoint(failpoint_before);
	if (db->spoiled)
		ok = error_set(error, ERROR_FAILED,
			       "%s: a step of the transaction of %s:%d failed: undone", file->name,
			       file->begun_file, file->begun_line);
	else
		ok = db_run(db, "COMMIT", error);
	if (ok) {
		failpoint(failpoint_after);
		/* Once over the bound it is tried again only after it has grown by as much: a
		 * reader may hold it. */
		if (db->wal_pages < file->forced_pages)
			file->forced_pages = 0;
		if (db->wal_pages - file->forced_pages >= FORCED_CHECKPOINT_PAGES) {
			file->forced_pages = db->wal_pages;
			db_checkpoint(db, DB_CHECKPOINT_RESTART);
		}
	}
	end(file);
	return ok;
}

void file_abort(struct file *file)
{
	if (file_is_mine(file))
		end(file);
}

/* A reader that finds no file, or one that its writer has not made yet, stays closed and finds
 * nothing. */
static bool open_reader(struct file *file, struct db *db, struct error *error)
{
	struct stat status;
	int64_t version;

	db->name = file->name;
	if (stat(file->path, &status) != 0) {
		if (errno == ENOENT)
			return true;
		return error_set(error, ERROR_FAILED, "%s: %s", file->path, strerror(errno));
	}
	if (status.st_size == 0 && access(file->path, R_OK) == 0)
		return true;
	if (!db_open(db, file->path, file->name, false, error))
		return false;
	if (!check_version(file, db, &version, error)) {
		db_close(db);
		return false;
	}
	if (version == 0) {
		db_close(db);
		db->name = file->name;
	} else if (version < newest_migration(file)) {
		db_close(db);
		return error_set(
		    error, ERROR_FAILED,
		    "%s has the older form %lld: start the program that writes it once, and it"
		    " is brought to form %d",
		    file->path, (long long)version, newest_migration(file));
	}
	return true;
}

/* With the pool locked: the caller's own, else a free one, else NULL. */
static struct reader *choose(struct file *file)
{
	struct reader *chosen = NULL;

	for (size_t i = 0; i < FILE_READERS_MAX; i++) {
		struct reader *reader = &file->readers[i];
		if (reader->busy && reader->owner == file_thread())
			return reader;
		if (!reader->busy && (chosen == NULL || chosen->db.handle == NULL))
			chosen = reader;
	}
	return chosen;
}

static void give_back(struct file *file, struct reader *reader)
{
	(void)pthread_mutex_lock(&file->pool);
	reader->busy = false;
	reader->owner = NULL;
	(void)pthread_cond_signal(&file->returned);
	(void)pthread_mutex_unlock(&file->pool);
}

static bool take_reader(struct reader **out, struct file *file, struct error *error)
{
	struct reader *reader;

	(void)pthread_mutex_lock(&file->pool);
	while ((reader = choose(file)) == NULL)
		(void)pthread_cond_wait(&file->returned, &file->pool);
	if (reader->busy) {
		/* Reads of one thread do not overlap: whoever comes here twice has a snapshot. */
		invariant(reader->depth > 0);
		(void)pthread_mutex_unlock(&file->pool);
		*out = reader;
		return true;
	}
	reader->busy = true;
	reader->owner = file_thread();
	(void)pthread_mutex_unlock(&file->pool);
	if (reader->db.handle == NULL && !open_reader(file, &reader->db, error)) {
		give_back(file, reader);
		return false;
	}
	*out = reader;
	return true;
}

bool file_read(struct db **db, struct file *file, struct error *error)
{
	struct reader *reader;

	if (file_is_mine(file)) {
		*db = &file->writer;
		return true;
	}
	if (!take_reader(&reader, file, error))
		return false;
	*db = &reader->db;
	return true;
}

static struct reader *reader_of(struct file *file, const struct db *db)
{
	for (size_t i = 0; i < FILE_READERS_MAX; i++)
		if (&file->readers[i].db == db)
			return &file->readers[i];
	fatal("%s: a connection that is not of this file", file->name);
}

void file_read_done(struct file *file, struct db *db)
{
	struct reader *reader;

	if (db == &file->writer)
		return;
	reader = reader_of(file, db);
	invariant(reader->busy && reader->owner == file_thread());
	if (reader->depth == 0)
		give_back(file, reader);
}

bool file_snapshot(struct file *file, struct error *error)
{
	struct reader *reader;
	int64_t ignored;

	if (file_is_mine(file))
		return true; /* a transaction is a snapshot already */
	if (!take_reader(&reader, file, error))
		return false;
	if (reader->depth++ > 0 || reader->db.handle == NULL)
		return true;
	/* BEGIN alone takes no snapshot; the first read does. */
	if (db_run(&reader->db, "BEGIN", error) &&
	    db_number(&ignored, &reader->db, "SELECT count(*) FROM sqlite_schema", error))
		return true;
	reader->depth = 0;
	if (db_in_transaction(&reader->db)) {
		struct error second;
		if (!db_run(&reader->db, "ROLLBACK", &second))
			db_close(&reader->db);
	}
	give_back(file, reader);
	return false;
}

void file_snapshot_end(struct file *file)
{
	struct reader *reader = NULL;
	struct error error;

	if (file_is_mine(file))
		return;
	(void)pthread_mutex_lock(&file->pool);
	for (size_t i = 0; i < FILE_READERS_MAX; i++)
		if (file->readers[i].busy && file->readers[i].owner == file_thread())
			reader = &file->readers[i];
	(void)pthread_mutex_unlock(&file->pool);
	invariant(reader != NULL && reader->depth > 0);
	if (--reader->depth > 0)
		return;
	if (db_in_transaction(&reader->db) && !db_run(&reader->db, "ROLLBACK", &error))
		db_close(&reader->db);
	give_back(file, reader);
}

void file_checkpoint(struct file *file)
{
	if (!file->writes || file_is_mine(file) || pthread_mutex_trylock(&file->mutex) != 0)
		return;
	if (file->writer.wal_pages > 0 && !file->writer.broken)
		db_checkpoint(&file->writer, DB_CHECKPOINT_PASSIVE);
	(void)pthread_mutex_unlock(&file->mutex);
}
