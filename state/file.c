#include "state/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/failpoint.h"
#include "base/log.h"

#define FORCED_CHECKPOINT_PAGES \
	4096 /* 16 MiB: the largest log before a commit pays for a checkpoint */

const void *file_thread(void)
{
	static _Thread_local char self;

	return &self;
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
	if (!file_check_version(file, db, &version, error)) {
		db_close(db);
		return false;
	}
	if (version == 0) {
		db_close(db);
		db->name = file->name;
	} else if (version < file_newest_form(file)) {
		db_close(db);
		return error_set(
		    error, ERROR_FAILED,
		    "%s has the older form %lld: start the program that writes it once, and it"
		    " is brought to form %d",
		    file->path, (long long)version, file_newest_form(file));
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
