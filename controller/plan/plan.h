/*
 * The judgement for one router: desired tables from intent and facts, the difference to what was
 * observed, verdicts on live sessions, the guard, in the order it is to be carried out. Pure: no
 * I/O, no clock, no locks; everything lies in the job's arena; any thread. `wavu plan`, the
 * controller and the simulation all call plan_make.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/secret.h"
#include "intent/intent.h"
#include "menu/command.h"
#include "model/entitlement.h"
#include "model/inventory.h"
#include "model/standing.h"

/* What the store and the rim know of one subscriber. */
struct facts {
	struct text reference;
	struct standing standing;
	/* To set; not readable: what is there is left, and nothing is added without one. */
	struct secret password;
	bool keep_password; /* `password` is only for a row that is not there yet */
};

enum effect { EFFECT_NEUTRAL, EFFECT_GAIN, EFFECT_LOSS, EFFECT_COUNT };
enum reason {
	REASON_NEW,
	REASON_CHANGED,
	REASON_DRIFT,
	REASON_GONE,
	REASON_STALE_SESSION,
	REASON_NOT_OURS,
	REASON_CONFLICT,
	REASON_COUNT
};
const char *verb_word(enum verb verb); /* "add" "set" "remove" "disconnect" "adopt" "conflict" */
const char *effect_word(enum effect effect);
const char *reason_word(enum reason reason); /* "new" … "stale_session" "not_ours" "conflict" */

/* Why somebody would lose access: time and facts (a pause) are never guarded; time waits for a
 * clock that is believed. */
enum loss {
	LOSS_NONE,
	LOSS_BY_TIME,
	LOSS_BY_FACT,
	LOSS_BY_COMMIT,
	LOSS_BY_DRIFT,
	LOSS_BY_SUSPICION
};

/* One subscriber on this router, judged. */
struct person {
	struct text reference;
	const struct subscriber *subscriber; /* NULL: gone from git */
	struct entitlement entitlement;      /* of a gone one: TERMINATED */
	bool had_access;                     /* observed: an open row of ours */
	bool gets_access;                    /* desired */
	bool live;                           /* a session by a row of ours was seen */
	enum loss loss; /* had && !gets, or sessions live on although he gets none */
	bool held;      /* the guard or the clock keeps his losses */
};

struct change {
	enum verb verb;
	enum effect effect;
	enum reason reason;
	const struct menu *menu;
	struct text key;        /* as the router spells it */
	const struct row *have; /* NULL for ADD */
	const struct row *want; /* NULL for REMOVE, DISCONNECT, CONFLICT without one */
	uint32_t fields;        /* bit i: field i differs (ADD: all present) */
	struct text reference;  /* whose; empty for profiles and pools */
	struct text subscriber; /* his account as written; empty likewise */
	struct text because;    /* the cause, a phrase */
	bool held;              /* not to be carried out now */
	bool report_only;       /* drift: report, mode observe/adopt: shown, not carried out */
	bool waits_for_window;  /* held until the maintenance window opens, and for nothing else */
	bool drops_session;     /* a live session ends or will be renewed by it */
	bool slow; /* contested: healed three times within the hour; the loop may take its time */
	/* Removes what earlier changes let go of: to be sent only when none of those was refused.
	 */
	bool only_if_clean;
	/* When done, the loop stores after.rights_at = its clock at the answer. */
	bool changes_rights;
	struct text place_before; /* ADD of a rule: the id of the one it must precede; else empty */
	struct inventory_entry before; /* to be stored before it is sent (key empty: nothing) */
	struct inventory_entry after;  /* to be stored when it is done (key empty: nothing) */
	bool drops_entry;              /* when done, the inventory entry `before` goes */
};

/* Bookkeeping that needs no word to the router. */
struct inventory_fix {
	bool drop;
	struct inventory_entry entry;
};

struct guarded {
	bool waits;
	/* Would wait, but `digest` is among the approvals: the loop makes it leave for
	 * `references`. */
	bool approved;
	char digest[13]; /* over the held losses alone */
	uint32_t losses; /* people */
	struct text why; /* a sentence with the arithmetic and the command that lets it go */
	const struct text *references; /* the people, sorted; `losses` of them */
};

/* Does the router end access alone while wavu cannot reach it (plan/lease.h)? */
struct lease {
	bool looked;   /* a complete look read what it needs; else the rest says nothing */
	bool wanted;   /* `lease: on` */
	bool protects; /* script and schedule are there, may run, and have a clock to go by */
	struct text why; /* why not; or who is not covered all the same; or empty */
};

struct draft;

struct plan {
	struct change *changes; /* in the order to carry out; conflicts last */
	uint32_t count;
	uint32_t verbs[VERB_COUNT];
	struct person *people; /* sorted by reference */
	uint32_t person_count;
	uint32_t with_access; /* people who have access on the router now */
	struct inventory_fix *fixes;
	uint32_t fix_count;
	struct lease lease;
	struct guarded guarded; /* of a partial plan: only what a clock holds, of its people */
	char digest[13];        /* of all changes: equal plans, equal digests */
	uint32_t drift_count;   /* changes with reason DRIFT */
	bool contested; /* a row was healed three times within the hour: some change is `slow` */
	/* Partial: somebody's loss here may only be judged by a complete look (report_only now). */
	bool wants_complete;
	bool walls_looked; /* the firewall was read: `walls` is the truth, to be kept as walls_known
			    */
	struct text
	    walls; /* address lists with an enabled rule, '\n'-separated; empty: not looked */
	/* Sentences: a password that cannot be read, walled acting as disable … */
	const struct text *problems;
	uint32_t problem_count;
	const struct draft *draft; /* the workbench, for plan_looks_again; nobody else's business */
};

struct observed {
	struct table tables[MENU_COUNT]; /* those with .looked */
	int64_t look_at;                 /* when the look began, our wall clock */
	bool suspicious;
	struct text suspicious_why;
};

struct plan_input {
	const struct intent *intent;
	const struct router *router; /* of that intent */
	const struct facts *facts; /* sorted by reference; everybody of this router in the intent */
	uint32_t facts_count;
	const struct inventory_entry *inventory; /* sorted by menu, key */
	uint32_t inventory_count;
	const struct observed *observed;
	uint32_t version; /* RouterOS's, as VERSION(); 0: unknown, every field is taken to exist */
	const struct text *only; /* references to judge, sorted; NULL: everybody, a complete look */
	uint32_t only_count;
	int64_t now;
	struct text walls_known;   /* from an earlier look, when this one has not looked */
	const struct text *losses; /* references that lose by a commit, sorted (state/fleet.h) */
	uint32_t loss_count;
	const struct text *leave; /* references whose loss was approved, sorted */
	uint32_t leave_count;
	const char *const *approvals; /* digests that were approved */
	uint32_t approval_count;
	struct text fleet_why; /* not empty: the fleet's guard holds every loss by commit */
	struct text clock_why; /* not empty: the clock is not believed, losses by time wait */
};

bool plan_make(struct plan *out, const struct plan_input *in, struct arena *arena,
	       struct error *error) MUST_CHECK;

/* Which looks a plan needs: bulk ones, or those of the people in `only` (by their usernames now
 * and, from the inventory, before). The second call takes the plan made of what the first round saw
 * and adds what depends on it (hosts by MAC, queues), for another plan_make; 0: nothing more. */
uint32_t plan_looks(struct look *looks, uint32_t max, const struct plan_input *in,
		    struct arena *arena);
uint32_t plan_looks_again(struct look *looks, uint32_t max, const struct plan_input *in,
			  const struct plan *plan, struct arena *arena);

/* The words of one change for the router; in the arena. An ADOPT becomes a `set` of the mark; where
 * the menu has no comment there are no words (attribute_count 0 with verb SET): nothing is sent,
 * only `after` is stored. Not for CONFLICT. */
void plan_write(struct write *out, const struct change *change, struct arena *arena);

/* Digest of all that the intent says about one router, facts apart: commits that leave it equal
 * need not wake the router. */
void plan_intent_digest(char out[13], const struct intent *intent, const struct router *router);
/* The same for some of its people alone, in order of reference; and of one package. */
void plan_people_digest(char out[13], const struct intent *intent, const struct router *router,
			const struct subscriber *const *people, uint32_t count);
void plan_package_digest(char out[13], const struct package *package);

/* Who loses access by going from `former` to `next` at `now`, per subscriber of `former`: for the
 * fleet's guard, before any router is asked. `standings` sorted by reference. Sorted by router
 * name, then reference. */
struct commit_loss {
	struct text router;
	struct text reference;
};
struct commit_losses {
	struct commit_loss *losses;
	uint32_t count;
	uint32_t with_access; /* people of `former` who have access at `now` */
	uint32_t fleet_access; /* those of them whom the fleet's guard counts */
	/*
	 * What it is worth in a month, in cents: of those who lose access or go to a cheaper
	 * package, and of those who get access or a dearer one. Both are sums, never negative.
	 */
	int64_t monthly_lost_cents, monthly_gained_cents;
	struct text why;      /* not empty: over the Tenant's guard for the whole fleet */
};
/*
 * The same guard over losses that wait since earlier commits, by what `next` declares; empty: they
 * may go. `with_access` are the people whom the fleet's guard counts.
 */
struct text plan_fleet_why(const struct intent *next, const struct commit_loss *losses,
			   uint32_t count, uint32_t with_access, struct arena *arena);
void plan_commit_losses(struct commit_losses *out, const struct intent *former,
			const struct intent *next, const struct standing *standings,
			uint32_t standing_count, int64_t now, struct arena *arena);
