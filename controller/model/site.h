/*
 * A place with routers. Owned by an intent's arena, immutable, any thread.
 */
#pragma once

#include "model/common.h"

struct site {
	struct text name;
	struct text title;
	struct guard guard;
	enum drift_mode drift;
	struct menu_drifts menu_drifts;
	struct garden garden; /* of the hotspot of every router here */
	enum lease_mode lease;
	struct maintenance maintenance;
	struct where where;
};
