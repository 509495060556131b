#include "loop/gather.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "policies/prepaid.h"
#include "settings/secrets.h"
#include "state/fleet.h"
#include "state/inventory.h"
#include "state/ledger.h"

#define PASSWORD_SIZE 10

static int compare_texts(const void *a, const void *b)
{
	return text_compare(*(const struct text *)a, *(const struct text *)b);
}

static uint32_t sort_once(struct text *texts, uint32_t count)
{
	uint32_t kept = 0;

	if (count > 1)
		qsort(texts, count, sizeof(*texts), compare_texts);
	for (uint32_t i = 0; i < count; i++)
		if (kept == 0 || !text_equal(texts[kept - 1], texts[i]))
			texts[kept++] = texts[i];
	return kept;
}

/* ---- who, and why ---------------------------------------------------------------------------- */

/* The people that are marked, and the strongest cause among them. */
static void gather_marks(struct gathered *out, const struct task *task, struct arena *arena)
{
	struct text *people = ARENA_ARRAY(arena, struct text, out->mark_count + 1);
	uint32_t people_count, same = 0;

	out->cause = task->cause;
	out->because = task->because;
	for (uint32_t i = 0; i < out->mark_count; i++) {
		const struct mark *mark = &out->marks[i];

		people[i] = mark->reference;
		if (mark->id > out->newest_mark)
			out->newest_mark = mark->id;
		if (mark->cause < out->cause) {
			out->cause = mark->cause;
			out->because = mark->because;
			same = 0;
		}
		same += mark->cause == out->cause;
	}
	if (same > 1)
		out->because = text_format(arena, "%.*s, and %u more", TEXT_ARG(out->because),
					   same - 1);
	people_count = sort_once(people, out->mark_count);
	out->complete = task->scope == SCOPE_COMPLETE || people_count > MARKS_MAX;
	if (!out->complete) {
		out->input.only = people;
		out->input.only_count = people_count;
	}
	if (out->complete && out->state.generation > out->state.applied_generation &&
	    CAUSE_COMMIT < out->cause) {
		out->cause = CAUSE_COMMIT;
		out->because = text_format(arena, "commit %.*s",
					   TEXT_ARG(text_head(text_of(out->intent->commit), 12)));
	}
}

static int compare_entries(const void *a, const void *b)
{
	const struct inventory_entry *x = a, *y = b;
	int order = text_compare(x->menu, y->menu);

	return order != 0 ? order : text_compare(x->key, y->key);
}

/* Those of the people in `only`; the ownerless ones come with each of them, and count once. */
static bool gather_inventory(struct gathered *out, struct seat *seat, struct arena *arena,
			     struct error *error)
{
	struct plan_input *in = &out->input;
	struct inventory_entry *all = NULL, *some;
	uint32_t count = 0, more, kept = 0;

	if (out->complete) {
		if (!inventory_read(&some, &in->inventory_count, seat->store, out->router->name,
				    arena, error))
			return false;
		in->inventory = some;
		return true;
	}
	for (uint32_t i = 0; i < in->only_count; i++) {
		if (!inventory_read_of(&some, &more, seat->store, out->router->name, in->only[i],
				       arena, error))
			return false;
		all = arena_grow(arena, all, count * sizeof(*all), (count + more) * sizeof(*all));
		if (more > 0)
			memcpy(all + count, some, more * sizeof(*all));
		count += more;
	}
	if (count > 1)
		qsort(all, count, sizeof(*all), compare_entries);
	for (uint32_t i = 0; i < count; i++)
		if (kept == 0 || compare_entries(&all[kept - 1], &all[i]) != 0)
			all[kept++] = all[i];
	in->inventory = all;
	in->inventory_count = kept;
	return true;
}

/* ---- facts ----------------------------------------------------------------------------------- */

/* `wavu plan` before the commit is taken: what its openings will have booked. */
static void foretell(struct standing *standing, const struct gathered *out,
		     const struct subscriber *subscriber, int64_t now, struct arena *arena)
{
	struct bought bought;

	if (!out->preview || !subscriber->has_opening || standing->opening_booked)
		return;
	standing->known = true;
	standing->opening_booked = true;
	standing->balance_cents += subscriber->opening_balance_cents;
	if (subscriber->opening_paid_until_at > standing->paid_until_at)
		standing->paid_until_at = subscriber->opening_paid_until_at;
	bought = prepaid_buy(&(struct policy_case){ .tenant = &out->intent->tenant,
						    .subscriber = subscriber,
						    .standing = standing,
						    .now = now,
						    .arena = arena });
	if (bought.periods == 0)
		return;
	standing->balance_cents -= bought.cents;
	standing->service_from_at = bought.service_from_at;
	standing->paid_until_at = bought.paid_until_at;
	standing->anchor_day = bought.anchor_day;
}

/* One query for a whole house of people, else one for each. */
static bool gather_standings(struct facts *facts, const struct subscriber *const *people,
			     uint32_t count, const struct gathered *out, struct seat *seat,
			     struct arena *arena, struct error *error)
{
	struct standing *standings = NULL;
	uint32_t known = 0;
	bool at_once = count > 8 && count > out->intent->subscriber_count / 8;

	if (at_once && !ledger_standings(&standings, &known, seat->store, arena, error))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		const struct standing *found;

		facts[i].reference = people[i]->reference;
		if (!at_once) {
			if (!ledger_standing(&facts[i].standing, seat->store, people[i]->reference,
					     arena, error))
				return false;
			continue;
		}
		found = standing_find(standings, known, people[i]->reference);
		facts[i].standing = found != NULL
					? *found
					: (struct standing){ .reference = people[i]->reference };
	}
	return true;
}

static void gather_password(struct facts *facts, const struct subscriber *subscriber,
			    const struct seat *seat, struct arena *arena)
{
	struct error why;

	if (subscriber->password_kind == PASSWORD_SECRET) {
		if (!secret_read(&facts->password, seat->settings->secrets, subscriber->password,
				 arena, &why))
			facts->password = (struct secret){ 0 };
		return;
	}
	facts->keep_password = subscriber->password_kind == PASSWORD_KEEP;
	facts->password = secret_of(facts->standing.password);
}

/* Follow makes them all when a commit is taken; here only what a plan foretells, or an older store
 * lacks. */
static bool make_passwords(struct seat *seat, bool store, struct facts *facts,
			   const struct subscriber *const *people, uint32_t count,
			   struct arena *arena, struct error *error)
{
	bool begun = false;

	for (uint32_t i = 0; i < count; i++) {
		char fresh[PASSWORD_SIZE + 1];

		if (people[i]->password_kind == PASSWORD_SECRET ||
		    facts[i].standing.password.size > 0)
			continue;
		random_password(fresh, PASSWORD_SIZE);
		if (!store) {
			facts[i].standing.password = text_copy(arena, text_of(fresh));
			continue;
		}
		if (!begun && !store_begin(seat->store, error))
			return false;
		begun = true;
		if (!ledger_password(&facts[i].standing.password, seat->store, people[i]->reference,
				     text_of(fresh), arena, error)) {
			store_abort(seat->store);
			return false;
		}
	}
	return !begun || store_commit(seat->store, error);
}

/* The subscribers of this router that the job is about, in order of reference. */
static const struct subscriber *const *gather_people(const struct gathered *out, uint32_t *count,
						     struct arena *arena)
{
	const struct subscriber *const *all;
	const struct subscriber **some;

	if (out->complete) {
		intent_subscribers_of(out->intent, out->router, &all, count);
		return all;
	}
	some = ARENA_ARRAY(arena, const struct subscriber *, out->input.only_count + 1);
	*count = 0;
	for (uint32_t i = 0; i < out->input.only_count; i++) {
		const struct subscriber *one = intent_subscriber(out->intent, out->input.only[i]);

		if (one != NULL && one->router == out->router)
			some[(*count)++] = one;
	}
	return some;
}

/* ---- the guard's and the clock's word -------------------------------------------------------- */

static bool gather_losses(struct gathered *out, struct seat *seat, const struct task *task,
			  struct arena *arena, struct error *error)
{
	struct plan_input *in = &out->input;
	struct text *losses, *leave, *all;
	uint32_t count = 0, more = task->losses != NULL ? task->losses->count : 0;

	if (!fleet_losses(&losses, &count, seat->store, out->router->name, arena, error) ||
	    !fleet_leave(&leave, &in->leave_count, seat->store, out->router->name, arena, error) ||
	    !clock_held_read(&in->clock_why, seat->store, arena, error))
		return false;
	all = ARENA_ARRAY(arena, struct text, count + more + 1);
	if (count > 0)
		memcpy(all, losses, count * sizeof(*all));
	for (uint32_t i = 0; i < more; i++)
		if (text_equal(task->losses->losses[i].router, out->router->name))
			all[count++] = task->losses->losses[i].reference;
	in->losses = all;
	in->loss_count = sort_once(all, count);
	in->leave_count = sort_once(leave, in->leave_count);
	in->leave = leave;
	in->fleet_why = task->losses != NULL ? task->losses->why : out->source.losses_why;
	return true;
}

static bool gather_store(struct gathered *out, struct seat *seat, const struct task *task,
			 int64_t now, struct facts **facts, const struct subscriber *const **people,
			 uint32_t *count, struct arena *arena, struct error *error)
{
	bool found;

	if (!fleet_router(&found, &out->state, seat->store, out->router->name, arena, error) ||
	    !source_read(&out->source, seat->store, arena, error) ||
	    !fleet_marks(&out->marks, &out->mark_count, seat->store, out->router->name, arena,
			 error))
		return false;
	if (!found)
		out->state = (struct router_state){ .name = out->router->name,
						    .reachable = TERNARY_UNKNOWN,
						    .in_sync = TERNARY_UNKNOWN };
	out->commit = out->state.held_commit.size > 0 ? out->state.held_commit
						      : out->source.commit;
	out->preview = task->look_only && !text_is(out->source.commit, out->intent->commit);
	gather_marks(out, task, arena);
	*people = gather_people(out, count, arena);
	*facts = ARENA_ARRAY(arena, struct facts, *count + 1);
	if (!gather_inventory(out, seat, arena, error) ||
	    !gather_losses(out, seat, task, arena, error) ||
	    !gather_standings(*facts, *people, *count, out, seat, arena, error))
		return false;
	for (uint32_t i = 0; i < *count; i++)
		foretell(&(*facts)[i].standing, out, (*people)[i], now, arena);
	return true;
}

bool gather(struct gathered *out, struct seat *seat, const struct intent *intent,
	    const struct router *router, const struct task *task, int64_t now, struct arena *arena,
	    struct error *error)
{
	const struct subscriber *const *people = NULL;
	struct facts *facts = NULL;
	uint32_t count = 0;
	bool done;

	*out = (struct gathered){ .intent = intent, .router = router };
	out->input.intent = intent;
	out->input.router = router;
	/* One moment: a payment between two reads must not make half a person. */
	if (!store_read_begin(seat->store, error))
		return false;
	done = gather_store(out, seat, task, now, &facts, &people, &count, arena, error);
	store_read_end(seat->store);
	if (!done || !make_passwords(seat, !task->look_only, facts, people, count, arena, error))
		return false;
	for (uint32_t i = 0; i < count; i++)
		gather_password(&facts[i], people[i], seat, arena);
	out->input.facts = facts;
	out->input.facts_count = count;
	out->input.walls_known = out->state.walls;
	return true;
}

bool gather_again(struct gathered *out, struct seat *seat, const struct task *task,
		  struct arena *arena, struct error *error)
{
	bool done;

	if (!store_read_begin(seat->store, error))
		return false;
	done = gather_inventory(out, seat, arena, error) &&
	       gather_losses(out, seat, task, arena, error);
	store_read_end(seat->store);
	return done;
}
