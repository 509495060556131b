/*
 * What the tests of this room share: a state folder of their own, stores in it, payments, and a way
 * to look at the files from outside with SQLite itself.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "state/ledger.h"
#include "state/store.h"

#define NOW INT64_C(1790000000000000) /* some moment in 2026 */

struct world {
	char folder[64];
	struct arena arena;
	struct error error;
	struct store *store; /* the controller's, open */
};

/* Fixtures for cmocka: a fresh folder with a controller's store of the tenant "kasi". */
int world_setup(void **state);
int world_teardown(void **state);

struct store *world_open(struct world *world, enum store_role role);
/* Fails the test with the error's words. */
#define OK(world, call) assert_true_with((call), (world), #call)
void assert_true_with(bool ok, struct world *world, const char *call);

/* A payment of that many cents; status CREDITED when `reference` is not NULL, else UNMATCHED. */
struct payment world_payment(const char *receipt, int64_t cents);
/* Books it in a transaction of its own. False: the receipt was known. */
bool world_book(struct world *world, struct payment *payment, const char *reference);
/* The sentences of store_verify, one a line; "" when all is well. */
const char *world_verify(struct world *world, struct store *store);

/* Runs SQL on a file of the tenant from outside ("db", "inbox.db", "street.db"): the message, or
 * NULL when it worked. */
const char *world_sql(struct world *world, const char *suffix, const char *sql);
/* Forgets the journal triggers first: what a broken disk or a person with a tool might do. */
void world_damage(struct world *world, const char *sql);
