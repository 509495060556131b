/* Looks over the binary API: prints in flight together, odd ones asked once more. */
#include "router/exchange.h"

#include "router/looking.h"

/* One command: the print of a look, or its count. */
struct question {
	struct looking *of;
	bool count;
};

struct round {
	struct api *api;
	struct question *questions;
	uint32_t count;
	struct pair *pairs; /* SENTENCE_WORDS_MAX: one row at a time */
	struct arena *arena;
	struct deadline *deadline;
};

/* "?f=a" "?f=b" "?#|" …: a stack machine; what passes has no false left on it (§1.4). */
static void encode_query(struct wire_writer *writer, const struct look *look, struct arena *arena)
{
	if (!look->field)
		return;
	struct text before = text_format(arena, "?%s=", look->field);
	for (uint32_t i = 0; i < look->value_count; i++) {
		wire_pair(writer, before, look->values[i]);
		if (i)
			wire_word(writer, TEXT("?#|"));
	}
}

static bool encode_question(struct exchange *exchange, uint32_t index)
{
	const struct round *round = exchange->subject;
	const struct question *question = &round->questions[index];
	struct wire_writer *writer = &exchange->writer;
	wire_pair(writer, text_of(question->of->look->menu->path), TEXT("/print"));
	if (question->count)
		wire_attribute(writer, TEXT("count-only"), TEXT_NONE);
	else
		wire_attribute(writer, TEXT(".proplist"), question->of->ask);
	if (!question->count && !question->of->look->field)
		api_looks_at(round->api, question->of->look->menu);
	encode_query(writer, question->of->look, round->arena);
	return true;
}

static bool always_joins(struct exchange *exchange, uint32_t index)
{
	(void)exchange;
	(void)index;
	return true;
}

static bool take_row(struct round *round, struct looking *looking,
		     const struct wire_sentence *sentence, struct error *error)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < sentence->count; i++) {
		struct pair *pair = &round->pairs[count];
		if (wire_split(sentence->words[i], &pair->name, &pair->value))
			count++;
	}
	return looking_take_row(looking, round->pairs, count, sentence->size, round->arena, error);
}

static bool take_answer(struct exchange *exchange, uint32_t index,
			const struct wire_sentence *sentence, struct error *error)
{
	struct round *round = exchange->subject;
	const struct question *question = &round->questions[index];
	struct text value = TEXT_NONE;
	switch (sentence->kind) {
	case WIRE_RE:
		if (question->count)
			return true;
		exchange->deadline.steps++;
		return take_row(round, question->of, sentence, error);
	case WIRE_TRAP:
		(void)wire_find(sentence, "message", &value);
		looking_refuse(question->of, value);
		return true;
	case WIRE_DONE:
		if (question->count && wire_find(sentence, "ret", &value))
			looking_take_count(question->of, value);
		return true;
	case WIRE_EMPTY:
	case WIRE_FATAL:
	case WIRE_OTHER:
		break;
	}
	return true;
}

static void add_questions(struct round *round, struct looking *looking)
{
	if (looking_asks_nothing(looking))
		return;
	round->questions[round->count++] = (struct question){ looking, false };
	if (looking->look->count)
		round->questions[round->count++] = (struct question){ looking, true };
}

static bool ask_round(void *subject, struct looking *lookings, uint32_t count, struct error *error)
{
	struct round *round = subject;
	struct exchange exchange;
	round->questions = ARENA_ARRAY(round->arena, struct question, (size_t)count * 2 + 1);
	round->count = 0;
	for (uint32_t i = 0; i < count; i++)
		add_questions(round, &lookings[i]);
	exchange_init(&exchange, round->api, round->count, round->arena);
	exchange.subject = round;
	exchange.encode = encode_question;
	exchange.joins = always_joins;
	exchange.take = take_answer;
	exchange.deadline = *round->deadline;
	bool done = exchange_run(&exchange, error);
	*round->deadline = exchange.deadline;
	return done;
}

bool api_look(struct api *api, struct look *looks, uint32_t count, struct arena *arena,
	      struct deadline deadline, struct error *error)
{
	struct round round = { .api = api, .arena = arena, .deadline = &deadline };
	round.pairs = ARENA_ARRAY(arena, struct pair, SENTENCE_WORDS_MAX);
	struct looking *lookings =
		lookings_make(looks, count, api->device.version_number, arena);
	if (lookings_ask_twice(lookings, count, ask_round, &round, arena, error))
		return true;
	/* A session that died has said whose it is already. */
	return api->is_dead ? false : api_fail(api, error);
}
