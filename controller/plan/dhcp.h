/*
 * DHCP leases that stand in each other's way: the router has a device once a server and an address
 * once at all. Pure; in the draft's arena; one thread.
 */
#pragma once

#include "plan/draft.h"

/*
 * After diff_judge. A lease whose device another one takes over goes first, and comes back in the
 * next round; a device that somebody else's lease has is a conflict, and not asked for.
 */
void dhcp_judge(struct draft *draft);
/* Among changes of one menu: does this one make room for others? */
bool dhcp_makes_room(const struct change *change);
