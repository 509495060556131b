#include "cli/call.h"

#include "view/message_view.h"

int run_verify(struct call *call)
{
	struct error error = { 0 };
	struct text *all = NULL;
	uint32_t all_count = 0;

	if (!call_outlooks(call, &error))
		return call_fail(call, &error);
	for (uint32_t i = 0; i < call->outlook_count; i++) {
		struct text *problems;
		uint32_t count;

		if (!store_verify(&problems, &count, call->outlooks[i].store, &call->arena, &error))
			return call_fail(call, &error);
		all = arena_grow(&call->arena, all, all_count * sizeof *all,
				 (all_count + count) * sizeof *all);
		for (uint32_t k = 0; k < count; k++)
			all[all_count++] = text_format(&call->arena, "%.*s: %.*s",
						       TEXT_ARG(call->outlooks[i].tenant->name),
						       TEXT_ARG(problems[k]));
	}
	return call_print(call, view_verify(all, all_count),
			  all_count > 0 ? EXIT_FAILED : EXIT_DONE);
}
