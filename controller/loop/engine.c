#include "loop/engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "loop/engine_inside.h"
#include "loop/follow.h"
#include "loop/timekeeper.h"
#include "money/teller.h"

static const char *const holders[] = {
	[ENGINE_RUN] = "wavu controller",
	[ENGINE_ONCE] = "a command of wavu",
	[ENGINE_READ] = "a reader of wavu",
};

/* The last folder of the path is made; those above it are the operator's. */
static bool make_state_folder(const struct settings *settings, struct error *error)
{
	struct arena arena = { 0 };
	struct text path;
	bool made;

	arena_open(&arena, 64u << 10);
	path = text_copy(&arena, settings->state);
	made = mkdir(path.at, 0750) == 0 || errno == EEXIST;
	if (!made)
		error_set(error, ERROR_FAILED, "the state folder %.*s: %s", TEXT_ARG(path),
			  strerror(errno));
	arena_close(&arena);
	return made;
}

static bool open_seats(struct engine *engine, struct text tenant, struct error *error)
{
	const struct settings *settings = engine->settings;

	engine->seats = calloc(settings->tenant_count + 1, sizeof(struct seat));
	if (engine->seats == NULL)
		fatal("out of memory");
	for (uint32_t i = 0; i < settings->tenant_count; i++) {
		struct seat *seat = &engine->seats[engine->seat_count];

		if (tenant.size > 0 && !text_equal(tenant, settings->tenants[i].name))
			continue;
		if (!seat_open(seat, settings, &settings->tenants[i], engine->role != ENGINE_READ,
			       error))
			return false;
		engine->seat_count++;
		if (engine->role != ENGINE_READ && !follow_start(seat, error))
			return false;
	}
	if (engine->seat_count == 0)
		return error_set(error, ERROR_FAILED, "no such tenant in the settings: %.*s",
				 TEXT_ARG(tenant));
	return true;
}

bool engine_open(struct engine **out, const struct settings *settings, enum engine_role role,
		 struct text tenant, struct error *error)
{
	struct engine *engine = calloc(1, sizeof(*engine));

	if (engine == NULL)
		fatal("out of memory");
	*out = NULL;
	engine->settings = settings;
	engine->role = role;
	engine->stop_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	engine->bell.fd = -1;
	invariant(pthread_mutex_init(&engine->workers_lock, NULL) == 0);
	if ((role != ENGINE_READ &&
	     (!make_state_folder(settings, error) ||
	      !lease_take(&engine->lease, settings->state, text_of(holders[role]), error))) ||
	    !open_seats(engine, tenant, error)) {
		engine_close(engine);
		return false;
	}
	if (role != ENGINE_READ)
		engine->asker = asker_new(engine->seats, engine->seat_count, NULL);
	*out = engine;
	return true;
}

void engine_close(struct engine *engine)
{
	if (engine == NULL)
		return;
	asker_free(engine->asker);
	for (uint32_t i = 0; engine->seats != NULL && i < engine->settings->tenant_count; i++)
		seat_close(&engine->seats[i]);
	lease_release(engine->lease);
	if (engine->stop_fd >= 0)
		(void)close(engine->stop_fd);
	free(engine->seats);
	(void)pthread_mutex_destroy(&engine->workers_lock);
	free(engine);
}

enum engine_role engine_role(const struct engine *engine)
{
	return engine->role;
}

const struct settings *engine_settings(const struct engine *engine)
{
	return engine->settings;
}

uint32_t engine_seat_count(const struct engine *engine)
{
	return engine->seat_count;
}

struct seat *engine_seat(struct engine *engine, uint32_t index)
{
	invariant(index < engine->seat_count);
	return &engine->seats[index];
}

struct seat *engine_seat_named(struct engine *engine, struct text tenant)
{
	for (uint32_t i = 0; i < engine->seat_count; i++)
		if (text_equal(engine->seats[i].tenant->name, tenant))
			return &engine->seats[i];
	return NULL;
}

struct queue *engine_queue(struct engine *engine)
{
	return engine->queue;
}

void engine_set_opener(struct engine *engine, device_opener *opener, void *context)
{
	for (uint32_t i = 0; i < engine->seat_count; i++) {
		engine->seats[i].open_device = opener;
		engine->seats[i].open_context = context;
	}
}

bool engine_catch_up_seat(struct engine *engine, struct seat *seat, struct followed *followed,
			  struct arena *arena, struct error *error)
{
	bool done, more = engine->role == ENGINE_ONCE;
	int64_t next_at;

	done = follow_step(seat, clock_now(), followed, arena, error);
	/* In a running controller the teller and the timekeeper have threads of their own. */
	while (done && more)
		done = teller_step(seat, clock_now(), &more, error);
	if (done && engine->role == ENGINE_ONCE)
		done = timekeeper_step(seat, clock_now(), clock_monotonic(), &next_at, error);
	return done;
}

bool engine_catch_up(struct engine *engine, struct error *error)
{
	for (uint32_t i = 0; i < engine->seat_count; i++) {
		struct arena arena = { 0 };
		struct followed followed;
		bool done;

		arena_open(&arena, INTENT_ARENA_SIZE);
		done = engine_catch_up_seat(engine, &engine->seats[i], &followed, &arena, error);
		arena_close(&arena);
		if (!done)
			return false;
	}
	return true;
}
