#include "seat/person.h"

#include <string.h>

#include "seat/keeping.h"
#include "state/fleet.h"

#define PLACES_MAX 8 /* former commits that may still have somebody */

/* The routers where a former commit still has somebody, besides `router`. */
static uint32_t other_places(char places[PLACES_MAX][NAME_SIZE_MAX + 1], struct seat *seat,
			     struct text router, struct text reference)
{
	const struct intent *seen[PLACES_MAX];
	uint32_t seen_count = 0, count = 0;

	(void)pthread_mutex_lock(&seat->lock);
	for (uint32_t i = 0; seat->kept != NULL && i < seat->kept->count; i++) {
		const struct intent *former = seat->kept->routers[i].intent;
		const struct subscriber *subscriber;
		const struct kept_router *kept;
		bool known = seen_count == PLACES_MAX;

		for (uint32_t k = 0; !known && k < seen_count; k++)
			known = seen[k] == former;
		if (known)
			continue;
		seen[seen_count++] = former;
		subscriber = intent_subscriber(former, reference);
		if (subscriber == NULL || text_equal(subscriber->router->name, router))
			continue;
		kept = keeping_find(seat->kept, subscriber->router->name);
		if (kept == NULL || kept->intent != former)
			continue;
		memcpy(places[count], kept->router->name.at, kept->router->name.size);
		places[count++][kept->router->name.size] = '\0';
	}
	(void)pthread_mutex_unlock(&seat->lock);
	return count;
}

bool person_mark(struct seat *seat, struct text router, struct text reference, enum cause cause,
		 struct text because, int64_t at, struct error *error)
{
	char places[PLACES_MAX][NAME_SIZE_MAX + 1];
	uint32_t count = other_places(places, seat, router, reference);

	for (uint32_t i = 0; i < count; i++)
		if (!fleet_mark(seat->store, text_of(places[i]), reference, cause, because, at,
				error))
			return false;
	return fleet_mark(seat->store, router, reference, cause, because, at, error);
}

void person_ring(struct seat *seat, struct text router, struct text reference, enum urgency urgency)
{
	char places[PLACES_MAX][NAME_SIZE_MAX + 1];
	uint32_t count = other_places(places, seat, router, reference);

	for (uint32_t i = 0; i < count; i++)
		seat_ring(seat, text_of(places[i]), urgency);
	seat_ring(seat, router, urgency);
}
