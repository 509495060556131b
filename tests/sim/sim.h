/*
 * The simulation: one world drawn from one number, in one thread, with a clock of its own.
 * Everything hangs on the global `sim`, made by sim_begin and never freed: a run is a process that
 * ends. Nothing here asks the machine for time or luck. It asks the code under test for its opinion
 * only where a comment says so.
 */
#pragma once

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/macros.h"
#include "loop/engine_inside.h"
#include "sim/fault.h"
#include "state/store.h"
#include "world/ros.h"

#define ROUTERS 3
#define SUBS 18
#define PACKS 6
#define VERSIONS_MAX 6000
#define BILLS_MAX 20000
#define LINES_MAX 60000
#define DELIVERIES_MAX 256
#define TENANT "simnet"
#define SHORTCODE "600638"
#define ROUTER_PASSWORD "router-pass-1"

/* ---- what is declared ------------------------------------------------------------------------ */

struct pack {
	char name[16];
	bool hotspot;
	int64_t price_cents;
	int32_t months;  /* or */
	int64_t span_us; /* … exact time, whole hours */
	uint32_t down_k, up_k;
	bool dunned;
};

struct sub {
	bool declared;
	char account[24];
	char alias[24]; /* empty: none */
	char phone[24]; /* "07…" */
	char username[24];
	char mac[18];
	char address[24]; /* empty: from the pool */
	bool mac_locked;
	bool password_file; /* else wavu makes one */
	int router;
	int pack;
	int64_t start_at; /* 0: none */
	bool opening;
	int64_t opening_until_at;
	int64_t opening_cents;
};

/* One commit, as its author meant it. */
struct declared {
	struct pack packs[PACKS];
	struct sub subs[SUBS];
	int64_t throttle_us, suspend_us, terminate_us; /* after the due moment */
	uint32_t throttle_down_k, throttle_up_k;
	bool walled;
	bool spare; /* a second payment channel is open */
	int32_t guard_percent, guard_min;
};

struct version {
	char commit[56];
	const char *bad;           /* what makes it a bad commit; NULL: a good one */
	bool massive;              /* deletes most subscribers */
	int64_t at;                /* when it was pushed */
	struct declared *declared; /* of a bad one: what it would have been */
};

/* ---- money, as it really was ----------------------------------------------------------------- */

struct account {
	bool opened;
	int64_t balance_cents;
	int64_t from_at;  /* when the chain of bought time began */
	int64_t until_at; /* 0: never had any */
	int32_t day;
};

enum bill_state { BILL_UNKNOWN, BILL_CREDITED, BILL_UNMATCHED, BILL_HELD };

struct bill {
	char receipt[12];
	int sub; /* whom the payer means; -1: nobody there is */
	char reference[24];
	char phone[24]; /* the payer's */
	int64_t cents;
	/* what has become of it, by the reference model */
	enum bill_state state;
	int owner;
	bool has_amount;
	int64_t first_cents;
	int64_t others[4]; /* amounts it was also heard with; -1: an unreadable one */
	uint32_t other_count;
	bool shapeless; /* came as a body that cannot be read, too */
};

enum line_kind {
	LINE_GOOD,
	LINE_OTHER_AMOUNT,
	LINE_BAD_AMOUNT,
	LINE_BAD_CODE,
	LINE_SHAPELESS,
	LINE_NOTHING,
};

/* One callback as it stands in the inbox; its index is its id less one. */
struct spoken {
	enum line_kind kind;
	int bill;
	int64_t cents;
};

struct delivery {
	int64_t at;
	struct spoken said;
};

/* ---- the stations ------------------------------------------------------------------------------
 */

struct cut {
	bool armed;
	int phase; /* enum wire_phase */
	bool inbound;
	int how; /* enum ros_cut */
	uint32_t after;
};

/* A row that wavu did not make. */
struct foreign {
	int menu;
	uint32_t id;
	char *line;
};

struct station {
	struct ros *ros;
	char name[24];
	const char *version;
	bool walls;            /* has the operator's rule */
	bool hidden;           /* the API user may not read passwords */
	int64_t away_until_at; /* nobody gets through */
	int64_t reset_at;      /* factory reset: an engineer comes; 0: none */
	int64_t faulty_until_at;
	struct cut cut;
	struct foreign *foreigns;
	uint32_t foreign_count, foreign_room;
	uint64_t fired_seen[ROS_FAULT_COUNT];
	int64_t stranger_began_at; /* session of the operator's own customer */
};

/* Somebody's device, where it stands. */
struct device_at_home {
	bool installed;
	int router;
	char username[24];
	char password[40];
	char mac[18];
	bool hotspot;
};

struct sim {
	uint64_t seed;
	double days;
	bool tracing;
	bool watches; /* idle sessions are more than kept */
	int bug;
	uint64_t luck, dice; /* of the world; of random_bytes */
	int64_t began_at, ends_at;
	int64_t now; /* true time, UTC microseconds */
	int64_t wall_offset_us;
	bool quiet; /* no faults are drawn, all are over */
	uint64_t step;
	char folder[256];
	int generation; /* of the state folder */

	struct version *versions;
	int version_count;
	int newest;      /* on the branch */
	int refused;     /* the newest bad one that was looked at */
	int in_force;    /* taken; -1: none */
	int64_t seen_at; /* when the controller notices the newest */

	struct account accounts[SUBS];
	char passwords[SUBS][40];
	struct bill *bills;
	int bill_count;
	struct spoken *lines;
	int line_count;   /* in the inbox */
	int booked_count; /* of these, by the reference model */
	uint32_t held_count, unmatched_count, cash_count;
	struct delivery deliveries[DELIVERIES_MAX];
	uint32_t delivery_count;

	struct station stations[ROUTERS];
	struct device_at_home homes[SUBS];
	int64_t wrong_since_at[SUBS];
	int64_t quiet_at; /* since when */

	/* the controller and the webhook program */
	struct settings settings;
	struct settings_tenant tenant;
	struct store *street; /* role WEBHOOK */
	struct store *reader; /* role READER: for the checkers */
	struct seat *seat;
	struct engine *engine;
	struct arena job_arena;
	struct device *busy; /* the session of the job in hand */
	bool running;
	int64_t start_at;       /* when it is started again */
	int64_t tick_at;        /* when the teller looks */
	int64_t keeper_tick_at; /* when the timekeeper looks */
	bool in_keeper;
	bool mid_job; /* somebody edits between a look and a write */
	int64_t teller_now, follow_now, keeper_now;
	int following; /* version in hand of follow */
	int depth;     /* of life_call */
	sigjmp_buf crash;
	int crash_point;     /* index into points; -1: any */
	uint32_t crash_hits; /* 0: not armed */

	uint64_t jobs, writes, payments, quiets, kills, stops;
	bool held[SUBS]; /* by the guard, as its own arithmetic allows */
};

extern struct sim sim;

/* ---- luck.c ---------------------------------------------------------------------------------- */

uint64_t luck(void);
uint32_t luck_below(uint32_t count); /* 0 … count - 1 */
bool luck_one_in(uint32_t count);
int64_t luck_between(int64_t low, int64_t high);

/* ---- trace.c --------------------------------------------------------------------------------- */

void trace(const char *format, ...) PRINTF_LIKE(1, 2);
/* The run has found something: prints how to see it again, and ends the process with 1. */
_Noreturn void fail(const char *format, ...) PRINTF_LIKE(1, 2);
#define check(condition, ...) ((condition) ? (void)0 : fail(__VA_ARGS__))

/* ---- clock.c --------------------------------------------------------------------------------- */

int64_t wall(void);
void elapse(int64_t us);

/* ---- declare.c ------------------------------------------------------------------------------- */

void declare_first(void);
/* Pushes a commit drawn from the seed, good or bad. */
void declare_commit(void);
/* A commit that puts back what a massive one took away. */
void declare_revert(void);
const struct declared *declared_in_force(void); /* NULL: none yet */
/* The commit's objects by the production parser; NULL with `why` when it has errors. */
struct intent *declare_intent(int version, struct text *why, struct arena *arena);
int declare_version_of(struct text commit); /* -1: none */

/* ---- money.c: the reference model ------------------------------------------------------------ */

enum sub_state { SUB_NEW, SUB_ACTIVE, SUB_GRACE, SUB_THROTTLED, SUB_SHUT, SUB_TERMINATED };
enum sub_state money_state(int sub, int64_t now);
bool money_is_open(enum sub_state state);
void money_commit(int64_t now);                  /* openings of the commit in force */
void money_renew(int64_t now, bool only_stored); /* credit that reaches for more */
void money_credit(int sub, int64_t cents, int64_t now);
void money_line(const struct spoken *said, int64_t now);
void money_assigned(int bill, int sub, int64_t now);

/* ---- street.c -------------------------------------------------------------------------------- */

void street_pay(void); /* somebody pays, in one of many ways */
void street_pay_for(int sub, int64_t cents);
void street_deliver(void); /* what is due goes into the inbox */
int64_t street_next_at(void);
void street_reread(void); /* after a kill: what the inbox really has; the rest comes again */
void street_desk(void);   /* a person assigns, or records cash */
void street_flush(void);  /* everything still under way arrives now */

/* ---- wire.c ---------------------------------------------------------------------------------- */

/* Whoever waits for idle lines is told which have something to say. */
void wire_wake(void);
void wire_drop_all(void); /* the sockets of a dead process are closed */
enum wire_phase { PHASE_LOGIN, PHASE_LOOK, PHASE_WRITE, PHASE_COUNT };
bool wire_open(void *context, struct device **out, const struct seat *seat,
	       const struct router *router, struct error *error);

/* ---- fleet.c, hand.c ------------------------------------------------------------------------- */

extern const char *const foreign_menus[];
extern const int foreign_menu_count;
void fleet_begin(void);
void fleet_time(void);   /* all routers move to now */
void fleet_people(void); /* devices are installed, phones come back */
void fleet_fault(void);  /* something happens to a router */
void fleet_mend(void);   /* all faults are over */
bool fleet_reachable(int router);
void fleet_claim(struct station *station, const char *menu,
		 const char *which); /* a row becomes foreign */
bool fleet_is_foreign(const struct station *station, int menu, uint32_t id);
void fleet_check_foreign(struct station *station);
bool fleet_name_taken(const struct station *station, const char *menu, const char *username);
bool fleet_conflict(int sub);            /* a foreign row has his name */
void hand_edit(struct station *station); /* a person in WinBox */

/* ---- life.c ---------------------------------------------------------------------------------- */

extern const char *const points[];
extern const int point_count;
void life_start(void);
void life_stop(void);
/* Runs `work` as the controller; false: it was killed at a named point, and is down. */
bool life_call(void (*work)(void *context), void *context);
/* Everything that is due now, in the engine's order; then when the next thing is due. */
int64_t life_pump(void);
/* Other threads get their turn while a job waits for a router. */
void life_interleave(void);
struct task;
bool life_job(struct job *job, const struct task *task, bool check_size);
struct standing;
void life_standing(struct standing *out, int sub); /* what the store says of one */

/* ---- check.c --------------------------------------------------------------------------------- */

void check_people(bool at_end); /* who is online and should, and the other way round */
void check_quiet(void);         /* all that must hold after a quiet period */
void check_ledger(void);
/* Around a job without faults: as many writes as rows differ afterwards. */
void check_size_before(struct station *station);
void check_size_after(struct station *station, const struct job *job);

/* ---- files.c --------------------------------------------------------------------------------- */

void files_begin(const char *parent);
void files_inherit(void); /* what `kill -9` leaves, under new names; stores are opened again */
void files_end(void);

/* ---- play.c ---------------------------------------------------------------------------------- */

void play_run(void);
