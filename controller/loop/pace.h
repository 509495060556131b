/*
 * When a router that tells of changes is looked at: after a short quiet, so that bursts are one
 * look, and the seldomer the more often a look found nothing to do. Menu by menu: one that talks in
 * vain all day must not drown another that speaks once. Pure but for its own memory; whoever has
 * the paces is alone with them.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct paces; /* one router's */

/* Nothing told yet. Freed with free(). */
struct paces *paces_new(void);
/* These menus (bits) have told of a change. */
void paces_hint(struct paces *paces, uint32_t menus, int64_t now);
/* When a look is due that has not been asked for, if the last one was at `looked_at`; INT64_MAX:
 * nothing was told. */
int64_t paces_due_at(const struct paces *paces, int64_t looked_at);
/* The look was asked for. */
void paces_rung(struct paces *paces);
/* A job begins: what was told until now is what it answers, if it is a complete one. */
void paces_taken(struct paces *paces);
/* It was, and has ended well; `found`: not in vain. */
void paces_looked(struct paces *paces, bool found);
/* The session is gone: what it told is settled by whatever looks next. */
void paces_forget(struct paces *paces);

/* The pause after so many looks in vain in a row: 0 after none, then doubling up to its maximum. */
int64_t pace_gap_us(uint32_t vain);
