#include "view/explain_inside.h"

#include "base/clock.h"
#include "model/attempt.h"

/* What somebody who has not paid is told: how much is missing, and what his phone said. */

static struct text missing(const struct chain *chain, const struct standing_now *given)
{
	const struct package *package = given->subscriber->package;
	enum state state = given->entitlement.state;
	int64_t cents = package->price_cents - given->balance_cents;

	if (cents <= 0 || state == STATE_PAUSED || state == STATE_TERMINATED)
		return TEXT_NONE;
	return text_format(chain->arena, " %.*s buy the next period of %.*s.",
			   TEXT_ARG(chain_money(chain, cents)), TEXT_ARG(package->name));
}

struct text explain_prompted(const struct chain *chain, const struct attempt *prompt)
{
	struct text money = chain_money(chain, prompt->cents);
	struct text at = chain_moment(chain, prompt->created_at);

	switch (prompt->status) {
	case ATTEMPT_CREATED:
		return text_format(chain->arena,
				   " A prompt of %.*s was asked for at %.*s and nobody knows yet "
				   "that it arrived%s%.*s%s.",
				   TEXT_ARG(money), TEXT_ARG(at),
				   prompt->reason.size > 0 ? ": " : "", TEXT_ARG(prompt->reason),
				   prompt->next_at != 0 ? "; wavu goes on by itself" : "");
	case ATTEMPT_PROMPTED:
		return text_format(
		    chain->arena,
		    " A prompt of %.*s went to %.*s at %.*s: it waits for the PIN, or "
		    "for the provider's word%s.",
		    TEXT_ARG(money), TEXT_ARG(prompt->phone), TEXT_ARG(at),
		    prompt->next_at != 0 ? ", which wavu asks for by itself" : "");
	case ATTEMPT_FAILED:
	case ATTEMPT_EXPIRED:
		return text_format(chain->arena,
				   " The prompt of %.*s at %.*s brought nothing: "
				   "%.*s.",
				   TEXT_ARG(money), TEXT_ARG(at), TEXT_ARG(prompt->reason));
	case ATTEMPT_PAID:
	case ATTEMPT_STATUS_COUNT:
		break;
	}
	return TEXT_NONE;
}

static struct text shut(const struct chain *chain, const struct standing_now *given)
{
	struct text prompt = TEXT_NONE;

	if (given->prompt != NULL)
		prompt = explain_prompted(chain, given->prompt);
	return text_format(chain->arena, "%.*s has no access (%s): %.*s.%.*s%.*s",
			   TEXT_ARG(given->subscriber->account),
			   state_word(given->entitlement.state),
			   TEXT_ARG(given->entitlement.because), TEXT_ARG(missing(chain, given)),
			   TEXT_ARG(prompt));
}

/* A pause may come from git or from a command. */
static struct text paused_why(const struct chain *chain, const struct standing_now *given)
{
	const struct router *router = given->subscriber->router;

	if (given->router->pause_until_at > chain->now)
		return given->router->pause_reason;
	return router->pause_until_at > chain->now ? router->pause_reason : TEXT_NONE;
}

/* The router of somebody who has paid cannot be reached: everything else is guessing. */
static struct text away(const struct chain *chain, const struct standing_now *given)
{
	const struct router_state *router = given->router;

	return text_format(
	    chain->arena,
	    "Router %.*s does not answer since %.*s (try %u)%s. Look after its power "
	    "and its line: wavu writes what is due as soon as it answers",
	    TEXT_ARG(router->name), TEXT_ARG(chain_moment(chain, router->unreachable_since_at)),
	    router->failures + 1,
	    given->row_open && !given->waits ? "; until then access was open there" : "");
}

static struct text at_router(const struct chain *chain, const struct standing_now *given)
{
	const struct subscriber *subscriber = given->subscriber;
	const struct router_state *router = given->router;
	struct text name = subscriber->router->name;
	struct arena *arena = chain->arena;

	if (router == NULL)
		return text_format(arena, "Router %.*s was never looked at: is `wavu run` there?",
				   TEXT_ARG(name));
	if (subscriber->router->mode != MODE_MANAGE)
		return text_format(arena, "Router %.*s is only watched: `mode: manage` lets him in",
				   TEXT_ARG(name));
	/* What is open already stays open through a pause. */
	if (paused_why(chain, given).size > 0 && (given->waits || !given->row_open))
		return text_format(arena, "Router %.*s is paused (%.*s): `wavu resume %.*s`",
				   TEXT_ARG(name), TEXT_ARG(paused_why(chain, given)),
				   TEXT_ARG(name));
	if (router->unreachable_since_at != 0)
		return away(chain, given);
	if (router->failures > 0 && router->error.size > 0)
		return text_format(arena, "Router %.*s: %.*s", TEXT_ARG(name),
				   TEXT_ARG(router->error));
	if (given->waits)
		return text_format(arena, "Router %.*s is about to be told", TEXT_ARG(name));
	if (given->row_open)
		return text_format(arena,
				   "Router %.*s was read back so at %.*s. If there is no internet "
				   "all the same, the payment is not why: look at his cable, his "
				   "device and its login `%.*s`",
				   TEXT_ARG(name),
				   TEXT_ARG(chain_moment(chain, chain->read_at)),
				   TEXT_ARG(subscriber->username));
	if (router->held_commit.size > 0)
		return text_format(arena,
				   "Router %.*s waits for its wave of the roll-out: `wavu apply "
				   "--router %.*s` brings it forward",
				   TEXT_ARG(name), TEXT_ARG(name));
	return text_format(arena,
			   "There is no open row of wavu's on router %.*s: `wavu plan --router "
			   "%.*s` and `wavu drift --foreign` say what is in the way",
			   TEXT_ARG(name), TEXT_ARG(name));
}

struct text explain_verdict(const struct chain *chain, const struct standing_now *given)
{
	if (!state_is_open(given->entitlement.state))
		return shut(chain, given);
	return text_format(chain->arena, "%.*s is %s: %.*s. %.*s",
			   TEXT_ARG(given->subscriber->account),
			   state_word(given->entitlement.state),
			   TEXT_ARG(given->entitlement.because), TEXT_ARG(at_router(chain, given)));
}
