/*
 * One tenant at work: its store, our mirror of its repository, the intent in force, its secrets,
 * how its routers are reached. seat_open blocks on disk; the opener owns it. Shared by all threads
 * of the engine: the intent pointer is swapped under a lock, the mirror belongs to whoever has the
 * seat's turn (seat_turn_take), everything else is set once.
 */
#pragma once

#include <pthread.h>

#include "base/arena.h"
#include "base/error.h"
#include "git/repository.h"
#include "intent/intent.h"
#include "router/device.h"
#include "seat/bell.h"
#include "seat/keeper.h"
#include "settings/settings.h"
#include "state/store.h"

struct seat;
struct keeping; /* seat/keeping.h */

/*
 * Opens a session to a router. The default reads the password from the secrets folder and calls
 * device_open_api.
 */
typedef bool device_opener(void *context, struct device **out, const struct seat *seat,
			   const struct router *router, struct error *error);

#define DIRTY_MAX 256
#define REFERENCE_SIZE 40 /* NAME_SIZE_MAX and some */

struct seat {
	const struct settings *settings;
	const struct settings_tenant *tenant;
	struct store *store;
	bool writes;      /* false: opened for reading, nothing is ever changed */
	struct bell bell; /* ring NULL: nobody listens (one pass) */
	device_opener *open_device;
	void *open_context;
	/* Sessions of a bulk fill; above 1 the opener is called by several threads at once. */
	uint32_t fill_sessions;

	pthread_mutex_t lock; /* intent, turn, dirty, kept; never held across I/O */
	pthread_cond_t turned;
	struct intent *intent;                 /* in force; NULL before the first good commit */
	bool turn;                             /* somebody reads the source */
	char dirty[DIRTY_MAX][REFERENCE_SIZE]; /* whose facts changed since the timekeeper looked */
	uint32_t dirty_count;                  /* more than DIRTY_MAX: everybody's */
	char unpublished[DIRTY_MAX][REFERENCE_SIZE]; /* whose, since the street was told */
	uint32_t unpublished_count;
	struct keeping *kept; /* routers that a roll-out has not moved yet; NULL: none */
	uint64_t kept_serial; /* grows with every change of it */

	pthread_mutex_t moving; /* who moves routers between commits; held across the store */

	struct repository *mirror; /* of whoever has the turn; NULL in a simulation without git */
	struct keeper keeper;      /* of the thread that calls timekeeper_step */
};

/*
 * `writes` false: a READER of the store, and no mirror is made. The fields bell and open_device may
 * be replaced afterwards, before any thread uses the seat.
 */
bool seat_open(struct seat *seat, const struct settings *settings,
	       const struct settings_tenant *tenant, bool writes, struct error *error) MUST_CHECK;
void seat_close(struct seat *seat); /* legal on a zeroed seat */

/* One more reference to the intent in force, or NULL; the caller releases it. */
struct intent *seat_intent(struct seat *seat);
/* Puts an intent in force (takes over the caller's reference) without any bookkeeping. */
void seat_swap(struct seat *seat, struct intent *next);

/* The source belongs to one thread at a time. */
void seat_turn_take(struct seat *seat);
void seat_turn_give(struct seat *seat);

/* Somebody's facts have changed: the timekeeper judges him again. The empty text: everybody's. */
void seat_dirty(struct seat *seat, struct text reference);
/*
 * Takes the list of those whose facts changed since it was taken last, copied into the arena.
 * False: everybody's.
 */
bool seat_unpublished(struct seat *seat, struct text **out, uint32_t *count, struct arena *arena);

/* Rings the bell for a router, if anybody listens. */
void seat_ring(struct seat *seat, struct text router, enum urgency urgency);

/* A failure of a store: STORE ends the process with a clear line; anything else is only said. */
void seat_store_failed(const struct error *error);

/* The default opener. */
bool seat_open_device(void *context, struct device **out, const struct seat *seat,
		      const struct router *router, struct error *error);
