/*
 * The workbench of one plan: what is wanted, what is there and what the inventory says, lined up by
 * key, and the people they belong to. Lives in the job's arena for one plan_make; one thread; never
 * leaves this room.
 */
#pragma once

#include "plan/plan.h"
#include "plan/services.h"

/* One key of one menu. */
struct item {
	const struct menu *menu;
	struct text key;
	const struct row *have;              /* as observed, or NULL */
	struct row *want;                    /* as desired, or NULL */
	const struct inventory_entry *entry; /* as stored, or NULL */
	struct text reference;               /* whose; empty for profiles and pools */
	struct person *person;               /* NULL for those */
	const struct item *profile; /* rows of people: the profile wanted, when it is looked at */
	bool ours;                  /* the observed row, or what the inventory knows of it */
	bool secret_unknown;        /* no password could be read for a row that is not there */
	bool is_off;                /* nothing of it may be live when the plan is done */
	enum verb verb;             /* VERB_COUNT: nothing to do */
	enum reason reason;
	uint32_t differs; /* bit i: field i */
	bool renews;      /* sessions seen in this look are stale by this plan */
	bool by_queue;    /* profiles: sessions are stale when their queue shows another rate */
	bool queue_wrong; /* profiles: by_queue, and some session was */
	bool held, report_only; /* what became of the row's change; its sessions follow */
	bool has_live;          /* sessions, cookies or hosts of it were seen */
	struct text macs;       /* seen in sessions and cookies, and those still being put off */
	struct inventory_entry book; /* the entry as it will be after the changes so far */
};

/* One change with what it was made from. */
struct step {
	struct change change;
	struct item *item; /* the row it is about, or the owner of the session */
};

/* An address, or a network, that a list with a rule shuts off. */
struct walled {
	uint32_t first, last;
	bool foreign; /* the entry is not wavu's */
};

struct draft {
	const struct plan_input *in;
	struct arena *arena;
	struct plan *plan;
	bool partial;
	struct table desired[MENU_COUNT];
	struct text walls; /* lists with an enabled rule, by this look or a former one */
	struct text window; /* "02:00 to 05:00": shut now, and sessions wait for it; else empty */
	uint32_t window_count;
	struct walled *walled; /* sorted; after walls_survey */
	uint32_t walled_count;
	bool walls_wide;		/* some of them are networks */
	struct item *items[MENU_COUNT]; /* sorted by key */
	uint32_t item_count[MENU_COUNT];
	struct person *people;
	uint32_t person_count;
	struct step *steps;
	uint32_t step_count, step_room;
	struct inventory_fix *fixes;
	uint32_t fix_count, fix_room;
	struct text *problems;
	uint32_t problem_count, problem_room;
};

/* Room for one more, zeroed. */
struct step *draft_step(struct draft *draft);
void draft_fix(struct draft *draft, bool drop, const struct inventory_entry *entry);
void draft_problem(struct draft *draft, struct text problem);
/* Is this person among those to be judged? */
bool draft_concerns(const struct draft *draft, struct text reference);
/* By exact key; NULL when there is none. */
struct item *draft_item(const struct draft *draft, enum menu_id menu, struct text key);
/* By reference; NULL when nobody of that reference is judged. */
struct person *draft_person(const struct draft *draft, struct text reference);
/* Is `text` among these, sorted by text_compare? */
bool texts_hold(const struct text *texts, uint32_t count, struct text text);
/* Adds a word to a list separated by `by`, unless it is there. */
struct text words_add(struct arena *arena, struct text words, char by, struct text word);
bool words_hold(struct text words, char by, struct text word);
struct text words_without(struct arena *arena, struct text words, char by, struct text word);
