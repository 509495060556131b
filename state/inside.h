/*
 * What the modules of this room share: how they reach a connection of a store. Only the .c files of
 * this room include this. Nothing here is owned by the caller; may block on disk and on the store's
 * mutexes; any thread.
 */
#pragma once

#include "state/db.h"
#include "state/store.h"

enum store_part { STORE_TENANT, STORE_INBOX, STORE_STREET, STORE_PART_COUNT };

/* The writing connection of TENANT.db; the calling thread must be inside store_begin. */
struct db *store_writer(struct store *store);
/* To be reached inside store_begin: the commit remembers the newest moment seen, and the newest
 * anything was booked. */
void store_saw(struct store *store, int64_t at);
void store_booked(struct store *store, int64_t at);

/* A transaction of its own on a part this role writes. */
bool store_part_begin(struct db **db, struct store *store, enum store_part part,
		      struct error *error) MUST_CHECK;
bool store_part_commit(struct store *store, enum store_part part, struct error *error) MUST_CHECK;
void store_part_abort(struct store *store, enum store_part part);

/* Begins the one statement of a read; db_finish ends both. What does not exist yet reads as empty.
 * `sql` is a literal, as in db_prepare. */
bool store_select(struct statement **out, struct store *store, enum store_part part,
		  const char *sql, struct error *error) MUST_CHECK;
/* A read of several statements. *db is never NULL; every success is ended by store_read_done. */
bool store_read(struct db **db, struct store *store, enum store_part part,
		struct error *error) MUST_CHECK;
void store_read_done(struct store *store, enum store_part part, struct db *db);
/* Does this role have that part at all? */
bool store_has(const struct store *store, enum store_part part);
