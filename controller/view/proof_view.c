#include "view/proof_view.h"

#include "base/zone.h"
#include "policies/silence.h"
#include "state/attempts.h"
#include "state/fleet.h"
#include "state/proof.h"

struct text age_text(struct arena *arena, int64_t us)
{
	int64_t minutes = us / MINUTE_US;

	if (us < 2 * MINUTE_US)
		return text_format(arena, "%lld s", (long long)(us > 0 ? us / SECOND_US : 0));
	if (minutes < 120)
		return text_format(arena, "%lld min", (long long)minutes);
	if (minutes < 48 * 60)
		return text_format(arena, "%lld h %lld min", (long long)(minutes / 60),
				   (long long)(minutes % 60));
	return text_format(arena, "%lld d %lld h", (long long)(minutes / 1440),
			   (long long)(minutes / 60 % 24));
}

/* ---- one credit ------------------------------------------------------------------------------ */

struct told {
	const char *state;
	struct text router, why, text;
	json_t *session;
	int64_t at, since_at;
	uint32_t tries;
};

static json_t *told_json(const struct outlook *outlook, const struct told *told)
{
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "state", told->state, "router",
			 json_text_or_null(told->router), "at",
			 json_of_time(outlook->zone, told->at), "session",
			 told->session != NULL ? told->session : json_null(), "since",
			 json_of_time(outlook->zone, told->since_at), "tries",
			 told->tries > 0 ? json_integer(told->tries) : json_null(), "why",
			 json_text_or_null(told->why), "text", json_of_text(told->text));
}

/* "2026-12-05 14:02:31", the tenant's time. */
static struct text moment(const struct outlook *outlook, int64_t at, struct arena *arena)
{
	struct text full = time_text(arena, outlook->zone, at);

	return text_format(arena, "%.10s %.8s", full.at, full.at + 11);
}

static void tell_online(struct told *told, const struct outlook *outlook,
			const struct ending *proof, struct arena *arena)
{
	static const char *const sessions[] = { ", nobody was dialled in", ", with a session" };

	told->state = "online";
	told->at = proof->at;
	told->session = json_of_ternary(proof->live);
	told->text = text_format(arena, "online: read back from router %.*s at %.*s%s",
				 TEXT_ARG(proof->router),
				 TEXT_ARG(moment(outlook, proof->at, arena)),
				 proof->live == TERNARY_UNKNOWN ? "" : sessions[proof->live]);
}

static const char *ordinal(uint32_t number)
{
	static const char *const ends[] = { "th", "st", "nd", "rd" };

	return number % 100 / 10 == 1 || number % 10 > 3 ? ends[0] : ends[number % 10];
}

/*
 * What stands in the way now is what the router's newest job says, not the first one that failed.
 */
static void tell_away(struct told *told, const struct outlook *outlook,
		      const struct router_state *state, struct arena *arena)
{
	told->tries = state->failures + 1;
	told->why = state->error;
	if (state->unreachable_since_at == 0) {
		told->text = text_format(arena, "waiting: %.*s, %u%s try", TEXT_ARG(state->error),
					 told->tries, ordinal(told->tries));
		return;
	}
	told->since_at = state->unreachable_since_at;
	told->text = text_format(
	    arena, "waiting: router %.*s is unreachable since %.*s, %u%s try: %.*s",
	    TEXT_ARG(told->router), TEXT_ARG(moment(outlook, told->since_at, arena)), told->tries,
	    ordinal(told->tries), TEXT_ARG(state->error));
}

static bool tell_waiting(struct told *told, const struct outlook *outlook,
			 const struct ending *proof, int64_t now, struct arena *arena,
			 struct error *error)
{
	const struct router *router = outlook->intent == NULL
					  ? NULL
					  : intent_router(outlook->intent, proof->router);
	struct router_state state = { 0 };
	bool found;

	if (!fleet_router(&found, &state, outlook->store, proof->router, arena, error))
		return false;
	told->state = "waiting";
	told->at = 0;
	told->why = proof->why;
	if (state.pause_until_at > now || (router != NULL && router->pause_until_at > now)) {
		told->why = state.pause_until_at > now ? state.pause_reason : router->pause_reason;
		told->text = text_format(arena, "waiting: router %.*s is paused: %.*s",
					 TEXT_ARG(proof->router), TEXT_ARG(told->why));
	} else if (found && state.failures > 0 && state.error.size > 0) {
		tell_away(told, outlook, &state, arena);
	} else if (proof->why.size > 0) {
		told->text = text_format(arena, "waiting: %.*s", TEXT_ARG(proof->why));
	} else {
		told->text = text_format(arena, "waiting: the job on router %.*s is due",
					 TEXT_ARG(proof->router));
	}
	return true;
}

/* Money that nobody was credited with gives nobody access. */
static void tell_uncredited(struct told *told, const struct payment *payment, struct text settled,
			    struct arena *arena)
{
	told->state = "none";
	if (settled.size > 0) {
		told->why = text_format(arena, "settled: %.*s stands for it", TEXT_ARG(settled));
		told->text = told->why;
		return;
	}
	told->why = text_format(arena, "%s%s%.*s", payment_status_word(payment->status),
				payment->reason.size > 0 ? ": " : "", TEXT_ARG(payment->reason));
	told->text = text_format(arena, "no access: %.*s", TEXT_ARG(told->why));
}

bool proof_json(json_t **out, const struct outlook *outlook, const struct payment *payment,
		int64_t now, struct arena *arena, struct error *error)
{
	struct told told = { 0 };
	struct ending proof;
	bool found = true;

	*out = NULL;
	if (payment->status != PAYMENT_CREDITED) {
		struct text settled = TEXT_NONE;

		if (payment->status == PAYMENT_HELD &&
		    !settled_by(&settled, outlook->store, payment->id, arena, error))
			return false;
		tell_uncredited(&told, payment, settled, arena);
		*out = told_json(outlook, &told);
		return true;
	}
	if (!proof_of(&found, &proof, outlook->store, payment->id, arena, error))
		return false;
	if (!found) {
		*out = json_null();
		return true;
	}
	told.router = proof.router;
	if (proof.state == ENDING_ONLINE) {
		tell_online(&told, outlook, &proof, arena);
	} else if (proof.state == ENDING_NONE) {
		told.state = "none";
		told.at = proof.at;
		told.why = proof.why;
		told.text = text_format(arena, "no access: %.*s", TEXT_ARG(proof.why));
	} else if (!tell_waiting(&told, outlook, &proof, now, arena, error)) {
		return false;
	}
	*out = told_json(outlook, &told);
	return true;
}

/* ---- status ---------------------------------------------------------------------------------- */

static json_t *ms_or_null(int64_t us)
{
	return us < 0 ? json_null() : json_integer((us + 500) / 1000);
}

bool proof_silence(struct silence *out, const struct outlook *outlook, int64_t now,
		   struct arena *arena, struct error *error)
{
	struct income_hour *hours;
	uint32_t count;
	int64_t from_hour = now / HOUR_US - 400 * 24;

	if (!income_read(&hours, &count, outlook->store, from_hour, arena, error))
		return false;
	*out = silence_judge(hours, count, outlook->zone, now);
	return true;
}

bool proof_status(json_t *payments, const struct outlook *outlook, int64_t now, struct arena *arena,
		  struct error *error)
{
	struct proof_totals totals;
	struct silence silence;
	int64_t prompts;
	json_t *more;

	if (!proof_totals(&totals, outlook->store, arena, error) ||
	    !attempts_open_count(&prompts, outlook->store, error) ||
	    !proof_silence(&silence, outlook, now, arena, error))
		return false;
	more = json_pack(
	    "{s:o, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "unmatched_amount",
	    json_of_cents(totals.unmatched_cents), "held_amount", json_of_cents(totals.held_cents),
	    "waiting_count", (json_int_t)totals.waiting_count, "waiting_since",
	    json_of_time(outlook->zone, totals.waiting_since_at), "waiting_age_s",
	    totals.waiting_count > 0 ? json_integer((now - totals.waiting_since_at) / SECOND_US)
				     : json_null(),
	    "access_p50_ms", ms_or_null(totals.p50_us), "access_p99_ms", ms_or_null(totals.p99_us),
	    "last_verified_at", json_of_time(outlook->zone, silence.since_at), "silence",
	    silence.is_alarm ? json_pack("{s:o, s:I, s:I}", "since",
					 json_of_time(outlook->zone, silence.since_at), "age_s",
					 (json_int_t)((now - silence.since_at) / SECOND_US),
					 "missed", (json_int_t)(silence.missed_milli / 1000))
			     : json_null());
	json_object_set_new(more, "prompts_open", json_integer((json_int_t)prompts));
	json_object_update(payments, more);
	json_decref(more);
	return true;
}

static struct text silence_text(const json_t *silence, struct arena *arena)
{
	return text_format(
	    arena,
	    "no payment for %.*s: by now %lld usually came. Are the callbacks registered, and does "
	    "the provider reach this machine? wavu payment urls",
	    TEXT_ARG(age_text(arena, member_int(silence, "age_s") * SECOND_US)),
	    (long long)member_int(silence, "missed"));
}

uint32_t proof_alarms(const json_t *tenant, struct alarm *alarms, struct arena *arena)
{
	const json_t *payments = json_object_get(tenant, "payments");
	const json_t *silence = json_object_get(payments, "silence");
	struct text currency = member_text(payments, "currency");
	int64_t unmatched = member_int(payments, "unmatched_count"),
		held = member_int(payments, "held_count"),
		waiting = member_int(payments, "waiting_count"),
		age_s = member_int(payments, "waiting_age_s");
	uint32_t count = 0;

	if (json_is_object(silence))
		alarms[count++] = (struct alarm){ silence_text(silence, arena), "/payments" };
	/* Every credit waits some milliseconds. */
	if (waiting > 0 && age_s >= 5)
		alarms[count++] = (struct alarm){
			text_format(arena, "%lld paid and wait%s for a router, the oldest for %.*s",
				    (long long)waiting, waiting == 1 ? "s" : "",
				    TEXT_ARG(age_text(arena, age_s * SECOND_US))),
			"/payments/waiting"
		};
	if (unmatched > 0)
		alarms[count++] = (struct alarm){
			text_format(arena,
				    "%lld payment%s no owner, %.*s %.*s: wavu payment list "
				    "--status unmatched",
				    (long long)unmatched, unmatched == 1 ? " has" : "s have",
				    TEXT_ARG(member_text(payments, "unmatched_amount")),
				    TEXT_ARG(currency)),
			"/payments/unmatched"
		};
	if (held > 0)
		alarms[count++] = (struct alarm){
			text_format(arena,
				    "%lld payment%s held for a person, %.*s %.*s readable: wavu "
				    "payment list --status held",
				    (long long)held, held == 1 ? " is" : "s are",
				    TEXT_ARG(member_text(payments, "held_amount")),
				    TEXT_ARG(currency)),
			"/payments/held"
		};
	return count;
}
