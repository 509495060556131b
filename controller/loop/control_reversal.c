#include "loop/control_reversal.h"

#include "base/clock.h"
#include "base/halt.h"
#include "base/log.h"
#include "loop/engine_inside.h"
#include "money/booking_reversal.h"
#include "state/questions.h"
#include "view/reversal_view.h"

/* A person waits at the terminal; results mostly take seconds. */
#define WAIT_US (15 * SECOND_US)
#define LOOK_AGAIN_MS 50

static bool order(struct question *out, struct seat *seat, const struct intent *intent,
		  const struct reversal_wish *wish, struct arena *arena, struct error *error)
{
	if (!store_begin(seat->store, error))
		return false;
	if (!booking_reversal_order(out, seat, intent, wish, clock_now(), arena, error)) {
		store_abort(seat->store);
		return false;
	}
	return store_commit(seat->store, error);
}

/* While a controller runs its asker sends it at once; else this process does, and nobody hears the
 * result before one runs again. */
static bool see_it_off(struct question *question, struct engine *engine, struct seat *seat,
		       struct arena *arena, struct error *error)
{
	bool runs = engine_role(engine) == ENGINE_RUN, found;
	int64_t until_at = clock_monotonic() + WAIT_US, next_at = 0;

	if (runs)
		asker_wake(engine->asker);
	else if (!asker_visit(engine->asker, seat, question->channel, clock_now(), &next_at, error))
		return false;
	for (;;) {
		if (!questions_find(&found, question, seat->store, question->id, arena, error))
			return false;
		invariant(found);
		if (question->status != QUESTION_OPEN || !runs || halt_called() ||
		    clock_monotonic() >= until_at)
			return true;
		clock_sleep_ms(LOOK_AGAIN_MS);
	}
}

static struct text words_of(const struct question *question, const struct intent *intent,
			    struct arena *arena)
{
	struct text receipt = question->receipt;
	struct text money = text_format(arena, "%.*s %.*s of %.*s",
					TEXT_ARG(text_of_cents(arena, question->cents)),
					TEXT_ARG(intent->tenant.currency), TEXT_ARG(receipt));

	switch (question->status) {
	case QUESTION_YES:
		return text_format(arena,
				   "%.*s went back to the payer and is out of the books, with the "
				   "time that it bought: %.*s",
				   TEXT_ARG(money), TEXT_ARG(question->why));
	case QUESTION_NO:
		return text_format(arena, "%.*s did not go back: %.*s", TEXT_ARG(money),
				   TEXT_ARG(question->why));
	case QUESTION_OPEN:
	case QUESTION_UNKNOWN:
	case QUESTION_STATUS_COUNT:
		break;
	}
	return text_format(arena,
			   "%.*s is ordered back to the payer, once; the books change when the "
			   "provider says that it is done, and until then his access stays. So "
			   "far: %.*s. `wavu explain %.*s` says how far it is",
			   TEXT_ARG(money),
			   TEXT_ARG(question->why.size > 0 ? question->why
							   : TEXT("it is about to be sent")),
			   TEXT_ARG(receipt));
}

bool control_reversal(struct document **out, int *exit_code, struct engine *engine,
		      struct seat *seat, const struct intent *intent,
		      const struct control_request *request, struct arena *arena,
		      struct error *error)
{
	const struct reversal_wish wish = { .receipt = request->arguments[0],
					    .reason = request->arguments[1],
					    .actor = request->actor,
					    .again = text_is(request->arguments[2], REFUND_AGAIN) };
	struct error why = { 0 };
	struct question question;

	if (!order(&question, seat, intent, &wish, arena, &why)) {
		if (why.code == ERROR_STORE || why.code == ERROR_LIMIT) {
			*error = why;
			return false;
		}
		*exit_code = error_disposition(why.code)->exit_code;
		*out = view_refused_order(text_of(why.text));
		return true;
	}
	log_line(LOG_INFO, "payment-order", "tenant=%.*s receipt=%.*s by=%.*s reason=\"%.*s\"",
		 TEXT_ARG(seat->tenant->name), TEXT_ARG(question.receipt),
		 TEXT_ARG(question.actor), TEXT_ARG(question.reason));
	if (!see_it_off(&question, engine, seat, arena, error))
		return false;
	*exit_code = question.status == QUESTION_NO ? 1 : 0;
	*out = view_order(&question, words_of(&question, intent, arena));
	return true;
}
