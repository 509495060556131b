/*
 * The rows of THE table of kinds, one per kind_*.c file. Static data only; any thread. Most walk
 * `kinds` of kind.h; a reader asks by these names which kind a document is.
 */
#pragma once

#include "schemas/kind.h"

extern const struct kind kind_dunning_policy;
extern const struct kind kind_package;
extern const struct kind kind_router;
extern const struct kind kind_site;
extern const struct kind kind_subscriber;
extern const struct kind kind_tenant;
