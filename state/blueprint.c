#include "state/blueprint.h"

#include <string.h>

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

static const struct part *part_named(const struct parts *parts, struct text name)
{
	for (uint32_t i = 0; i < parts->count; i++)
		if (text_equal(parts->at[i].name, name))
			return &parts->at[i];
	return NULL;
}

static bool compare(struct text **out, uint32_t *count, struct db *db, struct db *model,
		    struct arena *arena, struct error *error)
{
	struct parts are, should;

	if (!parts_read(&are, db, arena, error) || !parts_read(&should, model, arena, error))
		return false;
	*out = ARENA_ARRAY(arena, struct text, are.count + should.count + 1);
	for (uint32_t i = 0; i < should.count; i++) {
		const struct part *part = &should.at[i], *found = part_named(&are, part->name);

		if (found == NULL || !text_equal(found->sql, part->sql))
			(*out)[(*count)++] = text_format(
			    arena, "%.*s %.*s is %s", TEXT_ARG(part->type), TEXT_ARG(part->name),
			    found == NULL ? "missing" : "not as wavu made it");
	}
	for (uint32_t i = 0; i < are.count; i++)
		if (part_named(&should, are.at[i].name) == NULL)
			(*out)[(*count)++] =
			    text_format(arena, "%.*s %.*s was not made by wavu",
					TEXT_ARG(are.at[i].type), TEXT_ARG(are.at[i].name));
	return true;
}

bool blueprint_check(struct text **out, uint32_t *count, struct db *db, const char *folder,
		     struct arena *arena, struct error *error)
{
	int64_t form, made;
	struct db model;
	bool done;

	*out = NULL;
	*count = 0;
	if (db->handle == NULL)
		return true;
	if (!db_open_memory(&model, folder, error))
		return false;
	done = model_make(&model, &made, folder, error) &&
	       db_number(&form, db, "PRAGMA user_version", error) &&
	       (form != made || compare(out, count, db, &model, arena, error));
	db_close(&model);
	return done;
}
