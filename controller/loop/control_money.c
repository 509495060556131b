#include "base/clock.h"
#include "base/log.h"
#include "loop/control_desk.h"
#include "loop/control_list.h"
#include "loop/control_register.h"
#include "loop/control_reversal.h"
#include "loop/control_statement.h"
#include "loop/engine_inside.h"
#include "money/booking.h"
#include "money/booking_refund.h"
#include "money/booking_reversal.h"
#include "state/attempts.h"
#include "view/attempt_view.h"

/* ---- money ----------------------------------------------------------------------------------- */

typedef bool booking_work(struct booked *booked, struct desk *desk, struct seat *seat,
			  const struct intent *intent, int64_t now, struct error *error);

static bool work_record(struct booked *booked, struct desk *desk, struct seat *seat,
			const struct intent *intent, int64_t now, struct error *error)
{
	struct text held = desk_argument(desk, 3), actor = desk->request->actor;

	return booking_cash(booked, seat, intent, desk_argument(desk, 0), desk_argument(desk, 1),
			    desk_argument(desk, 2), actor, now, desk->arena, error) &&
	       (held.size == 0 ||
		booking_settle(seat, held, booked, actor, now, desk->arena, error));
}

static bool work_assign(struct booked *booked, struct desk *desk, struct seat *seat,
			const struct intent *intent, int64_t now, struct error *error)
{
	return booking_assign(booked, seat, intent, desk_argument(desk, 0), desk_argument(desk, 1),
			      desk->request->actor, now, desk->arena, error);
}

static struct text say_booked(struct desk *desk, const struct booked *booked,
			      const struct intent *intent)
{
	struct text amount = text_of_cents(desk->arena, booked->payment.amount_cents);
	struct text until = TEXT_NONE;

	if (booked->paid_until_at != 0)
		until = time_shown(desk->arena, intent->tenant.zone, booked->paid_until_at);
	return text_format(desk->arena, "%.*s: %.*s %.*s credited to %.*s%s%s%.*s",
			   TEXT_ARG(booked->payment.receipt), TEXT_ARG(amount),
			   TEXT_ARG(intent->tenant.currency), TEXT_ARG(booked->subscriber->account),
			   booked->periods == 0 ? "; it buys nothing yet and is kept" : "",
			   until.size > 0 ? ", paid until " : "", TEXT_ARG(until));
}

static bool book(struct desk *desk, struct seat *seat, const struct intent *intent,
		 booking_work *work, struct error *error)
{
	struct booked booked;
	struct error why = { 0 };

	if (!store_begin(seat->store, error))
		return false;
	if (!work(&booked, desk, seat, intent, clock_now(), &why)) {
		store_abort(seat->store);
		return desk_refuse(desk, &why, error);
	}
	if (!store_commit(seat->store, error))
		return false;
	booking_tell(seat, &booked);
	log_line(LOG_INFO, "payment",
		 "tenant=%.*s receipt=%.*s status=credited account=%.*s by=%.*s",
		 TEXT_ARG(seat->tenant->name), TEXT_ARG(booked.payment.receipt),
		 TEXT_ARG(booked.subscriber->account), TEXT_ARG(desk->request->actor));
	return desk_say(desk, 0, say_booked(desk, &booked, intent), "receipt",
			booked.payment.receipt);
}

static bool book_at(struct desk *desk, enum meant meant, booking_work *work, struct error *error)
{
	struct chosen chosen;
	bool done;

	if (!desk_choose(&chosen, desk, meant, desk_argument(desk, 0), error))
		return false;
	done = chosen.intent == NULL || book(desk, chosen.seat, chosen.intent, work, error);
	intent_release(chosen.intent);
	return done;
}

bool do_record(struct desk *desk, struct error *error)
{
	return book_at(desk, MEANT_ACCOUNT, work_record, error);
}

bool do_assign(struct desk *desk, struct error *error)
{
	return book_at(desk, MEANT_RECEIPT, work_assign, error);
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
		return text_format(desk->arena,
				   "%.*s of %.*s %s out of the books; it was %s, so nobody loses "
				   "paid time",
				   TEXT_ARG(payment->receipt), TEXT_ARG(amount),
				   payment->has_amount ? "was given back and is" : "is",
				   payment_status_word(payment->status));
	if (refunded->booked.paid_until_at != 0)
		until = text_format(desk->arena, "paid until %.*s",
				    TEXT_ARG(time_shown(desk->arena, intent->tenant.zone,
							refunded->booked.paid_until_at)));
	balance = text_of_cents(desk->arena,
				owes ? -refunded->balance_cents : refunded->balance_cents);
	return text_format(desk->arena,
			   "%.*s of %.*s refunded to %.*s: %u %s taken back, %.*s, %s"
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
	if (!booking_reversal_by_hand(&warning, seat, desk_argument(desk, 0), desk->arena, &why) ||
	    !booking_refund(&refunded, seat, intent, desk_argument(desk, 0), desk_argument(desk, 1),
			    desk->request->actor, clock_now(), desk->arena, &why)) {
		store_abort(seat->store);
		return desk_refuse(desk, &why, error);
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
	return desk_say(desk, 0, words, "receipt", refunded.booked.payment.receipt);
}

static bool refund_through_provider(struct desk *desk, struct seat *seat,
				    const struct intent *intent, struct error *error)
{
	struct document *document;
	int exit_code;

	if (!control_reversal(&document, &exit_code, desk->engine, seat, intent, desk->request,
			      desk->arena, error))
		return false;
	desk_show(desk, exit_code, document);
	document_free(document);
	return true;
}

bool do_refund(struct desk *desk, struct error *error)
{
	struct chosen chosen;
	bool done = true;

	if (!desk_choose(&chosen, desk, MEANT_RECEIPT, desk_argument(desk, 0), error))
		return false;
	if (chosen.intent != NULL)
		done = desk_argument(desk, 2).size > 0
			   ? refund_through_provider(desk, chosen.seat, chosen.intent, error)
			   : refund(desk, chosen.seat, chosen.intent, error);
	intent_release(chosen.intent);
	return done;
}

bool do_statement(struct desk *desk, struct error *error)
{
	struct document *document = NULL;
	struct chosen chosen;
	struct text why;
	bool done;

	if (!desk_choose(&chosen, desk, MEANT_RECEIPT, desk_argument(desk, 2), error))
		return false;
	if (chosen.intent == NULL)
		return true;
	done = control_statement(&document, &why, chosen.seat, chosen.intent, desk->request,
				 desk->arena, error);
	intent_release(chosen.intent);
	if (!done || document == NULL)
		return done && desk_say(desk, 1, why, NULL, TEXT_NONE);
	desk_show(desk, 0, document);
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

static bool request(struct desk *desk, struct seat *seat, const struct intent *intent,
		    const struct wanted_prompt *wanted, struct error *error)
{
	struct error why = { 0 };
	struct attempt attempt;
	struct document *document;
	bool fresh;

	if (!asker_request(&fresh, &attempt, seat, intent, wanted, clock_now(), desk->arena, &why))
		return desk_refuse(desk, &why, error);
	if (fresh && !send_now(desk, seat, &attempt, error))
		return false;
	document = view_attempt(&attempt, fresh, intent->tenant.zone, desk->arena);
	desk_show(desk, 0, document);
	document_free(document);
	return true;
}

bool do_request(struct desk *desk, struct error *error)
{
	const struct wanted_prompt wanted = { .account = desk_argument(desk, 0),
					      .amount = desk_argument(desk, 1),
					      .phone = desk_argument(desk, 2),
					      .channel = desk_argument(desk, 3),
					      .actor = desk->request->actor };
	struct chosen chosen;
	bool done;

	if (!desk_choose(&chosen, desk, MEANT_ACCOUNT, wanted.account, error))
		return false;
	done = chosen.intent == NULL || request(desk, chosen.seat, chosen.intent, &wanted, error);
	intent_release(chosen.intent);
	return done;
}

/* ---- a provider's own list, and its URLs ----------------------------------------------------- */

bool do_list(struct desk *desk, struct error *error)
{
	struct chosen chosen;
	struct text why;
	bool done;

	if (!desk_choose(&chosen, desk, MEANT_RECEIPT, TEXT_NONE, error))
		return false;
	if (chosen.intent == NULL)
		return true;
	done = control_list_now(&why, desk->engine, chosen.seat, chosen.intent, desk->arena, error);
	intent_release(chosen.intent);
	return done && desk_say(desk, why.size > 0 ? 1 : 0,
				why.size > 0 ? why : TEXT("the list was read"), NULL, TEXT_NONE);
}

bool do_covered(struct desk *desk, struct error *error)
{
	struct seat *seat;
	bool done;

	if (!desk_seat(&seat, desk, MEANT_RECEIPT, TEXT_NONE, error))
		return false;
	if (seat == NULL)
		return true;
	if (!control_list_covered(&done, seat, desk->request, error))
		return false;
	return desk_say(desk, done ? 0 : 1, done ? TEXT("noted") : TEXT("these are no two moments"),
			NULL, TEXT_NONE);
}

bool do_register(struct desk *desk, struct error *error)
{
	struct text words;
	bool well;

	return control_register(&well, &words, desk->engine, desk->request, desk->arena, error) &&
	       desk_say(desk, well ? 0 : 1, words, NULL, TEXT_NONE);
}
