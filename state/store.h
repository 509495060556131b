/*
 * One tenant's three SQLite files and who may do what with them. The only room that knows SQL. A
 * store handle belongs to its process; the writing functions take its one writing connection (a
 * mutex inside), readers are per thread. Everything here blocks on disk. A STORE error means the
 * file cannot be trusted: the process must stop.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

/* Who opens: decides which files are written and which are only read (house: three files, one
 * writer each). */
enum store_role {
	STORE_CONTROLLER, /* writes TENANT.db and TENANT.street.db, reads TENANT.inbox.db */
	STORE_WEBHOOK,    /* writes TENANT.inbox.db, reads TENANT.street.db */
	STORE_READER      /* reads TENANT.db and TENANT.inbox.db */
};

struct store;

/* Opens and migrates the files of the role (creating them: 0640, TENANT.db 0600). A READER of files
 * that do not exist yet succeeds and finds everything empty. A newer schema than ours is refused
 * with the remedy. */
bool store_open(struct store **out, struct text folder, struct text tenant, enum store_role role,
		struct error *error) MUST_CHECK;
void store_close(struct store *store); /* NULL is fine */
struct text store_tenant(const struct store *store);

/* A read view of TENANT.db (WEBHOOK: of the street) that does not move: everything read between
 * begin and end is of one moment. Optional, may be nested; of the calling thread, which must not
 * open a transaction inside it. Short: threads beyond the eighth wait, so never hold it across
 * router or network I/O. */
bool store_read_begin(struct store *store, struct error *error) MUST_CHECK;
void store_read_end(struct store *store);

/*
 * One writing transaction of a CONTROLLER on TENANT.db (BEGIN IMMEDIATE); every changing function
 * of the other headers of this room needs one open on the calling thread and asserts it. Only one
 * thread at a time gets in; never hold it across router or network I/O. commit is durable when it
 * returns true. Reads inside the transaction see its writes.
 */
#define store_begin(store, error) store_begin_at((store), __FILE__, __LINE__, (error))
/* Remembers where, for the message of a broken rule. */
bool store_begin_at(struct store *store, const char *file, int line,
		    struct error *error) MUST_CHECK;
/* Fails, and undoes everything, also when any step since begin failed: LIMIT on a full disk (try
 * again later), STORE when the file is broken (the process must stop). Whatever it returns, the
 * transaction has ended. */
bool store_commit(struct store *store, struct error *error) MUST_CHECK;
void store_abort(struct store *store); /* also legal after a failed commit */

/* Every invariant of the store: integrity, ledger sums to zero, balances equal their entries, one
 * credit per receipt … Each broken one is a sentence; none: count 0. Not inside a
 * transaction. */
bool store_verify(struct text **problems, uint32_t *count, struct store *store, struct arena *arena,
		  struct error *error) MUST_CHECK;

/* Checkpoints the WAL when nobody writes and drops the oldest history beyond its maximum; called by
 * the owner when idle. */
void store_checkpoint(struct store *store);

/* The state folder belongs to one controller. CONFLICT names who holds it (host, process, since
 * when). Lives until released or the process ends. */
struct lease;
bool lease_take(struct lease **out, struct text folder, struct text holder,
		struct error *error) MUST_CHECK;
void lease_release(struct lease *lease);
