#include "asking/turns.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/error.h"

#define TURNS_ARENA_SIZE (16u << 20) /* touched as needed: some 200 bytes a lane */

struct row {
	struct turn turn; /* first: what is given away is cast back */
	struct row *next;
	struct row *beside; /* the next one under way */
	int64_t due_at;   /* 0: it is not due */
	int64_t again_at; /* 0: never */
	bool works;
};

struct turns {
	struct arena arena;
	struct row *rows;
	struct row *under_way;
	uint32_t threads_max, working;
};

struct turns *turns_new(uint32_t threads_max)
{
	struct turns *turns = calloc(1, sizeof(*turns));

	if (turns == NULL)
		fatal("out of memory");
	arena_open(&turns->arena, TURNS_ARENA_SIZE);
	turns->threads_max = threads_max;
	return turns;
}

void turns_free(struct turns *turns)
{
	if (turns == NULL)
		return;
	arena_close(&turns->arena);
	free(turns);
}

static struct row *row_of(struct turns *turns, const struct turn *turn)
{
	struct row *row = turns->rows;

	while (row != NULL && (row->turn.seat != turn->seat ||
			       !text_equal(row->turn.channel, turn->channel)))
		row = row->next;
	if (row != NULL)
		return row;
	row = ARENA_NEW(&turns->arena, struct row);
	row->turn.seat = turn->seat;
	row->turn.channel = text_copy(&turns->arena, turn->channel);
	row->next = turns->rows;
	turns->rows = row;
	return row;
}

void turns_due(struct turns *turns, const struct turn *turn, int64_t at)
{
	struct row *row = row_of(turns, turn);

	invariant(at > 0);
	if (row->due_at == 0)
		row->due_at = at;
	/* What is under way occupies what it did when it began. */
	if (!row->works) {
		row->turn.provider = turn->provider;
		row->turn.credential = turn->credential;
	}
}

void turns_again(struct turns *turns, int64_t now, int64_t at)
{
	invariant(at > 0);
	for (struct row *row = turns->rows; row != NULL; row = row->next)
		if (row->again_at != 0 && row->again_at <= now && row->due_at == 0)
			row->due_at = at;
}

/* What is under way, seen from one row. */
struct load {
	uint32_t tenant;   /* lanes of the same tenant */
	uint32_t provider; /* of the same provider */
	uint32_t both;
	bool credential; /* the same credential is in use */
};

static struct load load_of(const struct turns *turns, const struct row *row)
{
	struct load load = { 0 };

	for (const struct row *other = turns->under_way; other != NULL; other = other->beside) {
		bool is_tenants = other->turn.seat == row->turn.seat;
		bool is_providers = other->turn.provider == row->turn.provider;

		load.tenant += is_tenants;
		load.provider += is_providers;
		load.both += is_tenants && is_providers;
		load.credential =
		    load.credential || digest_equal(&other->turn.credential, &row->turn.credential);
	}
	return load;
}

/*
 * A provider that hangs would fill any fixed number of threads. Counted against what is left, it
 * never takes the last ones: of 8 threads the first may have 4, the second 2, the third 1.
 */
static bool may_work(const struct turns *turns, const struct load *load)
{
	uint32_t left = turns->threads_max - turns->working;

	return !load->credential && load->both + load->provider < left;
}

static struct row *pick(const struct turns *turns)
{
	struct row *best = NULL;
	struct load best_load = { 0 };

	for (struct row *row = turns->rows; row != NULL; row = row->next) {
		struct load load;

		if (row->due_at == 0 || row->works)
			continue;
		load = load_of(turns, row);
		if (!may_work(turns, &load))
			continue;
		if (best == NULL || load.tenant < best_load.tenant ||
		    (load.tenant == best_load.tenant && row->due_at < best->due_at)) {
			best = row;
			best_load = load;
		}
	}
	return best;
}

bool turns_ready(const struct turns *turns)
{
	return pick(turns) != NULL;
}

const struct turn *turns_take(struct turns *turns)
{
	struct row *row = pick(turns);

	if (row == NULL)
		return NULL;
	row->works = true;
	row->due_at = 0;
	row->again_at = 0;
	row->beside = turns->under_way;
	turns->under_way = row;
	turns->working++;
	return &row->turn;
}

void turns_give(struct turns *turns, const struct turn *turn, int64_t again_at)
{
	struct row *row = row_of(turns, turn), **at = &turns->under_way;

	invariant(row->works);
	while (*at != row)
		at = &(*at)->beside;
	*at = row->beside;
	row->works = false;
	row->again_at = again_at;
	turns->working--;
}

uint32_t turns_working(const struct turns *turns)
{
	return turns->working;
}
