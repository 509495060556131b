#include "plan/people.h"

#include <stdlib.h>

#include "base/error.h"
#include "plan/diff.h"
#include "plan/walls.h"

static const enum menu_id row_menus[] = { MENU_PPP_SECRET, MENU_HOTSPOT_USER,
					  MENU_QUEUE_SIMPLE, MENU_ADDRESS_LIST,
					  MENU_DHCP_LEASE, MENU_HOTSPOT_BINDING };

static int compare_people(const void *a, const void *b)
{
	const struct person *x = a, *y = b;

	return text_compare(x->reference, y->reference);
}

static int compare_texts(const void *a, const void *b)
{
	const struct text *x = a, *y = b;

	return text_compare(*x, *y);
}

static struct text item_reference(struct draft *draft, const struct item *item)
{
	if (item->want)
		return item->want->reference;
	if (item->entry)
		return item->entry->reference;
	/* Marked as ours, and the inventory has forgotten whose it is. No account has a
	 * parenthesis. */
	return text_format(draft->arena, "(%.*s)", TEXT_ARG(item->key));
}

static void person_gone(struct draft *draft, struct person *person)
{
	const struct subscriber *elsewhere = intent_subscriber(draft->in->intent,
							       person->reference);

	person->entitlement.state = STATE_TERMINATED;
	person->entitlement.until_at = INT64_MAX;
	if (elsewhere)
		person->entitlement.because = text_format(draft->arena, "now on router %.*s",
							  TEXT_ARG(elsewhere->router->name));
	else
		person->entitlement.because = TEXT("no longer in git");
}

/* References of rows whose owner is not among the people judged, sorted, each once. */
static struct text *gone_references(struct draft *draft, uint32_t *count)
{
	uint32_t room = 0, found = 0, unique = 0, i, j;
	struct text *gone;

	for (i = 0; i < ARRAY_COUNT(row_menus); i++)
		room += draft->item_count[row_menus[i]];
	gone = ARENA_ARRAY(draft->arena, struct text, room + 1);
	for (i = 0; i < ARRAY_COUNT(row_menus); i++)
		for (j = 0; j < draft->item_count[row_menus[i]]; j++) {
			struct item *item = &draft->items[row_menus[i]][j];
			item->reference = item_reference(draft, item);
			if (item->reference.size != 0 && !draft_person(draft, item->reference))
				gone[found++] = item->reference;
		}
	qsort(gone, found, sizeof(*gone), compare_texts);
	for (i = 0; i < found; i++)
		if (i == 0 || !text_equal(gone[i], gone[unique - 1]))
			gone[unique++] = gone[i];
	*count = unique;
	return gone;
}

void people_link(struct draft *draft)
{
	uint32_t gone_count, i, j;
	struct text *gone;
	struct person *all;

	gone = gone_references(draft, &gone_count);
	all = ARENA_ARRAY(draft->arena, struct person, draft->person_count + gone_count + 1);
	for (i = 0; i < draft->person_count; i++)
		all[i] = draft->people[i];
	for (i = 0; i < gone_count; i++) {
		all[draft->person_count + i].reference = gone[i];
		person_gone(draft, &all[draft->person_count + i]);
	}
	draft->people = all;
	draft->person_count += gone_count;
	qsort(all, draft->person_count, sizeof(*all), compare_people);
	for (i = 0; i < ARRAY_COUNT(row_menus); i++)
		for (j = 0; j < draft->item_count[row_menus[i]]; j++) {
			struct item *item = &draft->items[row_menus[i]][j];
			/* What the wall lets through is on a list, too, and is nobody's. */
			item->person = draft_person(draft, item->reference);
			invariant(item->person != NULL || item->reference.size == 0);
		}
}

static struct text target_of(const struct row *row)
{
	return row_get(row, menu_of(MENU_QUEUE_SIMPLE), "target");
}

static bool item_had_access(const struct draft *draft, const struct item *item)
{
	if (!item->have || (!item->ours && item->verb != VERB_ADOPT) ||
	    item->menu->id == MENU_ADDRESS_LIST || item->menu->id == MENU_DHCP_LEASE)
		return false;
	if (item->menu->id == MENU_HOTSPOT_BINDING)
		return !text_is(row_get(item->have, item->menu, "disabled"), "true") &&
		       text_is(row_get(item->have, item->menu, "type"), "bypassed");
	/* A queue lets nobody in; its address has access unless a wall holds it. */
	if (item->menu->id == MENU_QUEUE_SIMPLE)
		return !walls_hold(draft, target_of(item->have), false);
	return diff_row_is_open(item->have, item->menu);
}

static bool item_gets_access(const struct draft *draft, const struct item *item)
{
	if (!item->want || item->want->access != ACCESS_OPEN || item->verb == VERB_CONFLICT ||
	    item->secret_unknown)
		return false;
	/* Who is on a list by somebody else's hand stays there. */
	return item->menu->id != MENU_QUEUE_SIMPLE ||
	       !walls_hold(draft, target_of(item->want), true);
}

/*
 * Was this person's row last written shut? Of a fixed address it is the entry on the list that says
 * so; whether that shuts anybody off is the firewall's doing.
 */
static bool was_shut(const struct draft *draft, const struct person *person,
		     const struct item *item)
{
	const struct item *listed;

	if (item->menu->id != MENU_QUEUE_SIMPLE)
		return !item->entry ||
		       (item->entry->state == INVENTORY_PRESENT && !item->entry->open);
	if (!item->entry)
		return true;
	listed = draft_item(draft, MENU_ADDRESS_LIST,
			    walls_entry_key(draft, walls_list_of(person->subscriber->package),
					    person->subscriber->address));
	return listed && listed->entry && listed->entry->state == INVENTORY_PRESENT;
}

/*
 * Worked examples: wavu wrote an open row, and he is expired now: by time. wavu wrote a shut row,
 * and somebody opened it by hand: healing that is a loss by drift. He is gone from git, or the
 * commit's list has him: by commit. He has never paid by our books and yet has a row of ours: the
 * books are suspicious.
 */
static enum loss person_loss(const struct draft *draft, const struct person *person,
			     const struct item *item)
{
	const struct plan_input *in = draft->in;

	if (texts_hold(in->losses, in->loss_count, person->reference) || !person->subscriber)
		return in->observed->suspicious ? LOSS_BY_SUSPICION : LOSS_BY_COMMIT;
	/* By a clock that went back nobody's time has begun. */
	if (person->entitlement.state == STATE_NEW)
		return in->clock_why.size != 0 ? LOSS_BY_TIME : LOSS_BY_SUSPICION;
	if (person->had_access && was_shut(draft, person, item))
		return in->observed->suspicious ? LOSS_BY_SUSPICION : LOSS_BY_DRIFT;
	return person->entitlement.state == STATE_PAUSED ? LOSS_BY_FACT : LOSS_BY_TIME;
}

/*
 * By a clock that is not believed nobody's speed is taken either: a step that throttles waits for
 * it as an expiry does.
 */
static bool slows_by_time(const struct draft *draft, const struct person *person,
			  const struct item *item)
{
	return draft->in->clock_why.size != 0 && person->subscriber &&
	       person->entitlement.state == STATE_THROTTLED && person->had_access &&
	       person->gets_access && item->verb == VERB_SET && item->reason == REASON_CHANGED;
}

void people_weigh(struct draft *draft)
{
	uint32_t i, j;

	for (i = 0; i < ARRAY_COUNT(row_menus); i++)
		for (j = 0; j < draft->item_count[row_menus[i]]; j++) {
			const struct item *item = &draft->items[row_menus[i]][j];
			if (!item->person)
				continue;
			item->person->had_access |= item_had_access(draft, item);
			item->person->gets_access |= item_gets_access(draft, item);
		}
	for (i = 0; i < ARRAY_COUNT(row_menus); i++)
		for (j = 0; j < draft->item_count[row_menus[i]]; j++) {
			const struct item *item = &draft->items[row_menus[i]][j];
			struct person *person = item->person;
			if (person && slows_by_time(draft, person, item))
				person->loss = LOSS_BY_TIME;
			if (!person || person->gets_access)
				continue;
			/* The open row decides, else sessions that live on without one. */
			if (item_had_access(draft, item) || (!person->had_access && item->has_live))
				person->loss = person_loss(draft, person, item);
		}
	for (i = 0; i < draft->person_count; i++) {
		const struct person *person = &draft->people[i];
		draft->plan->with_access += person->had_access || person->loss != LOSS_NONE;
	}
}
