/*
 * Whose access hangs on which rows: links lines to people, adds those who are gone from git, and
 * says who had access, who gets it, and why somebody would lose it. Pure; in the draft's arena; one
 * thread.
 */
#pragma once

#include "plan/draft.h"

/* After diff_line_up: every row of a person knows him, and the gone ones are among draft->people.
 */
void people_link(struct draft *draft);
/* After diff_judge and session_survey: had_access, gets_access, loss. */
void people_weigh(struct draft *draft);
