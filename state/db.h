/*
 * The few verbs in which this room speaks SQL, over one connection; db.c is the only file that
 * includes sqlite3.h. Only the .c files of this room include this. A connection is used by one
 * thread at a time. Statements keep their first failure and do nothing after it, so that a caller
 * checks once, at db_finish. Texts read are copied into the caller's arena.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

#define DB_STATEMENTS_MAX \
	256 /* cached statements of a connection: the room has about half as many */

struct sqlite3;
struct sqlite3_stmt;
struct db;
struct file;

/* One prepared statement: cached by the address of its SQL, which must therefore be a literal. */
struct statement {
	const char *sql;
	struct sqlite3_stmt *handle;
	struct db *db;
	int result; /* the first failure, or 0 */
	bool busy;  /* between db_prepare and db_finish */
	/* Who lent the connection for this statement alone, or NULL: db_finish gives it back. */
	struct file *lender;
	void (*give_back)(struct file *lender, struct db *db);
};

struct db {
	struct sqlite3 *handle; /* NULL: not open; every query on it finds nothing */
	const char *name;       /* for messages: the file without its folder */
	bool writes;
	bool spoiled;  /* a statement failed since the transaction began: it may not be committed */
	bool broken;   /* a write or fsync failed: the file cannot be trusted any more */
	int wal_pages; /* length of the write-ahead log after the newest commit */
	struct statement cache[DB_STATEMENTS_MAX];
};

/* Opens an existing file with every pragma of the house. `name` and `path` are terminated; `name`
 * must outlive it. */
bool db_open(struct db *db, const char *path, const char *name, bool writes,
	     struct error *error) MUST_CHECK;
/* An empty one that nobody else sees and that ends with its closing. */
bool db_open_memory(struct db *db, const char *name, struct error *error) MUST_CHECK;
void db_close(struct db *db);

/* Runs SQL of ours that has no answer: BEGIN, COMMIT, migrations. */
bool db_run(struct db *db, const char *sql, struct error *error) MUST_CHECK;
bool db_in_transaction(const struct db *db);
/* "PRAGMA x" or another query whose one answer is an integer; 0 when there is none. Not cached. */
bool db_number(int64_t *out, struct db *db, const char *sql, struct error *error) MUST_CHECK;

/* Never NULL. The statement must be finished before its SQL is prepared again. */
struct statement *db_prepare(struct db *db, const char *sql);
/* Parameters count from 1. Texts must live until db_finish. */
void db_bind(struct statement *statement, int parameter, int64_t value);
void db_bind_text(struct statement *statement, int parameter, struct text value);
void db_bind_bytes(struct statement *statement, int parameter, const void *bytes, uint32_t size);
void db_bind_null(struct statement *statement, int parameter);
/* True: a row is there. */
bool db_step(struct statement *statement);
/* Columns count from 0. */
int64_t db_column(struct statement *statement, int column);
bool db_column_is_null(struct statement *statement, int column);
struct text db_column_text(struct statement *statement, int column, struct arena *arena);
/* Fills exactly `size` bytes, or zeroes them when the column has another size. */
void db_column_bytes(struct statement *statement, int column, void *out, uint32_t size);
/* Ends the statement, keeps it for next time, gives back a connection that was lent for it alone,
 * and tells how it went. */
bool db_finish(struct statement *statement, struct error *error) MUST_CHECK;
/* Finishes it with the one number that it reads; 0: no row, or NULL. */
bool db_finish_number(int64_t *out, struct statement *statement, struct error *error) MUST_CHECK;
/* Steps a statement that answers nothing, and finishes it. */
bool db_done(struct statement *statement, struct error *error) MUST_CHECK;
/* Rows changed by the newest statement; the id of the newest row. */
int64_t db_changes(struct db *db);
int64_t db_newest_id(struct db *db);

enum db_checkpoint { DB_CHECKPOINT_PASSIVE, DB_CHECKPOINT_RESTART };
/* Copies the write-ahead log into the file. Readers or a full disk only make it less complete; a
 * broken file marks `db`. */
void db_checkpoint(struct db *db, enum db_checkpoint how);

/* Room for one more in an array that grows in the arena. */
void *db_more(struct arena *arena, void *rows, uint32_t count, size_t size);
