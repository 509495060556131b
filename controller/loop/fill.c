#include "loop/fill.h"

/* One share's encoded commands and ids, forgotten after it. */
#define SHARE_ARENA_SIZE ((size_t)128 << 20)

struct share {
	struct write *writes;
	uint32_t count;
};

/* ---- shares: under the lock ------------------------------------------------------------------ */

/*
 * Large shares first and small ones last, so that all lines end together; whole windows, because a
 * session answers them as one. 1,000 writes over four sessions: 112, 96, 96, 80 … 16.
 */
static bool share_take(struct fill *fill, struct share *out)
{
	uint32_t left = fill->count - fill->next;
	uint32_t size = left / (2 * (fill->line_count + 1)) / TAGS_IN_FLIGHT_MAX *
			TAGS_IN_FLIGHT_MAX;

	if (fill->cut || left == 0)
		return false;
	if (size < TAGS_IN_FLIGHT_MAX)
		size = TAGS_IN_FLIGHT_MAX;
	if (size > left)
		size = left;
	*out = (struct share){ fill->writes + fill->next, size };
	fill->next += size;
	fill->busy++;
	return true;
}

static void share_give(struct fill *fill, bool alive, const struct error *why)
{
	invariant(fill->busy > 0);
	fill->busy--;
	/* What may have been done unheard says what must happen next: look. */
	if (!alive && (!fill->cut || why->code == ERROR_UNKNOWN))
		fill->why = *why;
	fill->cut |= !alive;
	(void)pthread_cond_broadcast(&fill->turned);
}

/* ---- the further sessions -------------------------------------------------------------------- */

/* False: there is nothing more to do, ever. */
static bool share_wait(struct fill *fill, struct share *out)
{
	bool got = false;

	(void)pthread_mutex_lock(&fill->lock);
	while (!fill->over && !fill->cut && !(got = share_take(fill, out)))
		(void)pthread_cond_wait(&fill->turned, &fill->lock);
	(void)pthread_mutex_unlock(&fill->lock);
	return got;
}

static bool share_write(struct fill *fill, struct device *device, const struct share *share,
			struct arena *arena)
{
	struct error why = { 0 };
	bool alive = device->verbs->write(device, share->writes, share->count, arena, &why);

	for (uint32_t i = 0; i < share->count; i++)
		share->writes[i].new_id = TEXT_NONE; /* it lies in the line's own arena */
	(void)pthread_mutex_lock(&fill->lock);
	share_give(fill, alive, &why);
	(void)pthread_mutex_unlock(&fill->lock);
	return alive;
}

static void *line_run(void *context)
{
	const struct fill_line *line = context;
	struct fill *fill = line->fill;
	const struct seat *seat = fill->seat;
	struct device *device = NULL;
	struct arena arena = { 0 };
	struct error refused = { 0 };
	struct share share;

	/* A router that bears no more sessions is filled by those it bears. */
	if (!seat->open_device(seat->open_context, &device, seat, fill->router, &refused))
		return NULL;
	arena_open(&arena, SHARE_ARENA_SIZE);
	while (share_wait(fill, &share)) {
		if (!share_write(fill, device, &share, &arena))
			break;
		arena_reset(&arena);
	}
	device_close(device);
	arena_close(&arena);
	return NULL;
}

/* ---- the fill -------------------------------------------------------------------------------- */

void fill_open(struct fill *fill, const struct seat *seat, const struct router *router,
	       uint32_t sessions)
{
	invariant(sessions > 0 && sessions <= FILL_SESSIONS_MAX);
	*fill = (struct fill){ .seat = seat, .router = router };
	invariant(pthread_mutex_init(&fill->lock, NULL) == 0);
	invariant(pthread_cond_init(&fill->turned, NULL) == 0);
	for (uint32_t i = 0; i + 1 < sessions; i++) {
		struct fill_line *line = &fill->lines[i];

		line->fill = fill;
		if (pthread_create(&line->thread, NULL, line_run, line) != 0)
			break;
		fill->line_count++;
	}
}

bool fill_write(struct fill *fill, struct device *device, struct write *writes, uint32_t count,
		struct arena *arena, struct error *error)
{
	struct share share;
	bool alive;

	for (uint32_t i = 0; i < count; i++)
		writes[i].end = WRITE_UNSENT;
	(void)pthread_mutex_lock(&fill->lock);
	invariant(fill->busy == 0 && !fill->over);
	fill->writes = writes;
	fill->count = count;
	fill->next = 0;
	(void)pthread_cond_broadcast(&fill->turned);
	while (share_take(fill, &share)) {
		(void)pthread_mutex_unlock(&fill->lock);
		(void)share_write(fill, device, &share, arena);
		(void)pthread_mutex_lock(&fill->lock);
	}
	while (fill->busy > 0)
		(void)pthread_cond_wait(&fill->turned, &fill->lock);
	alive = !fill->cut;
	if (!alive)
		*error = fill->why;
	(void)pthread_mutex_unlock(&fill->lock);
	for (uint32_t i = 0; alive && i < count; i++)
		invariant(writes[i].end != WRITE_UNSENT);
	return alive;
}

void fill_close(struct fill *fill)
{
	(void)pthread_mutex_lock(&fill->lock);
	fill->over = true;
	(void)pthread_cond_broadcast(&fill->turned);
	(void)pthread_mutex_unlock(&fill->lock);
	for (uint32_t i = 0; i < fill->line_count; i++)
		(void)pthread_join(fill->lines[i].thread, NULL);
	(void)pthread_cond_destroy(&fill->turned);
	(void)pthread_mutex_destroy(&fill->lock);
}
