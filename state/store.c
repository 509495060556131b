#include "state/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "state/file.h"
#include "state/inside.h"

#define EVENTS_MAX 100000        /* newest rows of history kept; about a year of a busy fleet */
#define EVENTS_DROP_AT_ONCE 1000 /* so that housekeeping is rare, and short when it comes */

struct store {
	enum store_role role;
	char tenant[NAME_SIZE_MAX + 1];
	int64_t saw_at; /* newest moment of the open transaction, 0: none */
	int64_t booked_at;
	struct file parts[STORE_PART_COUNT];
};

enum use { USE_NONE, USE_READ, USE_WRITE };

static const enum use uses[][STORE_PART_COUNT] = {
	[STORE_CONTROLLER] = { USE_WRITE, USE_READ, USE_WRITE },
	[STORE_WEBHOOK] = { USE_NONE, USE_WRITE, USE_READ },
	[STORE_READER] = { USE_READ, USE_READ, USE_NONE },
};

static const struct {
	const char *suffix, *migrations;
	unsigned mode;
	const char *before_commit, *after_commit;
} kinds[STORE_PART_COUNT] = {
	[STORE_TENANT] = { "db", "tenant", 0600, "store.before_commit", "store.after_commit" },
	[STORE_INBOX] = { "inbox.db", "inbox", 0640, "inbox.before_commit", "inbox.after_commit" },
	[STORE_STREET] = { "street.db", "street", 0640, "street.before_commit",
			   "street.after_commit" },
};

bool store_has(const struct store *store, enum store_part part)
{
	return uses[store->role][part] != USE_NONE;
}

/* A broken or newer file is found now rather than at the first payment; one that is not there yet
 * is no error. */
static bool try_reading(struct store *store, enum store_part part, struct error *error)
{
	struct db *db;

	if (!store_read(&db, store, part, error))
		return store->role != STORE_READER && error->code != ERROR_STORE;
	store_read_done(store, part, db);
	return true;
}

static bool open_part(struct store *store, struct text folder, enum store_part part,
		      struct error *error)
{
	char name[NAME_SIZE_MAX + 16];

	(void)snprintf(name, sizeof(name), "%s.%s", store->tenant, kinds[part].suffix);
	if (!file_init(&store->parts[part], folder, name, kinds[part].migrations, error))
		return false;
	if (uses[store->role][part] == USE_WRITE)
		return file_open_writer(&store->parts[part], kinds[part].mode, error);
	return uses[store->role][part] == USE_NONE || try_reading(store, part, error);
}

bool store_open(struct store **out, struct text folder, struct text tenant, enum store_role role,
		struct error *error)
{
	struct store *store;

	*out = NULL;
	if (tenant.size == 0 || tenant.size > NAME_SIZE_MAX ||
	    memchr(tenant.at, '/', tenant.size) != NULL || tenant.at[0] == '.')
		return error_set(error, ERROR_INVALID, "'%.*s' is no name for a tenant's files",
				 TEXT_ARG(tenant));
	store = calloc(1, sizeof(*store));
	if (store == NULL)
		fatal("out of memory for a store");
	store->role = role;
	memcpy(store->tenant, tenant.at, tenant.size);
	for (int part = 0; part < STORE_PART_COUNT; part++) {
		if (open_part(store, folder, (enum store_part)part, error))
			continue;
		for (; part >= 0; part--)
			if (store->parts[part].folder != NULL)
				file_close(&store->parts[part]);
		free(store);
		return error_at(error, "store of %.*s", TEXT_ARG(tenant));
	}
	*out = store;
	return true;
}

void store_close(struct store *store)
{
	if (store == NULL)
		return;
	for (int part = 0; part < STORE_PART_COUNT; part++)
		file_close(&store->parts[part]);
	free(store);
}

struct text store_tenant(const struct store *store)
{
	return text_of(store->tenant);
}

static struct file *snapshot_part(struct store *store)
{
	return &store->parts[store->role == STORE_WEBHOOK ? STORE_STREET : STORE_TENANT];
}

bool store_read_begin(struct store *store, struct error *error)
{
	return file_snapshot(snapshot_part(store), error);
}

void store_read_end(struct store *store)
{
	file_snapshot_end(snapshot_part(store));
}

bool store_read(struct db **db, struct store *store, enum store_part part, struct error *error)
{
	invariant(store_has(store, part));
	return file_read(db, &store->parts[part], error);
}

void store_read_done(struct store *store, enum store_part part, struct db *db)
{
	file_read_done(&store->parts[part], db);
}

bool store_select(struct statement **out, struct store *store, enum store_part part,
		  const char *sql, struct error *error)
{
	struct db *db;

	*out = NULL;
	if (!store_read(&db, store, part, error))
		return false;
	*out = db_prepare(db, sql);
	(*out)->lender = &store->parts[part];
	(*out)->give_back = file_read_done;
	return true;
}

bool store_part_begin(struct db **db, struct store *store, enum store_part part,
		      struct error *error)
{
	invariant(uses[store->role][part] == USE_WRITE);
	if (!file_begin(&store->parts[part], __FILE__, __LINE__, error))
		return false;
	*db = &store->parts[part].writer;
	return true;
}

bool store_part_commit(struct store *store, enum store_part part, struct error *error)
{
	return file_commit(&store->parts[part], kinds[part].before_commit, kinds[part].after_commit,
			   error);
}

void store_part_abort(struct store *store, enum store_part part)
{
	file_abort(&store->parts[part]);
}

bool store_begin_at(struct store *store, const char *file, int line, struct error *error)
{
	invariant(store->role == STORE_CONTROLLER);
	if (!file_begin(&store->parts[STORE_TENANT], file, line, error))
		return false;
	store->saw_at = 0;
	store->booked_at = 0;
	return true;
}

struct db *store_writer(struct store *store)
{
	struct file *file = &store->parts[STORE_TENANT];

	if (!file_is_mine(file))
		fatal("%s is changed outside a transaction of this thread (the last one began at"
		      " %s:%d)",
		      file->name, file->begun_file != NULL ? file->begun_file : "nowhere",
		      file->begun_line);
	return &file->writer;
}

void store_saw(struct store *store, int64_t at)
{
	if (at > store->saw_at)
		store->saw_at = at;
}

void store_booked(struct store *store, int64_t at)
{
	store_saw(store, at);
	if (at > store->booked_at)
		store->booked_at = at;
}

static bool remember_times(struct store *store, struct error *error)
{
	struct statement *statement;

	if (store->saw_at == 0)
		return true;
	statement = db_prepare(
	    store_writer(store),
	    "UPDATE clock SET newest_at = max(newest_at, ?1), booked_at = max(booked_at, ?2)"
	    " WHERE newest_at < ?1 OR booked_at < ?2");
	db_bind(statement, 1, store->saw_at);
	db_bind(statement, 2, store->booked_at);
	return db_done(statement, error);
}

bool store_commit(struct store *store, struct error *error)
{
	struct db *db = store_writer(store);

	if (!db->spoiled && !remember_times(store, error)) {
		store_part_abort(store, STORE_TENANT);
		return false;
	}
	return store_part_commit(store, STORE_TENANT, error);
}

void store_abort(struct store *store)
{
	store_part_abort(store, STORE_TENANT);
}

/* True: there is so much history that a transaction is worth it. */
static bool has_old_events(struct store *store)
{
	struct error error;
	struct db *db;
	int64_t excess;

	if (!store_read(&db, store, STORE_TENANT, &error))
		return false;
	struct statement *statement = db_prepare(
	    db, "SELECT (SELECT max(id) FROM event) - (SELECT min(id) FROM event) + 1");
	excess = db_step(statement) ? db_column(statement, 0) - EVENTS_MAX : 0;
	bool ok = db_finish(statement, &error);
	store_read_done(store, STORE_TENANT, db);
	return ok && excess >= EVENTS_DROP_AT_ONCE;
}

static void drop_old_events(struct store *store)
{
	struct error error;
	struct statement *statement;

	if (!store_begin(store, &error))
		return;
	statement = db_prepare(store_writer(store),
			       "DELETE FROM event WHERE id <= (SELECT max(id) FROM event) - ?1");
	db_bind(statement, 1, EVENTS_MAX);
	bool ok = db_done(statement, &error);
	if (ok)
		ok = store_commit(store, &error);
	store_abort(store);
	if (!ok)
		log_line(LOG_WARNING, "history-not-trimmed", "tenant=%s why=\"%s\"", store->tenant,
			 error.text);
}

void store_checkpoint(struct store *store)
{
	if (store->role == STORE_CONTROLLER && !file_is_mine(&store->parts[STORE_TENANT]) &&
	    has_old_events(store))
		drop_old_events(store);
	for (int part = 0; part < STORE_PART_COUNT; part++)
		file_checkpoint(&store->parts[part]);
}
