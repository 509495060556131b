/*
 * A small ISP in one process, for the tests of the loop: a seat with real stores in a temporary
 * folder, intents from text, simulated routers behind lines in memory. The test owns it; one
 * thread; nothing outside its folder is touched.
 */
#pragma once

#include "loop/commit.h"
#include "loop/engine.h"
#include "loop/follow.h"
#include "loop/reconcile.h"
#include "money/teller.h"
#include "world/ros.h"

#define TOWN_ROUTERS_MAX 4
#define TOWN_TOKEN "b7Kd9Qw2Zr5Tn8Xc"

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
/* A confirmation in Daraja's form arrives in the inbox; the teller has not seen it yet. */
void town_pay(struct town *town, const char *receipt, const char *amount, const char *account);
void town_say(struct town *town, const char *channel, const char *source, const char *body);
/* The teller works until nothing is left. */
void town_tell(struct town *town);
/* Reads one payment; fails the test when there is none. */
struct payment town_payment(struct town *town, const char *receipt);
struct router_state town_router(struct town *town, uint32_t index);
/* The newest event of a router. */
struct event town_event(struct town *town, uint32_t index);
uint32_t town_marks(struct town *town);
uint32_t town_held(struct town *town);
