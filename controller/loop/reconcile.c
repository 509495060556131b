#include "loop/reconcile.h"

#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/halt.h"
#include "base/log.h"
#include "loop/rollout.h"
#include "loop/run.h"
#include "loop/timekeeper.h"
#include "seat/keeping.h"
#include "state/fleet.h"

#define LOOKS_MAX 96
#define ROUNDS_MAX 3
#define RETRY_FIRST_US (5 * SECOND_US) /* house section 6: 5·n² s + jitter */
#define PAID_RETRY_US (30 * SECOND_US)
#define UNKNOWN_RETRY_US (SECOND_US / 10) /* at once, by looking; a reboot takes longer */

/* ---- the session ----------------------------------------------------------------------------- */

static void hang_up(struct run *run)
{
	device_close(*run->device);
	*run->device = NULL;
}

/* Where a session leads and as whom: a commit may put another board in the place of this one. */
static struct digest place_of(const struct router *router)
{
	struct digester digester;

	digester_begin(&digester);
	digester_text(&digester, router->host);
	digester_i64(&digester, router->port);
	digester_i64(&digester, router->transport);
	digester_i64(&digester, router->rest_plain);
	digester_i64(&digester, router->tls.anonymous);
	digester_text(&digester, router->tls.fingerprint);
	digester_i64(&digester, router->tls.ca.kind);
	digester_text(&digester, router->tls.ca.name);
	digester_text(&digester, router->user);
	digester_i64(&digester, router->password.kind);
	digester_text(&digester, router->password.name);
	return digester_end(&digester);
}

static bool open_session(struct run *run, struct error *error)
{
	const struct seat *seat = run->seat;
	struct digest place = place_of(run->gathered.router);

	if (*run->device != NULL && digest_equal(&(*run->device)->made_for, &place) &&
	    (*run->device)->verbs->alive(*run->device))
		return true;
	hang_up(run);
	run->opened = true;
	if (seat->open_device(seat->open_context, run->device, seat, run->gathered.router, error)) {
		(*run->device)->made_for = place;
		return true;
	}
	*run->device = NULL;
	return false;
}

/* ---- looking --------------------------------------------------------------------------------- */

static bool is_there(const struct table *table, const struct row *row)
{
	for (uint32_t i = 0; i < table->count; i++)
		if (text_equal(table->rows[i].id, row->id))
			return true;
	return false;
}

/* Several looks at one menu (by name, by owner …) make one table, each row once. */
static void join_table(struct table *table, const struct table *more, struct arena *arena)
{
	struct row *rows;
	uint32_t count = table->count;

	if (!table->looked) {
		*table = *more;
		table->looked = true;
		return;
	}
	rows = ARENA_ARRAY(arena, struct row, table->count + more->count + 1);
	if (count > 0)
		memcpy(rows, table->rows, count * sizeof(*rows));
	for (uint32_t i = 0; i < more->count; i++)
		if (!is_there(table, &more->rows[i]))
			rows[count++] = more->rows[i];
	table->rows = rows;
	table->count = count;
}

/* Sends the looks; `fresh` are the menus whose former rows are forgotten first. */
static bool observe(struct run *run, struct look *looks, uint32_t count, uint32_t fresh,
		    struct error *error)
{
	if (!(*run->device)->verbs->look(*run->device, looks, count, run->arena, error))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		enum menu_id id = looks[i].menu->id;

		if ((fresh >> id) & 1u)
			run->observed.tables[id] = (struct table){ .menu = looks[i].menu };
		fresh &= ~(1u << id);
		if (looks[i].lacks)
			continue;
		join_table(&run->observed.tables[id], &looks[i].table, run->arena);
		if (looks[i].suspicious && !run->observed.suspicious) {
			run->observed.suspicious = true;
			run->observed.suspicious_why = text_format(
			    run->arena, "%s: the rows read were not as many as counted",
			    looks[i].menu->path);
		}
	}
	return true;
}

/* A later round asks again only about what was touched, and about what lives. */
static uint32_t keep_touched(const struct run *run, struct look *looks, uint32_t count)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < count; i++) {
		const struct menu *menu = looks[i].menu;

		/* A clock that was read before the writes would seem to be behind by their time. */
		if (((run->menus_touched >> menu->id) & 1u) != 0 || menu->shape == SHAPE_SESSIONS ||
		    menu->id == MENU_QUEUE_SIMPLE || menu->id == MENU_CLOCK)
			looks[kept++] = looks[i];
	}
	return kept;
}

static uint32_t menus_of(const struct look *looks, uint32_t count)
{
	uint32_t menus = 0;

	for (uint32_t i = 0; i < count; i++)
		menus |= 1u << looks[i].menu->id;
	return menus;
}

/* A person's word from before: the line may have died since. */
static bool approve(bool *approved, struct run *run, struct error *error)
{
	struct plan_input *in = &run->input;
	struct text digest = text_copy(run->arena, text_of(run->plan.guarded.digest));
	const char **all;

	if (!fleet_approved(approved, run->seat->store, run->gathered.router->name, digest, error))
		return false;
	if (!*approved)
		return true;
	all = ARENA_ARRAY(run->arena, const char *, in->approval_count + 1u);
	if (in->approval_count > 0)
		memcpy(all, in->approvals, in->approval_count * sizeof(*all));
	all[in->approval_count++] = digest.at;
	in->approvals = all;
	return true;
}

/* What the last round stored: a row without a comment is known as ours by nothing else. */
static bool refresh(struct run *run, struct error *error)
{
	struct plan_input *in = &run->input;
	const struct plan_input *read = &run->gathered.input;

	if (!gather_again(&run->gathered, run->seat, run->task, run->arena, error))
		return false;
	in->inventory = read->inventory;
	in->inventory_count = read->inventory_count;
	in->losses = read->losses;
	in->loss_count = read->loss_count;
	in->leave = read->leave;
	in->leave_count = read->leave_count;
	in->clock_why = read->clock_why;
	return true;
}

static bool judge(struct run *run, struct error *error)
{
	bool approved = false;

	if (!plan_make(&run->plan, &run->input, run->arena, error))
		return false;
	if (run->plan.guarded.waits && !approve(&approved, run, error))
		return false;
	return !approved || plan_make(&run->plan, &run->input, run->arena, error);
}

/* The first looks of a round. What only second looks read before is forgotten. */
static uint32_t begin_round(struct run *run, struct look *looks)
{
	uint32_t count = plan_looks(looks, LOOKS_MAX, &run->input, run->arena);

	if (run->planned && run->gathered.complete)
		count = keep_touched(run, looks, count);
	run->bulk_menus |= menus_of(looks, count);
	for (int id = 0; id < MENU_COUNT; id++)
		if (((run->bulk_menus >> id) & 1u) == 0)
			run->observed.tables[id] = (struct table){ 0 };
	return count;
}

/*
 * One look and its judgement. *alive false: the line died, or the router refused to be looked at.
 * False: the store failed, or the plan cannot be made (a bound of ours).
 */
static bool look_and_judge(struct run *run, bool *alive, struct error *why, struct error *error)
{
	struct look *looks = ARENA_ARRAY(run->arena, struct look, LOOKS_MAX);
	struct look *again = ARENA_ARRAY(run->arena, struct look, LOOKS_MAX);
	uint32_t count;
	bool doubted;

	*alive = false;
	run->observed.look_at = clock_now();
	doubted = timekeeper_doubts(run->seat, run->observed.look_at, clock_monotonic());
	run->input.now = run->observed.look_at;
	run->input.version = (*run->device)->version_number;
	count = begin_round(run, looks);
	if (!observe(run, looks, count, menus_of(looks, count), why))
		return true;
	if (run->job->rounds > 0 && !refresh(run, error))
		return false;
	/* The timekeeper looks once a second: a job in between must not cut by such a clock. */
	if (doubted && run->input.clock_why.size == 0)
		run->input.clock_why = TEXT("the wall clock has just moved");
	if (!judge(run, error))
		return false;
	count = plan_looks_again(again, LOOKS_MAX, &run->input, &run->plan, run->arena);
	if (count > 0) {
		if (!observe(run, again, count, menus_of(again, count) & ~run->bulk_menus, why))
			return true;
		if (!judge(run, error))
			return false;
	}
	*alive = true;
	if (!run->planned)
		run->drift_found = run->plan.drift_count;
	run->planned = true;
	return true;
}

/* The first look, through a session that may have died while it was idle: then once more. */
static bool first_look(struct run *run, bool *alive, struct error *why, struct error *error)
{
	*alive = false;
	if (!open_session(run, why))
		return true;
	if (!look_and_judge(run, alive, why, error))
		return false;
	if (*alive || run->opened || (why->code != ERROR_UNREACHABLE && why->code != ERROR_UNKNOWN))
		return true;
	hang_up(run);
	memset(&run->observed, 0, sizeof(run->observed));
	if (!open_session(run, why))
		return true;
	return look_and_judge(run, alive, why, error);
}

/* ---- the rounds ------------------------------------------------------------------------------ */

static bool has_work(const struct run *run)
{
	for (uint32_t i = 0; i < run->plan.count; i++)
		if (run_carries(run, &run->plan.changes[i]))
			return true;
	return false;
}

/* Write and look again, until a look finds nothing to do. False only when the store failed. */
static bool write_rounds(struct run *run, bool *alive, struct error *why, struct error *error)
{
	*alive = true;
	/* Bookkeeping without words to the router is stored also when there is nothing to send. */
	if (!has_work(run))
		return run_carry(run, alive, error);
	while (has_work(run)) {
		if (run->job->rounds == ROUNDS_MAX) {
			run->stuck = true;
			return true;
		}
		if (!run_carry(run, alive, error))
			return false;
		run->job->rounds++;
		if (!*alive) {
			*why = run->job->error;
			return true;
		}
		if (!look_and_judge(run, alive, why, error))
			return false;
		if (!*alive) {
			/* What was written is known; what the router made of it is not. */
			if (why->code == ERROR_UNREACHABLE)
				why->code = ERROR_UNKNOWN;
			return true;
		}
	}
	/* The last look may have found bookkeeping, too. */
	return run->plan.fix_count == 0 || run_carry(run, alive, error);
}

/* ---- the end --------------------------------------------------------------------------------- */

static enum outcome outcome_of(const struct error *error)
{
	switch (error->code) {
	case ERROR_UNREACHABLE:
		return OUTCOME_UNREACHABLE;
	case ERROR_DENIED:
		return OUTCOME_DENIED;
	case ERROR_UNKNOWN:
		return OUTCOME_UNKNOWN;
	case ERROR_NONE:
	case ERROR_INVALID:
	case ERROR_REFUSED:
	case ERROR_CONFLICT:
	case ERROR_GUARDED:
	case ERROR_LIMIT:
	case ERROR_STORE:
	case ERROR_FAILED:
	case ERROR_COUNT:
		break;
	}
	return OUTCOME_REFUSED;
}

static void say_stuck(struct run *run)
{
	for (uint32_t i = 0; i < run->plan.count; i++) {
		const struct change *change = &run->plan.changes[i];
		const char *field = "";

		if (!run_carries(run, change))
			continue;
		for (uint32_t k = 0; k < change->menu->field_count && field[0] == '\0'; k++)
			if ((change->fields >> k) & 1u)
				field = change->menu->fields[k].name;
		error_set(&run->job->error, ERROR_CONFLICT,
			  "%s %.*s is still to be %s after %u rounds%s%s", change->menu->path,
			  TEXT_ARG(change->key), verb_word(change->verb), ROUNDS_MAX,
			  field[0] != '\0' ? ": field " : "", field);
		return;
	}
}

/*
 * What the idle session listens to, the most telling first: live sessions where wavu may write, and
 * the rows that it heals, unless the router is a small one. Only what this job looked at: a menu
 * that no plan reads says nothing worth a look.
 */
static uint32_t worth_listening(const struct run *run)
{
	static const enum menu_id sessions[] = { MENU_PPP_ACTIVE, MENU_HOTSPOT_ACTIVE };
	static const enum menu_id rows[] = { MENU_PPP_SECRET,	MENU_HOTSPOT_USER,
					     MENU_PPP_PROFILE,	MENU_HOTSPOT_USER_PROFILE,
					     MENU_QUEUE_SIMPLE, MENU_ADDRESS_LIST };
	const struct gathered *gathered = &run->gathered;
	bool heals = run->job->mode == MODE_MANAGE && !(*run->device)->is_small &&
		     intent_drift(gathered->intent, gathered->router) == DRIFT_HEAL;
	uint32_t menus = 0, count = 0;

	if (!run->job->complete || run->job->mode == MODE_OBSERVE)
		return 0;
	for (uint32_t i = 0; i < ARRAY_COUNT(sessions); i++) {
		menus |= run->bulk_menus & (1u << sessions[i]);
		count += (run->bulk_menus >> sessions[i]) & 1u;
	}
	for (uint32_t i = 0; heals && i < ARRAY_COUNT(rows) && count < LISTENS_MAX; i++) {
		menus |= run->bulk_menus & (1u << rows[i]);
		count += (run->bulk_menus >> rows[i]) & 1u;
	}
	return menus;
}

/* After a run that reached the router and looked to the end. */
static void conclude(struct run *run)
{
	struct job *job = run->job;

	job->reachable = TERNARY_YES;
	job->in_sync = run->plan.count == 0 && !run->observed.suspicious;
	job->listens = worth_listening(run);
	if (job->refused > 0) {
		job->outcome = outcome_of(&job->error);
	} else if (run->stuck) {
		say_stuck(run);
		job->outcome = OUTCOME_REFUSED;
	} else if (run->plan.guarded.waits && !run->task->look_only) {
		error_set(&job->error, ERROR_GUARDED, "%.*s", TEXT_ARG(run->plan.guarded.why));
		job->outcome = OUTCOME_GUARDED;
	} else if (run->observed.suspicious) {
		error_set(&job->error, ERROR_UNKNOWN, "%.*s",
			  TEXT_ARG(run->observed.suspicious_why));
		job->outcome = OUTCOME_UNKNOWN;
	} else {
		job->outcome = run->done_count > 0 ? OUTCOME_DONE : OUTCOME_NOTHING;
	}
}

/* Nothing that was read counts after a line has died. */
static void conclude_dead(struct run *run, const struct error *why)
{
	struct job *job = run->job;

	job->error = *why;
	job->outcome = outcome_of(why);
	job->in_sync = false;
	job->reachable = run->planned || job->outcome == OUTCOME_REFUSED ? TERNARY_YES : TERNARY_NO;
	if (job->outcome == OUTCOME_UNKNOWN)
		job->reachable = TERNARY_YES;
	hang_up(run);
}

/* What the caller sees: all that was carried out, and what waits. */
static void hand_over(struct run *run)
{
	struct job *job = run->job;
	struct plan *plan = &job->plan;
	uint32_t count = 0;

	*plan = run->plan;
	if (run->task->look_only)
		return;
	plan->changes = ARENA_ARRAY(run->arena, struct change,
				    run->done_count + run->plan.count + 1);
	for (uint32_t i = 0; i < run->done_count; i++)
		plan->changes[count++] = run->done[i];
	for (uint32_t i = 0; i < run->plan.count; i++)
		if (run->plan.changes[i].held || run->plan.changes[i].report_only ||
		    run->plan.changes[i].verb == VERB_CONFLICT)
			plan->changes[count++] = run->plan.changes[i];
	plan->count = count;
	memset(plan->verbs, 0, sizeof(plan->verbs));
	for (uint32_t i = 0; i < count; i++)
		plan->verbs[plan->changes[i].verb]++;
}

static bool is_paused(const struct run *run, int64_t now)
{
	const struct router *router = run->gathered.router;
	int64_t by_person = run->gathered.state.pause_until_at;

	run->job->resume_at = router->pause_until_at > now ? router->pause_until_at : 0;
	/* A brake is obeyed at once, also where the commit that pulls it waits for its wave. */
	if (run->newest_pause_at > now && run->newest_pause_at > run->job->resume_at)
		run->job->resume_at = run->newest_pause_at;
	if (by_person > now && by_person > run->job->resume_at)
		run->job->resume_at = by_person;
	run->job->paused = run->job->resume_at != 0;
	return run->job->paused;
}

static bool run_job(struct run *run, struct error *error)
{
	struct error why = { 0 };
	bool alive;

	if (!first_look(run, &alive, &why, error))
		return false;
	if (alive && !run->task->look_only && !write_rounds(run, &alive, &why, error))
		return false;
	if (alive)
		conclude(run);
	else
		conclude_dead(run, &why);
	hand_over(run);
	/* Cut short because the process ends: that says nothing about the router. What was written
	 * is told all the same. */
	if (!alive && !run->sent && halt_called())
		return true;
	return run->task->look_only || run_learn(run, error);
}

static bool reconcile(struct run *run, const struct intent *intent, struct error *error)
{
	const struct task *task = run->task;
	const struct router *router = intent_router(intent, task->router);
	int64_t now = clock_now();

	run->job->skipped = true;
	if (router == NULL)
		return true;
	run->job->mode = router->mode;
	if (!gather(&run->gathered, run->seat, intent, router, task, now, run->arena, error))
		return false;
	run->job->complete = run->gathered.complete;
	run->job->failures = run->gathered.state.failures;
	if (is_paused(run, now) && !task->look_only)
		return true;
	if (!run->gathered.complete && run->gathered.mark_count == 0)
		return true;
	run->job->skipped = false;
	run->input = run->gathered.input;
	run->input.observed = &run->observed;
	run->input.approvals = task->approvals;
	run->input.approval_count = task->approval_count;
	return run_job(run, error);
}

/*
 * A person has spoken here: what is held elsewhere is looked at again at once, for his word may
 * have been about the whole fleet, or about the clock.
 */
static bool ring_guarded(struct run *run, struct error *error)
{
	struct router_state *routers;
	uint32_t count;

	if (!fleet_routers(&routers, &count, run->seat->store, run->arena, error))
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (routers[i].guarded_digest.size > 0 &&
		    !text_equal(routers[i].name, run->task->router))
			seat_ring(run->seat, routers[i].name, URGENCY_NORMAL);
	return true;
}

bool reconcile_router(struct job *out, struct seat *seat, const struct task *task,
		      struct device **device, struct arena *arena, struct error *error)
{
	struct intent *intent = NULL;
	struct run run = { .seat = seat,
			   .task = task,
			   .job = out,
			   .device = device,
			   .arena = arena,
			   .began_at = clock_monotonic() };
	bool done = true;

	memset(out, 0, sizeof(*out));
	out->outcome = OUTCOME_NOTHING;
	out->reachable = TERNARY_UNKNOWN;
	out->skipped = true;
	intent = task->intent != NULL ? intent_hold(task->intent)
				      : keeping_intent(seat, task->router, &run.newest_pause_at);
	if (intent != NULL)
		done = reconcile(&run, intent, error);
	intent_release(intent);
	if (done && run.allowed)
		done = ring_guarded(&run, error);
	if (done && !task->look_only && run.gathered.state.wave > 0)
		done = rollout_step(seat, clock_now(), error);
	return done || error_at(error, "router %.*s", TEXT_ARG(task->router));
}

int64_t reconcile_retry_us(const struct job *job)
{
	const struct disposition *disposition = error_disposition(job->error.code);
	int64_t tries = job->failures > 0 ? job->failures : 1, wait_us, most_us;
	uint8_t luck;

	if (job->skipped || job->outcome == OUTCOME_DONE || job->outcome == OUTCOME_NOTHING ||
	    job->outcome == OUTCOME_GUARDED)
		return 0;
	if (job->outcome == OUTCOME_UNKNOWN && tries <= 2)
		return UNKNOWN_RETRY_US;
	most_us = (int64_t)disposition->retry_s_max * SECOND_US;
	if (most_us == 0)
		most_us = 15 * MINUTE_US;
	if (tries > 1000)
		tries = 1000;
	wait_us = RETRY_FIRST_US * tries * tries;
	if (wait_us > most_us || job->outcome == OUTCOME_DENIED)
		wait_us = most_us;
	if (job->paid_waits && wait_us > PAID_RETRY_US &&
	    (job->outcome == OUTCOME_UNREACHABLE || job->outcome == OUTCOME_UNKNOWN))
		wait_us = PAID_RETRY_US;
	/* A region that comes back must not come back all at once. */
	random_bytes(&luck, 1);
	return wait_us - wait_us / 5 * luck / 255;
}
