#include "loop/pass.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/thread.h"
#include "loop/pass_inside.h"
#include "state/events.h"

#define PASS_ARENA_SIZE ((size_t)8 << 30) /* the plans of a whole fleet; touched as needed */
#define EVENTS_BESIDE 4                   /* of a router, that may have been written meanwhile */
#define THREADS_MAX 16                    /* a dead router must not hold up the others */

/* What the threads of one pass share. */
struct crew {
	struct engine *engine;
	const struct pass_wish *wish;
	struct pass *pass;
	const char **approvals;
	int64_t begun_at;
	struct pass_router *routers;
	uint32_t router_count;

	pthread_mutex_t lock; /* next, failed, and the pass's arena */
	uint32_t next;
	bool failed;
	struct error error;
};

static void keep(struct crew *crew, struct pass_router *router, const struct job *job)
{
	struct arena *arena = &crew->pass->arena;

	(void)pthread_mutex_lock(&crew->lock);
	router->outcome = job->outcome;
	router->skipped = job->skipped;
	router->planned.mode = job->mode;
	router->planned.paused = job->paused;
	router->planned.reachable = job->reachable;
	if (!job->skipped && job->reachable == TERNARY_YES)
		router->planned.in_sync = job->in_sync ? TERNARY_YES : TERNARY_NO;
	router->planned.error = text_copy(arena, text_of(job->error.text));
	if (job->outcome == OUTCOME_GUARDED)
		router->planned.error = TEXT_NONE;
	if (!job->skipped) {
		pass_keep(&router->plan, &job->plan, arena);
		if (router->plan.digest[0] != '\0')
			router->planned.plan = &router->plan;
	}
	(void)pthread_mutex_unlock(&crew->lock);
}

static void fail(struct crew *crew, const struct error *error)
{
	(void)pthread_mutex_lock(&crew->lock);
	if (!crew->failed)
		crew->error = *error;
	crew->failed = true;
	(void)pthread_mutex_unlock(&crew->lock);
}

/*
 * What the pass itself has set off (it moves routers that waited in a roll-out, and takes a commit
 * that just came) a worker may have carried out before the pass came by: that is no "nothing".
 */
static bool tell_overtaken(struct crew *crew, struct pass_router *router, struct arena *arena,
			   struct error *error)
{
	struct event *events;
	uint32_t count, newest = 0;

	if (!events_read(&events, &count, router->tenant->seat->store, router->planned.router,
			 EVENTS_BESIDE, arena, error))
		return false;
	/* The newest may be this pass's own, which did nothing. */
	while (newest < count && events[newest].writes == 0)
		newest++;
	if (newest == count || events[newest].at < crew->begun_at)
		return true;
	(void)pthread_mutex_lock(&crew->lock);
	router->planned.remark = text_format(
	    &crew->pass->arena,
	    "the controller made %u %s a moment before this pass came by (%.*s): wavu history "
	    "--router %.*s",
	    events[newest].writes, events[newest].writes == 1 ? "write" : "writes",
	    TEXT_ARG(events[newest].because.size > 0 ? events[newest].because
						     : text_of(cause_word(events[newest].cause))),
	    TEXT_ARG(router->planned.router));
	(void)pthread_mutex_unlock(&crew->lock);
	return true;
}

static void visit(struct crew *crew, struct pass_router *router, struct arena *arena)
{
	const struct pass_tenant *tenant = router->tenant;
	struct queue *queue = engine_queue(crew->engine);
	struct task task = { .router = router->planned.router,
			     .scope = SCOPE_COMPLETE,
			     .cause = CAUSE_PERSON,
			     .because = TEXT("wavu apply"),
			     .look_only = crew->wish->look_only,
			     .intent = crew->wish->look_only ? tenant->intent : NULL,
			     .losses = tenant->has_former ? &tenant->losses : NULL,
			     .actor = crew->wish->actor,
			     .approvals = crew->approvals,
			     .approval_count = crew->wish->approval_count };
	struct work work = { 0 };
	struct device *device = NULL;
	struct error error = { 0 };
	struct verdict verdict = { .failed = true };
	struct job job;

	if (queue != NULL) {
		if (!queue_claim(queue, &work, tenant->seat, router->planned.router))
			return;
		device = work.device;
	}
	if (reconcile_router(&job, tenant->seat, &task, &device, arena, &error)) {
		keep(crew, router, &job);
		if (queue != NULL && !job.skipped && job.writes == 0 &&
		    !tell_overtaken(crew, router, arena, &error))
			fail(crew, &error);
		engine_verdict(crew->engine, &job, &verdict, clock_monotonic());
	} else {
		fail(crew, &error);
	}
	if (queue != NULL)
		queue_done(queue, &work, device, &verdict, clock_monotonic());
	else
		device_close(device);
}

static void *crew_run(void *context)
{
	struct crew *crew = context;
	struct arena arena = { 0 };

	arena_open(&arena, JOB_ARENA_SIZE);
	for (;;) {
		uint32_t index;

		(void)pthread_mutex_lock(&crew->lock);
		index = crew->next++;
		(void)pthread_mutex_unlock(&crew->lock);
		if (index >= crew->router_count)
			break;
		visit(crew, &crew->routers[index], &arena);
		arena_reset(&arena);
	}
	arena_close(&arena);
	return NULL;
}

static bool visit_all(struct crew *crew, struct error *error)
{
	pthread_t threads[THREADS_MAX];
	uint32_t count = crew->router_count < THREADS_MAX ? crew->router_count : THREADS_MAX;

	invariant(pthread_mutex_init(&crew->lock, NULL) == 0);
	for (uint32_t i = 0; i < count; i++)
		thread_start(&threads[i], crew_run, crew);
	for (uint32_t i = 0; i < count; i++)
		(void)pthread_join(threads[i], NULL);
	(void)pthread_mutex_destroy(&crew->lock);
	if (crew->failed)
		*error = crew->error;
	return !crew->failed;
}

/* The routers that are meant, of all tenants that are. */
static void list_routers(struct crew *crew, const struct pass_tenant *tenants, uint32_t count)
{
	struct arena *arena = &crew->pass->arena;
	uint32_t room = 0;

	for (uint32_t i = 0; i < count; i++)
		room += tenants[i].intent != NULL ? tenants[i].intent->router_count : 0;
	crew->routers = ARENA_ARRAY(arena, struct pass_router, room + 1);
	for (uint32_t i = 0; i < count; i++) {
		const struct intent *intent = tenants[i].intent;

		for (uint32_t k = 0; intent != NULL && k < intent->router_count; k++) {
			const struct router *router = &intent->routers[k];
			struct pass_router *one = &crew->routers[crew->router_count];

			if (crew->wish->router.size > 0 &&
			    !text_equal(crew->wish->router, router->name))
				continue;
			*one = (struct pass_router){ .tenant = &tenants[i] };
			one->planned.tenant = text_copy(arena, intent->tenant.name);
			one->planned.router = text_copy(arena, router->name);
			one->planned.mode = router->mode;
			one->planned.reachable = one->planned.in_sync = TERNARY_UNKNOWN;
			crew->router_count++;
		}
	}
}

static bool has_changes(const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->count; i++)
		if (plan->changes[i].verb != VERB_CONFLICT)
			return true;
	return false;
}

/* product.md section 4: the first that applies. */
static int exit_code(const struct crew *crew)
{
	const struct pass *pass = crew->pass;
	bool guarded = false, changes = false;

	if (pass->invalid)
		return 4;
	if (pass->exit_code != 0)
		return pass->exit_code;
	for (uint32_t i = 0; i < crew->router_count; i++) {
		const struct pass_router *router = &crew->routers[i];

		if (router->outcome == OUTCOME_UNREACHABLE || router->outcome == OUTCOME_DENIED ||
		    router->outcome == OUTCOME_REFUSED || router->outcome == OUTCOME_UNKNOWN) {
			/* Only watched, or left alone: what it does not answer is no failure. */
			if (!router->planned.paused && router->planned.mode != MODE_OBSERVE)
				return 1;
		}
		guarded |= !router->skipped && router->plan.guarded.waits;
		changes |= !router->skipped && has_changes(&router->plan);
	}
	if (guarded)
		return 3;
	return changes && crew->wish->look_only ? 2 : 0;
}

static void make_document(struct crew *crew, const struct pass_tenant *tenants, uint32_t count)
{
	struct arena *arena = &crew->pass->arena;
	struct planned_tenant *heads = ARENA_ARRAY(arena, struct planned_tenant, count + 1);
	struct planned *lines = ARENA_ARRAY(arena, struct planned, crew->router_count + 1);
	uint32_t head_count = 0;

	for (uint32_t i = 0; i < count; i++) {
		if (tenants[i].intent == NULL)
			continue;
		heads[head_count].name = text_copy(arena, tenants[i].intent->tenant.name);
		heads[head_count].has_monthly = tenants[i].preview && tenants[i].has_former;
		heads[head_count].cuts = tenants[i].cuts;
		heads[head_count].cut_count = tenants[i].cut_count;
		heads[head_count].currency = text_copy(arena, tenants[i].intent->tenant.currency);
		heads[head_count].monthly_lost_cents = tenants[i].losses.monthly_lost_cents;
		heads[head_count].monthly_gained_cents = tenants[i].losses.monthly_gained_cents;
		heads[head_count++].commit = text_copy(arena, text_of(tenants[i].intent->commit));
	}
	for (uint32_t i = 0; i < crew->router_count; i++)
		lines[i] = crew->routers[i].planned;
	if (head_count > 0 && !(crew->pass->invalid && crew->wish->look_only))
		crew->pass->document = view_plan(heads, head_count, lines, crew->router_count,
						 !crew->wish->look_only);
}

static bool run(struct crew *crew, struct pass_tenant *tenants, uint32_t count, struct error *error)
{
	struct pass *pass = crew->pass;

	for (uint32_t i = 0; i < count; i++)
		if (!pass_source(pass, &tenants[i], crew->engine, crew->wish, error))
			return false;
	list_routers(crew, tenants, count);
	if (crew->wish->router.size > 0 && crew->router_count == 0 && !pass->invalid &&
	    pass->exit_code == 0) {
		pass->exit_code = 1;
		pass->message = text_format(&pass->arena, "no such router: %.*s",
					    TEXT_ARG(crew->wish->router));
		return true;
	}
	/* A plan of an invalid commit is its errors, and nothing else. */
	if (!(pass->invalid && crew->wish->look_only) && !visit_all(crew, error))
		return false;
	pass->exit_code = exit_code(crew);
	make_document(crew, tenants, count);
	return true;
}

bool pass_run(struct pass *out, struct engine *engine, const struct pass_wish *wish,
	      struct error *error)
{
	struct crew crew = {
		.engine = engine, .wish = wish, .pass = out, .begun_at = clock_now()
	};
	struct pass_tenant *tenants;
	uint32_t count = 0;
	bool done;

	invariant(wish->look_only == (engine_role(engine) == ENGINE_READ));
	memset(out, 0, sizeof(*out));
	arena_open(&out->arena, PASS_ARENA_SIZE);
	tenants = ARENA_ARRAY(&out->arena, struct pass_tenant, engine_seat_count(engine) + 1);
	crew.approvals = ARENA_ARRAY(&out->arena, const char *, wish->approval_count + 1);
	for (uint32_t i = 0; i < wish->approval_count; i++)
		crew.approvals[i] = text_copy(&out->arena, wish->approvals[i]).at;
	for (uint32_t i = 0; i < engine_seat_count(engine); i++) {
		struct seat *seat = engine_seat(engine, i);

		if (wish->tenant.size == 0 || text_equal(wish->tenant, seat->tenant->name))
			tenants[count++].seat = seat;
	}
	done = run(&crew, tenants, count, error);
	for (uint32_t i = 0; i < count; i++)
		intent_release(tenants[i].intent);
	return done;
}

void pass_free(struct pass *pass)
{
	document_free(pass->document);
	arena_close(&pass->arena);
	memset(pass, 0, sizeof(*pass));
}
