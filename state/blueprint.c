#include "state/blueprint.h"

#include <pthread.h>
#include <string.h>

#include "base/digest.h"
#include "state/migrations.h"

/* One table, index, view or trigger. */
struct part {
	struct text type, name, sql;
};

struct parts {
	struct part *at;
	uint32_t count;
};

/* Sorted by name; what SQLite makes for itself is no part. */
static bool parts_read(struct parts *out, struct db *db, struct arena *arena, struct error *error)
{
	struct statement *statement =
	    db_prepare(db, "SELECT type, name, coalesce(sql, '') FROM sqlite_schema"
			   " WHERE substr(name, 1, 7) <> 'sqlite_' ORDER BY name");

	*out = (struct parts){ 0 };
	while (db_step(statement)) {
		out->at = db_more(arena, out->at, out->count, sizeof(*out->at));
		out->at[out->count++] = (struct part){ db_column_text(statement, 0, arena),
						       db_column_text(statement, 1, arena),
						       db_column_text(statement, 2, arena) };
	}
	return db_finish(statement, error);
}

/* *form: the number of the newest migration. */
static bool model_make(struct db *model, int64_t *form, const char *folder, struct error *error)
{
	*form = 0;
	for (unsigned i = 0; i < migration_count; i++) {
		if (strcmp(migrations[i].folder, folder) != 0)
			continue;
		if (!db_run(model, migrations[i].sql, error))
			return error_at(error, "migration %s %d", folder, migrations[i].number);
		*form = migrations[i].number;
	}
	return true;
}

/* ---- what was found right once --------------------------------------------------------------- */

/* Making the model takes as long as all other checks together; a file whose parts are those of one
 * that was compared before needs none. One place for each kind of file: the migrations of a program
 * never change. */
static pthread_mutex_t right_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct digest right[STORE_PART_COUNT];
static uint32_t right_count;

static struct digest parts_digest(const struct parts *parts, const char *folder, int64_t form)
{
	struct digester digester;

	digester_begin(&digester);
	digester_text(&digester, text_of(folder));
	digester_i64(&digester, form);
	for (uint32_t i = 0; i < parts->count; i++) {
		digester_text(&digester, parts->at[i].type);
		digester_text(&digester, parts->at[i].name);
		digester_text(&digester, parts->at[i].sql);
	}
	return digester_end(&digester);
}

static bool was_right(const struct digest *digest)
{
	bool found = false;

	(void)pthread_mutex_lock(&right_mutex);
	for (uint32_t i = 0; i < right_count; i++)
		found = found || digest_equal(&right[i], digest);
	(void)pthread_mutex_unlock(&right_mutex);
	return found;
}

static void is_right(const struct digest *digest)
{
	(void)pthread_mutex_lock(&right_mutex);
	/* Two threads may come to it at once; a place that is lost so costs time alone. */
	if (right_count < STORE_PART_COUNT)
		right[right_count++] = *digest;
	(void)pthread_mutex_unlock(&right_mutex);
}

/* ---- the comparison -------------------------------------------------------------------------- */

static const struct part *part_named(const struct parts *parts, struct text name)
{
	for (uint32_t i = 0; i < parts->count; i++)
		if (text_equal(parts->at[i].name, name))
			return &parts->at[i];
	return NULL;
}

static void compare(struct text **out, uint32_t *count, const struct parts *are,
		    const struct parts *should, struct arena *arena)
{
	*out = ARENA_ARRAY(arena, struct text, are->count + should->count + 1);
	for (uint32_t i = 0; i < should->count; i++) {
		const struct part *part = &should->at[i], *found = part_named(are, part->name);

		if (found == NULL || !text_equal(found->sql, part->sql))
			(*out)[(*count)++] = text_format(
			    arena, "%.*s %.*s is %s", TEXT_ARG(part->type), TEXT_ARG(part->name),
			    found == NULL ? "missing" : "not as wavu made it");
	}
	for (uint32_t i = 0; i < are->count; i++)
		if (part_named(should, are->at[i].name) == NULL)
			(*out)[(*count)++] =
			    text_format(arena, "%.*s %.*s was not made by wavu",
					TEXT_ARG(are->at[i].type), TEXT_ARG(are->at[i].name));
}

bool blueprint_check(struct text **out, uint32_t *count, struct db *db, const char *folder,
		     struct arena *arena, struct error *error)
{
	struct parts are, should;
	struct digest digest;
	int64_t form, made;
	struct db model;
	bool done;

	*out = NULL;
	*count = 0;
	if (db->handle == NULL)
		return true;
	if (!db_number(&form, db, "PRAGMA user_version", error) ||
	    !parts_read(&are, db, arena, error))
		return false;
	digest = parts_digest(&are, folder, form);
	if (was_right(&digest))
		return true;
	if (!db_open_memory(&model, folder, error))
		return false;
	done = model_make(&model, &made, folder, error) &&
	       parts_read(&should, &model, arena, error);
	db_close(&model);
	if (!done || form != made)
		return done;
	compare(out, count, &are, &should, arena);
	if (*count == 0)
		is_right(&digest);
	return true;
}
