#include "state/questions.h"

#include "state/inside.h"

static const char *const kind_words[] = {
	[QUESTION_VERIFY] = "verify", [QUESTION_REVERSE] = "reverse"
};
static const char *const status_words[] = { [QUESTION_OPEN] = "open",
					    [QUESTION_YES] = "yes",
					    [QUESTION_NO] = "no",
					    [QUESTION_UNKNOWN] = "unknown" };

/* Columns in the order of take_question(). */
#define QUESTION                                                                                  \
	"SELECT id, kind, channel, provider, payment, receipt, cents, reason, actor, created_at," \
	" status, why, token, sent_at, provider_ref, ordered_ref, follows, asks, next_at,"        \
	" changed_at, asked_at, stood_at, stood FROM question "

static int word_index(struct text word, const char *const *words, int count)
{
	for (int i = 0; i < count; i++)
		if (text_is(word, words[i]))
			return i;
	fatal("'%.*s' is no word of a question", TEXT_ARG(word));
}

static void take_question(struct question *out, struct statement *statement, struct arena *arena)
{
	*out = (struct question){
		.id = db_column(statement, 0),
		.kind = (enum question_kind)word_index(db_column_text(statement, 1, arena),
						       kind_words, QUESTION_KIND_COUNT),
		.channel = db_column_text(statement, 2, arena),
		.provider = db_column_text(statement, 3, arena),
		.payment_id = db_column(statement, 4),
		.receipt = db_column_text(statement, 5, arena),
		.cents = db_column(statement, 6),
		.reason = db_column_text(statement, 7, arena),
		.actor = db_column_text(statement, 8, arena),
		.created_at = db_column(statement, 9),
		.status = (enum question_status)word_index(db_column_text(statement, 10, arena),
							   status_words, QUESTION_STATUS_COUNT),
		.why = db_column_text(statement, 11, arena),
		.sent_at = db_column(statement, 13),
		.provider_ref = db_column_text(statement, 14, arena),
		.ordered_ref = db_column_text(statement, 15, arena),
		.follows = db_column(statement, 16) != 0,
		.asks = (uint32_t)db_column(statement, 17),
		.next_at = db_column(statement, 18),
		.changed_at = db_column(statement, 19),
		.asked_at = db_column(statement, 20),
		.stood_at = db_column(statement, 21),
		.stood = (uint32_t)db_column(statement, 22),
	};
	db_column_bytes(statement, 12, out->token.bytes, sizeof(out->token.bytes));
}

static bool take_one(bool *found, struct question *out, struct statement *statement,
		     struct arena *arena, struct error *error)
{
	*found = db_step(statement);
	if (*found)
		take_question(out, statement, arena);
	return db_finish(statement, error);
}

static bool take_all(struct question **out, uint32_t *count, struct statement *statement,
		     struct arena *arena, struct error *error)
{
	*out = NULL;
	*count = 0;
	while (db_step(statement)) {
		*out = db_more(arena, *out, *count, sizeof(**out));
		take_question(&(*out)[(*count)++], statement, arena);
	}
	return db_finish(statement, error);
}

bool questions_start(bool *fresh, struct question *question, struct store *store, int64_t now,
		     struct arena *arena, struct error *error)
{
	struct db *db = store_writer(store);
	struct statement *statement;
	struct question open;
	bool found;

	invariant(question->cents > 0 && question->receipt.size > 0);
	*fresh = false;
	statement = db_prepare(db, QUESTION "WHERE payment = ?1 AND kind = ?2 AND status = 'open'");
	db_bind(statement, 1, question->payment_id);
	db_bind_text(statement, 2, text_of(kind_words[question->kind]));
	if (!take_one(&found, &open, statement, arena, error))
		return false;
	if (found) {
		*question = open;
		return true;
	}
	statement = db_prepare(
	    db, "INSERT INTO question (kind, channel, provider, payment, receipt, cents, reason,"
		" actor, created_at, status, why, token, sent_at, provider_ref, ordered_ref,"
		" follows, asks, next_at, changed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
		" 'open', '', zeroblob(32), 0, '', '', 0, 0, ?9, ?9)");
	db_bind_text(statement, 1, text_of(kind_words[question->kind]));
	db_bind_text(statement, 2, question->channel);
	db_bind_text(statement, 3, question->provider);
	db_bind(statement, 4, question->payment_id);
	db_bind_text(statement, 5, question->receipt);
	db_bind(statement, 6, question->cents);
	db_bind_text(statement, 7, question->reason);
	db_bind_text(statement, 8, question->actor);
	db_bind(statement, 9, now);
	if (!db_done(statement, error))
		return false;
	question->id = db_newest_id(db);
	question->created_at = now;
	question->changed_at = now;
	question->next_at = now;
	*fresh = true;
	store_saw(store, now);
	return true;
}

bool questions_find(bool *found, struct question *out, struct store *store, int64_t id,
		    struct arena *arena, struct error *error)
{
	struct statement *statement;

	*found = false;
	if (!store_select(&statement, store, STORE_TENANT, QUESTION "WHERE id = ?", error))
		return false;
	db_bind(statement, 1, id);
	return take_one(found, out, statement, arena, error);
}

bool questions_of_payment(bool *found, struct question *out, struct store *store,
			  int64_t payment_id, enum question_kind kind, struct arena *arena,
			  struct error *error)
{
	struct statement *statement;

	*found = false;
	if (!store_select(&statement, store, STORE_TENANT,
			  QUESTION "WHERE payment = ?1 AND kind = ?2 ORDER BY id DESC LIMIT 1",
			  error))
		return false;
	db_bind(statement, 1, payment_id);
	db_bind_text(statement, 2, text_of(kind_words[kind]));
	return take_one(found, out, statement, arena, error);
}

bool questions_write(struct store *store, const struct question *question, int64_t now,
		     struct error *error)
{
	struct db *db = store_writer(store);
	struct statement *statement = db_prepare(
	    db, "UPDATE question SET status = ?2, why = ?3, token = ?4, sent_at = ?5,"
		" provider_ref = ?6, ordered_ref = ?7, follows = ?8, asks = ?9, next_at = ?10,"
		" changed_at = ?11, asked_at = ?12, stood_at = ?13, stood = ?14 WHERE id = ?1");

	db_bind(statement, 1, question->id);
	db_bind_text(statement, 2, text_of(status_words[question->status]));
	db_bind_text(statement, 3, question->why);
	db_bind_bytes(statement, 4, question->token.bytes, sizeof(question->token.bytes));
	db_bind(statement, 5, question->sent_at);
	db_bind_text(statement, 6, question->provider_ref);
	db_bind_text(statement, 7, question->ordered_ref);
	db_bind(statement, 8, question->follows);
	db_bind(statement, 9, question->asks);
	db_bind(statement, 10, question->next_at);
	db_bind(statement, 11, now);
	db_bind(statement, 12, question->asked_at);
	db_bind(statement, 13, question->stood_at);
	db_bind(statement, 14, question->stood);
	store_saw(store, now);
	return db_done(statement, error);
}

static bool due_of(enum question_kind kind, struct question **out, uint32_t *count,
		   struct store *store, struct text channel, int64_t now, uint32_t max,
		   struct arena *arena, struct error *error)
{
	struct statement *statement;

	if (!store_select(&statement, store, STORE_TENANT,
			  QUESTION
			  "WHERE channel = ?1 AND next_at > 0 AND next_at <= ?2 AND kind = ?4"
			  " ORDER BY next_at, id LIMIT ?3",
			  error))
		return false;
	db_bind_text(statement, 1, channel);
	db_bind(statement, 2, now);
	db_bind(statement, 3, max);
	db_bind_text(statement, 4, text_of(kind_words[kind]));
	return take_all(out, count, statement, arena, error);
}

bool questions_due(struct question **out, uint32_t *count, struct store *store, struct text channel,
		   int64_t now, uint32_t max, struct arena *arena, struct error *error)
{
	return due_of(QUESTION_VERIFY, out, count, store, channel, now, max, arena, error);
}

bool questions_orders_due(struct question **out, uint32_t *count, struct store *store,
			  struct text channel, int64_t now, uint32_t max, struct arena *arena,
			  struct error *error)
{
	return due_of(QUESTION_REVERSE, out, count, store, channel, now, max, arena, error);
}

bool questions_orders_of(struct question **out, uint32_t *count, struct store *store,
			 int64_t payment_id, struct arena *arena, struct error *error)
{
	struct statement *statement;

	if (!store_select(&statement, store, STORE_TENANT,
			  QUESTION "WHERE payment = ? AND kind = 'reverse' ORDER BY id", error))
		return false;
	db_bind(statement, 1, payment_id);
	return take_all(out, count, statement, arena, error);
}

bool questions_orders_waiting(struct question **out, uint32_t *count, struct store *store,
			      uint32_t max, struct arena *arena, struct error *error)
{
	struct statement *statement;

	/* Unknown ones until the payment is reversed, or another order stands for them. */
	if (!store_select(&statement, store, STORE_TENANT,
			  QUESTION
			  "WHERE kind = 'reverse' AND (status = 'open' OR (status = 'unknown' AND"
			  " NOT EXISTS (SELECT 1 FROM question n WHERE n.payment = question.payment"
			  "  AND n.kind = 'reverse' AND n.id > question.id AND n.status <> 'no')"
			  " AND"
			  " NOT EXISTS (SELECT 1 FROM payment_now p WHERE p.payment ="
			  "  question.payment AND p.status = 'reversed'))) ORDER BY id LIMIT ?",
			  error))
		return false;
	db_bind(statement, 1, max);
	return take_all(out, count, statement, arena, error);
}

bool questions_sent_since(struct question **out, uint32_t *count, struct store *store,
			  int64_t since, struct arena *arena, struct error *error)
{
	struct statement *statement;

	if (!store_select(&statement, store, STORE_TENANT,
			  QUESTION "WHERE sent_at > 0 AND sent_at >= ? ORDER BY id", error))
		return false;
	db_bind(statement, 1, since);
	return take_all(out, count, statement, arena, error);
}
