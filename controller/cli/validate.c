#include "cli/call.h"

#include "git/repository.h"
#include "intent/intent.h"
#include "view/message_view.h"

static bool read_rev(struct intent **intent, struct findings *findings, struct call *call,
		     struct text folder, struct text rev, struct error *error)
{
	struct repository *repository;
	bool done;

	repository_library_start();
	if (!repository_open(&repository, folder, error))
		return false;
	done = intent_read_commit(intent, findings, repository, rev, TEXT("."), &call->arena,
				  error);
	repository_close(repository);
	return done;
}

int run_validate(struct call *call)
{
	struct text folder = call->argument_count > 0 ? call->arguments[0] : TEXT(".");
	struct intent *intent = NULL;
	struct findings findings = { 0 };
	struct error error = { 0 };
	bool done;

	if (call_has(call, "--rev"))
		done = read_rev(&intent, &findings, call, folder, call_option(call, "--rev"),
				&error);
	else
		done = intent_read_folder(&intent, &findings, folder, &call->arena, &error);
	intent_release(intent);
	if (!done)
		return call_fail(call, &error);
	return call_print(call, view_findings(&findings),
			  findings.error_total > 0 ? EXIT_INVALID : EXIT_DONE);
}
