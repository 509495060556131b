#include "lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "menu/value.h"

/* 2026-11-20 12:00 in Nairobi. */
#define LAB_NOW (INT64_C(1795165200) * SECOND_US)

static int compare_facts(const void *a, const void *b)
{
	const struct facts *x = a, *y = b;

	return text_compare(x->reference, y->reference);
}

static int compare_entries(const void *a, const void *b)
{
	const struct inventory_entry *x = a, *y = b;
	int order = text_compare(x->menu, y->menu);

	return order ? order : text_compare(x->key, y->key);
}

void lab_commit(struct lab *lab, const char *yaml)
{
	struct intent_file file = { TEXT("in.yaml"), text_of(yaml) };
	struct findings findings = { 0 };
	struct intent *next = NULL;
	uint32_t i;

	intent_read_files(&next, &findings, &file, 1, &lab->arena);
	for (i = 0; i < findings.error_count; i++)
		printf("%u:%u %.*s: %.*s\n", findings.errors[i].line, findings.errors[i].column,
		       TEXT_ARG(findings.errors[i].path), TEXT_ARG(findings.errors[i].message));
	assert_non_null(next);
	intent_release(lab->intent);
	lab->intent = next;
	lab->router = &next->routers[0];
	for (i = 0; i < next->subscriber_count; i++)
		(void)lab_facts(lab, text_copy(&lab->arena, next->subscribers[i].account).at);
}

void lab_open(struct lab *lab, const char *yaml)
{
	uint32_t i;

	*lab = (struct lab){ .now = LAB_NOW };
	arena_open(&lab->arena, 1u << 30);
	arena_open(&lab->job, 1u << 30);
	lab->facts = ARENA_ARRAY(&lab->arena, struct facts, LAB_ROWS_MAX);
	lab->inventory_room = LAB_ROWS_MAX;
	lab->inventory = ARENA_ARRAY(&lab->arena, struct inventory_entry, LAB_ROWS_MAX);
	for (i = 0; i < MENU_COUNT; i++)
		table_init(&lab->world.tables[i], menu_of((enum menu_id)i));
	lab_commit(lab, yaml);
}

void lab_close(struct lab *lab)
{
	intent_release(lab->intent);
	arena_close(&lab->job);
	arena_close(&lab->arena);
}

struct facts *lab_facts(struct lab *lab, const char *account)
{
	struct text reference = text_reference(&lab->arena, text_of(account));
	struct facts wanted = { .reference = reference };
	struct facts *found;

	found = bsearch(&wanted, lab->facts, lab->facts_count, sizeof(*found), compare_facts);
	if (found)
		return found;
	assert_true(lab->facts_count < LAB_ROWS_MAX);
	found = &lab->facts[lab->facts_count++];
	found->reference = reference;
	found->standing.reference = reference;
	found->password = secret_of(text_format(&lab->arena, "pw-%s", account));
	qsort(lab->facts, lab->facts_count, sizeof(*found), compare_facts);
	return bsearch(&wanted, lab->facts, lab->facts_count, sizeof(*found), compare_facts);
}

void lab_paid(struct lab *lab, const char *account, int days)
{
	struct standing *standing = &lab_facts(lab, account)->standing;

	standing->known = true;
	standing->paid_until_at = lab->now + days * DAY_US;
	standing->service_from_at = standing->paid_until_at - 30 * DAY_US;
	if (standing->service_from_at > lab->now)
		standing->service_from_at = lab->now;
	standing->bought_by = TEXT("QGH7TEST01");
}

struct row *lab_row(struct lab *lab, enum menu_id menu, const char *words)
{
	struct table *table = &lab->world.tables[menu];
	struct row *row = table_add(table, &lab->arena);
	struct text head, name, value, rest = text_copy(&lab->arena, text_of(words));

	row->id = text_format(&lab->arena, "*%X", ++lab->world.ids);
	while (rest.size != 0) {
		(void)text_cut(rest, ' ', &head, &rest);
		assert_true(text_cut(head, '=', &name, &value));
		row_put(row, table->menu, text_copy(&lab->arena, name).at, value, &lab->arena);
	}
	return row;
}

struct row *lab_find(struct lab *lab, enum menu_id menu, const char *field, const char *value)
{
	struct table *table = &lab->world.tables[menu];
	uint32_t i;

	for (i = 0; i < table->count; i++)
		if (text_is(row_get(&table->rows[i], table->menu, field), value))
			return &table->rows[i];
	return NULL;
}

static struct row *row_by_id(struct lab *lab, enum menu_id menu, struct text id)
{
	struct table *table = &lab->world.tables[menu];
	uint32_t i;

	for (i = 0; i < table->count; i++)
		if (text_equal(table->rows[i].id, id))
			return &table->rows[i];
	return NULL;
}

void lab_remove(struct lab *lab, enum menu_id menu, const struct row *row)
{
	struct table *table = &lab->world.tables[menu];
	uint32_t i, at = (uint32_t)(row - table->rows);

	assert_true(at < table->count);
	for (i = at + 1; i < table->count; i++)
		table->rows[i - 1] = table->rows[i];
	/* The room of a table follows from its count alone, so a table that shrinks is built anew.
	 */
	struct table fresh;
	table_init(&fresh, table->menu);
	for (i = 0; i + 1 < table->count; i++)
		*table_add(&fresh, &lab->arena) = table->rows[i];
	*table = fresh;
}

uint32_t lab_count(struct lab *lab, enum menu_id menu)
{
	return lab->world.tables[menu].count;
}

void lab_dial(struct lab *lab, const char *name, int64_t uptime_s)
{
	char words[256];

	(void)snprintf(words, sizeof(words), "name=%s service=pppoe uptime=%llds", name,
		       (long long)uptime_s);
	(void)lab_row(lab, MENU_PPP_ACTIVE, words);
}

void lab_login(struct lab *lab, const char *user, const char *mac, int64_t uptime_s)
{
	char words[256];

	(void)snprintf(words, sizeof(words), "user=%s mac-address=%s uptime=%llds", user, mac,
		       (long long)uptime_s);
	(void)lab_row(lab, MENU_HOTSPOT_ACTIVE, words);
	(void)snprintf(words, sizeof(words), "user=%s mac-address=%s", user, mac);
	(void)lab_row(lab, MENU_HOTSPOT_COOKIE, words);
	(void)snprintf(words, sizeof(words), "mac-address=%s authorized=true", mac);
	(void)lab_row(lab, MENU_HOTSPOT_HOST, words);
}

/* ---- the inventory, as the store keeps it ---- */

static struct text keep(struct lab *lab, struct text text)
{
	return text.size != 0 ? text_copy(&lab->arena, text) : TEXT_NONE;
}

struct inventory_entry *lab_entry(struct lab *lab, enum menu_id menu, const char *key)
{
	struct inventory_entry wanted = { .menu = text_of(menu_of(menu)->path),
					  .key = text_of(key) };

	return bsearch(&wanted, lab->inventory, lab->inventory_count, sizeof(wanted),
		       compare_entries);
}

static void entry_drop(struct lab *lab, const struct inventory_entry *entry)
{
	struct inventory_entry *found = bsearch(entry, lab->inventory, lab->inventory_count,
						sizeof(*found), compare_entries);

	if (!found)
		return;
	*found = lab->inventory[--lab->inventory_count];
	qsort(lab->inventory, lab->inventory_count, sizeof(*found), compare_entries);
}

static void entry_put(struct lab *lab, const struct inventory_entry *entry)
{
	struct inventory_entry *found = bsearch(entry, lab->inventory, lab->inventory_count,
						sizeof(*found), compare_entries);
	bool fresh = !found;

	if (entry->key.size == 0)
		return;
	if (!found) {
		assert_true(lab->inventory_count < lab->inventory_room);
		found = &lab->inventory[lab->inventory_count++];
	}
	*found = *entry;
	found->menu = keep(lab, entry->menu);
	found->key = keep(lab, entry->key);
	found->reference = keep(lab, entry->reference);
	found->written = keep(lab, entry->written);
	found->secret_written = keep(lab, entry->secret_written);
	found->macs = keep(lab, entry->macs);
	if (fresh)
		qsort(lab->inventory, lab->inventory_count, sizeof(*found), compare_entries);
}

/* ---- looking, planning, writing ---- */

static bool look_takes(const struct look *look, const struct row *row)
{
	struct text value;
	uint32_t i;

	if (!look->field)
		return true;
	value = row_get(row, look->menu, look->field);
	for (i = 0; i < look->value_count; i++)
		if (text_equal(look->values[i], value))
			return true;
	return false;
}

static void lab_look(struct lab *lab, const struct look *looks, uint32_t count)
{
	uint32_t i, j;

	lab->look_count += count;
	for (i = 0; i < count; i++) {
		const struct table *there = &lab->world.tables[looks[i].menu->id];
		struct table *seen = &lab->seen.tables[looks[i].menu->id];
		int password = menu_field(looks[i].menu, "password");
		assert_false(seen->looked);
		assert_true(looks[i].value_count <= LOOK_VALUES_MAX);
		table_init(seen, looks[i].menu);
		seen->looked = true;
		for (j = 0; j < there->count; j++) {
			struct row *row;
			if (!look_takes(&looks[i], &there->rows[j]))
				continue;
			row = table_add(seen, &lab->job);
			*row = there->rows[j];
			row->value = ARENA_ARRAY(&lab->job, struct text, seen->menu->field_count);
			memcpy(row->value, there->rows[j].value,
			       seen->menu->field_count * sizeof(struct text));
			if (lab->all_hidden && password >= 0)
				row_set(row, seen->menu, (uint32_t)password, TEXT("*****"),
					&lab->job);
		}
	}
}

void lab_plan(struct lab *lab, const char *only)
{
	struct look looks[LAB_LOOKS_MAX];
	struct text reference = text_of(only);
	struct error error;
	uint32_t count;

	arena_reset(&lab->job);
	lab->look_count = 0;
	lab->seen = (struct observed){ .look_at = lab->now,
				       .suspicious = lab->seen.suspicious,
				       .suspicious_why = lab->seen.suspicious_why };
	lab->in.intent = lab->intent;
	lab->in.router = lab->router;
	lab->in.facts = lab->facts;
	lab->in.facts_count = lab->facts_count;
	lab->in.inventory = lab->inventory;
	lab->in.inventory_count = lab->inventory_count;
	lab->in.observed = &lab->seen;
	lab->in.now = lab->now;
	lab->in.only = only ? &reference : NULL;
	lab->in.only_count = only ? 1 : 0;
	count = plan_looks(looks, LAB_LOOKS_MAX, &lab->in, &lab->job);
	lab_look(lab, looks, count);
	assert_true(plan_make(&lab->plan, &lab->in, &lab->job, &error));
	count = plan_looks_again(looks, LAB_LOOKS_MAX, &lab->in, &lab->plan, &lab->job);
	if (count != 0) {
		lab_look(lab, looks, count);
		assert_int_equal(
		    plan_looks_again(looks, LAB_LOOKS_MAX, &lab->in, &lab->plan, &lab->job), 0);
		assert_true(plan_make(&lab->plan, &lab->in, &lab->job, &error));
	}
	lab->in.only = NULL;
	/* As the loop keeps it for looks that do not read the firewall. */
	if (lab->plan.walls_looked)
		lab->in.walls_known = keep(lab, lab->plan.walls);
}

/* The last row goes before the one of that id; returns where it is now. */
static struct row *place_before(struct lab *lab, enum menu_id menu, struct text id)
{
	struct table *table = &lab->world.tables[menu];
	struct row moved = table->rows[table->count - 1], *other = row_by_id(lab, menu, id);
	struct row *at;

	assert_non_null(other);
	for (at = &table->rows[table->count - 1]; at > other; at--)
		*at = at[-1];
	*other = moved;
	return other;
}

static void lab_write(struct lab *lab, const struct change *change)
{
	struct table *table = &lab->world.tables[change->menu->id];
	struct write write;
	struct row *row;
	uint32_t i;

	plan_write(&write, change, &lab->job);
	if (write.verb == VERB_REMOVE || write.verb == VERB_DISCONNECT) {
		row = row_by_id(lab, change->menu->id, write.id);
		assert_non_null(row);
		lab_remove(lab, change->menu->id, row);
		return;
	}
	if (write.verb == VERB_ADD) {
		row = table_add(table, &lab->arena);
		row->id = text_format(&lab->arena, "*%X", ++lab->world.ids);
	} else {
		if (write.attribute_count == 0)
			return;
		row = row_by_id(lab, change->menu->id, write.id);
		assert_non_null(row);
	}
	for (i = 0; i < write.attribute_count; i++) {
		const struct attribute *attribute = &write.attributes[i];
		uint32_t field = (uint32_t)menu_field(change->menu, attribute->name);
		if (strcmp(attribute->name, "place-before") == 0) {
			row = place_before(lab, change->menu->id, attribute->value);
			continue;
		}
		if (attribute->unset) {
			row->present &= ~(1u << field);
			row->value[field] = TEXT_NONE;
		} else {
			row_set(row, change->menu, field, keep(lab, attribute->value), &lab->arena);
		}
	}
}

static bool is_done(const struct change *change)
{
	return !change->held && !change->report_only && change->verb != VERB_CONFLICT;
}

void lab_carry_out_cut(struct lab *lab, uint32_t written, uint32_t stored)
{
	uint32_t i, done;

	for (i = 0; i < lab->plan.fix_count; i++) {
		if (lab->plan.fixes[i].drop)
			entry_drop(lab, &lab->plan.fixes[i].entry);
		else
			entry_put(lab, &lab->plan.fixes[i].entry);
	}
	for (i = 0; i < lab->plan.count; i++)
		if (is_done(&lab->plan.changes[i]))
			entry_put(lab, &lab->plan.changes[i].before);
	for (i = 0, done = 0; i < lab->plan.count && done < written; i++)
		if (is_done(&lab->plan.changes[i])) {
			lab_write(lab, &lab->plan.changes[i]);
			done++;
		}
	for (i = 0, done = 0; i < lab->plan.count && done < stored; i++) {
		const struct change *change = &lab->plan.changes[i];
		struct inventory_entry after = change->after;
		if (!is_done(change))
			continue;
		done++;
		if (change->changes_rights)
			after.rights_at = lab->now;
		if (change->drops_entry)
			entry_drop(lab, &change->before);
		else
			entry_put(lab, &after);
	}
}

void lab_carry_out_until(struct lab *lab, uint32_t count)
{
	lab_carry_out_cut(lab, count, count - 1);
}

uint32_t lab_carry_out(struct lab *lab)
{
	uint32_t i, writes = 0;

	lab_carry_out_cut(lab, UINT32_MAX, UINT32_MAX);
	for (i = 0; i < lab->plan.count; i++)
		writes += is_done(&lab->plan.changes[i]);
	lab->now += 10 * SECOND_US;
	/* Those who stayed are older now. */
	for (i = 0; i < lab_count(lab, MENU_PPP_ACTIVE); i++) {
		struct row *row = &lab->world.tables[MENU_PPP_ACTIVE].rows[i];
		int64_t us = 0;
		assert_true(value_duration(row_get(row, menu_of(MENU_PPP_ACTIVE), "uptime"), &us));
		row_put(row, menu_of(MENU_PPP_ACTIVE), "uptime",
			text_format(&lab->arena, "%llds", (long long)(us / SECOND_US + 10)),
			&lab->arena);
	}
	return writes;
}

void lab_carry_out_adds(struct lab *lab)
{
	uint32_t i;

	assert_int_equal(lab->inventory_count, 0);
	for (i = 0; i < lab->plan.count; i++) {
		const struct change *change = &lab->plan.changes[i];
		struct inventory_entry *entry = &lab->inventory[lab->inventory_count++];
		assert_int_equal(change->verb, VERB_ADD);
		assert_true(lab->inventory_count < lab->inventory_room);
		lab_write(lab, change);
		*entry = change->after;
		entry->menu = keep(lab, entry->menu);
		entry->key = keep(lab, entry->key);
		entry->reference = keep(lab, entry->reference);
		entry->written = keep(lab, entry->written);
		entry->secret_written = keep(lab, entry->secret_written);
	}
	qsort(lab->inventory, lab->inventory_count, sizeof(*lab->inventory), compare_entries);
}

void lab_sort_facts(struct lab *lab)
{
	qsort(lab->facts, lab->facts_count, sizeof(*lab->facts), compare_facts);
}

const struct change *lab_change(struct lab *lab, enum verb verb, enum menu_id menu, const char *key)
{
	uint32_t i;

	for (i = 0; i < lab->plan.count; i++)
		if (lab->plan.changes[i].verb == verb && lab->plan.changes[i].menu->id == menu &&
		    text_is(lab->plan.changes[i].key, key))
			return &lab->plan.changes[i];
	return NULL;
}

uint32_t lab_changes(struct lab *lab)
{
	return lab->plan.count - lab->plan.verbs[VERB_CONFLICT];
}

void lab_settle(struct lab *lab)
{
	lab_plan(lab, NULL);
	(void)lab_carry_out(lab);
	lab_plan(lab, NULL);
	if (lab_changes(lab) != 0) {
		const struct change *change = &lab->plan.changes[0];
		print_error("still %u: %s %s %.*s (%s, fields %x)\n", lab->plan.count,
			    verb_word(change->verb), change->menu->path, TEXT_ARG(change->key),
			    reason_word(change->reason), change->fields);
	}
	assert_int_equal(lab_changes(lab), 0);
	(void)lab_carry_out(lab);
	lab_plan(lab, NULL);
	assert_int_equal(lab_changes(lab), 0);
	assert_int_equal(lab->plan.fix_count, 0);
}
