/*
 * Named places where a test may have the process killed (SIGKILL), as `kill -9` would there.
 * Compiled to nothing unless WAVU_FAILPOINTS is defined (Debug builds). WAVU_FAILPOINT="name" kills
 * at the first hit, "name:3" at the third. Any thread; never blocks.
 */
#pragma once

void failpoint_hit(const char *name);

#ifdef WAVU_FAILPOINTS
#define failpoint(name) failpoint_hit(name)
#else
#define failpoint(name) ((void)(name))
#endif
