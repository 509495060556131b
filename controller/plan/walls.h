/*
 * Who is shut off by an address list and a rule of the firewall: the entries that customers with a
 * fixed address need, and which addresses are behind a wall that stands. Pure; in the draft's
 * arena; one thread; it never believes in a rule that was not seen.
 */
#pragma once

#include "plan/draft.h"

/* Where the suspended may still go: the portal, the ways to pay. Filled by hand, and by `wall`. */
#define WALLS_GARDEN "wavu-garden"

/* Lists with an enabled rule in the tables looked at (product.md: filter forward drop/reject, nat
 * dstnat dst-nat/redirect); false when the firewall was not read. */
bool walls_read(struct text *walls, const struct observed *observed, struct arena *arena);

/* The list that who is suspended is put on: the policy's, else wavu-suspended. */
struct text walls_list_of(const struct package *package);
/* Does this policy put people behind a wall, rather than disabling them? */
bool walls_by_policy(const struct dunning_policy *policy);
/* May somebody of this package be put on that list? */
bool walls_need(const struct package *package);
/* A rule of wavu's own becomes wanted: what comes from the list goes nowhere but to the garden. */
void walls_want_rule(struct draft *draft, struct text list);
/*
 * The id of the rule before which it must stand, so that no other lets the traffic pass first;
 * empty: the end will do.
 */
struct text walls_place(const struct draft *draft);
/* ": add …": what a person can do about a missing rule; empty where wavu makes it by itself. */
struct text walls_remedy(const struct draft *draft, struct text list);
/* How the address list's menu calls that row; also what the inventory calls it. */
struct text walls_entry_key(const struct draft *draft, struct text list, struct text address);
/*
 * Nobody who never paid, or is let go of, keeps the way that his fixed address has: with `firewall:
 * manage` it is on the list too. By default `new` and `terminated` have no row (product.md).
 */
void walls_want_shut(struct draft *draft, const struct subscriber *subscriber,
		     struct text because);
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
