#include <string.h>

#include "loop/control_desk.h"
#include "loop/pass.h"

/* A router's name may be of two tenants; no name means all routers of all tenants. */
static bool is_one_tenants(bool *clear, struct desk *desk, struct text router, struct error *error)
{
	uint32_t hits = 0;

	*clear = true;
	if (router.size == 0 || desk->request->tenant.size > 0)
		return true;
	for (uint32_t i = 0; i < engine_seat_count(desk->engine); i++) {
		bool has;

		if (!desk_has(&has, engine_seat(desk->engine, i), MEANT_ROUTER, router, desk->arena,
			      error))
			return false;
		hits += has;
	}
	*clear = hits < 2;
	return *clear || desk_ambiguous(desk, router);
}

bool do_apply(struct desk *desk, struct error *error)
{
	const struct control_request *request = desk->request;
	struct pass_wish wish = { .tenant = request->tenant,
				  .router = desk_argument(desk, 0),
				  .actor = request->actor };
	struct pass pass;
	bool done, clear;

	if (request->argument_count > 1) {
		wish.approvals = request->arguments + 1;
		wish.approval_count = request->argument_count - 1;
	}
	if (request->tenant.size > 0 && engine_seat_named(desk->engine, request->tenant) == NULL)
		return desk_say(
		    desk, 1,
		    text_format(desk->arena, "no such tenant: %.*s", TEXT_ARG(request->tenant)),
		    NULL, TEXT_NONE);
	if (!is_one_tenants(&clear, desk, wish.router, error))
		return false;
	if (!clear)
		return true;
	done = pass_run(&pass, desk->engine, &wish, error);
	if (done) {
		if (pass.document != NULL)
			desk_show(desk, pass.exit_code, pass.document);
		else
			desk_say(desk, pass.exit_code, pass.message, NULL, TEXT_NONE);
		desk->out->message = text_copy(desk->arena, pass.message);
	}
	pass_free(&pass);
	return done;
}

static const struct command {
	const char *name;
	uint32_t arguments_min;
	bool (*work)(struct desk *desk, struct error *error);
} commands[] = {
	{ "apply", 0, do_apply },
	{ "assign", 2, do_assign },
	{ "covered", 3, do_covered },
	{ "list", 0, do_list },
	{ "pause", 3, do_pause },
	{ "record", 3, do_record },
	{ "refund", 2, do_refund },
	{ "register", 0, do_register },
	{ "request", 4, do_request },
	{ "resume", 1, do_resume },
	{ "statement", 2, do_statement },
	{ "subscriber-pause", 1, do_service_pause },
	{ "subscriber-resume", 1, do_service_resume },
};

bool control_do(struct control_answer *out, struct engine *engine,
		const struct control_request *request, struct arena *arena, struct error *error)
{
	struct desk desk = { out, engine, request, arena };

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
		if (!text_is(request->command, commands[i].name))
			continue;
		if (request->argument_count < commands[i].arguments_min ||
		    request->argument_count > CONTROL_ARGUMENTS_MAX)
			break;
		return commands[i].work(&desk, error);
	}
	return desk_say(&desk, EXIT_USAGE,
			text_format(arena, "no such command, or too few words: %.*s",
				    TEXT_ARG(request->command)),
			NULL, TEXT_NONE);
}
