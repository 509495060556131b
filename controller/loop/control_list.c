#include "loop/control_list.h"

#include "asking/asker.h"
#include "base/clock.h"
#include "base/halt.h"
#include "loop/engine_inside.h"
#include "state/pulls.h"

#define LOOK_AGAIN_MS 100

static bool hurry(struct seat *seat, int64_t now, struct error *error)
{
	if (!store_begin(seat->store, error))
		return false;
	if (!pulls_hurry(seat->store, TEXT_NONE, now, error)) {
		store_abort(seat->store);
		return false;
	}
	return store_commit(seat->store, error);
}

/* Are the lists read up to `now`? Else *why says what is the matter with which. */
static bool look(bool *ready, struct text *why, struct seat *seat, const struct intent *intent,
		 int64_t now, struct arena *arena, struct error *error)
{
	*ready = true;
	*why = TEXT_NONE;
	for (uint32_t i = 0; i < intent->tenant.channel_count; i++) {
		const struct channel *channel = &intent->tenant.channels[i];
		struct pull pull;
		bool found;

		if (!channel->pull)
			continue;
		if (!pulls_find(&found, &pull, seat->store, channel->name, channel->shortcode, now,
				arena, error))
			return false;
		if (found && pull.until_at >= now)
			continue;
		if (pull.tried_at < now || pull.why.size == 0)
			*ready = false;
		*why = text_format(arena, "%.*s%sthe list of %.*s was not read: %.*s",
				   TEXT_ARG(*why), why->size > 0 ? "; " : "",
				   TEXT_ARG(channel->shortcode),
				   TEXT_ARG(pull.why.size > 0 ? pull.why
							      : TEXT("nobody answered yet")));
	}
	return true;
}

static bool is_any(const struct intent *intent)
{
	for (uint32_t i = 0; i < intent->tenant.channel_count; i++)
		if (intent->tenant.channels[i].pull)
			return true;
	return false;
}

bool control_list_now(struct text *why, struct engine *engine, struct seat *seat,
		      const struct intent *intent, struct arena *arena, struct error *error)
{
	int64_t until_at = clock_monotonic() + LIST_WAIT_US, now = clock_now();
	bool ready;

	if (engine_role(engine) != ENGINE_RUN) {
		*why = TEXT("no controller runs: the list is read when one does");
		return true;
	}
	if (!is_any(intent)) {
		*why = TEXT("no channel of the commit in force has `pull: true`");
		return true;
	}
	if (!hurry(seat, now, error))
		return false;
	asker_wake(engine->asker);
	for (;;) {
		struct arena brief = { 0 };

		arena_open(&brief, 1u << 20);
		if (!look(&ready, why, seat, intent, now, &brief, error)) {
			arena_close(&brief);
			return false;
		}
		*why = text_copy(arena, *why);
		arena_close(&brief);
		if (ready || halt_called() || clock_monotonic() >= until_at)
			return true;
		clock_sleep_ms(LOOK_AGAIN_MS);
	}
}

bool control_list_covered(bool *done, struct seat *seat, const struct control_request *request,
			  struct error *error)
{
	int64_t from_at, to_at;

	*done = request->argument_count >= 3 && text_i64(request->arguments[1], &from_at) &&
		text_i64(request->arguments[2], &to_at) && from_at < to_at;
	if (!*done)
		return true;
	if (!store_begin(seat->store, error))
		return false;
	if (!pulls_gaps_cover(seat->store, request->arguments[0], from_at, to_at, request->actor,
			      clock_now(), error)) {
		store_abort(seat->store);
		return false;
	}
	return store_commit(seat->store, error);
}
