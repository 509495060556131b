/*
 * Inside of the engine only (engine.c, engine_threads.c, pass.c, control.c).
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "asking/asker.h"
#include "loop/chores.h"
#include "loop/control.h"
#include "loop/engine.h"
#include "loop/follow.h"
#include "loop/reconcile.h"

struct engine {
	const struct settings *settings;
	enum engine_role role;
	struct lease *lease;
	struct seat *seats;
	uint32_t seat_count;
	struct asker *asker; /* NULL: READ */
	struct chores *chores; /* RUN only */

	/* RUN only */
	struct queue *queue;
	struct bell_socket bell;
	struct control *control;
	int stop_fd;
	_Atomic bool stopping;
	_Atomic uint32_t worker_count; /* started */
	pthread_t *workers;
	pthread_mutex_t workers_lock;
	struct follower *followers; /* one per seat */
	pthread_t teller;
	bool teller_runs;
	pthread_t watcher; /* of the queue's idle sessions */
	bool watcher_runs;
};

/* Starts one more worker when none is idle and there may be one more. Any thread. */
void engine_more_workers(struct engine *engine);
/* When a router is to be swept next, and what a job's end means for its slot. */
void engine_verdict(const struct engine *engine, const struct job *job, struct verdict *out,
		    int64_t now);
/* As engine_catch_up, for one tenant, and with what was found on its branch. */
bool engine_catch_up_seat(struct engine *engine, struct seat *seat, struct followed *followed,
			  struct arena *arena, struct error *error) MUST_CHECK;
