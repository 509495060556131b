#include "webhook/committer.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/limits.h"
#include "base/log.h"
#include "webhook/rights.h"

/* Without a callback for so long, the write-ahead log is copied into the file. */
#define IDLE_US (1 * SECOND_US)

/* One waiting thread; on its stack. */
struct ticket {
	struct inbox_line *line;
	struct error *error;
	struct ticket *next;
	pthread_cond_t answered;
	bool done;
	bool kept;
};

struct committer {
	struct store *store;
	const struct doorbell *bell;
	pthread_t thread;

	pthread_mutex_t mutex; /* guards everything below; never held across the disk */
	pthread_cond_t work;
	struct ticket *first, **last;
	uint32_t waiting_count;
	bool stopping;
	bool broken;

	/* The writer thread's own. */
	bool full;  /* the last group found a full disk: said once, and once more when it is over */
	bool dirty; /* something was committed since the last checkpoint */
	struct ticket *group[COMMIT_GROUP_MAX];
	struct inbox_line lines[COMMIT_GROUP_MAX];
};

/* Waits until there is something to write; false when it is time to end. Takes up to a group. */
static bool group_take(struct committer *committer, uint32_t *count)
{
	*count = 0;
	(void)pthread_mutex_lock(&committer->mutex);
	while (!committer->first && !committer->stopping) {
		if (!committer->dirty) {
			(void)pthread_cond_wait(&committer->work, &committer->mutex);
			continue;
		}
		int64_t until_at = clock_monotonic() + IDLE_US;
		struct timespec until = { (time_t)(until_at / SECOND_US),
					  (long)(until_at % SECOND_US * 1000) };
		if (pthread_cond_timedwait(&committer->work, &committer->mutex, &until) == 0)
			continue;
		(void)pthread_mutex_unlock(&committer->mutex);
		store_checkpoint(committer->store);
		committer->dirty = false;
		(void)pthread_mutex_lock(&committer->mutex);
	}
	while (committer->first && *count < COMMIT_GROUP_MAX) {
		struct ticket *ticket = committer->first;
		committer->first = ticket->next;
		if (!committer->first)
			committer->last = &committer->first;
		committer->group[(*count)++] = ticket;
		committer->waiting_count--;
	}
	(void)pthread_mutex_unlock(&committer->mutex);
	return *count > 0;
}

static void tickets_answer(struct committer *committer, uint32_t start, uint32_t count, bool kept,
			   const struct error *error)
{
	(void)pthread_mutex_lock(&committer->mutex);
	for (uint32_t i = start; i < start + count; i++) {
		struct ticket *ticket = committer->group[i];
		if (kept)
			ticket->line->id = committer->lines[i].id;
		else
			*ticket->error = *error;
		ticket->kept = kept;
		ticket->done = true;
		(void)pthread_cond_signal(&ticket->answered);
	}
	if (!kept && error->code == ERROR_STORE)
		committer->broken = true;
	(void)pthread_mutex_unlock(&committer->mutex);
}

/* Once when it begins and once when it is over, not for each callback. */
static void fullness_note(struct committer *committer, bool kept, const struct error *error)
{
	struct text tenant = store_tenant(committer->store);
	bool full = !kept && error->code == ERROR_LIMIT;
	if (full && !committer->full)
		log_line(LOG_ERROR, "inbox-full", "tenant=%.*s why=\"%s\"", TEXT_ARG(tenant),
			 error->text);
	if (kept && committer->full)
		log_line(LOG_INFO, "inbox-recovered", "tenant=%.*s", TEXT_ARG(tenant));
	if (full || kept)
		committer->full = full;
	if (!kept && !full)
		log_line(LOG_ERROR, "inbox-failed", "tenant=%.*s why=\"%s\"", TEXT_ARG(tenant),
			 error->text);
}

static bool part_commit(struct committer *committer, uint32_t start, uint32_t count,
			struct error *error)
{
	bool kept = inbox_append(committer->store, committer->lines + start, count, error);
	fullness_note(committer, kept, error);
	return kept;
}

static void group_commit(struct committer *committer, uint32_t count)
{
	struct error error;
	for (uint32_t i = 0; i < count; i++)
		committer->lines[i] = *committer->group[i]->line;
	bool kept = part_commit(committer, 0, count, &error);
	bool any = kept;
	if (kept || count == 1 || error.code == ERROR_STORE || error.code == ERROR_LIMIT) {
		tickets_answer(committer, 0, count, kept, &error);
	} else {
		/* One that the store will not take must not cost the others their answer. */
		for (uint32_t i = 0; i < count; i++) {
			kept = part_commit(committer, i, 1, &error);
			any = any || kept;
			tickets_answer(committer, i, 1, kept, &error);
		}
	}
	if (!any)
		return;
	committer->dirty = true;
	failpoint("webhook.before_bell");
	doorbell_ring(committer->bell, DOORBELL_INBOX);
}

static void *committer_run(void *argument)
{
	struct committer *committer = argument;
	uint32_t count;
	rights_forget();
	while (group_take(committer, &count))
		group_commit(committer, count);
	return NULL;
}

struct committer *committer_new(struct store *store, const struct doorbell *bell)
{
	struct committer *committer = calloc(1, sizeof(*committer));
	if (!committer)
		fatal("no memory for a committer");
	committer->store = store;
	committer->bell = bell;
	committer->last = &committer->first;
	pthread_condattr_t attributes;
	if (pthread_condattr_init(&attributes) ||
	    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) ||
	    pthread_mutex_init(&committer->mutex, NULL) ||
	    pthread_cond_init(&committer->work, &attributes))
		fatal("no mutex for a committer");
	(void)pthread_condattr_destroy(&attributes);
	/* Signals are the main thread's. */
	sigset_t all, before;
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&committer->thread, NULL, committer_run, committer))
		fatal("no thread for a committer");
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return committer;
}

bool committer_keep(struct committer *committer, struct inbox_line *line, struct error *error)
{
	struct ticket ticket = { .line = line, .error = error };
	if (pthread_cond_init(&ticket.answered, NULL))
		fatal("no condition for a callback");
	(void)pthread_mutex_lock(&committer->mutex);
	if (committer->broken) {
		ticket.done = true;
		(void)error_set(error, ERROR_STORE, "the inbox cannot be trusted any more");
	} else if (committer->stopping || committer->waiting_count >= COMMIT_QUEUE_MAX) {
		ticket.done = true;
		(void)error_set(error, ERROR_LIMIT, "%u callbacks are waiting for the disk already",
				committer->waiting_count);
	} else {
		*committer->last = &ticket;
		committer->last = &ticket.next;
		committer->waiting_count++;
		(void)pthread_cond_signal(&committer->work);
	}
	while (!ticket.done)
		(void)pthread_cond_wait(&ticket.answered, &committer->mutex);
	(void)pthread_mutex_unlock(&committer->mutex);
	(void)pthread_cond_destroy(&ticket.answered);
	return ticket.kept;
}

bool committer_is_broken(struct committer *committer)
{
	(void)pthread_mutex_lock(&committer->mutex);
	bool broken = committer->broken;
	(void)pthread_mutex_unlock(&committer->mutex);
	return broken;
}

void committer_free(struct committer *committer)
{
	if (!committer)
		return;
	(void)pthread_mutex_lock(&committer->mutex);
	committer->stopping = true;
	(void)pthread_cond_signal(&committer->work);
	(void)pthread_mutex_unlock(&committer->mutex);
	(void)pthread_join(committer->thread, NULL);
	(void)pthread_mutex_destroy(&committer->mutex);
	(void)pthread_cond_destroy(&committer->work);
	free(committer);
}
