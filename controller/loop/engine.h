/*
 * The engine: all seats of the settings, the queue, the threads. Roles: RUN is `wavu controller`;
 * ONCE is one command while no controller runs; both take the lease of the state folder. READ takes
 * nothing and changes nothing (`wavu plan`). engine_open and engine_run block; the opener owns it.
 */
#pragma once

#include "loop/queue.h"
#include "seat/seat.h"

enum engine_role { ENGINE_RUN, ENGINE_ONCE, ENGINE_READ };

struct engine;

/*
 * `tenant` empty: all tenants of the settings. CONFLICT: another controller holds the state folder,
 * and who. The settings must outlive the engine. RUN and ONCE load what is in force; nothing is
 * started.
 */
bool engine_open(struct engine **out, const struct settings *settings, enum engine_role role,
		 struct text tenant, struct error *error) MUST_CHECK;
void engine_close(struct engine *engine); /* ends what runs; NULL is fine */

/*
 * RUN: starts all threads and returns when `stop` fired (SIGTERM, SIGINT, engine_stop). A store
 * error ends the process with exit code 1 after a clear line: nothing important lives only in
 * memory.
 */
bool engine_run(struct engine *engine, struct error *error) MUST_CHECK;
void engine_stop(struct engine *engine); /* any thread */

enum engine_role engine_role(const struct engine *engine);
const struct settings *engine_settings(const struct engine *engine);
uint32_t engine_seat_count(const struct engine *engine);
struct seat *engine_seat(struct engine *engine, uint32_t index);
struct seat *engine_seat_named(struct engine *engine, struct text tenant); /* NULL: none */
/* NULL unless the engine runs. */
struct queue *engine_queue(struct engine *engine);
/* For tests: how routers are reached, before anything runs. */
void engine_set_opener(struct engine *engine, device_opener *opener, void *context);

/*
 * ONCE: takes the newest commit, books the inbox, judges what time has changed. What is wrong with
 * the newest commit is in its source's error. Also what a running controller does before a person's
 * pass.
 */
bool engine_catch_up(struct engine *engine, struct error *error) MUST_CHECK;
