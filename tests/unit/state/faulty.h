/*
 * A disk that can fail, under SQLite: counts fsyncs, fails the n-th write or fsync, and remembers
 * what was never synced, so that a power cut can be played: what a disk keeps is what was synced,
 * plus any part of the rest, in any order, torn. For one thread. Files are known by their paths;
 * the shared-memory index is never on the disk.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum faulty_kind { FAULTY_NONE, FAULTY_EIO, FAULTY_FULL, FAULTY_FSYNC };

/* Becomes SQLite's default file system; for the rest of the process. */
void faulty_install(void);
/* The n-th operation from now fails (FSYNC: the n-th fsync; else the n-th write); FULL fails all
 * after it too. */
void faulty_plan(enum faulty_kind kind, int nth);
/* Did the planned fault happen? */
bool faulty_hit(void);
int faulty_syncs(void);
/* Forgets every file: what was written so far counts as synced. */
void faulty_forget(void);
/* Writes what a disk would hold after a power cut now into `folder`, by the random numbers of
 * `seed`. */
void faulty_power_cut(const char *folder, uint64_t seed);
