#include "intent/report.h"

#include <stdlib.h>

void report_begin(struct report *report, struct arena *arena)
{
	*report = (struct report){ .arena = arena };
}

static void keep(struct report *report, struct finding **list, uint32_t *count, uint32_t *capacity,
		 const struct problem *problem)
{
	if (*count == PROBLEMS_MAX || problem->message.size == 0)
		return;
	if (*count == *capacity) {
		uint32_t wider = *capacity ? *capacity * 2 : 16;
		*list = arena_grow(report->arena, *list, *capacity * sizeof(**list),
				   wider * sizeof(**list));
		*capacity = wider;
	}
	(*list)[(*count)++] = (struct finding){
		.file = text_copy(report->arena, report->file),
		.line = problem->line,
		.column = problem->column,
		.path = text_copy(report->arena, problem->path),
		.message = text_copy(report->arena, problem->message),
	};
}

void report_error(void *context, const struct problem *problem)
{
	struct report *report = context;
	report->findings.error_total++;
	keep(report, &report->findings.errors, &report->findings.error_count,
	     &report->error_capacity, problem);
}

void report_warning(void *context, const struct problem *problem)
{
	struct report *report = context;
	keep(report, &report->findings.warnings, &report->findings.warning_count,
	     &report->warning_capacity, problem);
}

static int compare_findings(const void *a, const void *b)
{
	const struct finding *left = a, *right = b;
	int order = text_compare(left->file, right->file);
	if (order)
		return order;
	if (left->line != right->line)
		return left->line < right->line ? -1 : 1;
	if (left->column != right->column)
		return left->column < right->column ? -1 : 1;
	order = text_compare(left->path, right->path);
	return order ? order : text_compare(left->message, right->message);
}

void report_end(struct report *report, struct findings *out)
{
	struct findings *findings = &report->findings;
	if (findings->error_count)
		qsort(findings->errors, findings->error_count, sizeof(*findings->errors),
		      compare_findings);
	if (findings->warning_count)
		qsort(findings->warnings, findings->warning_count, sizeof(*findings->warnings),
		      compare_findings);
	*out = *findings;
}
