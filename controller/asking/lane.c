#include "asking/lane.h"

#include "base/clock.h"

void lane_again(const struct lane *lane, int64_t at)
{
	if (at > 0 && (*lane->next_at == 0 || at < *lane->next_at))
		*lane->next_at = at;
}

bool lane_goes_on(const struct lane *lane)
{
	return !*lane->stopping && !*lane->was_silent && clock_monotonic() < lane->until_at;
}

void lane_heard(const struct lane *lane, const struct counterpart *to)
{
	*lane->was_silent = *lane->was_silent || to->was_silent;
}

int64_t lane_wait_us(int64_t first_us, int64_t most_us, uint32_t tries)
{
	int64_t wait_us = first_us;

	while (tries-- > 0 && wait_us < most_us)
		wait_us *= 2;
	return wait_us < most_us ? wait_us : most_us;
}

struct text lane_token(struct digest *digest, struct arena *arena)
{
	struct error error;
	struct text token;

	do {
		char *characters = ARENA_ARRAY(arena, char, 33);

		random_token(characters);
		token = text_of(characters);
	} while (!provider_token_ok(token, &error));
	*digest = digest_of(token);
	return token;
}

struct text lane_url(const struct lane *lane, struct text token)
{
	return text_format(lane->arena, "%.*s/pay/%.*s/%.*s/a/%.*s",
			   TEXT_ARG(counterpart_base_url(lane->seat->settings, lane->arena)),
			   TEXT_ARG(lane->seat->tenant->name), TEXT_ARG(lane->channel),
			   TEXT_ARG(token));
}

struct street_attempt lane_opened(const struct digest *token, struct text channel,
				  struct text provider, int64_t number, int64_t sent_at)
{
	return (struct street_attempt){ .token = *token,
					.channel = channel,
					.provider = provider,
					.attempt = number,
					.until_at = sent_at + LANE_URL_OPEN_US };
}
