#include "plan/books.h"

#include "base/error.h"
#include "plan/diff.h"

#define HEALS_WINDOW_US INT64_C(3600000000)

static bool entry_equal(const struct inventory_entry *a, const struct inventory_entry *b)
{
	return text_equal(a->menu, b->menu) && text_equal(a->key, b->key) &&
	       text_equal(a->reference, b->reference) && a->state == b->state &&
	       text_equal(a->written, b->written) &&
	       text_equal(a->secret_written, b->secret_written) && a->open == b->open &&
	       a->rights_pending == b->rights_pending && a->rights_at == b->rights_at &&
	       text_equal(a->macs, b->macs) && a->heals == b->heals && a->healed_at == b->healed_at;
}

/* The entry as stored, or a fresh one. */
static void book_open(const struct draft *draft, struct item *item)
{
	if (item->entry) {
		item->book = *item->entry;
		/* See item_rights_at: what a clock that was ahead wrote is put right. */
		if (item->book.rights_at > draft->in->observed->look_at)
			item->book.rights_at = draft->in->observed->look_at;
		return;
	}
	item->book.menu = text_of(item->menu->path);
	item->book.key = item->key;
	item->book.reference = item->reference;
}

/* What the row says when it is as wanted. */
static void book_wanted(const struct draft *draft, struct item *item)
{
	struct inventory_entry *book = &item->book;
	uint32_t mask = diff_mask(item->want, item->menu, draft->in->version);

	book->state = INVENTORY_PRESENT;
	book->reference = item->reference;
	book->written = diff_written(draft->arena, item->want, item->menu, mask);
	/* A password that is only for the start may be another by now: what was written is not
	 * known. */
	book->secret_written = TEXT_NONE;
	if (item->want->initial == 0)
		book->secret_written = diff_secret_written(draft->arena, item->want, item->menu);
	book->open = item->want->access == ACCESS_OPEN;
	book->macs = item->is_off ? item->macs : TEXT_NONE;
}

static void book_heal(const struct draft *draft, struct item *item)
{
	struct inventory_entry *book = &item->book;

	if (item->reason != REASON_DRIFT)
		return;
	/* The window begins with its first heal. */
	if (book->heals == 0 || draft->in->now - book->healed_at >= HEALS_WINDOW_US ||
	    draft->in->now < book->healed_at) {
		book->heals = 0;
		book->healed_at = draft->in->now;
	}
	book->heals++;
}

static bool is_disabled(const struct item *item)
{
	return item->have && menu_field(item->menu, "disabled") >= 0 &&
	       text_is(row_get(item->have, item->menu, "disabled"), "true");
}

static void book_add(struct draft *draft, struct item *item, struct change *change)
{
	book_wanted(draft, item);
	/* No session can begin while there is no row: what lives is older than this look. (What
	 * lived before there was any row of ours was seen, and is put off in this plan.) */
	if (item->renews)
		item->book.rights_at = draft->in->observed->look_at;
	book_heal(draft, item);
	item->book.rights_pending = item->by_queue;
	change->after = item->book;
	change->before = item->book;
	change->before.state = INVENTORY_PENDING;
}

static void book_set(struct draft *draft, struct item *item, struct change *change)
{
	bool pending = (item->renews && !is_disabled(item)) || item->by_queue;

	item->book.macs = item->is_off ? item->macs : TEXT_NONE;
	item->book.rights_pending |= pending;
	change->before = item->book;
	book_wanted(draft, item);
	book_heal(draft, item);
	/* By queue: pending until no session with a wrong rate is seen. */
	item->book.rights_pending = item->by_queue;
	change->changes_rights = item->renews && !is_disabled(item);
	/* A disabled row lets nobody in: what lives is older than this look, and what comes is
	 * fresh. */
	if (item->renews && is_disabled(item))
		item->book.rights_at = draft->in->observed->look_at;
	change->after = item->book;
}

static bool has_sessions(const struct menu *menu)
{
	return menu->id == MENU_PPP_SECRET || menu->id == MENU_HOTSPOT_USER ||
	       menu->id == MENU_HOTSPOT_BINDING;
}

static void book_remove(struct item *item, struct change *change)
{
	item->book.state = INVENTORY_REMOVING;
	item->book.macs = item->macs;
	change->before = item->book;
	/*
	 * Nobody lives on by a profile, pool, queue or list: gone is gone. A person's row is done
	 * when his sessions are seen gone; and where there is no mark, a row when it is itself seen
	 * gone: a router may say !done and keep it, and without its entry it would be a stranger's.
	 */
	if ((!item->person || !has_sessions(item->menu)) && item->menu->has_comment) {
		change->drops_entry = true;
		return;
	}
	item->book.open = false;
	change->after = item->book;
}

static void book_disconnect(struct draft *draft, struct item *item, struct change *change)
{
	if (!item->is_off)
		return;
	if (change->menu->id == MENU_HOTSPOT_HOST) {
		/* His row changes in this plan too, and might be refused: then the next look has
		 * the word. */
		if (item->verb != VERB_COUNT)
			return;
		item->book.macs = words_without(draft->arena, item->book.macs, ' ', change->key);
		change->after = item->book;
		return;
	}
	/* The MACs must be known before the last trace of them on the router is gone. */
	if (!text_equal(item->book.macs, item->macs)) {
		item->book.macs = item->macs;
		change->before = item->book;
	}
}

static void book_step(struct draft *draft, struct step *step)
{
	struct change *change = &step->change;
	struct item *item = step->item;

	if (change->held || change->report_only)
		return;
	switch (change->verb) {
	case VERB_ADD:
		book_add(draft, item, change);
		break;
	case VERB_SET:
		book_set(draft, item, change);
		break;
	case VERB_REMOVE:
		book_remove(item, change);
		break;
	case VERB_ADOPT:
		book_wanted(draft, item);
		/* Where the password cannot be read, nobody knows it until `manage` writes it. */
		if (diff_secret_hidden(item->have, item->menu))
			item->book.secret_written = TEXT_NONE;
		change->after = item->book;
		break;
	case VERB_DISCONNECT:
		book_disconnect(draft, item, change);
		break;
	case VERB_CONFLICT:
	case VERB_COUNT:
		break;
	}
	/* What is stored already need not be stored again. */
	if (item->entry && change->before.key.size != 0 && !change->drops_entry &&
	    entry_equal(&change->before, item->entry))
		change->before = (struct inventory_entry){ 0 };
}

/* Were all places read where something of this row could still live? */
static bool live_was_looked(const struct draft *draft, const struct item *item)
{
	const struct table *tables = draft->in->observed->tables;

	if (draft->in->observed->suspicious)
		return false;
	if (item->menu->id == MENU_PPP_SECRET)
		return tables[MENU_PPP_ACTIVE].looked;
	if (item->menu->id == MENU_HOTSPOT_BINDING)
		return tables[MENU_HOTSPOT_HOST].looked;
	if (item->menu->id != MENU_HOTSPOT_USER)
		return true;
	return tables[MENU_HOTSPOT_ACTIVE].looked && tables[MENU_HOTSPOT_COOKIE].looked &&
	       (item->macs.size == 0 || tables[MENU_HOTSPOT_HOST].looked);
}

/* The row is as wanted and nothing is sent: the entry may still be behind. */
static void fix_present(struct draft *draft, struct item *item)
{
	bool was_pending = item->entry && (item->entry->rights_pending || item->renews);

	book_wanted(draft, item);
	if (was_pending && item->by_queue) {
		bool looked = draft->in->observed->tables[MENU_QUEUE_SIMPLE].looked;
		/* A partial look has not seen the sessions of the others who share the profile. */
		item->book.rights_pending = !looked || item->queue_wrong || draft->partial;
	} else if (was_pending) {
		item->book.rights_pending = false;
		item->book.rights_at = draft->in->observed->look_at;
	}
	if (!item->entry || !entry_equal(&item->book, item->entry))
		draft_fix(draft, false, &item->book);
}

static void fix_item(struct draft *draft, struct item *item)
{
	if (item->verb != VERB_COUNT || draft->in->router->mode == MODE_OBSERVE)
		return;
	if (item->want && item->have && item->ours) {
		/* Sessions being put off wrote the same entry in their own step. */
		if (!item->has_live || !item->is_off)
			fix_present(draft, item);
		return;
	}
	if (item->want || !item->entry)
		return;
	/* A stranger took the name before our add arrived; or the row is gone, and all it let in
	 * was seen gone. */
	if ((item->have && !item->ours) ||
	    (!item->have && !item->has_live && live_was_looked(draft, item)))
		draft_fix(draft, true, item->entry);
}

void books_write(struct draft *draft)
{
	uint32_t menu, i;

	for (menu = 0; menu < MENU_COUNT; menu++)
		for (i = 0; i < draft->item_count[menu]; i++)
			book_open(draft, &draft->items[menu][i]);
	for (i = 0; i < draft->step_count; i++)
		book_step(draft, &draft->steps[i]);
	for (menu = 0; menu < MENU_COUNT; menu++)
		for (i = 0; i < draft->item_count[menu]; i++)
			fix_item(draft, &draft->items[menu][i]);
}
