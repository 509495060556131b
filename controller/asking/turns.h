/*
 * Whose turn it is among lanes that are due, when a thread is free: only picked here, worked on by
 * others. Nothing blocks; its owner holds a lock around every call. It keeps one small row for each
 * lane that was ever due, until it is freed. Two lanes of one credential never have a turn at once,
 * for one would only wait for the other.
 */
#pragma once

#include "base/digest.h"
#include "base/text.h"

struct seat;
struct provider;

/* Where a lane's visits are (asking/rounds.h). All zero: there was none yet. */
struct rounds {
	bool others_turn; /* a prompt was the last */
	uint32_t next;    /* which of the others is first */
	uint32_t called;  /* calls of the visit */
};

/* One lane, and what it would occupy. */
struct turn {
	struct seat *seat;
	struct text channel;
	const struct provider *provider; /* NULL: of none that can be asked */
	struct digest credential;
	struct rounds rounds; /* as turns_give left it */
};

struct turns;
/* `shared`: how many may have a turn at once beside each tenant's own. Never NULL. */
struct turns *turns_new(uint32_t shared);
void turns_free(struct turns *turns); /* NULL is fine */

/* It is due since `at`, whatever it was; what it occupies is as said now. Copied. */
void turns_due(struct turns *turns, const struct turn *turn, int64_t at);
/* Those that wanted to come again at `now` or before are due. */
void turns_again(struct turns *turns, int64_t now, int64_t at);
/*
 * The next one, which is worked on from now on; NULL: nobody may. At each provider a tenant has one
 * turn of its own, whoever hangs there. What it takes beside that is of the shared ones, and there
 * a provider may always take one of those that are left; the more it has, the more must be free,
 * and half of what is its goes to another tenant. Tenants with the least under way go first, then
 * whose last call was longest ago, then who has been due for longest.
 */
const struct turn *turns_take(struct turns *turns);
bool turns_ready(const struct turns *turns); /* would turns_take find one? */
/* It was worked on. `again_at`: when it wants to be due by itself, 0: never. */
void turns_give(struct turns *turns, const struct turn *turn, const struct rounds *rounds,
		int64_t again_at);
uint32_t turns_working(const struct turns *turns);
