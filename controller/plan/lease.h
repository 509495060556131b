/*
 * The lease: expiry that the router keeps alone while wavu or the way to it is down. Each row says
 * behind its mark until when it holds; one script and one scheduler of wavu's, both "wavu-lease",
 * shut off what is over. Pure; in the draft's arena; one thread; it decides nothing about who is
 * paid.
 */
#pragma once

#include "plan/draft.h"
#include "policies/policy.h"

#define LEASE_NAME "wavu-lease"
/* How far the router's clock may be off; the script runs once a minute, and a long look takes some
 * seconds more. */
#define LEASE_CLOCK_OFF_MAX_US (INT64_C(90) * 1000000)

/* Is there, or was there, a lease to look after on this router? Then the looks below are needed. */
bool lease_matters(const struct plan_input *in);
/* Which menus a complete look reads for it, at most LEASE_LOOKS; the scheduler's and script's only
 * by name. */
#define LEASE_LOOKS 4u
uint32_t lease_menus(enum menu_id menus[LEASE_LOOKS], const struct plan_input *in);

/* Puts on the row just wanted for somebody who has access what it says to the script,
 * "until=1764547200". */
void lease_stamp(struct draft *draft, const struct policy_case *given,
		 const struct entitlement *entitlement);
/* Adds the rows of script and scheduler to what is wanted; complete plans only. */
void lease_want(struct draft *draft);
/* After diff_judge: where a device-mode forbids the scheduler nothing is sent in vain. */
void lease_judge(struct draft *draft);
/* The cause of a row of which only the stamp differs, for people. */
struct text lease_because(const struct draft *draft, const struct item *item);
/* Fills plan->lease: does the router keep expiry alone, and if not, why? */
void lease_say(struct draft *draft);

/* The script's text, one line: the parts for PPP and hotspot users only where they are served, for
 * a menu that is not there would make the whole unreadable. */
struct text lease_script(struct arena *arena, bool ppp, bool hotspot);
