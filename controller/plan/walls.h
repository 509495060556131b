/*
 * Who is shut off by an address list and a rule of the firewall: the entries that customers with a
 * fixed address need, and which addresses are behind a wall that stands. Pure; in the draft's
 * arena; one thread; it never believes in a rule that was not seen.
 */
#pragma once

#include "plan/draft.h"

/* Lists with an enabled rule in the tables looked at (product.md: filter forward drop/reject, nat
 * dstnat dst-nat/redirect); false when the firewall was not read. */
bool walls_read(struct text *walls, const struct observed *observed, struct arena *arena);

/* The list that a customer with a fixed address is put on: his policy's, else wavu-suspended. */
struct text walls_list_of(const struct subscriber *subscriber);
/* How the address list's menu calls that row; also what the inventory calls it. */
struct text walls_entry_key(const struct draft *draft, struct text list, struct text address);
/* His entry on that list becomes wanted. */
void walls_want_entry(struct draft *draft, const struct subscriber *subscriber,
		      struct text because);

/* After diff_judge: which addresses are behind a wall now (draft->walled). */
void walls_survey(struct draft *draft);
/* Is this address (of a queue's target, or as declared) behind a wall? `foreign`: by an entry that
 * is not wavu's, and so stays. */
bool walls_hold(const struct draft *draft, struct text address, bool foreign);

/* Said aloud, after people_weigh: customers with a fixed address who are shut off by the books and
 * not by the router, or the other way round. */
void walls_say(struct draft *draft);
