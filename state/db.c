#include "state/db.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <sqlite3.h>

#include "base/limits.h"
#include "base/log.h"

#define BUSY_MS                                                                          \
	5000 /* nobody but a person with a tool of his own ever holds our locks for long \
	      */
#define RESTART_BUSY_MS \
	200 /* a checkpoint waits for readers no longer than this: a writer is behind it */
#define WRITER_CACHE_KIB 8192
#define READER_CACHE_KIB 1024
#define WAL_KEEP_SIZE                                                              \
	(16 << 20) /* bytes the write-ahead log is cut back to when it starts anew \
		    */
#define BUCKETS DB_STATEMENTS_MAX

/* EDQUOT and ENOSPC mean "later", except from fsync: after that nobody knows what is on the disk.
 */
static bool is_full(int result, int system_errno)
{
	if ((result & 0xff) == SQLITE_FULL)
		return true;
	if ((result & 0xff) != SQLITE_IOERR)
		return false;
	if (result == SQLITE_IOERR_FSYNC || result == SQLITE_IOERR_DIR_FSYNC)
		return false;
	return system_errno == ENOSPC || system_errno == EDQUOT;
}

static bool fail(struct db *db, int result, struct error *error)
{
	const char *words = db->handle != NULL ? sqlite3_errmsg(db->handle)
					       : sqlite3_errstr(result);
	int system_errno = db->handle != NULL ? sqlite3_system_errno(db->handle) : 0;

	db->spoiled = true;
	if (is_full(result, system_errno))
		return error_set(error, ERROR_LIMIT,
				 "%s: the disk is full; nothing of this was kept", db->name);
	switch (result & 0xff) {
	case SQLITE_NOMEM:
		fatal("%s: out of memory in SQLite", db->name);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return error_set(error, ERROR_CONFLICT,
				 "%s: another program holds the file: end it (%s)", db->name,
				 words);
	case SQLITE_IOERR:
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		db->broken = true;
		return error_set(
		    error, ERROR_STORE,
		    "%s cannot be trusted: %s (%d, %s): check the disk, then restore a backup",
		    db->name, words, result,
		    system_errno != 0 ? strerror(system_errno) : "no errno");
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_AUTH:
	case SQLITE_READONLY:
		return error_set(
		    error, ERROR_FAILED,
		    "%s cannot be opened: %s: check the rights of the file and of its folder",
		    db->name, system_errno != 0 ? strerror(system_errno) : words);
	default:
		return error_set(error, ERROR_FAILED, "%s: %s (%d)", db->name, words, result);
	}
}

static int remember_wal(void *context, sqlite3 *handle, const char *schema, int pages)
{
	struct db *db = context;

	(void)handle;
	(void)schema;
	db->wal_pages = pages;
	return SQLITE_OK;
}

bool db_run(struct db *db, const char *sql, struct error *error)
{
	int result = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	return result == SQLITE_OK || fail(db, result, error);
}

bool db_in_transaction(const struct db *db)
{
	return db->handle != NULL && sqlite3_get_autocommit(db->handle) == 0;
}

bool db_number(int64_t *out, struct db *db, const char *sql, struct error *error)
{
	sqlite3_stmt *handle = NULL;
	int result = sqlite3_prepare_v2(db->handle, sql, -1, &handle, NULL);

	*out = 0;
	if (result == SQLITE_OK) {
		result = sqlite3_step(handle);
		if (result == SQLITE_ROW) {
			*out = sqlite3_column_int64(handle, 0);
			result = SQLITE_DONE;
		}
		if (result == SQLITE_DONE)
			result = SQLITE_OK;
	}
	if (result != SQLITE_OK) {
		bool failed = fail(db, result, error);
		sqlite3_finalize(handle);
		return failed;
	}
	sqlite3_finalize(handle);
	return true;
}

/* Everything that has a default is said all the same: the defaults are the distribution's, not
 * ours. */
static bool set_pragmas(struct db *db, struct error *error)
{
	static const char both[] =
	    "PRAGMA locking_mode = NORMAL;"
	    "PRAGMA foreign_keys = ON;"
	    "PRAGMA recursive_triggers = ON;" /* else INSERT OR REPLACE would slip past a journal's
						 triggers */
	    "PRAGMA trusted_schema = OFF;"
	    "PRAGMA cell_size_check = ON;"
	    "PRAGMA mmap_size = 0;" /* a read error must be an error, not a signal */
	    "PRAGMA temp_store = MEMORY;"
	    "PRAGMA case_sensitive_like = OFF;"
	    "PRAGMA ignore_check_constraints = OFF;"
	    "PRAGMA read_uncommitted = OFF;"
	    "PRAGMA wal_autocheckpoint = 0;"; /* only the owner checkpoints, when he is idle */
	char sizes[200];
	int64_t is_wal = 0;

	(void)snprintf(sizes, sizeof(sizes), "PRAGMA cache_size = -%d; PRAGMA cache_spill = ON;%s",
		       db->writes ? WRITER_CACHE_KIB : READER_CACHE_KIB,
		       db->writes ? "PRAGMA synchronous = FULL; PRAGMA secure_delete = OFF;"
				  : "PRAGMA query_only = ON;");
	if (!db_run(db, both, error) || !db_run(db, sizes, error))
		return false;
	if (!db->writes)
		return true;
	(void)snprintf(sizes, sizeof(sizes), "PRAGMA journal_size_limit = %d;", WAL_KEEP_SIZE);
	if (!db_run(db, "PRAGMA journal_mode = WAL;", error) || !db_run(db, sizes, error))
		return false;
	if (!db_number(&is_wal, db, "SELECT journal_mode = 'wal' FROM pragma_journal_mode", error))
		return false;
	return is_wal == 1 ||
	       error_set(error, ERROR_FAILED,
			 "%s: this file system cannot hold a write-ahead log: keep the state on"
			 " a local disk",
			 db->name);
}

static bool configure(struct db *db, struct error *error)
{
	static const struct {
		int option, value;
	} options[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 0 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },
		{ SQLITE_DBCONFIG_ENABLE_FKEY, 1 },
		{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 1 },
		{ SQLITE_DBCONFIG_ENABLE_VIEW, 1 },
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
		{ SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0 },
		{ SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0 },
	};
	int result = SQLITE_OK, keep = 1;

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]) && result == SQLITE_OK; i++)
		result = sqlite3_db_config(db->handle, options[i].option, options[i].value, NULL);
	if (result == SQLITE_OK)
		result = sqlite3_busy_timeout(db->handle, BUSY_MS);
	/* Without its log and index on disk a reader of another user could not open the file after
	 * a clean stop. */
	if (result == SQLITE_OK && db->writes)
		result = sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
	if (result != SQLITE_OK)
		return fail(db, result, error);
	if (!set_pragmas(db, error))
		return false;
	/* Last, for wal_autocheckpoint is itself such a hook and would take this one's place. */
	if (db->writes)
		sqlite3_wal_hook(db->handle, remember_wal, db);
	return true;
}

bool db_open(struct db *db, const char *path, const char *name, bool writes, struct error *error)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
	int result;

	memset(db, 0, sizeof(*db));
	db->name = name;
	db->writes = writes;
	/* The name is taken as it is: no "file:" URI, no special ":memory:" (paths of ours begin
	 * with a folder). */
	flags |= writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
	result = sqlite3_open_v2(path, &db->handle, flags, NULL);
	if (result != SQLITE_OK) {
		(void)fail(db, result, error);
		db_close(db);
		return false;
	}
	/* SQLite opens what it may not write as if it had been asked to read it. */
	if (writes && sqlite3_db_readonly(db->handle, "main") == 1) {
		db_close(db);
		return error_set(error, ERROR_FAILED,
				 "%s may not be written by this user: check its owner and mode",
				 name);
	}
	if (!configure(db, error)) {
		db_close(db);
		return false;
	}
	return true;
}

bool db_open_memory(struct db *db, const char *name, struct error *error)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE |
		    SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY;
	int result;

	memset(db, 0, sizeof(*db));
	db->name = name;
	result = sqlite3_open_v2(":memory:", &db->handle, flags, NULL);
	/* It has no log: it is configured as one to read, and then may be written. */
	if ((result == SQLITE_OK || fail(db, result, error)) && configure(db, error) &&
	    db_run(db, "PRAGMA query_only = OFF", error))
		return true;
	db_close(db);
	return false;
}

void db_close(struct db *db)
{
	for (size_t i = 0; i < DB_STATEMENTS_MAX; i++) {
		invariant(!db->cache[i].busy);
		sqlite3_finalize(db->cache[i].handle);
	}
	memset(db->cache, 0, sizeof(db->cache));
	if (sqlite3_close(db->handle) != SQLITE_OK)
		fatal("%s: a statement is still open at the end", db->name);
	db->handle = NULL;
}

static struct statement *find(struct db *db, const char *sql)
{
	size_t bucket = ((uintptr_t)sql >> 3) % BUCKETS;

	for (size_t i = 0; i < BUCKETS; i++) {
		struct statement *statement = &db->cache[(bucket + i) % BUCKETS];
		if (statement->sql == sql || statement->sql == NULL)
			return statement;
	}
	fatal("%s: more than %d statements", db->name, DB_STATEMENTS_MAX);
}

struct statement *db_prepare(struct db *db, const char *sql)
{
	struct statement *statement = find(db, sql);

	invariant(!statement->busy);
	statement->sql = sql;
	statement->db = db;
	statement->busy = true;
	statement->result = SQLITE_OK;
	if (db->handle != NULL && statement->handle == NULL)
		statement->result = sqlite3_prepare_v3(
		    db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement->handle, NULL);
	return statement;
}

static void keep(struct statement *statement, int result)
{
	if (statement->result == SQLITE_OK)
		statement->result = result;
}

static bool is_idle(const struct statement *statement)
{
	invariant(statement->busy);
	return statement->handle == NULL || statement->result != SQLITE_OK;
}

void db_bind(struct statement *statement, int parameter, int64_t value)
{
	if (!is_idle(statement))
		keep(statement, sqlite3_bind_int64(statement->handle, parameter, value));
}

void db_bind_text(struct statement *statement, int parameter, struct text value)
{
	if (!is_idle(statement))
		keep(statement, sqlite3_bind_text64(statement->handle, parameter,
						    value.at != NULL ? value.at : "", value.size,
						    SQLITE_STATIC, SQLITE_UTF8));
}

void db_bind_bytes(struct statement *statement, int parameter, const void *bytes, uint32_t size)
{
	if (!is_idle(statement))
		keep(statement,
		     sqlite3_bind_blob64(statement->handle, parameter, bytes != NULL ? bytes : "",
					 size, SQLITE_STATIC));
}

void db_bind_null(struct statement *statement, int parameter)
{
	if (!is_idle(statement))
		keep(statement, sqlite3_bind_null(statement->handle, parameter));
}

bool db_step(struct statement *statement)
{
	int result;

	if (is_idle(statement))
		return false;
	result = sqlite3_step(statement->handle);
	if (result == SQLITE_ROW)
		return true;
	if (result != SQLITE_DONE)
		keep(statement, result);
	return false;
}

int64_t db_column(struct statement *statement, int column)
{
	return sqlite3_column_int64(statement->handle, column);
}

bool db_column_is_null(struct statement *statement, int column)
{
	return sqlite3_column_type(statement->handle, column) == SQLITE_NULL;
}

struct text db_column_text(struct statement *statement, int column, struct arena *arena)
{
	const void *at = sqlite3_column_blob(statement->handle, column);
	int size = sqlite3_column_bytes(statement->handle, column);

	if (at == NULL || size <= 0)
		return TEXT_NONE;
	return text_copy(arena, (struct text){ at, (uint32_t)size });
}

void db_column_bytes(struct statement *statement, int column, void *out, uint32_t size)
{
	const void *at = sqlite3_column_blob(statement->handle, column);

	if (at != NULL && sqlite3_column_bytes(statement->handle, column) == (int)size)
		memcpy(out, at, size);
	else
		memset(out, 0, size);
}

bool db_finish(struct statement *statement, struct error *error)
{
	bool ok = statement->result == SQLITE_OK;
	struct file *lender = statement->lender;

	invariant(statement->busy);
	statement->lender = NULL;
	/* Said before the reset, which would put other words into the connection. */
	if (!ok)
		(void)fail(statement->db, statement->result, error);
	statement->busy = false;
	if (statement->handle != NULL) {
		(void)sqlite3_reset(statement->handle);
		(void)sqlite3_clear_bindings(statement->handle);
	}
	/* Last, for another thread may have the connection and this very statement from here on. */
	if (lender != NULL)
		statement->give_back(lender, statement->db);
	return ok;
}

bool db_finish_number(int64_t *out, struct statement *statement, struct error *error)
{
	*out = db_step(statement) ? db_column(statement, 0) : 0;
	return db_finish(statement, error);
}

bool db_done(struct statement *statement, struct error *error)
{
	while (db_step(statement))
		;
	return db_finish(statement, error);
}

int64_t db_changes(struct db *db)
{
	return sqlite3_changes64(db->handle);
}

int64_t db_newest_id(struct db *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}

void db_checkpoint(struct db *db, enum db_checkpoint how)
{
	int log_pages = 0, copied = 0, result;
	bool restart = how == DB_CHECKPOINT_RESTART;

	if (db->handle == NULL)
		return;
	(void)sqlite3_busy_timeout(db->handle, restart ? RESTART_BUSY_MS : 0);
	result = sqlite3_wal_checkpoint_v2(
	    db->handle, "main", restart ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE,
	    &log_pages, &copied);
	(void)sqlite3_busy_timeout(db->handle, BUSY_MS);
	if (result == SQLITE_OK && copied == log_pages)
		db->wal_pages =
		    0; /* the next commit begins it anew, unless a reader is still in it */
	if (result != SQLITE_OK && (result & 0xff) != SQLITE_BUSY &&
	    (result & 0xff) != SQLITE_LOCKED &&
	    !is_full(result, sqlite3_system_errno(db->handle))) {
		db->broken = true;
		log_line(LOG_ERROR, "store-broken", "file=%s doing=checkpoint why=\"%s\"", db->name,
			 sqlite3_errmsg(db->handle));
	}
}

void *db_more(struct arena *arena, void *rows, uint32_t count, size_t size)
{
	if (count == 0)
		return arena_array(arena, 16, size);
	if (count < 16 || (count & (count - 1)) != 0)
		return rows;
	return arena_grow(arena, rows, count * size, 2 * count * size);
}
