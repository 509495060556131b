#include "world.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

void assert_true_with(bool ok, struct world *world, const char *call)
{
	if (!ok)
		fail_msg("%s: %s", call, world->error.text);
}

struct store *world_open(struct world *world, enum store_role role)
{
	struct store *store;

	OK(world, store_open(&store, text_of(world->folder), TEXT("kasi"), role, &world->error));
	return store;
}

int world_setup(void **state)
{
	struct world *world = calloc(1, sizeof(*world));

	(void)snprintf(world->folder, sizeof(world->folder), "/tmp/state-test-XXXXXX");
	assert_non_null(mkdtemp(world->folder));
	arena_open(&world->arena, 256u << 20);
	world->store = world_open(world, STORE_CONTROLLER);
	*state = world;
	return 0;
}

int world_teardown(void **state)
{
	struct world *world = *state;
	DIR *folder;
	struct dirent *entry;

	/* A test that failed may have left one open: its words are wanted, not ours. */
	if (world->store != NULL)
		store_abort(world->store);
	store_close(world->store);
	folder = opendir(world->folder);
	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		char path[400];
		(void)snprintf(path, sizeof(path), "%s/%s", world->folder, entry->d_name);
		if (entry->d_name[0] != '.')
			(void)unlink(path);
	}
	if (folder != NULL)
		(void)closedir(folder);
	(void)rmdir(world->folder);
	arena_close(&world->arena);
	free(world);
	return 0;
}

struct payment world_payment(const char *receipt, int64_t cents)
{
	return (struct payment){
		.receipt = text_of(receipt),
		.provider = TEXT("daraja"),
		.channel = TEXT("main"),
		.has_amount = true,
		.amount_cents = cents,
		.reference = TEXT("kn 0042"),
		.phone = TEXT("254712345678"),
		.at = NOW - 1000000,
		.received_at = NOW,
		.booked_at = NOW,
	};
}

bool world_book(struct world *world, struct payment *payment, const char *reference)
{
	bool known;

	payment->status = reference != NULL ? PAYMENT_CREDITED : PAYMENT_UNMATCHED;
	payment->account = text_of(reference);
	OK(world, store_begin(world->store, &world->error));
	OK(world, ledger_book(&known, world->store, payment, text_of(reference), &world->arena,
			      &world->error));
	OK(world, store_commit(world->store, &world->error));
	return !known;
}

const char *world_verify(struct world *world, struct store *store)
{
	struct text *problems, all = TEXT("");
	uint32_t count;

	OK(world, store_verify(&problems, &count, store, &world->arena, &world->error));
	for (uint32_t i = 0; i < count; i++)
		all = text_format(&world->arena, "%.*s%.*s\n", TEXT_ARG(all),
				  TEXT_ARG(problems[i]));
	return all.at;
}

const char *world_sql(struct world *world, const char *suffix, const char *sql)
{
	char path[200], *message = NULL;
	struct text copy = TEXT_NONE;
	sqlite3 *handle;

	(void)snprintf(path, sizeof(path), "%s/kasi.%s", world->folder, suffix);
	assert_int_equal(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	(void)sqlite3_busy_timeout(handle, 5000);
	(void)sqlite3_exec(handle, "PRAGMA wal_autocheckpoint = 0", NULL, NULL, NULL);
	if (sqlite3_exec(handle, sql, NULL, NULL, &message) != SQLITE_OK)
		copy = text_copy(&world->arena, text_of(message));
	sqlite3_free(message);
	(void)sqlite3_close(handle);
	return copy.at;
}

void world_damage(struct world *world, const char *sql)
{
	static const char *const triggers[] = {
		"payment_is_never_changed",        "payment_is_never_deleted",
		"payment_keeps_its_receipt",
		"payment_status_is_never_changed", "payment_status_is_never_deleted",
		"movement_is_never_changed",       "movement_is_never_deleted",
		"purchase_is_never_changed",       "purchase_is_never_deleted",
		"opening_is_never_changed",        "movement_is_balanced",
		"payment_status_is_in_force",      "cursor_never_goes_back"
	};

	for (size_t i = 0; i < sizeof(triggers) / sizeof(triggers[0]); i++) {
		char drop[100];
		(void)snprintf(drop, sizeof(drop), "DROP TRIGGER IF EXISTS %s", triggers[i]);
		assert_null(world_sql(world, "db", drop));
	}
	const char *message = world_sql(world, "db", sql);
	if (message != NULL)
		fail_msg("%s: %s", sql, message);
}
