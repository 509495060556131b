/*
 * What the booking_*.c share, file by file; for them alone. As in booking.h, every function that
 * may fail needs an open transaction of the seat's store and blocks on disk.
 */
#pragma once

#include "money/booking.h"
#include "policies/matching.h"
#include "provider/provider.h"

/* What was heard, and why it is not to be credited without a person (empty: nothing against it). */
struct heard {
	const struct channel *channel;
	struct notice notice;
	struct text why;
	bool unproven;   /* nobody vouches for it: a mere word (booking_word.c) */
	bool unverified; /* that is all that is against it */
	bool refused;    /* its signature does not fit: its words count for nothing */
	bool asks;       /* a hint whose provider answers at once: asking/checking asks it */
	bool is_said;    /* all there is, is a callback; else the provider itself says so */
	struct text actor; /* who gave the statement that says it; empty: it came as a callback */
	bool is_listed;      /* the provider's own list says it */
	struct text nobodys; /* why nobody can say whose it is; empty: it is matched */
	bool payer_is_word;  /* the provider vouches for the rest, but not for the payer */
};

/* ---- booking_listen.c ------------------------------------------------------------------------ */

/* Reads the line as its channel's provider does, and says what is against it. */
struct heard booking_listen(struct seat *seat, const struct intent *intent,
			    const struct inbox_line *line, struct arena *arena);
/*
 * Why a line is refused: its signature does not fit, or the key cannot be read. Empty: it is not.
 */
struct text booking_refusal(struct seat *seat, const struct intent *intent,
			    const struct inbox_line *line, struct arena *arena);
/* What is against a notice of that proof, or empty. */
struct text booking_against(const struct intent *intent, const struct channel *channel,
			    const struct notice *notice, struct text source, enum proof proof,
			    bool *unverified, struct arena *arena);
/* Of the words, only as much as is kept beside a payment. */
void booking_cut_words(struct notice *notice);
/* May a person release this held one: are its amount and its short code right? REFUSED with the
 * remedy. */
bool booking_may_release(struct seat *seat, const struct intent *intent,
			 const struct payment *payment, struct arena *arena,
			 struct error *error) MUST_CHECK;

/* ---- booking_credit.c ------------------------------------------------------------------------ */

/* Whose it is, among those who are served; of the intent given. */
bool booking_match(struct match *out, struct seat *seat, const struct intent *intent,
		   const struct notice *notice, int64_t now, struct arena *arena,
		   struct error *error) MUST_CHECK;
/* The credited one: his credit is spent, and his rows are owed a look. */
bool booking_credit(struct booked *out, struct seat *seat, const struct intent *intent,
		    const struct subscriber *subscriber, int64_t now, struct arena *arena,
		    struct error *error) MUST_CHECK;
/* Is there somebody to credit: declared, and not terminated? `subscriber` may be NULL. */
bool booking_is_served(bool *served, struct seat *seat, const struct intent *intent,
		       const struct subscriber *subscriber, int64_t now, struct arena *arena,
		       struct error *error) MUST_CHECK;

/* ---- booking.c ------------------------------------------------------------------------------- */

/* Writes out->payment down with that status; out->changed false: its receipt was known. */
bool booking_book(struct booked *out, struct seat *seat, enum payment_status status,
		  struct text reason, struct text reference, struct arena *arena,
		  struct error *error) MUST_CHECK;
/* What is known of a receipt before something proven is booked under it. */
struct known {
	struct payment former;
	bool found;   /* `former` has it */
	bool is_word; /* but is a mere word that waits */
	bool is_done; /* a person recorded what a word said, or gave it back */
};
bool booking_known(struct known *out, struct seat *seat, struct text receipt, struct arena *arena,
		   struct error *error) MUST_CHECK;
/* What was heard is judged by its kind, matched, booked, and what is odd about it written down. */
bool booking_heard(struct booked *out, struct seat *seat, const struct intent *intent,
		   const struct inbox_line *line, const struct heard *heard, int64_t now,
		   struct arena *arena, struct error *error) MUST_CHECK;
/* What is in the books may be a lie of whoever had the token: the true amount is held beside it. */
bool booking_contradicted(struct booked *out, struct seat *seat, const struct intent *intent,
			  const struct inbox_line *line, const struct heard *heard,
			  const struct known *known, int64_t now, struct arena *arena,
			  struct error *error) MUST_CHECK;
/* What the provider itself says of a payment that a callback named. */
struct vouched {
	struct text receipt;
	int64_t cents;
	int64_t at;        /* 0: not said */
	struct text payer; /* E.164 digits; empty: not said */
};
/* What this line of a channel's URL said is so: it is booked as proven. Where anything else is
 * against it, or it may be the money of a prompt that was credited, it stays held. */
bool booking_true(struct booked *out, struct seat *seat, const struct intent *intent,
		  const struct inbox_line *line, const struct vouched *vouched, int64_t now,
		  struct arena *arena, struct error *error) MUST_CHECK;
/* It came, but nobody who counts says whose it is: it is unmatched, for that reason. `line`: one of
 * those that named it. */
bool booking_nobodys(struct booked *out, struct seat *seat, const struct intent *intent,
		     const struct inbox_line *line, const struct vouched *vouched, struct text why,
		     int64_t now, struct arena *arena, struct error *error) MUST_CHECK;

/* ---- booking_hold.c -------------------------------------------------------------------------- */

/* Held for that reason, without a receipt; said again, it is one line. */
bool booking_hold_once(struct booked *out, struct seat *seat, struct text reason,
		       struct arena *arena, struct error *error) MUST_CHECK;
/* The same amount, or none that can be read? */
bool booking_same_amount(const struct payment *one, const struct payment *other);
/* The same amount, for the same reference? */
bool booking_same_words(const struct payment *one, const struct payment *other,
			struct arena *arena);
/* How `payment` differs from what is known under its receipt; a sentence. */
struct text booking_differs(const struct payment *former, const struct payment *payment,
			    struct arena *arena);
/* Its receipt is in the books with another amount, or for another account. */
bool booking_hold_other(struct booked *out, struct seat *seat, const struct payment *former,
			struct arena *arena, struct error *error) MUST_CHECK;
/*
 * Held without a receipt, once for everything with this key; said again, it is counted on
 * (state/heard.h).
 */
bool booking_hold_counted(struct booked *out, struct seat *seat, const struct digest *key,
			  struct text reason, int64_t now, struct arena *arena,
			  struct error *error) MUST_CHECK;
/* A line that has no receipt to be known by: the same bytes are one held payment. */
bool booking_hold_unreadable(struct booked *out, struct seat *seat, const struct inbox_line *line,
			     struct text reason, int64_t now, struct arena *arena,
			     struct error *error) MUST_CHECK;
/*
 * A line whose signature does not fit. Its words do not count: one held payment a channel and
 * reason, however many come; the lines are tried again (money/retrying.h), for the key may be the
 * fault.
 */
bool booking_refuse(struct booked *out, struct seat *seat, const struct inbox_line *line,
		    struct text reason, int64_t now, struct arena *arena,
		    struct error *error) MUST_CHECK;

/* ---- booking_word.c -------------------------------------------------------------------------- */

/* What nobody proves, as it was said. */
struct spoken {
	struct text why;    /* it is held */
	bool is_hint;       /* its provider answers at once: asking/checking asks it */
	bool is_asked_late; /* that it was not asked is all that is against it */
};
/*
 * A word that proves nothing, in out->payment: held, and its provider is to be asked. It claims no
 * receipt; of one that is booked already it is no news. Other words about one receipt are held
 * beside it, as "held-N".
 */
bool booking_word(struct booked *out, struct seat *seat, const struct inbox_line *line,
		  const struct spoken *spoken, int64_t now, struct arena *arena,
		  struct error *error) MUST_CHECK;
/* The receipt is booked now: what was held about it waits no longer. */
bool booking_words_settle(struct seat *seat, struct text receipt, struct text actor, int64_t now,
			  struct arena *arena, struct error *error) MUST_CHECK;
