/*
 * What the files of this room share. `struct repository` is libgit2's handle by another name, so
 * that no other room needs git2.h. Same rules as repository.h.
 */
#pragma once

#include "git/repository.h"

#include "base/limits.h"

struct git_repository;

/* A branch of a repository on this machine, in this process; the texts are terminated. */
bool fetch_local(struct git_repository *mirror, const char *from, const char *branch,
		 struct error *error) MUST_CHECK;

/* INVALID, naming the nearest of those there are; returns false. */
bool branch_missing(const char *from, const char *branch, const struct text *branches,
		    uint32_t count, struct error *error) COLD;

/* Turns the small packs of our own mirror into loose objects; what cannot be stays as it is. */
void unpack_small(struct git_repository *mirror);

/* Removes the locks of a process that was killed. Only one works on a mirror at a time: its
 * controller has the lease, and one fetch of a tenant follows the other. */
void locks_drop(struct git_repository *mirror);

/* From now on a loose object of this repository that was cut short is an error: libgit2 would read
 * it for ever. */
void whole_watch(struct git_repository *repository);

/* Packs are asked first, then `whole`, then the loose objects. */
#define PACKED_PRIORITY 3
#define WHOLE_PRIORITY 2

/* Fills the error with libgit2's last words; returns false. */
bool git_failed(struct error *error, enum error_code code, const char *what) COLD;
