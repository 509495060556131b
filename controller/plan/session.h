/*
 * One verdict per live session, cookie and host: may it stay? (house, "Live sessions".) Ours only
 * if the row that let it in is ours; sessions of a RADIUS server never are. Pure; in the draft's
 * arena; one thread.
 */
#pragma once

#include "plan/draft.h"

/* After diff_judge: which rows have live sessions, which of them must end (is_off), and by which
 * MACs their hosts are known. */
void session_survey(struct draft *draft);
/* After the rows' changes are decided: a DISCONNECT for everything that may not stay. */
void session_judge(struct draft *draft);
/* May this session, or this device, not stay as it is: is it older than its row's rights? */
bool session_is_stale(const struct draft *draft, const struct item *item, const struct table *table,
		      const struct row *row);
/* It may not, whatever its age. */
void session_disconnect(struct draft *draft, struct item *item, const struct table *table,
			const struct row *row);
/* Names of the dynamic queues that must be read to judge (a profile's rate drifted, or a session is
 * as old as its rights), at most `max`; `max` also means: more, or names that cannot be told. */
uint32_t session_queues_wanted(const struct draft *draft, struct text *names, uint32_t max);
