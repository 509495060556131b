/*
 * The numbered .sql files below state/migrations/, embedded at build time. Static data.
 */
#pragma once

struct migration {
	const char *folder; /* "tenant" "inbox" "street" */
	int number;         /* 1, 2, …; a store remembers the last it ran */
	const char *sql;
};

extern const struct migration migrations[]; /* sorted by folder, then number */
extern const unsigned migration_count;
