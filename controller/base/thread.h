/*
 * A thread with the house's stack. Starting never blocks; any thread. The caller joins it.
 */
#pragma once

#include <pthread.h>

/* Ends the process when there can be no more threads. Its stack is WORKER_STACK_SIZE; sanitizers
 * make frames several times larger, and get as much more. */
void thread_start(pthread_t *thread, void *(*run)(void *), void *context);
