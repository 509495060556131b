#include "plan/diff.h"

#include "base/digest.h"
#include "base/error.h"
#include "menu/mark.h"

bool diff_field_exists(const struct field *field, uint32_t version)
{
	if (version == 0)
		return true;
	if (field->since != 0 && version < field->since)
		return false;
	return field->until == 0 || version < field->until;
}

struct text diff_value(const struct row *row, const struct menu *menu, uint32_t field)
{
	struct text value = row_has(row, field) ? row->value[field] : TEXT_NONE;

	return value.size != 0 ? value : text_of(menu->fields[field].fallback);
}

bool diff_row_is_open(const struct row *row, const struct menu *menu)
{
	return !text_is(row_get(row, menu, "disabled"), "true") &&
	       !profile_is_walled(row_get(row, menu, "profile"));
}

/* What a row says to the router's own script does not matter where the row is to be off. */
static bool is_wanted_off(const struct row *want, const struct menu *menu)
{
	return menu_field(menu, "disabled") >= 0 &&
	       text_is(row_get(want, menu, "disabled"), "true");
}

uint32_t diff_mask(const struct row *want, const struct menu *menu, uint32_t version)
{
	uint32_t mask = 0, i;

	for (i = 0; i < menu->field_count; i++) {
		const struct field *field = &menu->fields[i];
		if (field->role == FIELD_OWNED && row_has(want, i) && !(want->initial >> i & 1u) &&
		    diff_field_exists(field, version))
			mask |= 1u << i;
		if (field->role == FIELD_MARK && want->stamp.size != 0 &&
		    !is_wanted_off(want, menu))
			mask |= 1u << i;
	}
	return mask;
}

struct text diff_written(struct arena *arena, const struct row *row, const struct menu *menu,
			 uint32_t mask)
{
	struct digester digester;
	struct digest digest;
	char hex[13];
	uint32_t i;

	digester_begin(&digester);
	for (i = 0; i < menu->field_count; i++) {
		if (!(mask >> i & 1u))
			continue;
		digester_text(&digester, text_of(menu->fields[i].name));
		if (menu->fields[i].role != FIELD_MARK)
			digester_text(&digester, diff_value(row, menu, i));
		else
			digester_text(&digester, row->stamp.size != 0
						     ? row->stamp
						     : mark_stamp(diff_value(row, menu, i)));
	}
	digest = digester_end(&digester);
	digest_short(&digest, hex);
	return text_format(arena, "%x:%s", mask, hex);
}

/* The secret field of a menu, or -1. */
static int secret_field(const struct menu *menu)
{
	uint32_t i;

	for (i = 0; i < menu->field_count; i++)
		if (menu->fields[i].role == FIELD_SECRET)
			return (int)i;
	return -1;
}

struct text diff_secret_written(struct arena *arena, const struct row *row, const struct menu *menu)
{
	int field = secret_field(menu);
	struct digester digester;
	struct digest digest;
	char hex[13];

	if (field < 0 || !row_has(row, (uint32_t)field))
		return TEXT_NONE;
	/* With menu and key, so that two people of one password do not show it. */
	digester_begin(&digester);
	digester_text(&digester, text_of(menu->path));
	digester_text(&digester, row_key(row, menu, arena));
	digester_text(&digester, row->value[field]);
	digest = digester_end(&digester);
	digest_short(&digest, hex);
	return text_copy(arena, text_of(hex));
}

/* "*****" is what a user without `sensitive` reads (routeros facts §3 "password"). */
static bool is_placeholder(struct text value)
{
	uint32_t i;

	for (i = 0; i < value.size; i++)
		if (value.at[i] != '*')
			return false;
	return value.size != 0;
}

bool diff_secret_hidden(const struct row *have, const struct menu *menu)
{
	int field = secret_field(menu);

	return field >= 0 &&
	       (!row_has(have, (uint32_t)field) || is_placeholder(have->value[field]));
}

static bool secret_differs(const struct item *item, uint32_t field, struct arena *arena)
{
	const struct row *have = item->have, *want = item->want;
	struct text mine;

	if (want->initial >> field & 1u)
		/* `keep`: only a row that has none gets one. */
		return row_has(have, field) && have->value[field].size == 0;
	if (!diff_secret_hidden(have, item->menu))
		return !text_equal_constant_time(have->value[field], want->value[field]);
	/* It cannot be read: what was written last is what counts. */
	mine = diff_secret_written(arena, want, item->menu);
	return !item->entry || !text_equal(item->entry->secret_written, mine);
}

static struct text item_mark(const struct draft *draft, const struct item *item)
{
	return mark_make(draft->arena, draft->in->intent->tenant.name, item->menu, item->key);
}

/*
 * A wish that is met by a row on which nobody ever set the field: `service=any` serves PPPoE too.
 */
static bool will_do(const struct item *item, uint32_t field)
{
	return (item->want->lenient >> field & 1u) &&
	       text_equal(diff_value(item->have, item->menu, field),
			  text_of(item->menu->fields[field].fallback));
}

static uint32_t item_differs(const struct draft *draft, const struct item *item)
{
	uint32_t differs = 0, i;

	for (i = 0; i < item->menu->field_count; i++) {
		const struct field *field = &item->menu->fields[i];
		bool other = false;
		if (!diff_field_exists(field, draft->in->version))
			continue;
		if (field->role == FIELD_OWNED && row_has(item->want, i) &&
		    !(item->want->initial >> i & 1u))
			other = !text_equal(diff_value(item->have, item->menu, i),
					    diff_value(item->want, item->menu, i)) &&
				!will_do(item, i);
		else if (field->role == FIELD_SECRET && row_has(item->want, i))
			other = secret_differs(item, i, draft->arena);
		else if (field->role == FIELD_MARK)
			other = !mark_fits(diff_value(item->have, item->menu, i),
					   item_mark(draft, item)) ||
				(!is_wanted_off(item->want, item->menu) &&
				 !text_equal(mark_stamp(diff_value(item->have, item->menu, i)),
					     item->want->stamp));
		if (other)
			differs |= 1u << i;
	}
	return differs;
}

/* The mark's field as a bit; 0 where the menu has none. */
static uint32_t mark_bit(const struct menu *menu)
{
	uint32_t i;

	for (i = 0; i < menu->field_count; i++)
		if (menu->fields[i].role == FIELD_MARK)
			return 1u << i;
	return 0;
}

/* house.md "The mark": in the inventory, or marked with a digest that matches its own key. */
static bool row_is_ours(const struct draft *draft, const struct item *item)
{
	const struct inventory_entry *entry = item->entry;
	struct text head, rest;
	uint64_t mask = 0;
	uint32_t i;

	for (i = 0; i < item->menu->field_count; i++)
		if (item->menu->fields[i].role == FIELD_MARK && row_has(item->have, i) &&
		    mark_fits(item->have->value[i], item_mark(draft, item)))
			return true;
	if (!entry)
		return false;
	if (entry->state != INVENTORY_PENDING)
		return true;
	/* An add that may never have arrived: a stranger of that name may be there instead. */
	if (!text_cut(entry->written, ':', &head, &rest))
		return false;
	for (i = 0; i < head.size; i++) {
		char c = head.at[i];
		uint64_t digit = c >= '0' && c <= '9' ? (uint64_t)(c - '0')
						      : (uint64_t)(c - 'a') + 10;
		mask = mask << 4 | (digit & 15);
	}
	return text_equal(diff_written(draft->arena, item->have, item->menu, (uint32_t)mask),
			  entry->written);
}

/* Was exactly this desired row written before, and seen written? Then what differs is drift. */
static bool was_written(const struct draft *draft, const struct item *item)
{
	const struct inventory_entry *entry = item->entry;
	struct text secret;
	uint32_t mask;

	if (!entry || entry->state != INVENTORY_PRESENT)
		return false;
	mask = diff_mask(item->want, item->menu, draft->in->version);
	if (!text_equal(entry->written, diff_written(draft->arena, item->want, item->menu, mask)))
		return false;
	if (entry->rights_pending && item->menu->id != MENU_PPP_PROFILE &&
	    item->menu->id != MENU_HOTSPOT_USER_PROFILE)
		return false;
	secret = diff_secret_written(draft->arena, item->want, item->menu);
	return secret.size == 0 || item->want->initial != 0 ||
	       text_equal(entry->secret_written, secret);
}

static uint32_t rights_bits(const struct menu *menu)
{
	uint32_t bits = 0, i;

	for (i = 0; i < menu->field_count; i++)
		if (menu->fields[i].rights)
			bits |= 1u << i;
	return bits;
}

static uint32_t field_bit(const struct menu *menu, const char *name)
{
	int field = menu_field(menu, name);

	return field < 0 ? 0 : 1u << field;
}

/* A row that is not there: is what we last wrote under its key what we want now? */
static bool was_wanted_so(const struct draft *draft, const struct item *item)
{
	uint32_t mask = diff_mask(item->want, item->menu, draft->in->version);

	return item->entry && text_equal(item->entry->written,
					 diff_written(draft->arena, item->want, item->menu, mask));
}

static void judge_profile_rights(const struct draft *draft, struct item *item)
{
	uint32_t rights = item->differs & rights_bits(item->menu);
	bool added = item->verb == VERB_ADD && item->entry;
	bool drifted = item->reason == REASON_DRIFT &&
		       (added ||
			(item->verb == VERB_SET && rights == field_bit(item->menu, "rate-limit")));

	/* Who dialled in while a person had changed the rate cannot be told by time: his queue
	 * shows it. */
	item->by_queue = drifted ||
			 (item->verb == VERB_COUNT && item->entry && item->entry->rights_pending);
	/* Whoever lives by a profile that is only added now was given something else. */
	if (!drifted)
		item->renews = (item->verb == VERB_SET && rights != 0) ||
			       (item->verb == VERB_ADD && !was_wanted_so(draft, item));
}

/* What the change means for sessions that live now (house, "Live sessions"). */
static void judge_rights(const struct draft *draft, struct item *item)
{
	uint32_t rights = item->differs & rights_bits(item->menu);

	if (item->menu->id == MENU_PPP_PROFILE || item->menu->id == MENU_HOTSPOT_USER_PROFILE) {
		judge_profile_rights(draft, item);
		return;
	}
	/* A binding counts when a device appears: one that is there must go and come again. */
	if (item->menu->id == MENU_HOTSPOT_BINDING) {
		item->renews = item->verb == VERB_ADD || (item->verb == VERB_SET && rights != 0);
		return;
	}
	/* No session hangs on a pool, a queue, a list, a lease or a rule: what they say acts at
	 * once, or at the next renewal. */
	if (item->menu->id != MENU_PPP_SECRET && item->menu->id != MENU_HOTSPOT_USER)
		return;
	/* Enabling a row gives nobody other rights than he dialled in with; a name that went to
	 * another person does. */
	if (item->have && item->want && item->ours)
		item->renews = (rights & ~field_bit(item->menu, "disabled")) != 0 ||
			       (item->entry &&
				!text_equal(item->entry->reference, item->reference));
	if (item->verb == VERB_ADD)
		item->renews = !was_wanted_so(draft, item);
}

static void judge_missing(struct draft *draft, struct item *item)
{
	int secret = secret_field(item->menu);

	if (secret >= 0 && !row_has(item->want, (uint32_t)secret)) {
		item->secret_unknown = true;
		return;
	}
	item->verb = VERB_ADD;
	item->differs = item->want->present;
	if (was_written(draft, item))
		item->reason = REASON_DRIFT;
	else if (item->entry && item->entry->state == INVENTORY_PRESENT)
		item->reason = REASON_CHANGED;
	else
		item->reason = REASON_NEW;
}

static void judge_foreign(const struct draft *draft, struct item *item)
{
	uint32_t differs = item->differs & ~mark_bit(item->menu);
	int secret = secret_field(item->menu);

	/* A password that cannot be read is no reason to refuse an adoption. */
	if (diff_secret_hidden(item->have, item->menu))
		differs &= ~(1u << secret);
	item->reason = differs ? REASON_CONFLICT : REASON_NOT_OURS;
	item->verb = VERB_CONFLICT;
	if (!differs && draft->in->router->mode == MODE_ADOPT)
		item->verb = VERB_ADOPT;
	if (item->verb == VERB_ADOPT)
		item->differs = mark_bit(item->menu);
	else
		item->differs = differs;
}

static void judge_item(struct draft *draft, struct item *item)
{
	item->verb = VERB_COUNT;
	if (!item->have) {
		item->ours = item->entry != NULL;
		if (item->want)
			judge_missing(draft, item);
		return;
	}
	item->ours = !item->have->dynamic && !item->have->builtin && row_is_ours(draft, item);
	if (!item->want) {
		if (item->ours) {
			item->verb = VERB_REMOVE;
			item->reason = REASON_GONE;
		}
		return;
	}
	item->differs = item_differs(draft, item);
	if (!item->ours) {
		judge_foreign(draft, item);
		return;
	}
	if (item->differs == 0)
		return;
	item->verb = VERB_SET;
	item->reason = was_written(draft, item) ? REASON_DRIFT : REASON_CHANGED;
}

void diff_judge(struct draft *draft)
{
	uint32_t menu, i;

	for (menu = 0; menu < MENU_COUNT; menu++)
		for (i = 0; i < draft->item_count[menu]; i++) {
			judge_item(draft, &draft->items[menu][i]);
			judge_rights(draft, &draft->items[menu][i]);
		}
}
