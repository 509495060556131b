/*
 * The files of examples/small-isp/, compiled in for `wavu init`. Static data.
 */
#pragma once

#include "base/embedded.h"

extern const struct embedded examples[]; /* sorted by path */
extern const unsigned examples_count;
