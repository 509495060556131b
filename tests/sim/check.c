/* What must hold (house section 9, checkers 1 to 5). Who is online is read from the routers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "sim/sim.h"
#include "state/events.h"
#include "state/fleet.h"
#include "state/ledger.h"

#define ARENA_SIZE (256u << 20)
/* The longest wait there is: 15 minutes after refusals, and a sweep with its spread. */
#define SETTLED_US (40 * MINUTE_US)
/* Then nothing may be wrong for longer than this: a tick of the teller, a job, a CPE that redials.
 */
#define BOUND_US (90 * SECOND_US)

/* ---- who is online --------------------------------------------------------------------------- */

static const struct pack *pack_of(int sub)
{
	const struct declared *declared = declared_in_force();

	return &declared->packs[declared->subs[sub].pack];
}

/* What is wrong with somebody's access; NULL: nothing. *dials: he may come in, and has not yet. */
static const char *wrong_with(int sub, bool *dials)
{
	static char why[200];
	const struct declared *declared = declared_in_force();
	const struct sub *who = &declared->subs[sub];
	const struct device_at_home *home = &sim.homes[sub];
	enum sub_state state = who->declared ? money_state(sub, wall()) : SUB_TERMINATED;
	uint32_t down_k = pack_of(sub)->down_k, up_k = pack_of(sub)->up_k;
	struct ros_access access;
	bool open;

	if (!home->installed || !fleet_reachable(home->router) || fleet_conflict(sub))
		return NULL;
	open = ros_access(sim.stations[home->router].ros, home->username, &access);
	*dials = !open;
	if (!money_is_open(state) || who->router != home->router) {
		if (!open)
			return NULL;
		(void)snprintf(why, sizeof(why), "is online, and is not to be (state %d)",
			       (int)state);
		return why;
	}
	if (state == SUB_THROTTLED) {
		down_k = declared->throttle_down_k;
		up_k = declared->throttle_up_k;
	}
	if (!open)
		(void)snprintf(why, sizeof(why), "paid and is not online (state %d)", (int)state);
	else if (access.download != down_k * 1000ull || access.upload != up_k * 1000ull)
		(void)snprintf(why, sizeof(why), "has %llu/%llu bit/s instead of %uk/%uk",
			       (unsigned long long)access.download,
			       (unsigned long long)access.upload, down_k, up_k);
	else
		return NULL;
	return why;
}

static void check_guards(void);

/* Before anybody is blamed: does the guard keep him? */
static bool is_held(int sub)
{
	if (sim.running)
		check_guards();
	return sim.held[sub];
}

/* For whoever has to understand it: what the router says to his device, and his rows there. */
static void show_rows(int sub)
{
	const struct device_at_home *home = &sim.homes[sub];
	struct ros *ros = sim.stations[home->router].ros;
	struct ros_access access;
	char name[40];

	if (ros_access(ros, home->username, &access))
		trace("online since %lld s ago",
		      (long long)((sim.now - access.began_at) / SECOND_US));
	trace("his device hears: %s",
	      ros_entry_text(home->hotspot
				 ? ros_hotspot_login(ros, home->mac, home->username, home->password)
				 : ros_ppp_dial(ros, home->username, home->password, home->mac)));
	(void)snprintf(name, sizeof(name), "=%s ", home->username);
	for (int i = 0; ros_menu_path((size_t)i) != NULL; i++) {
		char *dump = ros_menu_dump(ros, ros_menu_path((size_t)i), false);

		for (const char *at = strstr(dump, name); at != NULL; at = strstr(at + 1, name)) {
			while (at > dump && at[-1] != '\n')
				at--;
			trace("%s %.*s", ros_menu_path((size_t)i), (int)strcspn(at, "\n"), at);
			at += strcspn(at, "\n");
		}
		free(dump);
	}
}

void check_people(bool at_end)
{
	if (sim.in_force < 0)
		return;
	for (int i = 0; i < SUBS; i++) {
		bool dials = false;
		const char *why = wrong_with(i, &dials);
		const struct sub *who = &declared_in_force()->subs[i];
		int64_t late, bound = sim.now < sim.quiet_at + SETTLED_US ? SETTLED_US : BOUND_US;

		if (why == NULL || sim.held[i]) {
			sim.wrong_since_at[i] = 0;
			continue;
		}
		if (sim.wrong_since_at[i] == 0)
			sim.wrong_since_at[i] = sim.now;
		late = sim.now - sim.wrong_since_at[i];
		/*
		 * At the end, who was let in since the check before this one may still be dialling.
		 */
		if ((!at_end && late <= bound) || (late == 0 && dials) || is_held(i))
			continue;
		show_rows(i);
		fail("%s (%s on router-%d, time until %+lld s) %s, for %lld s", who->account,
		     sim.homes[i].username, sim.homes[i].router,
		     (long long)((sim.accounts[i].until_at - wall()) / SECOND_US), why,
		     (long long)(late / SECOND_US));
	}
}

/* ---- the size of a job ----------------------------------------------------------------------- */

static char *dumps[8];

static const char *line_by_id(const char *dump, const char *line, size_t *size)
{
	size_t id = strcspn(line, " ");

	for (const char *at = dump; at != NULL && *at != '\0';) {
		*size = strcspn(at, "\n");
		if (strncmp(at, line, id + 1) == 0)
			return at;
		at += *size + (at[*size] == '\n');
	}
	return NULL;
}

/* Rows of `a` that are not in `b`; with `changed` also those that are another there. */
static uint64_t rows_other(const char *a, const char *b, bool changed)
{
	uint64_t count = 0;

	for (const char *at = a; *at != '\0';) {
		size_t size = strcspn(at, "\n"), there;
		const char *other = line_by_id(b, at, &there);

		if (other == NULL || (changed && (there != size || memcmp(at, other, size) != 0)))
			count++;
		at += size + (at[size] == '\n');
	}
	return count;
}

void check_size_before(struct station *station)
{
	for (int i = 0; i < foreign_menu_count; i++)
		dumps[i] = ros_menu_dump(station->ros, foreign_menus[i], true);
	ros_counters_reset(station->ros);
}

void check_size_after(struct station *station, const struct job *job)
{
	struct ros_counters counters = ros_counters(station->ros);
	uint64_t differ = 0, asked = 0;

	for (int i = 0; i < foreign_menu_count; i++) {
		char *after = ros_menu_dump(station->ros, foreign_menus[i], true);

		differ += rows_other(dumps[i], after, true) + rows_other(after, dumps[i], false);
		asked += ros_counter(station->ros, foreign_menus[i], "add") +
			 ros_counter(station->ros, foreign_menus[i], "set") +
			 ros_counter(station->ros, foreign_menus[i], "remove");
		free(after);
		free(dumps[i]);
	}
	if (job->refused > 0 || job->outcome == OUTCOME_UNKNOWN ||
	    job->outcome == OUTCOME_UNREACHABLE)
		return;
	check(counters.writes == job->writes, "%s: the job says %u writes, the router heard %llu",
	      station->name, job->writes, (unsigned long long)counters.writes);
	/* Passwords that cannot be read back may have to be written blindly. */
	check(asked == differ || station->hidden, "%s: %llu writes for %llu rows that differ",
	      station->name, (unsigned long long)asked, (unsigned long long)differ);
	if (job->writes > 0 && !job->skipped) {
		struct arena arena = { 0 };
		struct event *event;
		struct error error = { 0 };
		uint32_t count;

		arena_open(&arena, ARENA_SIZE);
		check(events_read(&event, &count, sim.reader, text_of(station->name), 1, &arena,
				  &error),
		      "%s", error.text);
		check(count == 1 && event->writes == job->writes && event->changes.size > 2,
		      "%s: the history does not tell of %u writes", station->name, job->writes);
		arena_close(&arena);
	}
}

/* ---- money ----------------------------------------------------------------------------------- */

static void check_bill(const struct bill *bill, struct arena *arena)
{
	static const enum payment_status statuses[] = { [BILL_CREDITED] = PAYMENT_CREDITED,
							[BILL_UNMATCHED] = PAYMENT_UNMATCHED,
							[BILL_HELD] = PAYMENT_HELD };
	struct payment payment;
	struct error error = { 0 };
	bool found;

	check(ledger_payment(&found, &payment, sim.reader, text_of(bill->receipt), arena, &error),
	      "%s", error.text);
	if (bill->state == BILL_UNKNOWN) {
		check(!found, "%s is booked, and was never said", bill->receipt);
		return;
	}
	check(found, "%s is lost", bill->receipt);
	check(payment.status == statuses[bill->state], "%s is %s (%.*s), should be %s",
	      bill->receipt, payment_status_word(payment.status), TEXT_ARG(payment.reason),
	      payment_status_word(statuses[bill->state]));
	check(payment.has_amount == bill->has_amount &&
		  (!bill->has_amount || payment.amount_cents == bill->first_cents),
	      "%s has another amount", bill->receipt);
	check(bill->state != BILL_CREDITED ||
		  text_is(payment.account, sim.versions[0].declared->subs[bill->owner].account),
	      "%s is credited to %.*s", bill->receipt, TEXT_ARG(payment.account));
}

static void check_accounts(void)
{
	for (int i = 0; i < SUBS; i++) {
		const struct account *account = &sim.accounts[i];
		const char *name = sim.versions[0].declared->subs[i].account;
		struct standing standing;

		life_standing(&standing, i);
		check(standing.balance_cents == account->balance_cents,
		      "%s has %lld cents, should have %lld", name,
		      (long long)standing.balance_cents, (long long)account->balance_cents);
		check(standing.paid_until_at == account->until_at,
		      "%s has paid until %+lld s of what it should be", name,
		      (long long)((standing.paid_until_at - account->until_at) / SECOND_US));
		check(sim.passwords[i][0] == '\0' || standing.password.size == 0 ||
			  sim.versions[0].declared->subs[i].password_file ||
			  text_is(standing.password, sim.passwords[i]),
		      "%s has another password than before", name);
	}
}

void check_ledger(void)
{
	struct arena arena = { 0 };
	struct ledger_totals totals;
	struct error error = { 0 };
	struct text *problems;
	uint32_t count;

	arena_open(&arena, ARENA_SIZE);
	for (int i = 0; i < sim.bill_count; i++)
		check_bill(&sim.bills[i], &arena);
	check_accounts();
	check(ledger_totals(&totals, sim.reader, wall(), &error), "%s", error.text);
	check(totals.unmatched_count == sim.unmatched_count, "%lld are unmatched, should be %u",
	      (long long)totals.unmatched_count, sim.unmatched_count);
	check(totals.held_count == sim.held_count, "%lld are held, should be %u",
	      (long long)totals.held_count, sim.held_count);
	check(store_verify(&problems, &count, sim.reader, &arena, &error), "%s", error.text);
	check(count == 0, "verify: %.*s", TEXT_ARG(problems[0]));
	arena_close(&arena);
}

/* ---- routers --------------------------------------------------------------------------------- */

/* Something that is not as it should be, in a plan made anew. What a stranger has taken stays his.
 */
static const struct change *first_change(const struct station *station, const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->count; i++) {
		const struct change *change = &plan->changes[i];
		char key[64];

		(void)snprintf(key, sizeof(key), "%.*s", TEXT_ARG(change->key));
		if (change->verb != VERB_CONFLICT ||
		    !fleet_name_taken(station, change->menu->path, key))
			return change;
	}
	return NULL;
}

/* A job besides the queue's, with a session of its own. */
static void do_job(struct job *job, const struct task *task)
{
	invariant(sim.busy == NULL);
	check(life_job(job, task, !task->look_only), "killed while nothing kills");
	device_close(sim.busy);
	sim.busy = NULL;
}

static void look(struct station *station, struct job *job)
{
	struct task task = { .router = text_of(station->name), .look_only = true };

	do_job(job, &task);
}

/* Nothing tells the guard to hold these. Who loses by time does not count as staying. */
static bool guard_lets(uint32_t losses, uint32_t with_access, uint32_t excused)
{
	const struct declared *declared = declared_in_force();
	bool many = losses >= (uint32_t)declared->guard_min &&
		    losses * 100 > with_access * (uint32_t)declared->guard_percent;

	return !many && !(losses >= 2 && losses + excused >= with_access);
}

/* People whom the guard keeps: they count as held until a person has spoken. */
static bool mark_held(const struct plan *plan)
{
	bool any = false;

	for (uint32_t i = 0; i < plan->person_count; i++)
		for (int k = 0; plan->people[i].held && k < SUBS; k++) {
			char name[16];

			(void)snprintf(name, sizeof(name), "sn%04d", k + 1);
			if (!text_is(plan->people[i].reference, name))
				continue;
			sim.held[k] = true;
			any = true;
		}
	return any;
}

static uint32_t count_excused(const struct plan *plan)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < plan->person_count; i++)
		count += plan->people[i].loss != LOSS_NONE && !plan->people[i].held;
	return count;
}

/* The whole fleet's guard was judged when the commit came; what is left of its losses waits on. */
static bool fleet_guards(void)
{
	struct arena arena = { 0 };
	struct source_state source;
	struct error error = { 0 };
	bool guards;

	arena_open(&arena, 1u << 20);
	check(source_read(&source, sim.reader, &arena, &error), "%s", error.text);
	guards = source.losses_why.size > 0;
	arena_close(&arena);
	return guards;
}

static void check_guards(void)
{
	memset(sim.held, 0, sizeof(sim.held));
	for (int i = 0; i < ROUTERS; i++) {
		const struct guarded *guarded;
		struct job job;

		look(&sim.stations[i], &job);
		guarded = &job.plan.guarded;
		if (guarded->waits) {
			check(fleet_guards() || !guard_lets(guarded->losses, job.plan.with_access,
							    count_excused(&job.plan)),
			      "router-%d: the guard holds %u of %u without a reason: %.*s", i,
			      guarded->losses, job.plan.with_access, TEXT_ARG(guarded->why));
			check(mark_held(&job.plan), "router-%d: the guard holds nobody", i);
		}
		arena_reset(&sim.job_arena);
	}
}

/* A person looks at what waits, and lets it go. */
static bool approve(struct station *station)
{
	struct job job;
	char digest[13];
	const char *approvals[] = { digest };
	struct task task = { .router = text_of(station->name),
			     .actor = TEXT("operator"),
			     .cause = CAUSE_PERSON,
			     .approvals = approvals,
			     .approval_count = 1 };
	bool waits;

	look(station, &job);
	waits = job.plan.guarded.waits;
	memcpy(digest, job.plan.guarded.digest, sizeof(digest));
	arena_reset(&sim.job_arena);
	if (!waits)
		return false;
	fault_count(FAULT_GUARDED);
	do_job(&job, &task);
	check(!job.plan.guarded.waits, "%s: approved, and waits on: %.*s", station->name,
	      TEXT_ARG(job.plan.guarded.why));
	arena_reset(&sim.job_arena);
	return true;
}

static void run_whole(struct station *station)
{
	struct task task = { .router = text_of(station->name), .scope = SCOPE_COMPLETE };
	struct job job;

	do_job(&job, &task);
	arena_reset(&sim.job_arena);
}

static void check_router(struct station *station)
{
	struct task task = { .router = text_of(station->name), .scope = SCOPE_COMPLETE };
	const struct change *change;
	uint64_t before;
	struct job job;

	look(station, &job);
	check(job.outcome != OUTCOME_UNREACHABLE && !job.skipped, "%s: %s", station->name,
	      job.error.text);
	change = first_change(station, &job.plan);
	check(change == NULL, "%s: a second plan has %u changes, the first: %s %s %.*s (%.*s)",
	      station->name, job.plan.count, verb_word(change->verb), change->menu->path,
	      TEXT_ARG(change->key), TEXT_ARG(change->because));
	arena_reset(&sim.job_arena);
	before = ros_counters(station->ros).writes;
	do_job(&job, &task);
	check(ros_counters(station->ros).writes == 0, "%s: a second run wrote (%llu before)",
	      station->name, (unsigned long long)before);
	check(job.outcome == OUTCOME_NOTHING, "%s: a second run ended as %s: %s", station->name,
	      outcome_word(job.outcome), job.error.text);
	arena_reset(&sim.job_arena);
	fleet_check_foreign(station);
}

static bool has_row(struct station *station, const char *menu, const char *username)
{
	return ros_row_exists(station->ros, menu, username) &&
	       !fleet_name_taken(station, menu, username);
}

/* Whom no commit knows any more has no row; who is not to be online is so nowhere. */
static void check_leftovers(void)
{
	const struct declared *declared = declared_in_force();

	for (int i = 0; i < SUBS; i++) {
		const struct sub *who = &declared->subs[i];
		bool open = who->declared && money_is_open(money_state(i, wall()));

		for (int k = 0; k < ROUTERS; k++) {
			struct station *station = &sim.stations[k];
			struct ros_access access;
			bool here = who->declared && k == who->router;

			if (!(open && here) &&
			    !fleet_name_taken(station, "/ppp/secret", who->username))
				check(!ros_access(station->ros, who->username, &access),
				      "%s is online on router-%d", who->username, k);
			check(here || (!has_row(station, "/ppp/secret", who->username) &&
				       !has_row(station, "/ip/hotspot/user", who->username)),
			      "%s is not of router-%d, and his row is still there", who->username,
			      k);
		}
	}
}

void check_quiet(void)
{
	check(sim.running && sim.in_force >= 0, "the controller does not run");
	check_guards();
	check_people(true);
	for (int i = 0; i < ROUTERS; i++)
		for (int tries = 0; tries < 4 && approve(&sim.stations[i]); tries++)
			continue;
	/* What one approval has set free elsewhere goes with the next sweep: here it is now. */
	for (int i = 0; i < ROUTERS; i++)
		run_whole(&sim.stations[i]);
	memset(sim.held, 0, sizeof(sim.held));
	elapse(20 * SECOND_US); /* who was renewed dials in again */
	fleet_time();
	fleet_people();
	check_people(true);
	for (int i = 0; i < ROUTERS; i++)
		check_router(&sim.stations[i]);
	check_leftovers();
	check_ledger();
	sim.quiets++;
}
