/*
 * What is done now and again beside everything else, for all tenants: the street is told whom to
 * expect (money/expect.h), once a second; what was refused is tried again (money/retrying.h), once
 * a minute. Its own thread, which blocks on disk alone; it never asks another machine.
 */
#pragma once

#include "seat/seat.h"

struct chores;

struct chores *chores_start(struct seat *seats, uint32_t seat_count); /* they must outlive it */
void chores_free(struct chores *chores); /* ends its thread; NULL is fine */
