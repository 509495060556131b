/*
 * Inside of view/foreign*.c only: one search for ghosts and leaks. Values in the arena of the
 * search; one thread; nothing here blocks.
 */
#pragma once

#include "policies/policy.h"
#include "view/foreign.h"

struct finding_work {
	const struct foreign_input *in;
	struct foreigners *out;
	struct arena *arena;
};

/* Room for one more thing to tell; zeroed but for these. */
struct foreign *foreign_found(struct finding_work *work, enum foreign_kind kind, const char *menu,
			      struct text key);
/* By mark or by inventory. */
bool foreign_is_ours(const struct finding_work *work, const struct menu *menu,
		     const struct row *row);
struct entitlement foreign_entitled(const struct finding_work *work,
				    const struct subscriber *subscriber);
/* He has paid; `but` says what is wrong, and what to do. */
void foreign_payer(struct finding_work *work, const struct subscriber *subscriber,
		   const char *menu, struct text key, struct text but);

/* Fixed addresses: queues and leases that nobody pays for, payers who are shut off. */
void foreign_fixed(struct finding_work *work);
/* Devices that a hotspot lets by: those of nobody, and payers' that it does not. */
void foreign_devices(struct finding_work *work);
