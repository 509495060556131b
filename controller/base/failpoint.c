#include "base/failpoint.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/text.h"

void failpoint_hit(const char *name)
{
	static _Atomic uint64_t hits;
	struct text wanted, count;
	uint64_t nth = 1;

	(void)text_cut(text_of(getenv("WAVU_FAILPOINT")), ':', &wanted, &count);
	if (wanted.size == 0 || !text_is(wanted, name))
		return;
	if (count.size != 0 && !text_u64(count, &nth))
		return;
	/* One name per process, so one count is enough. */
	if (atomic_fetch_add(&hits, 1) + 1 == nth)
		(void)raise(SIGKILL);
}
