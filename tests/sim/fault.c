#include "sim/fault.h"

#include "sim/sim.h"

static const char *const names[FAULT_COUNT] = {
	[FAULT_CUT_LOGIN] = "line cut in login",
	[FAULT_CUT_LOOK] = "line cut in a look",
	[FAULT_CUT_WRITE] = "line cut in a write",
	[FAULT_CUT_TO_ROUTER] = "… on the way to the router",
	[FAULT_CUT_FROM_ROUTER] = "… on the way back",
	[FAULT_CUT_RESET] = "… by reset",
	[FAULT_CUT_END] = "… by end",
	[FAULT_CUT_STALL] = "… by stall",
	[FAULT_CONNECT_REFUSED] = "connection refused",
	[FAULT_SILENT] = "silence after connect",
	[FAULT_MUTE] = "silence after login",
	[FAULT_WRITE_REFUSED] = "write refused",
	[FAULT_LIE] = "write answered, not done",
	[FAULT_TRUNCATED] = "print cut short",
	[FAULT_REORDERED] = "replies mixed",
	[FAULT_DELAYED] = "reply late",
	[FAULT_REBOOT] = "router rebooted",
	[FAULT_FACTORY_RESET] = "factory reset",
	[FAULT_AWAY] = "router away for hours",
	[FAULT_HAND_SET] = "hand: row edited",
	[FAULT_HAND_DISABLE] = "hand: row disabled",
	[FAULT_HAND_ENABLE] = "hand: row enabled",
	[FAULT_HAND_REMOVE] = "hand: row removed",
	[FAULT_HAND_ADD] = "hand: row added",
	[FAULT_HAND_COPY] = "hand: row copied, mark and all",
	[FAULT_HAND_RENAME] = "hand: row renamed",
	[FAULT_HAND_WIPE_COMMENT] = "hand: comment wiped",
	[FAULT_HAND_PROFILE] = "hand: profile edited",
	[FAULT_HAND_MID_JOB] = "hand: edit between look and write",
	[FAULT_STRANGER_DIALS] = "a stranger's session",
	[FAULT_NAME_TAKEN] = "name taken by a foreign row",
	[FAULT_PAID_TWICE] = "callback twice",
	[FAULT_PAID_LATE] = "callback late",
	[FAULT_PAID_REORDERED] = "callbacks reordered",
	[FAULT_PAID_LOST] = "callback lost",
	[FAULT_FORGED] = "callback without shape",
	[FAULT_OTHER_AMOUNT] = "receipt with another amount",
	[FAULT_BAD_AMOUNT] = "unreadable amount",
	[FAULT_WRONG_CODE] = "wrong short code",
	[FAULT_UNKNOWN_ACCOUNT] = "unknown account",
	[FAULT_ASSIGNED] = "payment assigned by hand",
	[FAULT_COMMIT_INVALID] = "commit with errors",
	[FAULT_COMMIT_EMPTY] = "commit with an empty path",
	[FAULT_COMMIT_MASSIVE] = "commit that deletes most",
	[FAULT_COMMIT_GOOD] = "good commit",
	[FAULT_GUARDED] = "losses held by the guard",
	[FAULT_CLOCK_FORWARD] = "clock jumped forward",
	[FAULT_CLOCK_BACK] = "clock jumped back",
	[FAULT_CLOCK_NUDGED] = "clock corrected a little",
	[FAULT_STOPPED] = "controller stopped for hours",
	[FAULT_INTERLEAVED] = "threads interleaved in a job",
};

void fault_count(enum fault fault)
{
	tally->faults[fault]++;
	trace("fault: %s", names[fault]);
}

const char *fault_name(enum fault fault)
{
	return names[fault];
}
