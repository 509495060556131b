/*
 * Sends what a person ordered back to its payer, and asks what became of it. Blocks on disk and on
 * the provider; a step of the asker. An order leaves once: whatever answers it, or nobody, it is
 * asked about and never said again. It never books: the provider's word comes to the order's own
 * URLs (money/booking_reversal.h).
 */
#pragma once

#include "asking/lane.h"

lane_step reversing_step;
