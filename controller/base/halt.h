/*
 * "The process is to end: wait for nobody any more." One word for the whole process, for what
 * blocks lies deep under who knows. Whoever waits for another machine and can be asked again later
 * listens; whoever waits for money does not. Nothing here blocks; any thread, but halt_prepare.
 */
#pragma once

#include <stdbool.h>

/* Before the threads that wait are started: nothing has been called yet. */
void halt_prepare(void);
void halt_call(void);
bool halt_called(void);
/* Readable from halt_call on, for whoever polls; -1: nobody has prepared. */
int halt_descriptor(void);
