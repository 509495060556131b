/*
 * What the inventory must say before and after each change, so that a crash at any point leaves
 * wavu able to tell what is its own; and what of it can be set right without a word to the router.
 * Pure; in the draft's arena; one thread.
 */
#pragma once

#include "plan/draft.h"

/* After the steps are in their final order. */
void books_write(struct draft *draft);
