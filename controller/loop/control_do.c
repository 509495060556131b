#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "loop/control.h"
#include "loop/control_list.h"
#include "loop/control_register.h"
#include "loop/control_reversal.h"
#include "loop/control_statement.h"
#include "loop/engine_inside.h"
#include "loop/pass.h"
#include "money/booking.h"
#include "money/booking_refund.h"
#include "money/booking_reversal.h"
#include "seat/person.h"
#include "state/attempts.h"
#include "state/fleet.h"
#include "state/ledger.h"
#include "view/attempt_view.h"
#include "view/message_view.h"

/* What a command works with. */
struct desk {
	struct control_answer *out;
	struct engine *engine;
	const struct control_request *request;
	struct arena *arena;
};

#define EXIT_USAGE 64

static struct text argument(const struct desk *desk, uint32_t index)
{
	return index < desk->request->argument_count ? desk->request->arguments[index] : TEXT_NONE;
}

static bool answer_document(struct desk *desk, int exit_code, struct document *document)
{
	struct control_answer *out = desk->out;

	out->exit_code = exit_code;
	out->shape = text_of(document_shape(document));
	out->json = document_render(document, FORMAT_JSON, false, desk->arena);
	return true;
}

static bool answer_message(struct desk *desk, int exit_code, struct text message, const char *key,
			   struct text value)
{
	struct document *document = view_message(exit_code == 0, message, key, value);

	answer_document(desk, exit_code, document);
	document_free(document);
	desk->out->message = text_copy(desk->arena, message);
	return true;
}

/* A failure that is the asker's, not the store's. */
static bool answer_error(struct desk *desk, const struct error *error, struct error *store_error)
{
	if (error->code == ERROR_STORE || error->code == ERROR_LIMIT) {
		*store_error = *error;
		return false;
	}
	return answer_message(desk, error_disposition(error->code)->exit_code,
			      text_copy(desk->arena, text_of(error->text)), NULL, TEXT_NONE);
}

/* ---- which tenant is meant ------------------------------------------------------------------- */

enum meant { MEANT_ROUTER, MEANT_ACCOUNT, MEANT_RECEIPT };

static bool has_it(bool *has, struct seat *seat, enum meant meant, struct text name,
		   struct arena *arena, struct error *error)
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

static bool answer_ambiguous(struct desk *desk, struct text name)
{
	return answer_message(desk, EXIT_USAGE,
			      text_format(desk->arena,
					  "%.*s could be of two tenants: say which with --tenant",
					  TEXT_ARG(name)),
			      NULL, TEXT_NONE);
}

/* The tenant named, the only one there is, or the only one that has it. NULL: the answer says why.
 */
static bool find_seat(struct seat **out, struct desk *desk, enum meant meant, struct text name,
		      struct error *error)
{
	static const char *const nouns[] = { "router", "account", "payment" };
	uint32_t count = engine_seat_count(desk->engine), hits = 0;

	*out = NULL;
	if (desk->request->tenant.size > 0) {
		*out = engine_seat_named(desk->engine, desk->request->tenant);
		return *out != NULL ||
		       answer_message(desk, 1,
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

		if (!has_it(&has, seat, meant, name, desk->arena, error))
			return false;
		if (has)
			*out = seat;
		hits += has;
	}
	if (hits == 1)
		return true;
	*out = NULL;
	if (hits == 0)
		return answer_message(
		    desk, 1,
		    text_format(desk->arena, "no such %s: %.*s", nouns[meant], TEXT_ARG(name)),
		    NULL, TEXT_NONE);
	return answer_ambiguous(desk, name);
}

/* ---- money ----------------------------------------------------------------------------------- */

typedef bool booking_work(struct booked *booked, struct desk *desk, struct seat *seat,
			  const struct intent *intent, int64_t now, struct error *error);

static bool work_record(struct booked *booked, struct desk *desk, struct seat *seat,
			const struct intent *intent, int64_t now, struct error *error)
{
	struct text held = argument(desk, 3), actor = desk->request->actor;

	return booking_cash(booked, seat, intent, argument(desk, 0), argument(desk, 1),
			    argument(desk, 2), actor, now, desk->arena, error) &&
	       (held.size == 0 ||
		booking_settle(seat, held, booked, actor, now, desk->arena, error));
}

static bool work_assign(struct booked *booked, struct desk *desk, struct seat *seat,
			const struct intent *intent, int64_t now, struct error *error)
{
	return booking_assign(booked, seat, intent, argument(desk, 0), argument(desk, 1),
			      desk->request->actor, now, desk->arena, error);
}

static struct text say_booked(struct desk *desk, const struct booked *booked,
			      const struct intent *intent)
{
	struct text amount = text_of_cents(desk->arena, booked->payment.amount_cents);
	struct text until = TEXT_NONE;

	if (booked->paid_until_at != 0)
		until = time_text(desk->arena, intent->tenant.zone, booked->paid_until_at);
	return text_format(desk->arena, "%.*s %.*s credited to %.*s%s%.*s", TEXT_ARG(amount),
			   TEXT_ARG(intent->tenant.currency), TEXT_ARG(booked->subscriber->account),
			   until.size > 0 ? ", paid until " : "", TEXT_ARG(until));
}

static bool book(struct desk *desk, struct seat *seat, booking_work *work, struct error *error)
{
	struct intent *intent = seat_intent(seat);
	struct booked booked;
	struct error why = { 0 };

	if (intent == NULL)
		return answer_message(desk, 1, TEXT("no commit is in force yet"), NULL, TEXT_NONE);
	if (!store_begin(seat->store, error)) {
		intent_release(intent);
		return false;
	}
	if (!work(&booked, desk, seat, intent, clock_now(), &why)) {
		store_abort(seat->store);
		intent_release(intent);
		return answer_error(desk, &why, error);
	}
	if (!store_commit(seat->store, error)) {
		intent_release(intent);
		return false;
	}
	booking_tell(seat, &booked);
	log_line(LOG_INFO, "payment",
		 "tenant=%.*s receipt=%.*s status=credited account=%.*s by=%.*s",
		 TEXT_ARG(seat->tenant->name), TEXT_ARG(booked.payment.receipt),
		 TEXT_ARG(booked.subscriber->account), TEXT_ARG(desk->request->actor));
	answer_message(desk, 0, say_booked(desk, &booked, intent), "receipt",
		       booked.payment.receipt);
	intent_release(intent);
	return true;
}

static bool do_record(struct desk *desk, struct error *error)
{
	struct seat *seat;

	if (!find_seat(&seat, desk, MEANT_ACCOUNT, argument(desk, 0), error))
		return false;
	return seat == NULL || book(desk, seat, work_record, error);
}

static bool do_assign(struct desk *desk, struct error *error)
{
	struct seat *seat;

	if (!find_seat(&seat, desk, MEANT_RECEIPT, argument(desk, 0), error))
		return false;
	return seat == NULL || book(desk, seat, work_assign, error);
}

static struct text say_refunded(struct desk *desk, const struct refunded *refunded,
				const struct intent *intent)
{
	const struct payment *payment = &refunded->booked.payment;
	struct text currency = intent->tenant.currency, until = TEXT("nothing is paid");
	struct text amount = TEXT("an unreadable amount"), balance;
	bool owes = refunded->balance_cents < 0;

	if (payment->has_amount)
		amount = text_format(desk->arena, "%.*s %.*s",
				     TEXT_ARG(text_of_cents(desk->arena, payment->amount_cents)),
				     TEXT_ARG(currency));
	if (payment->status != PAYMENT_CREDITED)
		return text_format(desk->arena, "%.*s of %.*s refunded; it was %s, so nobody loses"
						" paid time",
				   TEXT_ARG(amount), TEXT_ARG(payment->receipt),
				   payment_status_word(payment->status));
	if (refunded->booked.paid_until_at != 0)
		until = text_format(desk->arena, "paid until %.*s",
				    TEXT_ARG(time_text(desk->arena, intent->tenant.zone,
						       refunded->booked.paid_until_at)));
	balance = text_of_cents(desk->arena,
				owes ? -refunded->balance_cents : refunded->balance_cents);
	return text_format(desk->arena, "%.*s of %.*s refunded to %.*s: %u %s taken back, %.*s, %s"
					" %.*s",
			   TEXT_ARG(amount), TEXT_ARG(payment->receipt), TEXT_ARG(payment->account),
			   refunded->taken_periods,
			   refunded->taken_periods == 1 ? "period" : "periods", TEXT_ARG(until),
			   owes ? "still owes" : "balance", TEXT_ARG(balance));
}

static bool refund(struct desk *desk, struct seat *seat, const struct intent *intent,
		   struct error *error)
{
	struct refunded refunded;
	struct error why = { 0 };
	struct text warning, words;

	if (!store_begin(seat->store, error))
		return false;
	if (!booking_reversal_by_hand(&warning, seat, argument(desk, 0), desk->arena, &why) ||
	    !booking_refund(&refunded, seat, intent, argument(desk, 0), argument(desk, 1),
			    desk->request->actor, clock_now(), desk->arena, &why)) {
		store_abort(seat->store);
		return answer_error(desk, &why, error);
	}
	if (!store_commit(seat->store, error))
		return false;
	booking_tell(seat, &refunded.booked);
	log_line(LOG_INFO, "payment",
		 "tenant=%.*s receipt=%.*s status=reversed account=%.*s by=%.*s",
		 TEXT_ARG(seat->tenant->name), TEXT_ARG(refunded.booked.payment.receipt),
		 TEXT_ARG(refunded.booked.payment.account), TEXT_ARG(desk->request->actor));
	words = say_refunded(desk, &refunded, intent);
	if (warning.size > 0)
		words = text_format(desk->arena, "%.*s. %.*s", TEXT_ARG(words), TEXT_ARG(warning));
	return answer_message(desk, 0, words, "receipt", refunded.booked.payment.receipt);
}

static bool refund_through_provider(struct desk *desk, struct seat *seat,
				    const struct intent *intent, struct error *error)
{
	struct document *document;
	int exit_code;

	if (!control_reversal(&document, &exit_code, desk->engine, seat, intent, desk->request,
			      desk->arena, error))
		return false;
	answer_document(desk, exit_code, document);
	document_free(document);
	return true;
}

static bool do_refund(struct desk *desk, struct error *error)
{
	struct intent *intent;
	struct seat *seat;
	bool done;

	if (!find_seat(&seat, desk, MEANT_RECEIPT, argument(desk, 0), error))
		return false;
	if (seat == NULL)
		return true;
	intent = seat_intent(seat);
	if (intent == NULL)
		return answer_message(desk, 1, TEXT("no commit is in force yet"), NULL, TEXT_NONE);
	done = argument(desk, 2).size > 0 ? refund_through_provider(desk, seat, intent, error)
					  : refund(desk, seat, intent, error);
	intent_release(intent);
	return done;
}

static bool do_statement(struct desk *desk, struct error *error)
{
	struct document *document = NULL;
	struct text why = TEXT("no commit is in force yet");
	struct intent *intent;
	struct seat *seat;
	bool done = true;

	if (!find_seat(&seat, desk, MEANT_RECEIPT, argument(desk, 2), error))
		return false;
	if (seat == NULL)
		return true;
	intent = seat_intent(seat);
	if (intent != NULL)
		done = control_statement(&document, &why, seat, intent, desk->request, desk->arena,
					 error);
	intent_release(intent);
	if (!done || document == NULL)
		return done && answer_message(desk, 1, why, NULL, TEXT_NONE);
	answer_document(desk, 0, document);
	document_free(document);
	return true;
}

/* ---- prompts --------------------------------------------------------------------------------- */

/* While a controller runs its asker sends the prompt at once; else this process does. */
static bool send_now(struct desk *desk, struct seat *seat, struct attempt *attempt,
		     struct error *error)
{
	int64_t next_at = 0;
	bool found;

	if (engine_role(desk->engine) == ENGINE_RUN) {
		asker_wake(desk->engine->asker);
		return true;
	}
	return asker_visit(desk->engine->asker, seat, attempt->channel, clock_now(), &next_at,
			   error) &&
	       attempts_find(&found, attempt, seat->store, attempt->id, desk->arena, error);
}

static bool do_request(struct desk *desk, struct error *error)
{
	const struct wanted_prompt wanted = { .account = argument(desk, 0),
					      .amount = argument(desk, 1),
					      .phone = argument(desk, 2),
					      .channel = argument(desk, 3),
					      .actor = desk->request->actor };
	struct error why = { 0 };
	struct attempt attempt;
	struct document *document;
	struct intent *intent;
	struct seat *seat;
	bool fresh, done;

	if (!find_seat(&seat, desk, MEANT_ACCOUNT, wanted.account, error))
		return false;
	if (seat == NULL)
		return true;
	intent = seat_intent(seat);
	if (intent == NULL)
		return answer_message(desk, 1, TEXT("no commit is in force yet"), NULL, TEXT_NONE);
	done = asker_request(&fresh, &attempt, seat, intent, &wanted, clock_now(), desk->arena,
			     &why);
	if (!done) {
		intent_release(intent);
		return answer_error(desk, &why, error);
	}
	done = !fresh || send_now(desk, seat, &attempt, error);
	if (done) {
		document = view_attempt(&attempt, fresh, intent->tenant.zone, desk->arena);
		answer_document(desk, 0, document);
		document_free(document);
	}
	intent_release(intent);
	return done;
}

static bool do_list(struct desk *desk, struct error *error)
{
	struct text why = TEXT("no commit is in force yet");
	struct intent *intent;
	struct seat *seat;
	bool done = true;

	if (!find_seat(&seat, desk, MEANT_RECEIPT, TEXT_NONE, error))
		return false;
	if (seat == NULL)
		return true;
	intent = seat_intent(seat);
	if (intent != NULL) {
		why = TEXT_NONE;
		done = control_list_now(&why, desk->engine, seat, intent, desk->arena, error);
	}
	intent_release(intent);
	return done && answer_message(desk, why.size > 0 ? 1 : 0,
			      why.size > 0 ? why : TEXT("the list was read"), NULL, TEXT_NONE);
}

static bool do_covered(struct desk *desk, struct error *error)
{
	struct seat *seat;
	bool done;

	if (!find_seat(&seat, desk, MEANT_RECEIPT, TEXT_NONE, error))
		return false;
	if (seat == NULL)
		return true;
	if (!control_list_covered(&done, seat, desk->request, error))
		return false;
	return answer_message(desk, done ? 0 : 1,
			      done ? TEXT("noted") : TEXT("these are no two moments"), NULL,
			      TEXT_NONE);
}

static bool do_register(struct desk *desk, struct error *error)
{
	struct text words;
	bool well;

	return control_register(&well, &words, desk->engine, desk->request, desk->arena, error) &&
	       answer_message(desk, well ? 0 : 1, words, NULL, TEXT_NONE);
}

/* ---- pause and resume ------------------------------------------------------------------------ */

static bool read_until(int64_t *until_at, struct text typed, const struct zone *zone, int64_t now)
{
	struct period period;

	if (time_parse(typed, zone, false, until_at))
		return *until_at > now;
	if (!period_parse(typed, &period))
		return false;
	*until_at = period_add(zone, now, period, 0);
	return true;
}

static bool store_pause(struct seat *seat, struct text router, int64_t until_at, struct text reason,
			struct error *error)
{
	if (!store_begin(seat->store, error))
		return false;
	if (!fleet_pause(seat->store, router, until_at, reason, error)) {
		store_abort(seat->store);
		return false;
	}
	return store_commit(seat->store, error);
}

/* The later of the two pauses holds, so the word of the command is not always the last one. */
static struct text words_paused(struct desk *desk, const struct zone *zone, struct text name,
				int64_t until_at, int64_t by_git_until_at)
{
	bool by_git = by_git_until_at > clock_now() && by_git_until_at > until_at;
	struct text until = time_text(desk->arena, zone, by_git ? by_git_until_at : until_at);

	if (by_git)
		return text_format(desk->arena,
				   "%.*s stays paused until %.*s: its `pause` in git says so",
				   TEXT_ARG(name), TEXT_ARG(until));
	if (until_at == 0)
		return text_format(desk->arena, "%.*s is resumed", TEXT_ARG(name));
	return text_format(desk->arena, "%.*s is paused until %.*s", TEXT_ARG(name),
			   TEXT_ARG(until));
}

static bool pause_or_resume(struct desk *desk, bool pause, struct error *error)
{
	struct text name = argument(desk, 0), reason = text_trim(argument(desk, 2)), words;
	const struct router *router;
	struct intent *intent;
	struct seat *seat;
	int64_t until_at = 0, by_git_until_at;
	bool there, good = true;

	if (!find_seat(&seat, desk, MEANT_ROUTER, name, error))
		return false;
	if (seat == NULL)
		return true;
	intent = seat_intent(seat);
	router = intent != NULL ? intent_router(intent, name) : NULL;
	there = router != NULL;
	by_git_until_at = there ? router->pause_until_at : 0;
	if (there && pause)
		good = reason.size > 0 &&
		       read_until(&until_at, argument(desk, 1), intent->tenant.zone, clock_now());
	words = there && good ? words_paused(desk, intent->tenant.zone, name, until_at,
					     by_git_until_at)
			      : TEXT_NONE;
	intent_release(intent);
	if (!there)
		return answer_message(
		    desk, 1, text_format(desk->arena, "no such router: %.*s", TEXT_ARG(name)), NULL,
		    TEXT_NONE);
	if (!good)
		return answer_message(
		    desk, EXIT_USAGE,
		    TEXT("a pause needs --until with a time to come or a duration "
			 "(2026-12-01T06:00, 6h), and a --reason"),
		    NULL, TEXT_NONE);
	if (!store_pause(seat, name, until_at, reason, error))
		return false;
	/* A shorter pause, too: the router is due when this one ends, not the former. */
	seat_ring(seat, name, URGENCY_NORMAL);
	return answer_message(desk, 0, words, NULL, TEXT_NONE);
}

static bool do_pause(struct desk *desk, struct error *error)
{
	return pause_or_resume(desk, true, error);
}

static bool do_resume(struct desk *desk, struct error *error)
{
	return pause_or_resume(desk, false, error);
}

/* ---- somebody's service -------------------------------------------------------------------- */

static const struct subscriber *find_subscriber(const struct intent *intent, struct text account,
						struct arena *arena)
{
	struct text reference = text_reference(arena, account);
	const struct subscriber *subscriber = NULL;

	if (intent == NULL)
		return NULL;
	subscriber = intent_subscriber(intent, reference);
	if (subscriber == NULL && intent_by_alias(intent, reference, &subscriber) != 1)
		return NULL;
	return subscriber;
}

static bool store_service(struct desk *desk, struct seat *seat, const struct subscriber *subscriber,
			  bool paused, struct error *error)
{
	struct text who = desk->request->actor, why = text_trim(argument(desk, 1)), because;
	int64_t now = clock_now();

	because = text_format(desk->arena, "%.*s was %s by %.*s%s%.*s",
			      TEXT_ARG(subscriber->account), paused ? "paused" : "resumed",
			      TEXT_ARG(who), why.size > 0 ? ": " : "", TEXT_ARG(why));
	if (!store_begin(seat->store, error))
		return false;
	if (!ledger_pause(seat->store, subscriber->reference, paused, who, now, error) ||
	    !person_mark(seat, subscriber->router->name, subscriber->reference, CAUSE_PERSON,
			 because, now, error)) {
		store_abort(seat->store);
		return false;
	}
	return store_commit(seat->store, error);
}

static bool change_service(struct desk *desk, struct seat *seat,
			   const struct subscriber *subscriber, bool paused, struct error *error)
{
	struct standing standing;
	struct text words;

	if (!ledger_standing(&standing, seat->store, subscriber->reference, desk->arena, error))
		return false;
	words = text_format(desk->arena, "%.*s is %s", TEXT_ARG(subscriber->account),
			    paused ? "paused; the paid time runs on" : "resumed");
	if (paused && !standing.known)
		return answer_message(
		    desk, 1,
		    text_format(desk->arena, "%.*s has never paid: there is nothing to pause",
				TEXT_ARG(subscriber->account)),
		    NULL, TEXT_NONE);
	if (standing.paused != paused) {
		if (!store_service(desk, seat, subscriber, paused, error))
			return false;
		seat_dirty(seat, subscriber->reference);
		person_ring(seat, subscriber->router->name, subscriber->reference, URGENCY_URGENT);
	}
	return answer_message(desk, 0, words, "account", subscriber->account);
}

static bool pause_service(struct desk *desk, bool paused, struct error *error)
{
	struct text account = argument(desk, 0);
	const struct subscriber *subscriber;
	struct intent *intent;
	struct seat *seat;
	bool done;

	if (!find_seat(&seat, desk, MEANT_ACCOUNT, account, error))
		return false;
	if (seat == NULL)
		return true;
	intent = seat_intent(seat);
	subscriber = find_subscriber(intent, account, desk->arena);
	done = subscriber != NULL
		   ? change_service(desk, seat, subscriber, paused, error)
		   : answer_message(
			 desk, 1,
			 text_format(desk->arena, "no such account: %.*s", TEXT_ARG(account)), NULL,
			 TEXT_NONE);
	intent_release(intent);
	return done;
}

static bool do_service_pause(struct desk *desk, struct error *error)
{
	return pause_service(desk, true, error);
}

static bool do_service_resume(struct desk *desk, struct error *error)
{
	return pause_service(desk, false, error);
}

/* ---- apply ----------------------------------------------------------------------------------- */

/* A router's name may be of two tenants; no name means all routers of all tenants. */
static bool is_one_tenants(bool *clear, struct desk *desk, struct text router, struct error *error)
{
	uint32_t hits = 0;

	*clear = true;
	if (router.size == 0 || desk->request->tenant.size > 0)
		return true;
	for (uint32_t i = 0; i < engine_seat_count(desk->engine); i++) {
		bool has;

		if (!has_it(&has, engine_seat(desk->engine, i), MEANT_ROUTER, router, desk->arena,
			    error))
			return false;
		hits += has;
	}
	*clear = hits < 2;
	return *clear || answer_ambiguous(desk, router);
}

static bool do_apply(struct desk *desk, struct error *error)
{
	const struct control_request *request = desk->request;
	struct pass_wish wish = { .tenant = request->tenant,
				  .router = argument(desk, 0),
				  .actor = request->actor };
	struct pass pass;
	bool done, clear;

	if (request->argument_count > 1) {
		wish.approvals = request->arguments + 1;
		wish.approval_count = request->argument_count - 1;
	}
	if (request->tenant.size > 0 && engine_seat_named(desk->engine, request->tenant) == NULL)
		return answer_message(
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
			answer_document(desk, pass.exit_code, pass.document);
		else
			answer_message(desk, pass.exit_code, pass.message, NULL, TEXT_NONE);
		desk->out->message = text_copy(desk->arena, pass.message);
	}
	pass_free(&pass);
	return done;
}

/* ---- the table ------------------------------------------------------------------------------- */

static const struct command {
	const char *name;
	uint32_t arguments_min;
	bool (*work)(struct desk *desk, struct error *error);
} commands[] = {
	{ "apply", 0, do_apply },   { "assign", 2, do_assign },
	{ "covered", 3, do_covered }, { "list", 0, do_list }, { "pause", 3, do_pause },
	{ "record", 3, do_record }, { "refund", 2, do_refund },
	{ "register", 0, do_register },
	{ "request", 4, do_request }, { "resume", 1, do_resume },
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
	return answer_message(&desk, EXIT_USAGE,
			      text_format(arena, "no such command, or too few words: %.*s",
					  TEXT_ARG(request->command)),
			      NULL, TEXT_NONE);
}
