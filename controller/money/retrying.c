#include "money/retrying.h"

#include "money/booking.h"
#include "money/teller.h"
#include "state/heard.h"

#define STEP_ARENA_SIZE (16u << 20)
#define AT_ONCE_MAX 64

static bool retry_one(struct seat *seat, const struct intent *intent, int64_t id, int64_t now,
		      uint32_t *count, struct arena *arena, struct error *error)
{
	const struct channel *channel;
	struct booked booked;
	struct inbox_line line;

	if (!inbox_line(&line, seat->store, id, arena, error))
		return false;
	channel = intent_channel(intent, line.channel);
	/* Under another provider it is no callback of the channel's. */
	if (channel == NULL || !text_equal(channel->provider, line.provider) ||
	    booking_is_refused(seat, intent, &line, arena))
		return true;
	if (!store_begin(seat->store, error))
		return false;
	if (!booking_line(&booked, seat, intent, &line, now, arena, error) ||
	    !refused_drop(seat->store, id, now, error)) {
		store_abort(seat->store);
		return false;
	}
	if (!store_commit(seat->store, error))
		return false;
	teller_tell(seat, &booked);
	*count += booked.subscriber != NULL;
	return true;
}

static bool retry(struct seat *seat, const struct intent *intent, int64_t now, uint32_t *count,
		  struct arena *arena, struct error *error)
{
	int64_t ids[AT_ONCE_MAX], after_id = 0;
	uint32_t id_count;

	do {
		if (!refused_list(ids, &id_count, seat->store, after_id, AT_ONCE_MAX, error))
			return false;
		for (uint32_t i = 0; i < id_count; i++) {
			arena_reset(arena);
			if (!retry_one(seat, intent, ids[i], now, count, arena, error))
				return false;
			after_id = ids[i];
		}
	} while (id_count == AT_ONCE_MAX);
	return true;
}

bool retrying_step(struct seat *seat, int64_t now, uint32_t *booked, struct error *error)
{
	struct intent *intent = seat_intent(seat);
	struct arena arena = { 0 };
	bool done;

	*booked = 0;
	if (intent == NULL)
		return true;
	arena_open(&arena, STEP_ARENA_SIZE);
	done = retry(seat, intent, now, booked, &arena, error);
	arena_close(&arena);
	intent_release(intent);
	return done ||
	       error_at(error, "tenant %.*s: refused callbacks", TEXT_ARG(seat->tenant->name));
}
