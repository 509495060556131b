#include "base/digest.h"
#include "money/booking_inside.h"
#include "money/booking_question.h"
#include "state/heard.h"
#include "state/ledger.h"
#include "state/proof.h"
#include "state/words.h"

/*
 * What was said by nobody who proves anything: a callback under `trust: verified`, one from outside
 * `sources`, a hint. It is only the occasion to ask. Neither its amount nor its receipt is taken
 * from it, for a word that lies would stand in the way of the payment it names: it is held under
 * that receipt until something is proven about it, then it gives way and is settled.
 */

/*
 * Lines about one receipt; a person looks it up anyway. Whoever has the URL could say any number,
 * and each costs a look at all others.
 */
#define WORDS_OPEN_MAX 32

/* Was it said before in these words, however often? */
static bool was_said(bool *said, const struct payment *payment, const struct words *words,
		     struct seat *seat, struct arena *arena, struct error *error)
{
	struct payment before;
	bool found;

	*said = false;
	for (uint32_t i = 0; i < words->count && !*said; i++) {
		if (!ledger_payment_of_id(&found, &before, seat->store, words->open[i], arena,
					  error))
			return false;
		*said = found && booking_same_words(&before, payment, arena);
	}
	return true;
}

static bool book_word(struct booked *out, struct seat *seat, const struct spoken *spoken,
		      const struct payment *former, int64_t now, struct arena *arena,
		      struct error *error)
{
	struct text receipt = out->payment.receipt, why = spoken->why;

	if (former != NULL) {
		why = booking_differs(former, &out->payment, arena);
		out->payment.receipt = TEXT_NONE;
	}
	if (!booking_book(out, seat, PAYMENT_HELD, why, TEXT_NONE, arena, error))
		return false;
	if (!out->changed)
		return true;
	return word_add(seat->store, out->payment.id, receipt, error) &&
	       (!spoken->is_asked_late ||
		booking_question_start(seat, &out->payment, receipt, now, arena, error));
}

/* What is one too many is one line for all of them, and counted. */
static bool count_word(struct booked *out, struct seat *seat, int64_t now, struct arena *arena,
		       struct error *error)
{
	struct text receipt = out->payment.receipt;
	struct digester digester;
	struct digest key;

	digester_begin(&digester);
	digester_text(&digester, TEXT("words"));
	digester_text(&digester, receipt);
	key = digester_end(&digester);
	return booking_hold_counted(
		   out, seat, &key,
		   text_format(arena,
			       "receipt %.*s: more than %d callbacks say different things about it",
			       TEXT_ARG(receipt), WORDS_OPEN_MAX),
		   now, arena, error) &&
	       (!out->changed || word_add(seat->store, out->payment.id, receipt, error));
}

bool booking_word(struct booked *out, struct seat *seat, const struct inbox_line *line,
		  const struct spoken *spoken, int64_t now, struct arena *arena,
		  struct error *error)
{
	struct payment former;
	struct words words;
	bool found, said;

	if (!ledger_payment(&found, &former, seat->store, out->payment.receipt, arena, error) ||
	    !word_about(&words, seat->store, out->payment.receipt, arena, error))
		return false;
	if (found && former.status != PAYMENT_HELD) {
		if (spoken->is_hint || booking_same_amount(&former, &out->payment))
			return true;
		return booking_hold_other(out, seat, &former, arena, error);
	}
	if (spoken->is_hint && !hint_add(seat->store, line->id, line->channel, now, error))
		return false;
	if (found && (spoken->is_hint || booking_same_words(&former, &out->payment, arena)))
		return true;
	if (!was_said(&said, &out->payment, &words, seat, arena, error))
		return false;
	if (said)
		return true;
	return words.count < WORDS_OPEN_MAX
		   ? book_word(out, seat, spoken, found ? &former : NULL, now, arena, error)
		   : count_word(out, seat, now, arena, error);
}

bool booking_words_because(struct seat *seat, struct text receipt, struct text why, int64_t now,
			   struct arena *arena, struct error *error)
{
	struct words words;

	if (receipt.size == 0)
		return true;
	if (!word_about(&words, seat->store, receipt, arena, error))
		return false;
	for (uint32_t i = 0; i < words.count; i++)
		if (!ledger_hold(seat->store, words.open[i], why, now, error))
			return false;
	return true;
}

bool booking_words_settle(struct seat *seat, struct text receipt, struct text actor, int64_t now,
			  struct arena *arena, struct error *error)
{
	struct payment by;
	struct words words;
	bool found;

	if (!ledger_payment(&found, &by, seat->store, receipt, arena, error))
		return false;
	if (!found || by.status == PAYMENT_HELD)
		return true;
	if (!word_about(&words, seat->store, receipt, arena, error))
		return false;
	for (uint32_t i = 0; i < words.count; i++)
		if (!settled_add(seat->store, words.open[i], by.id, actor, now, error))
			return false;
	return true;
}
