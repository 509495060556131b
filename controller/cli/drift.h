/*
 * The other faces of `wavu drift`: what is foreign, and the patch that takes the routers' values
 * over. They print and return the exit code; they write nothing. One thread; they block on routers,
 * git and disk.
 */
#pragma once

#include "cli/call.h"

int run_drift_foreign(struct call *call);
int run_drift_adopt(struct call *call);
