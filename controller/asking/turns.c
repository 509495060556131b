#include "asking/turns.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/error.h"

#define TURNS_ARENA_SIZE (16u << 20) /* touched as needed: some 200 bytes a lane */

struct row {
	struct turn turn; /* first: what is given away is cast back */
	struct row *next;
	struct row *beside; /* the next one under way */
	int64_t due_at;     /* 0: it is not due */
	int64_t again_at;   /* 0: never */
	uint64_t called;    /* its last call's place among all; 0: none yet */
	bool works;
	bool is_own; /* works: by its tenant's own turn */
};

struct turns {
	struct arena arena;
	struct row *rows;
	struct row *under_way;
	uint32_t shared;         /* in all */
	uint32_t shared_working; /* of those */
	uint32_t working;
	uint64_t calls;
};

struct turns *turns_new(uint32_t shared)
{
	struct turns *turns = calloc(1, sizeof(*turns));

	if (turns == NULL)
		fatal("out of memory");
	arena_open(&turns->arena, TURNS_ARENA_SIZE);
	turns->shared = shared;
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

	while (row != NULL &&
	       (row->turn.seat != turn->seat || !text_equal(row->turn.channel, turn->channel)))
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
	uint32_t provider; /* shared turns of the same provider */
	uint32_t both;     /* and tenant */
	bool own;          /* its tenant's own turn at that provider is in use */
	bool credential;   /* the same credential is */
};

static struct load load_of(const struct turns *turns, const struct row *row)
{
	struct load load = { 0 };

	for (const struct row *other = turns->under_way; other != NULL; other = other->beside) {
		bool is_tenants = other->turn.seat == row->turn.seat;
		bool is_providers = other->turn.provider == row->turn.provider;

		load.tenant += is_tenants;
		load.provider += is_providers && !other->is_own;
		load.both += is_tenants && is_providers && !other->is_own;
		load.own = load.own || (is_tenants && is_providers && other->is_own);
		load.credential = load.credential ||
				  digest_equal(&other->turn.credential, &row->turn.credential);
	}
	return load;
}

/*
 * A provider that hangs would fill any fixed number. Counted against what is left, it never takes
 * the last shared ones: of 8 the first may have 4, the second 2, the third 1.
 */
static bool may_work(const struct turns *turns, const struct load *load)
{
	uint32_t left = turns->shared - turns->shared_working;

	return !load->credential && (!load->own || load->both + load->provider < left);
}

static bool goes_before(const struct row *row, const struct load *load, const struct row *best,
			const struct load *best_load)
{
	if (best == NULL || load->tenant != best_load->tenant)
		return best == NULL || load->tenant < best_load->tenant;
	/* What one credential's budget leaves goes round, however often each is due. */
	return row->called != best->called ? row->called < best->called
					   : row->due_at < best->due_at;
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
		if (goes_before(row, &load, best, &best_load)) {
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
	row->is_own = !load_of(turns, row).own;
	turns->shared_working += !row->is_own;
	row->works = true;
	row->due_at = 0;
	row->again_at = 0;
	row->beside = turns->under_way;
	turns->under_way = row;
	turns->working++;
	return &row->turn;
}

void turns_give(struct turns *turns, const struct turn *turn, const struct rounds *rounds,
		int64_t again_at)
{
	struct row *row = row_of(turns, turn), **at = &turns->under_way;

	invariant(row->works);
	while (*at != row)
		at = &(*at)->beside;
	*at = row->beside;
	row->works = false;
	row->again_at = again_at;
	row->turn.rounds = *rounds;
	if (rounds->called > 0)
		row->called = ++turns->calls;
	turns->working--;
	turns->shared_working -= !row->is_own;
}

uint32_t turns_working(const struct turns *turns)
{
	return turns->working;
}
