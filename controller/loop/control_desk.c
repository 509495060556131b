#include "loop/control_desk.h"

#include "loop/engine_inside.h"
#include "state/ledger.h"
#include "view/message_view.h"

struct text desk_argument(const struct desk *desk, uint32_t index)
{
	return index < desk->request->argument_count ? desk->request->arguments[index] : TEXT_NONE;
}

bool desk_show(struct desk *desk, int exit_code, struct document *document)
{
	struct control_answer *out = desk->out;

	out->exit_code = exit_code;
	out->shape = text_of(document_shape(document));
	out->json = document_render(document, FORMAT_JSON, false, desk->arena);
	return true;
}

bool desk_say(struct desk *desk, int exit_code, struct text message, const char *key,
	      struct text value)
{
	struct document *document = view_message(exit_code == 0, message, key, value);

	desk_show(desk, exit_code, document);
	document_free(document);
	desk->out->message = text_copy(desk->arena, message);
	return true;
}

/* A failure that is the asker's, not the store's. */
bool desk_refuse(struct desk *desk, const struct error *error, struct error *store_error)
{
	if (error->code == ERROR_STORE || error->code == ERROR_LIMIT) {
		*store_error = *error;
		return false;
	}
	return desk_say(desk, error_disposition(error->code)->exit_code,
			text_copy(desk->arena, text_of(error->text)), NULL, TEXT_NONE);
}

/* ---- which tenant is meant ------------------------------------------------------------------- */

bool desk_has(bool *has, struct seat *seat, enum meant meant, struct text name, struct arena *arena,
	      struct error *error)
{
	struct intent *intent = seat_intent(seat);
	struct text reference = text_reference(arena, name);
	const struct subscriber *one;
	struct payment payment;
	bool done = true;

	*has = false;
	if (meant == MEANT_RECEIPT)
		done = ledger_payment(has, &payment, seat->store, name, arena, error);
	else if (intent != NULL && meant == MEANT_ROUTER)
		*has = intent_router(intent, name) != NULL;
	else if (intent != NULL)
		*has = intent_subscriber(intent, reference) != NULL ||
		       intent_by_alias(intent, reference, &one) == 1;
	intent_release(intent);
	return done;
}

bool desk_ambiguous(struct desk *desk, struct text name)
{
	return desk_say(desk, EXIT_USAGE,
			text_format(desk->arena,
				    "%.*s could be of two tenants: say which with --tenant",
				    TEXT_ARG(name)),
			NULL, TEXT_NONE);
}

/* The tenant named, the only one there is, or the only one that has it. NULL: the answer says why.
 */
bool desk_seat(struct seat **out, struct desk *desk, enum meant meant, struct text name,
	       struct error *error)
{
	static const char *const nouns[] = { "router", "account", "payment" };
	uint32_t count = engine_seat_count(desk->engine), hits = 0;

	*out = NULL;
	if (desk->request->tenant.size > 0) {
		*out = engine_seat_named(desk->engine, desk->request->tenant);
		return *out != NULL || desk_say(desk, 1,
						text_format(desk->arena, "no such tenant: %.*s",
							    TEXT_ARG(desk->request->tenant)),
						NULL, TEXT_NONE);
	}
	if (count == 1) {
		*out = engine_seat(desk->engine, 0);
		return true;
	}
	for (uint32_t i = 0; i < count; i++) {
		struct seat *seat = engine_seat(desk->engine, i);
		bool has;

		if (!desk_has(&has, seat, meant, name, desk->arena, error))
			return false;
		if (has)
			*out = seat;
		hits += has;
	}
	if (hits == 1)
		return true;
	*out = NULL;
	if (hits == 0)
		return desk_say(
		    desk, 1,
		    text_format(desk->arena, "no such %s: %.*s", nouns[meant], TEXT_ARG(name)),
		    NULL, TEXT_NONE);
	return desk_ambiguous(desk, name);
}

bool desk_choose(struct chosen *out, struct desk *desk, enum meant meant, struct text name,
		 struct error *error)
{
	*out = (struct chosen){ 0 };
	if (!desk_seat(&out->seat, desk, meant, name, error))
		return false;
	if (out->seat == NULL)
		return true;
	out->intent = seat_intent(out->seat);
	return out->intent != NULL ||
	       desk_say(desk, 1, TEXT("no commit is in force yet"), NULL, TEXT_NONE);
}
