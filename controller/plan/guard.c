#include "plan/guard.h"

#include "base/digest.h"
#include "base/error.h"

/* Counts of people by what they lose, those with leave apart. */
struct tally {
	uint32_t by[LOSS_BY_SUSPICION + 1];
	uint32_t guarded; /* by commit, drift, suspicion */
	uint32_t excused; /* by time, by a fact, or with leave: they are no longer "those who have
			     access" */
};

static bool is_guarded(enum loss loss)
{
	return loss == LOSS_BY_COMMIT || loss == LOSS_BY_DRIFT || loss == LOSS_BY_SUSPICION;
}

static bool has_leave(const struct draft *draft, const struct person *person)
{
	return texts_hold(draft->in->leave, draft->in->leave_count, person->reference);
}

/*
 * Worked example with the defaults 20 % and 10: 40 have access, 12 would lose it: 12 >= 10 and 30 %
 * > 20 %, so they wait. 9 of 10: fewer than 10, they go. 2 of 2: nobody would remain, they wait.
 */
struct text guard_why(struct arena *arena, struct guard guard, uint32_t losses,
		      uint32_t with_access, struct text where)
{
	uint64_t min = guard.losses_min > 0 ? (uint64_t)guard.losses_min : 0;
	uint64_t percent = guard.losses_max_percent > 0 ? (uint64_t)guard.losses_max_percent : 0;

	if (losses == 0)
		return TEXT_NONE;
	if (with_access >= 2 && losses >= with_access)
		return text_format(arena, "all %u who have access %.*s would lose it", with_access,
				   TEXT_ARG(where));
	if (losses >= min && (uint64_t)losses * 100 > percent * with_access)
		return text_format(
		    arena,
		    "%u of %u who have access %.*s would lose it: more than %llu %%, and "
		    "at least %llu",
		    losses, with_access, TEXT_ARG(where), (unsigned long long)percent,
		    (unsigned long long)min);
	return TEXT_NONE;
}

static struct tally tally_people(const struct draft *draft)
{
	struct tally tally = { 0 };
	uint32_t i;

	for (i = 0; i < draft->person_count; i++) {
		const struct person *person = &draft->people[i];
		if (person->loss == LOSS_NONE)
			continue;
		if (!is_guarded(person->loss) || has_leave(draft, person)) {
			tally.excused++;
			continue;
		}
		tally.by[person->loss]++;
		tally.guarded++;
	}
	return tally;
}

/* A suspicious read may have missed rows: then the inventory says how many have access. */
static uint32_t with_access(const struct draft *draft)
{
	uint32_t known = 0, i;

	for (i = 0; draft->in->observed->suspicious && i < draft->in->inventory_count; i++)
		known += draft->in->inventory[i].open &&
			 draft->in->inventory[i].reference.size != 0;
	return known > draft->plan->with_access ? known : draft->plan->with_access;
}

static struct text router_why(struct draft *draft, const struct tally *tally)
{
	const struct plan_input *in = draft->in;
	struct guard guard = intent_guard(in->intent, in->router);
	struct text where = text_format(draft->arena, "on %.*s", TEXT_ARG(in->router->name));
	uint32_t have = with_access(draft), remaining = have - tally->excused;
	struct text why = guard_why(draft->arena, guard, tally->guarded, have, where);

	if (why.size == 0 && tally->guarded != 0 && remaining >= 2 && tally->guarded >= remaining)
		/* The others lose it by time: of those who would stay, nobody would. */
		why = text_format(draft->arena, "all %u who still have access %.*s would lose it",
				  remaining, TEXT_ARG(where));
	if (why.size != 0 && in->observed->suspicious && in->observed->suspicious_why.size != 0)
		why = text_format(draft->arena, "%.*s; the read is suspicious: %.*s", TEXT_ARG(why),
				  TEXT_ARG(in->observed->suspicious_why));
	return why;
}

static bool waits(const struct draft *draft, const struct person *person, bool router_holds)
{
	const struct plan_input *in = draft->in;

	if (person->loss == LOSS_NONE || has_leave(draft, person))
		return false;
	if (person->loss == LOSS_BY_TIME)
		return in->clock_why.size != 0;
	/* In a partial plan these are only shown: a complete one weighs them. */
	if (!is_guarded(person->loss) || draft->partial)
		return false;
	return router_holds || (person->loss == LOSS_BY_COMMIT && in->fleet_why.size != 0);
}

static void guard_digest(const struct draft *draft, struct guarded *guarded)
{
	struct digester digester;
	struct digest digest;
	uint32_t i;

	digester_begin(&digester);
	digester_text(&digester, draft->in->router->name);
	for (i = 0; i < guarded->losses; i++)
		digester_text(&digester, guarded->references[i]);
	digest = digester_end(&digester);
	digest_short(&digest, guarded->digest);
}

static bool is_approved(const struct draft *draft, const char *digest)
{
	uint32_t i;

	for (i = 0; i < draft->in->approval_count; i++)
		if (text_is(text_of(draft->in->approvals[i]), digest))
			return true;
	return false;
}

static struct text join_why(struct draft *draft, struct text a, struct text b)
{
	if (a.size == 0 || b.size == 0)
		return a.size != 0 ? a : b;
	return text_format(draft->arena, "%.*s; %.*s", TEXT_ARG(a), TEXT_ARG(b));
}

void guard_judge(struct draft *draft)
{
	struct tally tally = tally_people(draft);
	struct guarded *guarded = &draft->plan->guarded;
	struct text why = TEXT_NONE, *references;
	bool by_time = false, by_commit = false;
	uint32_t i;

	/* A partial look cannot weigh losses against all who have access: those wait for a complete
	 * one. */
	if (!draft->partial)
		why = router_why(draft, &tally);
	references = ARENA_ARRAY(draft->arena, struct text, draft->person_count + 1);
	guarded->references = references;
	for (i = 0; i < draft->person_count; i++) {
		struct person *person = &draft->people[i];
		person->held = waits(draft, person, why.size != 0);
		if (!person->held)
			continue;
		references[guarded->losses++] = person->reference;
		by_time |= person->loss == LOSS_BY_TIME;
		by_commit |= person->loss == LOSS_BY_COMMIT;
	}
	if (guarded->losses == 0)
		return;
	guard_digest(draft, guarded);
	if (is_approved(draft, guarded->digest)) {
		guarded->approved = true;
		for (i = 0; i < draft->person_count; i++)
			draft->people[i].held = false;
		return;
	}
	guarded->waits = true;
	if (by_commit)
		why = join_why(draft, why, draft->in->fleet_why);
	if (by_time)
		why = join_why(draft, why, draft->in->clock_why);
	guarded->why = text_format(draft->arena,
				   "%.*s. They wait for a person: wavu apply --allow %s",
				   TEXT_ARG(why), guarded->digest);
}
