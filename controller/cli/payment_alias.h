/*
 * `wavu payment assign … --alias`: the payment gets its owner, and a patch for the repository is
 * printed that remembers what the payer typed. Prints, returns the exit code, writes no file. One
 * thread; blocks on the controller, git and disk.
 */
#pragma once

#include "cli/call.h"

int run_payment_alias(struct call *call);
