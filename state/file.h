/*
 * One SQLite file of a tenant: its one writing connection behind a mutex, a small pool of read-only
 * ones, its migrations. Only the .c files of this room include this. Blocks on disk; any thread, as
 * each function says. It knows no table.
 */
#pragma once

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>

#include "state/db.h"

#define FILE_READERS_MAX \
	8 /* more threads than this wait for each other's reads, which take milliseconds */

struct reader {
	struct db db;
	bool busy;
	const void *owner; /* the thread that has it, see file_thread() */
	unsigned depth;    /* nested snapshots; 0: a single read */
};

struct file {
	char path[PATH_MAX];
	char name[NAME_MAX + 1]; /* "kasinet.inbox.db", for messages */
	const char *folder;      /* of its migrations */
	bool writes;

	pthread_mutex_t mutex; /* who holds it has `writer` */
	struct db writer;
	_Atomic(const void *) owner; /* the thread inside a transaction, or NULL */
	const char *begun_file;      /* where that (or the last) transaction began */
	int begun_line;
	int forced_pages; /* length of the log at which the last forced checkpoint was tried */
	int lock;         /* descriptor of the lock file, or -1 */

	pthread_mutex_t pool;
	pthread_cond_t returned;
	struct reader readers[FILE_READERS_MAX];
};

/* What identifies the calling thread. */
const void *file_thread(void);

/* Fills in the names; opens nothing. */
bool file_init(struct file *file, struct text folder, const char *name, const char *migrations,
	       struct error *error) MUST_CHECK;
/* The number of the newest migration of its folder. */
int file_newest_form(const struct file *file);
/* Is it ours, and of which form? STORE for a file of another kind or of a newer program; 0: empty.
 */
bool file_check_version(struct file *file, struct db *db, int64_t *version,
			struct error *error) MUST_CHECK;
/* Makes the file when missing (with `mode`, in the folder's group), locks it for this process,
 * opens and migrates it. CONFLICT when another process writes it. */
bool file_open_writer(struct file *file, unsigned mode, struct error *error) MUST_CHECK;
void file_close(struct file *file);

/* One writing transaction; the writer's mutex is held from begin to commit or abort. A failed
 * commit has ended it. */
bool file_begin(struct file *file, const char *at_file, int at_line,
		struct error *error) MUST_CHECK;
bool file_commit(struct file *file, const char *failpoint_before, const char *failpoint_after,
		 struct error *error) MUST_CHECK;
void file_abort(struct file *file);
bool file_is_mine(const struct file *file); /* the calling thread is inside a transaction */

/*
 * A connection to read with: the writer inside the calling thread's transaction, its snapshot
 * inside one, else any of the pool. Waits while all are in use. *db is never NULL; a file that does
 * not exist yet reads as empty.
 */
bool file_read(struct db **db, struct file *file, struct error *error) MUST_CHECK;
void file_read_done(struct file *file, struct db *db);
bool file_snapshot(struct file *file, struct error *error) MUST_CHECK;
void file_snapshot_end(struct file *file);

/* Unless somebody writes: a passive checkpoint. */
void file_checkpoint(struct file *file);
/* A file lock that ends with the process; the text of the holder is kept in it for whom it turns
 * away. */
bool file_lock(int *out, const char *path, struct text holder, const char *what,
	       struct error *error) MUST_CHECK;
void file_unlock(int lock);
