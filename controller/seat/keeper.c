#include "seat/keeper.h"

#include <stdlib.h>

#include "intent/intent.h"
#include "seat/keeping.h"

void keeper_forget(struct keeper *keeper)
{
	intent_release(keeper->intent);
	keeping_free(keeper->kept);
	free(keeper->people);
	free(keeper->judged);
	keeper->intent = NULL;
	keeper->kept = NULL;
	keeper->people = NULL;
	keeper->judged = NULL;
	keeper->judged_count = 0;
}
