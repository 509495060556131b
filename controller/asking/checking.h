/*
 * Hints of one channel: its provider is asked over checked TLS whether they are true. Blocks on
 * disk and on the provider; a step of the asker. A missing answer is never a failure: the money
 * stays held, and it is asked again ever more rarely, for a week.
 */
#pragma once

#include "asking/lane.h"

lane_step checking_step;
