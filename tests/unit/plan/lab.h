/*
 * A tenant, his books and a very small router in memory, for tests of the plan: rows are added, set
 * and removed as told, sessions live on whatever happens to their rows. Test code: failures end the
 * test.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "plan/plan.h"

#define LAB_ROWS_MAX 20000
#define LAB_LOOKS_MAX 32

struct lab_router {
	struct table tables[MENU_COUNT]; /* what a look would read */
	uint32_t ids;
};

struct lab {
	struct arena arena; /* lives as long as the lab */
	struct arena job;   /* one plan */
	struct intent *intent;
	const struct router *router;
	struct lab_router world;
	struct facts *facts;
	uint32_t facts_count;
	struct inventory_entry *inventory;
	uint32_t inventory_count, inventory_room;
	int64_t now;
	struct plan_input in;
	struct observed seen;
	struct plan plan;
	uint32_t look_count; /* questions asked for the last plan */
	bool all_hidden;     /* passwords read back as stars */
};

void lab_open(struct lab *lab, const char *yaml);
void lab_close(struct lab *lab);
/* Another commit; facts stay by reference. */
void lab_commit(struct lab *lab, const char *yaml);

/* The facts of one account; made when asked for first. Passwords are "pw-ACCOUNT". */
struct facts *lab_facts(struct lab *lab, const char *account);
/* Paid until `days` from now (negative: ago), by receipt QGH7TEST01. */
void lab_paid(struct lab *lab, const char *account, int days);

/* A row of the router from "name=value" words; returns it (valid until the next one). */
struct row *lab_row(struct lab *lab, enum menu_id menu, const char *words);
struct row *lab_find(struct lab *lab, enum menu_id menu, const char *field, const char *value);
void lab_remove(struct lab *lab, enum menu_id menu, const struct row *row);
uint32_t lab_count(struct lab *lab, enum menu_id menu);
/* A live PPP session of that name, up for so many seconds. */
void lab_dial(struct lab *lab, const char *name, int64_t uptime_s);
/* A hotspot login with its cookie and host. */
void lab_login(struct lab *lab, const char *user, const char *mac, int64_t uptime_s);

struct inventory_entry *lab_entry(struct lab *lab, enum menu_id menu, const char *key);

/* Looks as plan_looks says, plans, looks again, plans again; lab->plan is the result. `only` may be
 * NULL. */
void lab_plan(struct lab *lab, const char *only);
/* Carries out lab->plan, storing before and after as the loop does; a second passes. Returns the
 * writes. */
uint32_t lab_carry_out(struct lab *lab);
/*
 * As the loop does it, with an end in the middle: all that is to be stored before, then the first
 * `written` changes, of which the first `stored` are stored as done.
 */
void lab_carry_out_cut(struct lab *lab, uint32_t written, uint32_t stored);
/* The first `count` changes only, the last of them with an answer that never came (its `after` is
 * not stored). */
void lab_carry_out_until(struct lab *lab, uint32_t count);
/* All of a plan that only adds, onto a router that is empty: without looking anything up. */
void lab_carry_out_adds(struct lab *lab);
/* Facts filled in by hand, into their order. */
void lab_sort_facts(struct lab *lab);
/* The change of that verb on that key, or NULL. */
const struct change *lab_change(struct lab *lab, enum verb verb, enum menu_id menu,
				const char *key);
/* Changes that would be carried out or are held: all but conflicts. */
uint32_t lab_changes(struct lab *lab);
/* Plans until nothing is left, at most three rounds, and fails when something is. */
void lab_settle(struct lab *lab);

/* ---- the repository of the scenes ---- */

extern const char lab_router[]; /* the Router's document: manages, with a pool and a hotspot */
/* Tenant, site, router, packages home-10, home-20 (dunning, walled), day (hotspot), and `people`.
 * Static. */
const char *lab_yaml(const char *router, const char *people);
void lab_open_with(struct lab *lab, const char *people);
/* The value of a field of the row of that key; the row must be there. */
struct text lab_have(struct lab *lab, enum menu_id menu, const char *key, const char *field);
void lab_expect(struct text got, const char *expected);

#define JANE \
	"kind: Subscriber\nname: KN-1\nusername: jane\npackage: home-10\nrouter: kasarani-1\n---\n"
#define PETER \
	"kind: Subscriber\nname: KN-2\nusername: peter\npackage: home-20\nrouter: kasarani-1\n---\n"
#define AMINA \
	"kind: Subscriber\nname: KN-3\nusername: amina\npackage: day\nrouter: kasarani-1\n---\n"
