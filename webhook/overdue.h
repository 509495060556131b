/*
 * Ends requests whose body takes too long: CivetWeb's own timeout starts again with every byte, so
 * a client that drips could hold a thread for hours. One slot per server thread; overdue_check
 * belongs to the main thread, the rest to the slot's thread. Nothing blocks. It shuts only the
 * reading side: an answer can still be written.
 */
#pragma once

#include <stdint.h>

#include "base/text.h"

#define OVERDUE_SLOTS 128

/* `slot` below OVERDUE_SLOTS; the peer's numeric address and port as the socket has them. */
void overdue_begin(uint32_t slot, const char *address, int port, int64_t until_monotonic);
void overdue_end(uint32_t slot);

/* Shuts what is past its time. Call it a few times a second. */
void overdue_check(int64_t now_monotonic);
