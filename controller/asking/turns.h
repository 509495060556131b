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

/* One lane, and what it would occupy. */
struct turn {
	struct seat *seat;
	struct text channel;
	const struct provider *provider; /* NULL: of none that can be asked */
	struct digest credential;
};

struct turns;
struct turns *turns_new(uint32_t threads_max); /* that work at once; never NULL */
void turns_free(struct turns *turns);          /* NULL is fine */

/* It is due since `at`, whatever it was; what it occupies is as said now. Copied. */
void turns_due(struct turns *turns, const struct turn *turn, int64_t at);
/* Those that wanted to come again at `now` or before are due. */
void turns_again(struct turns *turns, int64_t now, int64_t at);
/*
 * The next one, which is worked on from now on; NULL: nobody may. Tenants with the least under way
 * go first, then who has been due for longest. Of the threads that are left a provider may always
 * take one, whoever else hangs; the more it has, the more must be free, and half of what is its
 * goes to another tenant.
 */
const struct turn *turns_take(struct turns *turns);
bool turns_ready(const struct turns *turns); /* would turns_take find one? */
/* It was worked on. `again_at`: when it wants to be due by itself, 0: never. */
void turns_give(struct turns *turns, const struct turn *turn, int64_t again_at);
uint32_t turns_working(const struct turns *turns);
