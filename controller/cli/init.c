#include "cli/call.h"

#include "base/embedded.h"
#include "cli/examples.h"
#include "git/repository.h"
#include "view/message_view.h"

int run_init(struct call *call)
{
	struct repository_file *files = ARENA_ARRAY(&call->arena, struct repository_file,
						    examples_count + 1u);
	struct error error = { 0 };

	for (unsigned i = 0; i < examples_count; i++)
		files[i] = (struct repository_file){ text_of(examples[i].path),
						     { examples[i].text, examples[i].size } };
	repository_library_start();
	if (!repository_create(call->arguments[0], files, examples_count,
			       TEXT("The example of wavu: two sites, two routers, three packages"),
			       &error))
		return call_fail(call, &error);
	return call_print(
	    call,
	    view_message(true,
			 text_format(&call->arena,
				     "%.*s is a new repository: edit its files, `wavu validate "
				     "%.*s`, commit, and name it in wavu.yaml",
				     TEXT_ARG(call->arguments[0]), TEXT_ARG(call->arguments[0])),
			 "repository", call->arguments[0]),
	    EXIT_DONE);
}
