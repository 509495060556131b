#include "loop/control_register.h"

#include "asking/asker.h"
#include "asking/pulling.h"
#include "base/clock.h"
#include "loop/engine_inside.h"

/* What became of the channels so far. */
struct enrolment {
	struct engine *engine;
	struct text words, only;
	uint32_t done, failed;
	struct arena *arena;
};

static void tell(struct enrolment *enrolment, const struct seat *seat,
		 const struct channel *channel, const char *what, enum enrolled how,
		 struct text why)
{
	static const char *const verdicts[] = { [ENROLLED_NOT] = "NOT registered",
						[ENROLLED] = "registered",
						[ENROLLED_ELSEWHERE] = "not by wavu" };

	enrolment->words = text_format(enrolment->arena, "%.*s%s%.*s/%.*s%s: %s%s%.*s",
				       TEXT_ARG(enrolment->words),
				       enrolment->words.size > 0 ? "\n" : "",
				       TEXT_ARG(seat->tenant->name), TEXT_ARG(channel->name), what,
				       verdicts[how], why.size > 0 ? ": " : "", TEXT_ARG(why));
	enrolment->done += how == ENROLLED;
	enrolment->failed += how == ENROLLED_NOT;
}

static bool register_list(struct enrolment *enrolment, struct seat *seat,
			  const struct intent *intent, const struct channel *channel,
			  struct error *error)
{
	struct text base, why = TEXT_NONE, url;
	bool done = false;

	if (asker_own_url(&base, &why, seat, channel, enrolment->arena)) {
		url = text_format(enrolment->arena, "%.*s/confirmation", TEXT_ARG(base));
		if (!pulling_enrol(&done, &why, asker_inquiry(enrolment->engine->asker), seat,
				   intent, channel, url, clock_now(), enrolment->arena, error))
			return false;
	}
	if (done)
		asker_wake(enrolment->engine->asker);
	tell(enrolment, seat, channel, " (its list)", done ? ENROLLED : ENROLLED_NOT, why);
	return true;
}

static bool register_seat(struct enrolment *enrolment, struct seat *seat, struct error *error)
{
	struct intent *intent = seat_intent(seat);
	bool done = true;

	for (uint32_t i = 0; done && intent != NULL && i < intent->tenant.channel_count; i++) {
		const struct channel *channel = &intent->tenant.channels[i];
		struct text why = TEXT_NONE;
		enum enrolled how;

		if (enrolment->only.size > 0 && !text_equal(enrolment->only, channel->name))
			continue;
		how = asker_enrol(&why, enrolment->engine->asker, seat, intent, channel,
				  enrolment->arena);
		tell(enrolment, seat, channel, "", how, why);
		if (channel->pull)
			done = register_list(enrolment, seat, intent, channel, error);
	}
	intent_release(intent);
	return done;
}

bool control_register(bool *well, struct text *words, struct engine *engine,
		      const struct control_request *request, struct arena *arena,
		      struct error *error)
{
	struct text only = request->argument_count > 0 ? request->arguments[0] : TEXT_NONE;
	struct enrolment enrolment = { .engine = engine, .only = only, .arena = arena };

	for (uint32_t i = 0; i < engine_seat_count(engine); i++) {
		struct seat *seat = engine_seat(engine, i);

		if ((request->tenant.size == 0 ||
		     text_equal(request->tenant, seat->tenant->name)) &&
		    !register_seat(&enrolment, seat, error))
			return false;
	}
	*well = enrolment.failed == 0 && enrolment.done > 0;
	*words = enrolment.words;
	if (words->size > 0)
		return true;
	*words = only.size > 0
		     ? text_format(arena,
				   "the commit in force declares no channel %.*s; `wavu payment "
				   "urls` lists all",
				   TEXT_ARG(only))
		     : TEXT("there is no channel to register: the commit in force declares none "
			    "under `payments`");
	return true;
}
