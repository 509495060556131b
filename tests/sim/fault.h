/*
 * The faults there are, and how often each has fired: counted in memory that all runs of one
 * program share. A fault that never fires in a whole run set is a hole in the simulation.
 */
#pragma once

#include <stdint.h>

enum fault {
	FAULT_CUT_LOGIN,
	FAULT_CUT_LOOK,
	FAULT_CUT_WRITE,
	FAULT_CUT_TO_ROUTER,
	FAULT_CUT_FROM_ROUTER,
	FAULT_CUT_RESET,
	FAULT_CUT_END,
	FAULT_CUT_STALL,
	FAULT_CONNECT_REFUSED,
	FAULT_SILENT,
	FAULT_MUTE,
	FAULT_WRITE_REFUSED,
	FAULT_LIE,
	FAULT_TRUNCATED,
	FAULT_REORDERED,
	FAULT_DELAYED,
	FAULT_REBOOT,
	FAULT_FACTORY_RESET,
	FAULT_AWAY,
	FAULT_HAND_SET,
	FAULT_HAND_DISABLE,
	FAULT_HAND_ENABLE,
	FAULT_HAND_REMOVE,
	FAULT_HAND_ADD,
	FAULT_HAND_COPY,
	FAULT_HAND_RENAME,
	FAULT_HAND_WIPE_COMMENT,
	FAULT_HAND_PROFILE,
	FAULT_HAND_MID_JOB,
	FAULT_STRANGER_DIALS,
	FAULT_NAME_TAKEN,
	FAULT_PAID_TWICE,
	FAULT_PAID_LATE,
	FAULT_PAID_REORDERED,
	FAULT_PAID_LOST,
	FAULT_FORGED,
	FAULT_OTHER_AMOUNT,
	FAULT_BAD_AMOUNT,
	FAULT_WRONG_CODE,
	FAULT_UNKNOWN_ACCOUNT,
	FAULT_ASSIGNED,
	FAULT_COMMIT_INVALID,
	FAULT_COMMIT_EMPTY,
	FAULT_COMMIT_MASSIVE,
	FAULT_COMMIT_GOOD,
	FAULT_GUARDED,
	FAULT_CLOCK_FORWARD,
	FAULT_CLOCK_BACK,
	FAULT_CLOCK_NUDGED,
	FAULT_STOPPED,
	FAULT_INTERLEAVED,
	FAULT_COUNT
};

#define POINTS_MAX 32

struct tally {
	uint64_t faults[FAULT_COUNT];
	uint64_t points[POINTS_MAX]; /* kills, by named point */
	uint64_t jobs, writes, payments, quiets, kills;
	double days;
};

extern struct tally *tally; /* shared by all runs */

void fault_count(enum fault fault);
const char *fault_name(enum fault fault);
