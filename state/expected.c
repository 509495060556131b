#include "state/expected.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "state/inside.h"

#define SALT_SIZE 32

struct salt {
	bool found;
	uint8_t bytes[SALT_SIZE];
};

/* One row as it lies in the table. */
struct slot {
	int64_t key, cents;
	bool shared;
};

static bool salt_read(struct salt *out, struct db *db, struct error *error)
{
	struct statement *statement = db_prepare(db, "SELECT salt FROM expecting WHERE id = 1");

	*out = (struct salt){ .found = db_step(statement) };
	if (out->found)
		db_column_bytes(statement, 0, out->bytes, sizeof(out->bytes));
	return db_finish(statement, error);
}

static int64_t key_of(const struct salt *salt, const struct expected *row)
{
	struct digester digester;
	struct digest digest;
	uint32_t bits = 0;

	digester_begin(&digester);
	digester_text(&digester, (struct text){ (const char *)salt->bytes, sizeof(salt->bytes) });
	digester_i64(&digester, row->kind);
	digester_text(&digester, row->value);
	digest = digester_end(&digester);
	for (int i = 0; i < 4; i++)
		bits = bits << 8 | digest.bytes[i];
	return bits >> (32 - EXPECTED_BITS);
}

static int compare_slots(const void *a, const void *b)
{
	const struct slot *left = a, *right = b;

	return (left->key > right->key) - (left->key < right->key);
}

/* The rows as slots, sorted; two with one key become a shared one. */
static uint32_t slots_of(struct slot *out, const struct salt *salt, const struct expected *rows,
			 uint32_t count)
{
	uint32_t kept = 0, made = 0;

	for (uint32_t i = 0; i < count; i++)
		if (rows[i].is_served)
			out[made++] = (struct slot){ key_of(salt, &rows[i]), rows[i].cents, false };
	if (made > 0)
		qsort(out, made, sizeof(*out), compare_slots);
	for (uint32_t i = 0; i < made; i++) {
		if (kept > 0 && out[kept - 1].key == out[i].key)
			out[kept - 1] = (struct slot){ out[i].key, 0, true };
		else
			out[kept++] = out[i];
	}
	return kept;
}

static bool slots_read(struct slot **out, uint32_t *count, struct db *db, struct arena *arena,
		       struct error *error)
{
	struct statement *statement =
	    db_prepare(db, "SELECT key, cents, shared FROM expected ORDER BY key");

	*out = NULL;
	*count = 0;
	while (db_step(statement)) {
		*out = db_more(arena, *out, *count, sizeof(**out));
		(*out)[(*count)++] = (struct slot){ db_column(statement, 0),
						    db_column(statement, 1),
						    db_column(statement, 2) != 0 };
	}
	return db_finish(statement, error);
}

static bool slot_write(struct db *db, const struct slot *slot, struct error *error)
{
	struct statement *statement = db_prepare(
	    db, "INSERT INTO expected (key, cents, shared) VALUES (?1, ?2, ?3) ON CONFLICT (key)"
		" DO UPDATE SET cents = ?2, shared = ?3");

	db_bind(statement, 1, slot->key);
	db_bind(statement, 2, slot->cents);
	db_bind(statement, 3, slot->shared);
	return db_done(statement, error);
}

static bool slot_drop(struct db *db, int64_t key, struct error *error)
{
	struct statement *statement = db_prepare(db, "DELETE FROM expected WHERE key = ?");

	db_bind(statement, 1, key);
	return db_done(statement, error);
}

/* Walks both, sorted by key, and writes where they differ. */
static bool differences(uint32_t *written, struct db *db, const struct slot *have,
			uint32_t have_count, const struct slot *want, uint32_t want_count,
			struct error *error)
{
	uint32_t h = 0, w = 0;

	while (h < have_count || w < want_count) {
		if (w == want_count || (h < have_count && have[h].key < want[w].key)) {
			if (!slot_drop(db, have[h++].key, error))
				return false;
		} else if (h == have_count || want[w].key < have[h].key) {
			if (!slot_write(db, &want[w++], error))
				return false;
		} else {
			bool same = have[h].cents == want[w].cents &&
				    have[h].shared == want[w].shared;

			if (!same && !slot_write(db, &want[w], error))
				return false;
			h++;
			w++;
			*written += !same;
			continue;
		}
		(*written)++;
	}
	return true;
}

static bool expecting_write(struct db *db, struct salt *salt, const struct expecting *expecting,
			    struct error *error)
{
	struct statement *statement;

	if (!salt->found)
		random_bytes(salt->bytes, sizeof(salt->bytes));
	statement = db_prepare(
	    db, "INSERT INTO expecting (id, salt, country, by_payer, fresh_at) VALUES (1, ?1, ?2,"
		" ?3, ?4) ON CONFLICT (id) DO UPDATE SET country = ?2, by_payer = ?3, fresh_at ="
		" ?4");
	db_bind_bytes(statement, 1, salt->bytes, sizeof(salt->bytes));
	db_bind_text(statement, 2, expecting->country);
	db_bind(statement, 3, expecting->by_payer);
	db_bind(statement, 4, expecting->fresh_at);
	return db_done(statement, error);
}

bool expected_sync(uint32_t *written, struct store *store, const struct expecting *expecting,
		   const struct expected *rows, uint32_t count, struct arena *arena,
		   struct error *error)
{
	struct slot *have, *want = ARENA_ARRAY(arena, struct slot, count + 1);
	uint32_t have_count, want_count;
	struct salt salt;
	struct db *db;
	bool ok;

	*written = 0;
	if (!store_part_begin(&db, store, STORE_STREET, error))
		return false;
	ok = salt_read(&salt, db, error) && slots_read(&have, &have_count, db, arena, error);
	/* Nothing is published, and nothing is to be: not even that. */
	if (ok && (expecting->fresh_at != 0 || salt.found)) {
		ok = expecting_write(db, &salt, expecting, error);
		want_count = ok ? slots_of(want, &salt, rows, count) : 0;
		ok = ok && differences(written, db, have, have_count, want, want_count, error) &&
		     store_part_commit(store, STORE_STREET, error);
	}
	store_part_abort(store, STORE_STREET);
	return ok;
}

/* A shared one stays as it is: who else it stands for is not known here. */
static bool put_one(struct db *db, const struct salt *salt, const struct expected *row,
		    struct error *error)
{
	struct slot slot = { key_of(salt, row), row->cents, false };
	struct statement *statement =
	    db_prepare(db, "SELECT 1 FROM expected WHERE key = ? AND shared = 1");
	bool shared;

	db_bind(statement, 1, slot.key);
	shared = db_step(statement);
	if (!db_finish(statement, error))
		return false;
	if (shared)
		return true;
	return row->is_served ? slot_write(db, &slot, error) : slot_drop(db, slot.key, error);
}

bool expected_put(struct store *store, const struct expected *rows, uint32_t count,
		  struct error *error)
{
	struct salt salt;
	struct db *db;
	bool ok;

	if (!store_part_begin(&db, store, STORE_STREET, error))
		return false;
	ok = salt_read(&salt, db, error);
	for (uint32_t i = 0; ok && salt.found && i < count; i++)
		ok = put_one(db, &salt, &rows[i], error);
	ok = ok && store_part_commit(store, STORE_STREET, error);
	store_part_abort(store, STORE_STREET);
	return ok;
}

bool expected_freshen(struct store *store, int64_t now, struct error *error)
{
	struct statement *statement;
	struct db *db;
	bool ok;

	if (!store_part_begin(&db, store, STORE_STREET, error))
		return false;
	statement = db_prepare(db, "UPDATE expecting SET fresh_at = ? WHERE fresh_at > 0");
	db_bind(statement, 1, now);
	ok = db_done(statement, error) && store_part_commit(store, STORE_STREET, error);
	store_part_abort(store, STORE_STREET);
	return ok;
}

bool expected_read(struct expecting *expecting, struct store *store, struct arena *arena,
		   struct error *error)
{
	struct statement *statement;

	*expecting = (struct expecting){ 0 };
	if (!store_select(&statement, store, STORE_STREET,
			  "SELECT country, by_payer, fresh_at FROM expecting WHERE id = 1", error))
		return false;
	if (db_step(statement))
		*expecting = (struct expecting){ .country = db_column_text(statement, 0, arena),
						 .by_payer = db_column(statement, 1) != 0,
						 .fresh_at = db_column(statement, 2) };
	return db_finish(statement, error);
}

static bool find(bool *found, struct expected *out, struct db *db, const struct expected *rows,
		 uint32_t count, struct error *error)
{
	struct salt salt;

	if (!salt_read(&salt, db, error))
		return false;
	for (uint32_t i = 0; salt.found && !*found && i < count; i++) {
		struct statement *statement =
		    db_prepare(db, "SELECT cents FROM expected WHERE key = ?");

		db_bind(statement, 1, key_of(&salt, &rows[i]));
		*found = db_step(statement);
		*out = rows[i];
		out->is_served = *found;
		out->cents = *found ? db_column(statement, 0) : 0;
		if (!db_finish(statement, error))
			return false;
	}
	return true;
}

bool expected_find(bool *found, struct expected *out, struct store *store,
		   const struct expected *rows, uint32_t count, struct error *error)
{
	struct db *db;

	*found = false;
	*out = (struct expected){ 0 };
	if (!store_read(&db, store, STORE_STREET, error))
		return false;
	bool ok = find(found, out, db, rows, count, error);
	store_read_done(store, STORE_STREET, db);
	return ok;
}
