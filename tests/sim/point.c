/* Replaces controller/base/failpoint.c and bug.c: the named points kill the life in hand, and the
 * deliberate mistakes are chosen on the command line. */
#include <string.h>

#include "base/bug.h"
#include "base/failpoint.h"
#include "sim/sim.h"

const char *const points[] = {
	"follow-before-commit",    "follow-after-commit",        "teller-before-commit",
	"teller-after-commit",     "reconcile-before-intention", "reconcile-before-write",
	"reconcile-written",       "reconcile-before-outcome",   "reconcile-after-outcome",
	"reconcile-before-learnt", "reconcile-after-learnt",     "store.before_commit",
	"store.after_commit",      "street.before_commit",       "street.after_commit",
	"inbox.before_commit",     "inbox.after_commit",
};
const int point_count = (int)ARRAY_COUNT(points);

static int index_of(const char *name)
{
	for (int i = 0; i < point_count; i++)
		if (strcmp(points[i], name) == 0)
			return i;
	fail("a named point that the simulation does not know: %s", name);
}

void failpoint_hit(const char *name)
{
	int index = index_of(name);

	if (sim.crash_hits == 0 || sim.depth == 0 ||
	    (sim.crash_point >= 0 && sim.crash_point != index))
		return;
	if (--sim.crash_hits > 0)
		return;
	tally->points[index]++;
	tally->kills++;
	trace("killed at %s", name);
	siglongjmp(sim.crash, 1);
}

bool bug_is(int number)
{
	return sim.bug == number;
}
