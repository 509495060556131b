/*
 * Deliberate mistakes: `bug(n)` is true in a build with -DWAVU_BUG=n (WAVU_BUG_n), or where
 * tests/sim replaces bug_is to choose one at run time. The simulation must find each of them. Any
 * thread; never blocks; always false elsewhere, and compiled to nothing in a release.
 */
#pragma once

#include <stdbool.h>

bool bug_is(int number);

#ifdef WAVU_FAILPOINTS
#define BUG_ELSE(number) bug_is(number)
#else
#define BUG_ELSE(number) false
#endif

#ifdef WAVU_BUG_1
#define BUG_1 true
#else
#define BUG_1 BUG_ELSE(1)
#endif
#ifdef WAVU_BUG_2
#define BUG_2 true
#else
#define BUG_2 BUG_ELSE(2)
#endif
#ifdef WAVU_BUG_3
#define BUG_3 true
#else
#define BUG_3 BUG_ELSE(3)
#endif
#ifdef WAVU_BUG_4
#define BUG_4 true
#else
#define BUG_4 BUG_ELSE(4)
#endif
#ifdef WAVU_BUG_5
#define BUG_5 true
#else
#define BUG_5 BUG_ELSE(5)
#endif

#define bug(number) BUG_##number
