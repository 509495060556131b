#include "base/halt.h"

#include <stdatomic.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

static _Atomic bool called;
static _Atomic int descriptor = -1;

void halt_prepare(void)
{
	uint64_t calls;

	if (descriptor < 0)
		descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	else if (read(descriptor, &calls, sizeof(calls)) < 0)
		calls = 0; /* nobody had called */
	called = false;
}

void halt_call(void)
{
	uint64_t one = 1;

	called = true;
	if (descriptor >= 0 && write(descriptor, &one, sizeof(one)) < 0)
		return; /* it is readable already */
}

bool halt_called(void)
{
	return called;
}

int halt_descriptor(void)
{
	return descriptor;
}
