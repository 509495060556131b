/* All luck of a run, the code's own included: random_bytes and random_password are wrapped at link
 * time. */
#include "base/digest.h"
#include "sim/sim.h"

/* splitmix64: a state of any value gives a good sequence. */
static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint64_t luck(void)
{
	return next(&sim.luck);
}

uint32_t luck_below(uint32_t count)
{
	return (uint32_t)(luck() % count);
}

bool luck_one_in(uint32_t count)
{
	return luck_below(count) == 0;
}

int64_t luck_between(int64_t low, int64_t high)
{
	return low + (int64_t)(luck() % (uint64_t)(high - low + 1));
}

void __wrap_random_bytes(uint8_t *out, uint32_t size);
void __wrap_random_password(char *out, uint32_t size);

void __wrap_random_bytes(uint8_t *out, uint32_t size)
{
	for (uint32_t i = 0; i < size; i++)
		out[i] = (uint8_t)next(&sim.dice);
}

void __wrap_random_password(char *out, uint32_t size)
{
	static const char alphabet[] = "abcdefghjkmnpqrstuvwxyz23456789";

	for (uint32_t i = 0; i < size; i++)
		out[i] = alphabet[next(&sim.dice) % (sizeof(alphabet) - 1)];
	out[size] = '\0';
}
