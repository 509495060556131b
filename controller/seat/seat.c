#include "seat/seat.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "seat/keeping.h"
#include "settings/secrets.h"

#define PATH_ARENA_SIZE (256u << 10)

bool seat_open(struct seat *seat, const struct settings *settings,
	       const struct settings_tenant *tenant, bool writes, struct error *error)
{
	struct arena arena = { 0 };
	bool opened;

	*seat = (struct seat){ .settings = settings, .tenant = tenant, .writes = writes };
	seat->open_device = seat_open_device;
	seat->fill_sessions = FILL_SESSIONS_MAX;
	invariant(pthread_mutex_init(&seat->lock, NULL) == 0);
	invariant(pthread_cond_init(&seat->turned, NULL) == 0);
	invariant(pthread_mutex_init(&seat->moving, NULL) == 0);
	if (!store_open(&seat->store, settings->state, tenant->name,
			writes ? STORE_CONTROLLER : STORE_READER, error)) {
		seat_close(seat);
		return error_at(error, "tenant %.*s", TEXT_ARG(tenant->name));
	}
	if (!writes)
		return true;
	repository_library_start();
	arena_open(&arena, PATH_ARENA_SIZE);
	opened = repository_open_mirror(&seat->mirror, settings_mirror(settings, tenant, &arena),
					error);
	arena_close(&arena);
	if (!opened) {
		seat_close(seat);
		return error_at(error, "tenant %.*s", TEXT_ARG(tenant->name));
	}
	return true;
}

void seat_close(struct seat *seat)
{
	if (seat->tenant == NULL)
		return;
	keeper_forget(&seat->keeper);
	intent_release(seat->intent);
	keeping_free(seat->kept);
	repository_close(seat->mirror);
	store_close(seat->store);
	(void)pthread_cond_destroy(&seat->turned);
	(void)pthread_mutex_destroy(&seat->moving);
	(void)pthread_mutex_destroy(&seat->lock);
	*seat = (struct seat){ 0 };
}

struct intent *seat_intent(struct seat *seat)
{
	struct intent *intent = NULL;

	(void)pthread_mutex_lock(&seat->lock);
	if (seat->intent != NULL)
		intent = intent_hold(seat->intent);
	(void)pthread_mutex_unlock(&seat->lock);
	return intent;
}

void seat_swap(struct seat *seat, struct intent *next)
{
	struct intent *former;

	(void)pthread_mutex_lock(&seat->lock);
	former = seat->intent;
	seat->intent = next;
	(void)pthread_mutex_unlock(&seat->lock);
	intent_release(former);
}

void seat_turn_take(struct seat *seat)
{
	(void)pthread_mutex_lock(&seat->lock);
	while (seat->turn)
		(void)pthread_cond_wait(&seat->turned, &seat->lock);
	seat->turn = true;
	(void)pthread_mutex_unlock(&seat->lock);
}

void seat_turn_give(struct seat *seat)
{
	(void)pthread_mutex_lock(&seat->lock);
	invariant(seat->turn);
	seat->turn = false;
	(void)pthread_cond_broadcast(&seat->turned);
	(void)pthread_mutex_unlock(&seat->lock);
}

static void list_add(char (*list)[REFERENCE_SIZE], uint32_t *count, struct text reference)
{
	char *slot;

	if (reference.size == 0 || reference.size >= REFERENCE_SIZE || *count >= DIRTY_MAX) {
		*count = DIRTY_MAX + 1;
		return;
	}
	slot = list[(*count)++];
	memcpy(slot, reference.at, reference.size);
	slot[reference.size] = '\0';
}

void seat_dirty(struct seat *seat, struct text reference)
{
	(void)pthread_mutex_lock(&seat->lock);
	list_add(seat->dirty, &seat->dirty_count, reference);
	list_add(seat->unpublished, &seat->unpublished_count, reference);
	(void)pthread_mutex_unlock(&seat->lock);
}

bool seat_unpublished(struct seat *seat, struct text **out, uint32_t *count, struct arena *arena)
{
	bool all;

	(void)pthread_mutex_lock(&seat->lock);
	all = seat->unpublished_count > DIRTY_MAX;
	*count = all ? 0 : seat->unpublished_count;
	*out = ARENA_ARRAY(arena, struct text, *count + 1);
	for (uint32_t i = 0; i < *count; i++)
		(*out)[i] = text_copy(arena, text_of(seat->unpublished[i]));
	seat->unpublished_count = 0;
	(void)pthread_mutex_unlock(&seat->lock);
	return !all;
}

void seat_ring(struct seat *seat, struct text router, enum urgency urgency)
{
	if (seat->bell.ring != NULL)
		seat->bell.ring(seat->bell.context, seat, router, urgency);
}

bool seat_open_device(void *context, struct device **out, const struct seat *seat,
		      const struct router *router, struct error *error)
{
	struct arena arena = { 0 };
	struct secret password, ca = { 0 };
	bool opened;

	(void)context;
	arena_open(&arena, PATH_ARENA_SIZE);
	opened = secret_read(&password, seat->settings->secrets, router->password, &arena, error);
	if (opened && router->tls.ca.kind != SECRET_NONE)
		opened = secret_read(&ca, seat->settings->secrets, router->tls.ca, &arena, error);
	if (!opened)
		error->code = ERROR_DENIED; /* as a wrong password: a person has to mend it */
	else
		opened = device_open(out, router, password, secret_reveal(ca), error);
	arena_close(&arena);
	return opened;
}

void seat_store_failed(const struct error *error)
{
	log_line(LOG_ERROR, error->code == ERROR_STORE ? "store-broken" : "store", "why=\"%s\"",
		 error->text);
	if (error->code == ERROR_STORE)
		_exit(error_disposition(ERROR_STORE)->exit_code);
}
