#include "base/thread.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STACK_SIZE (8u * WORKER_STACK_SIZE)
#else
#define STACK_SIZE WORKER_STACK_SIZE
#endif

void thread_start(pthread_t *thread, void *(*run)(void *), void *context)
{
	pthread_attr_t attributes;
	int result;

	invariant(pthread_attr_init(&attributes) == 0);
	invariant(pthread_attr_setstacksize(&attributes, STACK_SIZE) == 0);
	result = pthread_create(thread, &attributes, run, context);
	if (result != 0)
		fatal("a thread cannot be started: %s", strerror(result));
	(void)pthread_attr_destroy(&attributes);
}
