/*
 * The disruption budget: which sessions a commit would drop, and may only drop in the maintenance
 * window. Pure; in the draft's arena; one thread. Expiry, suspension, gains, drift and what was
 * just paid for never wait.
 */
#pragma once

#include "plan/draft.h"

/* Sets draft->window when one is declared and shut at this moment. */
void window_read(struct draft *draft);
/* Must the renewal of this row's session wait? `rights_at`: when its rights changed, 0: in this
 * plan. */
bool window_holds(const struct draft *draft, const struct item *item, int64_t rights_at);
/* After session_judge: says how many sessions wait. */
void window_say(struct draft *draft);
