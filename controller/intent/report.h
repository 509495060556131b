/*
 * Collects the findings of one commit, whoever finds them, and hands them out sorted by file and
 * line. The report lives in the caller's arena; pure; one thread. Beyond PROBLEMS_MAX findings it
 * only counts.
 */
#pragma once

#include "intent/intent.h"
#include "yaml/document.h"

struct report {
	struct arena *arena;
	struct text file; /* the one that problems belong to from now on */
	struct findings findings;
	uint32_t error_capacity, warning_capacity;
};

void report_begin(struct report *report, struct arena *arena);
/* Both are problem_sinks whose context is the report. */
void report_error(void *context, const struct problem *problem);
void report_warning(void *context, const struct problem *problem);
/* Sorts, and gives the findings away. */
void report_end(struct report *report, struct findings *out);
