/*
 * Lines up what is wanted, what is there and what the inventory says, by key, and judges each line:
 * ours or not, equal or not, and why it differs. Pure; in the draft's arena; one thread; it decides
 * nothing about people or sessions.
 *
 * inventory_entry.written is "MASK:DIGEST": MASK in hex says which fields of the menu the digest
 * covers (those that wavu wanted and that can be read back), DIGEST is the short digest of their
 * names and canonical values.
 */
#pragma once

#include "plan/draft.h"

/* Fills draft->items of every menu that was looked at and that wavu writes. */
void diff_line_up(struct draft *draft);
/* Decides ownership, verb, reason and fields of each item. */
void diff_judge(struct draft *draft);

/* Which fields of a desired row are compared and digested: owned ones that it names and that this
 * version has. */
uint32_t diff_mask(const struct row *want, const struct menu *menu, uint32_t version);
struct text diff_written(struct arena *arena, const struct row *row, const struct menu *menu,
			 uint32_t mask);
/* Empty when the row has no secret to write. */
struct text diff_secret_written(struct arena *arena, const struct row *row,
				const struct menu *menu);
/* A row whose secret reads back as stars, or not at all. */
bool diff_secret_hidden(const struct row *have, const struct menu *menu);
/* The value as the router takes it: absent and empty are the fallback. */
struct text diff_value(const struct row *row, const struct menu *menu, uint32_t field);
/* Does this field exist in that version of RouterOS? */
bool diff_field_exists(const struct field *field, uint32_t version);
/* Does an observed person's row give access? */
bool diff_row_is_open(const struct row *row, const struct menu *menu);
