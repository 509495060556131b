/*
 * A small ISP in one process, for the tests of what works on a tenant: a seat with real stores in a
 * temporary folder, intents from text, simulated routers behind lines in memory. The test owns it;
 * one thread; nothing outside its folder is touched.
 */
#pragma once

#include "loop/commit.h"
#include "loop/engine.h"
#include "loop/follow.h"
#include "loop/reconcile.h"
#include "world/ros.h"

#define TOWN_ROUTERS_MAX 4
/* What {env: WAVU_TEST_TOKEN} and {env: WAVU_TEST_KEY} mean in its YAML. */
#define TOWN_TOKEN "b7Kd9Qw2Zr5Tn8Xc"
#define TOWN_KEY "key-1"
/* Its router r1, managed. */
#define TOWN_R1                                                                    \
	"kind: Router\nname: r1\nsite: kasarani\naddress: 127.0.0.1\nuser: wavu\n" \
	"password: {file: r.pw}\nmode: manage\n"

struct town {
	char folder[64];
	struct settings settings;
	struct settings_tenant tenant;
	struct seat seat;
	struct arena arena;
	struct ros *routers[TOWN_ROUTERS_MAX]; /* "r1", "r2" … */
	_Atomic uint32_t opened;               /* sessions that were asked for */
	uint32_t commits;
	struct device *devices[TOWN_ROUTERS_MAX];
	char rung[64]; /* the last bell: "r1 urgent" */
	uint32_t ring_count;
};

/* The Tenant, a Site and the packages that most tests want. */
extern const char town_basics[];

void town_open(struct town *town, uint32_t router_count);
void town_close(struct town *town);
/* As after a crash: the stores are closed and opened again, what was in force is in force. */
void town_restart(struct town *town);

/* Reads YAML and takes it; fails the test when it has errors. `now` 0: the real clock. */
void town_commit(struct town *town, const char *yaml, int64_t now);
/* YAML of `count` subscribers with an opening: "c1" … on that router, in text of the arena. */
const char *town_people(struct town *town, const char *router, uint32_t count,
			const char *paid_until);
/* "a b c" joined by document ends. */
const char *town_join(struct town *town, const char *a, const char *b, const char *c);

/* One job on router `index` (from 0), complete or about the marks; fails the test when the store
 * fails. */
struct job town_job(struct town *town, uint32_t index, enum scope scope);
struct job town_apply(struct town *town, uint32_t index, const char *allow);
struct router_state town_router(struct town *town, uint32_t index);
/* The newest event of a router. */
struct event town_event(struct town *town, uint32_t index);
uint32_t town_marks(struct town *town);
