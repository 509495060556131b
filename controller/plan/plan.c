#include "plan/plan.h"

#include <stdlib.h>

#include "base/digest.h"
#include "menu/mark.h"
#include "plan/blocked.h"
#include "plan/books.h"
#include "plan/compile.h"
#include "plan/diff.h"
#include "plan/gardens.h"
#include "plan/guard.h"
#include "plan/lease.h"
#include "plan/dhcp.h"
#include "plan/people.h"
#include "plan/session.h"
#include "plan/unused.h"
#include "plan/walls.h"
#include "plan/window.h"

#define CONTESTED_HEALS 3u
#define CONTESTED_WINDOW_US INT64_C(3600000000)

/* ---- words ---- */

const char *verb_word(enum verb verb)
{
	static const char *const words[VERB_COUNT] = {
		"add", "set", "remove", "disconnect", "adopt", "conflict",
	};
	invariant(verb >= 0 && verb < VERB_COUNT);
	return words[verb];
}

const char *effect_word(enum effect effect)
{
	static const char *const words[EFFECT_COUNT] = { "neutral", "gain", "loss" };
	invariant(effect >= 0 && effect < EFFECT_COUNT);
	return words[effect];
}

const char *reason_word(enum reason reason)
{
	static const char *const words[REASON_COUNT] = {
		"new", "changed", "drift", "gone", "stale_session", "not_ours", "conflict",
	};
	invariant(reason >= 0 && reason < REASON_COUNT);
	return words[reason];
}

/* ---- rows to changes ---- */

static enum effect row_effect(const struct item *item)
{
	const struct person *person = item->person;

	if (!person || item->verb == VERB_CONFLICT || person->had_access == person->gets_access)
		return EFFECT_NEUTRAL;
	return person->gets_access ? EFFECT_GAIN : EFFECT_LOSS;
}

/* What a person can do about it. */
static struct text conflict_because(const struct item *item)
{
	if (item->reason == REASON_NOT_OURS)
		return TEXT("an equal row is there and not wavu's: mode adopt takes it");
	if (item->menu->id == MENU_PPP_PROFILE || item->menu->id == MENU_HOTSPOT_USER_PROFILE)
		return TEXT("another profile of that name is there and not wavu's, so its rate "
			    "holds: rename or remove it on the router, or give the package "
			    "`profile:` with that name to take it over");
	if (item->menu->id == MENU_DHCP_LEASE)
		return TEXT("another lease of that address or device is there and not wavu's: "
			    "remove it on the router");
	if (!item->person)
		return TEXT("another row of that name is there and not wavu's: rename or remove it "
			    "on the router");
	return TEXT("another row of that name is there and not wavu's: remove it on the router, or "
		    "take it over with mode adopt once it is equal");
}

static struct text row_because(const struct draft *draft, const struct item *item)
{
	if (item->verb == VERB_CONFLICT)
		return conflict_because(item);
	if (item->reason == REASON_DRIFT)
		return TEXT("changed on the router, not by wavu");
	if (item->want && item->want->stamp.size != 0)
		return lease_because(draft, item);
	if (item->want)
		return item->want->because;
	if (!item->person)
		return TEXT("nothing needs it any more");
	/* He goes on elsewhere: what he has paid for is not why this row goes. */
	if (item->verb == VERB_REMOVE && item->person->gets_access &&
	    item->menu->id != MENU_ADDRESS_LIST)
		return text_format(draft->arena, "package %.*s and username %.*s need another row",
				   TEXT_ARG(item->person->subscriber->package->name),
				   TEXT_ARG(item->person->subscriber->username));
	return item->person->entitlement.because;
}

static bool is_contested(const struct draft *draft, const struct item *item)
{
	return item->reason == REASON_DRIFT && item->entry &&
	       item->entry->heals >= CONTESTED_HEALS &&
	       draft->in->now - item->entry->healed_at < CONTESTED_WINDOW_US;
}

/* A loss that is neither time's nor a fact's is weighed against all who have access: only a
 * complete look can. */
static bool needs_complete(const struct draft *draft, const struct item *item)
{
	return draft->partial && item->person && item->person->loss > LOSS_BY_FACT;
}

static void decide_row(struct draft *draft, struct item *item, enum effect effect)
{
	enum router_mode mode = draft->in->router->mode;
	bool reports = item->reason == REASON_DRIFT &&
		       intent_drift_of(draft->in->intent, draft->in->router,
				       item->menu->path) == DRIFT_REPORT;

	/*
	 * Held although he keeps his access: a throttle step that the clock's word keeps waiting.
	 */
	item->held = item->person && item->person->held &&
		     (effect == EFFECT_LOSS || (item->person->gets_access && item->want));
	item->report_only = item->verb == VERB_CONFLICT || mode == MODE_OBSERVE || reports ||
			    (mode == MODE_ADOPT && item->verb != VERB_ADOPT);
	if (effect == EFFECT_LOSS && needs_complete(draft, item)) {
		item->report_only = true;
		draft->plan->wants_complete = true;
	}
}

/* ADD sends the bare mark, SET and ADOPT keep what a person wrote behind it. */
static const struct row *row_to_write(struct draft *draft, const struct item *item)
{
	int comment = menu_field(item->menu, "comment");
	struct text mark;
	struct row *row;
	uint32_t i;

	if (!item->want || item->verb == VERB_CONFLICT)
		return item->want;
	if (comment < 0 || item->menu->fields[comment].role != FIELD_MARK)
		return item->want;
	mark = mark_make(draft->arena, draft->in->intent->tenant.name, item->menu, item->key);
	row = ARENA_NEW(draft->arena, struct row);
	*row = *item->want;
	row->value = ARENA_ARRAY(draft->arena, struct text, item->menu->field_count);
	for (i = 0; i < item->menu->field_count; i++)
		row->value[i] = item->want->value[i];
	mark = mark_put(draft->arena,
			item->have ? diff_value(item->have, item->menu, (uint32_t)comment)
				   : TEXT_NONE,
			mark, item->want->stamp);
	row_set(row, item->menu, (uint32_t)comment, mark, draft->arena);
	return row;
}

/* An empty field of a new row is the router's default: it is not sent. */
static uint32_t fields_added(const struct row *row)
{
	uint32_t fields = row->present, i;

	for (i = 0; i < FIELDS_MAX; i++)
		if ((fields >> i & 1u) && row->value[i].size == 0)
			fields &= ~(1u << i);
	return fields;
}

static void change_row(struct draft *draft, struct item *item)
{
	enum effect effect = row_effect(item);
	struct step *step;
	struct change *change;

	decide_row(draft, item, effect);
	step = draft_step(draft);
	step->item = item;
	change = &step->change;
	change->verb = item->verb;
	change->effect = effect;
	change->reason = item->reason;
	change->menu = item->menu;
	change->key = item->key;
	change->have = item->have;
	change->want = item->verb == VERB_REMOVE ? NULL : row_to_write(draft, item);
	change->fields = item->verb == VERB_ADD ? fields_added(change->want) : item->differs;
	change->because = row_because(draft, item);
	change->held = item->held;
	change->report_only = item->report_only;
	change->slow = is_contested(draft, item);
	change->drops_session = item->has_live && (item->is_off || item->renews) &&
				item->verb != VERB_CONFLICT;
	change->only_if_clean = item->verb == VERB_REMOVE && !item->person;
	if (item->verb == VERB_ADD && item->menu->id == MENU_FIREWALL_FILTER)
		change->place_before = walls_place(draft);
	else if (item->verb == VERB_ADD && item->menu->name_count != 0)
		change->place_before = gardens_place(draft, item->menu->id);
	draft->plan->contested |= change->slow;
}

static void say_password(struct draft *draft, const struct item *item)
{
	const struct subscriber *subscriber = item->person->subscriber;

	if (item->secret_unknown)
		draft_problem(draft,
			      text_format(draft->arena,
					  "%.*s: the password cannot be read, so no row is added",
					  TEXT_ARG(subscriber->account)));
	else if (item->verb == VERB_ADD && item->want->initial != 0)
		draft_problem(draft,
			      text_format(draft->arena,
					  "%.*s: the router has no password to keep, so one is "
					  "generated",
					  TEXT_ARG(subscriber->account)));
}

static void change_people(struct draft *draft)
{
	static const enum menu_id menus[] = { MENU_PPP_SECRET, MENU_HOTSPOT_USER,
					      MENU_QUEUE_SIMPLE, MENU_ADDRESS_LIST,
					      MENU_DHCP_LEASE,   MENU_HOTSPOT_BINDING };
	uint32_t i, j;

	for (i = 0; i < ARRAY_COUNT(menus); i++)
		for (j = 0; j < draft->item_count[menus[i]]; j++) {
			struct item *item = &draft->items[menus[i]][j];
			if (item->want && item->person && item->person->subscriber)
				say_password(draft, item);
			if (item->verb != VERB_COUNT)
				change_row(draft, item);
		}
}

static void change_shared(struct draft *draft)
{
	static const enum menu_id menus[] = {
		MENU_SCHEDULER, MENU_SCRIPT,
		MENU_HOTSPOT_GARDEN, MENU_HOTSPOT_GARDEN_IP, MENU_FIREWALL_FILTER,
		MENU_FIREWALL_NAT,   MENU_POOL,              MENU_PPP_PROFILE,
		MENU_HOTSPOT_USER_PROFILE,
	};
	uint32_t i, j;

	/* Profiles before pools, so that a pool is let go with the last profile that named it. */
	for (i = ARRAY_COUNT(menus); i > 0; i--) {
		enum menu_id id = menus[i - 1];
		judge_unused(draft, id);
		for (j = 0; j < draft->item_count[id]; j++)
			if (draft->items[id][j].verb != VERB_COUNT)
				change_row(draft, &draft->items[id][j]);
	}
}

/* ---- order ---- */

static uint32_t step_class(const struct step *step)
{
	if (dhcp_makes_room(&step->change))
		return 0;
	switch (step->change.verb) {
	case VERB_ADD:
	case VERB_SET:
	case VERB_ADOPT:
		return 0;
	case VERB_REMOVE:
		return 1;
	case VERB_DISCONNECT:
		return 2;
	case VERB_CONFLICT:
	case VERB_COUNT:
		break;
	}
	return 3;
}

static int effect_rank(enum effect effect)
{
	return effect == EFFECT_GAIN ? 0 : effect == EFFECT_NEUTRAL ? 1 : 2;
}

/* Adds and sets upward by rank, gains first; removals downward; disconnects last; conflicts at the
 * end. */
static int compare_steps(const void *a, const void *b)
{
	const struct step *x = a, *y = b;
	uint32_t x_class = step_class(x), y_class = step_class(y);
	int order;

	if (x_class != y_class)
		return x_class < y_class ? -1 : 1;
	if (x->change.menu->id != y->change.menu->id)
		return (x->change.menu->id < y->change.menu->id) == (x_class != 1) ? -1 : 1;
	/* Before what takes its place. */
	order = dhcp_makes_room(&y->change) - dhcp_makes_room(&x->change);
	if (order == 0)
		order = effect_rank(x->change.effect) - effect_rank(y->change.effect);
	if (order == 0)
		order = text_compare(x->change.key, y->change.key);
	if (order == 0 && x->change.have && y->change.have)
		order = text_compare(x->change.have->id, y->change.have->id);
	return order;
}

static void change_digest(struct digester *digester, const struct change *change)
{
	uint32_t i;

	digester_text(digester, text_of(verb_word(change->verb)));
	digester_text(digester, text_of(change->menu->path));
	digester_text(digester, change->key);
	digester_text(digester, text_of(reason_word(change->reason)));
	digester_i64(digester, change->fields);
	for (i = 0; change->want && i < change->menu->field_count; i++) {
		/* A secret is no part of what people may see, not even as a digest. */
		if ((change->fields >> i & 1u) && change->menu->fields[i].role != FIELD_SECRET)
			digester_text(digester, diff_value(change->want, change->menu, i));
	}
}

static void plan_finish(struct draft *draft)
{
	struct plan *plan = draft->plan;
	struct digester digester;
	struct digest digest;
	uint32_t i;

	plan->changes = ARENA_ARRAY(draft->arena, struct change, draft->step_count + 1);
	plan->count = draft->step_count;
	digester_begin(&digester);
	for (i = 0; i < draft->step_count; i++) {
		struct change *change = &draft->steps[i].change;
		const struct person *person = draft->steps[i].item->person;
		if (person) {
			change->reference = person->reference;
			change->subscriber = person->subscriber ? person->subscriber->account
								: person->reference;
		}
		plan->changes[i] = *change;
		plan->verbs[change->verb]++;
		plan->drift_count += change->reason == REASON_DRIFT;
		change_digest(&digester, change);
	}
	digest = digester_end(&digester);
	digest_short(&digest, plan->digest);
	plan->people = draft->people;
	plan->person_count = draft->person_count;
	plan->fixes = draft->fixes;
	plan->fix_count = draft->fix_count;
	plan->problems = draft->problems;
	plan->problem_count = draft->problem_count;
}

/* All but the changes. */
static void judge_router(struct draft *draft)
{
	compile_router(draft);
	diff_line_up(draft);
	people_link(draft);
	diff_judge(draft);
	lease_judge(draft);
	dhcp_judge(draft);
	session_survey(draft);
	walls_survey(draft);
	people_weigh(draft);
	guard_judge(draft);
}

bool plan_make(struct plan *out, const struct plan_input *in, struct arena *arena,
	       struct error *error)
{
	struct draft *draft = ARENA_NEW(arena, struct draft);
	struct plan_input *kept = ARENA_NEW(arena, struct plan_input);

	invariant(in->intent && in->router && in->observed);
	if (in->observed->look_at <= 0)
		return error_set(error, ERROR_FAILED, "router %.*s was never looked at",
				 TEXT_ARG(in->router->name));
	*out = (struct plan){ .draft = draft };
	*kept = *in; /* plan_looks_again may come when the caller's own is gone */
	*draft = (struct draft){
		.in = kept, .arena = arena, .plan = out, .partial = in->only != NULL
	};
	judge_router(draft);
	change_people(draft);
	blocked_say(draft);
	walls_say(draft);
	change_shared(draft);
	window_read(draft);
	session_judge(draft);
	window_say(draft);
	lease_say(draft);
	if (draft->step_count != 0)
		qsort(draft->steps, draft->step_count, sizeof(*draft->steps), compare_steps);
	books_write(draft);
	plan_finish(draft);
	return true;
}
