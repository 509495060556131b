#include "router/exchange.h"

#include <stdio.h>

#include "base/clock.h"

#define TAG_MAX 1000000000u /* tags begin again behind it: none is in flight between two calls */
#define MS_US INT64_C(1000)

struct deadline deadline_of(uint32_t budget_ms, uint32_t each_ms)
{
	return (struct deadline){ clock_monotonic(), budget_ms, each_ms, 0 };
}

/* How long to wait now: never longer than the silence we bear; 0: time is up. */
static uint32_t deadline_wait_ms(const struct deadline *deadline)
{
	int64_t allowed_ms = (int64_t)deadline->budget_ms +
			     (int64_t)deadline->steps * deadline->each_ms;
	int64_t left_ms = allowed_ms - (clock_monotonic() - deadline->begin_at) / MS_US;
	if (left_ms <= 0)
		return 0;
	return left_ms < REPLY_MS_MAX ? (uint32_t)left_ms : REPLY_MS_MAX;
}

bool api_fail(struct api *api, struct error *error)
{
	if (api->label[0])
		(void)error_at(error, "%s", api->label);
	return false;
}

static bool time_is_up(struct error *error)
{
	return error_set(error, ERROR_UNREACHABLE,
			 "the router answers too slowly: the session was given up");
}

bool api_send(struct api *api, struct text bytes, const struct deadline *deadline,
	      struct error *error)
{
	uint32_t wait_ms = deadline_wait_ms(deadline);
	if (wait_ms == 0)
		return time_is_up(error);
	if (!api->line->send(api->line, bytes, wait_ms, error))
		return false;
	api->device.counts.bytes_out += bytes.size;
	return true;
}

void api_got(struct api *api, uint32_t size)
{
	invariant(size <= RECEIVE_SIZE);
	api->device.counts.bytes_in += size;
	api->device.heard_at = clock_monotonic();
	api->proof_until_at = 0;
	api->pending = (struct text){ api->buffer, size };
}

/* How much of the wait is left before a sign of life is overdue; 0: it is. */
static uint32_t least_wait_ms(uint32_t wait_ms, int64_t proof_until_at)
{
	int64_t left_us = proof_until_at - clock_monotonic();
	int64_t left_ms = left_us > 0 ? (left_us + MS_US - 1) / MS_US : 0;
	return left_ms < wait_ms ? (uint32_t)left_ms : wait_ms;
}

bool api_sentence(struct api *api, struct wire_sentence *out, const struct deadline *deadline,
		  struct error *error)
{
	for (;;) {
		switch (wire_feed(&api->reader, &api->pending, out, error)) {
		case WIRE_SENTENCE:
			return true;
		case WIRE_BROKEN:
			return false;
		case WIRE_MORE:
			break;
		}
		uint32_t wait_ms = deadline_wait_ms(deadline), got = 0;
		if (wait_ms > 0 && api->proof_until_at)
			wait_ms = least_wait_ms(wait_ms, api->proof_until_at);
		if (wait_ms == 0)
			return time_is_up(error);
		if (!api->line->receive(api->line, api->buffer, RECEIVE_SIZE, &got, wait_ms, error))
			return false;
		invariant(got > 0);
		api_got(api, got);
	}
}

void exchange_init(struct exchange *exchange, struct api *api, uint32_t count, struct arena *arena)
{
	*exchange = (struct exchange){ .api = api, .count = count };
	wire_writer_init(&exchange->writer, arena);
	exchange->is_answered = ARENA_ARRAY(arena, bool, count ? count : 1);
	if (api->next_tag > TAG_MAX)
		api->next_tag = 0;
	exchange->first_tag = api->next_tag + 1;
	api->next_tag += count;
}

static void mark_answered(struct exchange *exchange, uint32_t index)
{
	exchange->is_answered[index] = true;
	exchange->answered++;
	exchange->deadline.steps++;
}

/* All that may go now, as one buffer and one send. */
static bool exchange_send(struct exchange *exchange, struct error *error)
{
	struct wire_writer *writer = &exchange->writer;
	writer->size = 0;
	if (exchange->proves)
		api_ask_proof(exchange->api, writer);
	exchange->proves = false;
	while (exchange->sent < exchange->count &&
	       exchange->sent - exchange->answered < api_window(exchange->api)) {
		uint32_t index = exchange->sent;
		if (exchange->sent > exchange->answered && !exchange->joins(exchange, index))
			break;
		exchange->sent++;
		if (!exchange->encode(exchange, index)) {
			mark_answered(exchange, index);
			continue;
		}
		char tag[16];
		(void)snprintf(tag, sizeof(tag), "%u", exchange->first_tag + index);
		wire_pair(writer, TEXT(".tag="), text_of(tag));
		wire_end(writer);
		exchange->api->device.counts.commands++;
	}
	if (writer->size == 0)
		return true;
	return api_send(exchange->api, wire_bytes(writer), &exchange->deadline, error);
}

/* Whose answer it is; false: nobody's (a listener's, a proof's). */
static bool index_of_tag(const struct exchange *exchange, struct text tag, uint32_t *index)
{
	uint64_t number;
	if (!text_u64(tag, &number) || number < exchange->first_tag)
		return false;
	number -= exchange->first_tag;
	if (number >= exchange->sent || exchange->is_answered[number])
		return false;
	*index = (uint32_t)number;
	return true;
}

static bool exchange_receive(struct exchange *exchange, struct error *error)
{
	struct wire_sentence sentence;
	uint32_t index;
	if (!api_sentence(exchange->api, &sentence, &exchange->deadline, error))
		return false;
	if (sentence.kind == WIRE_FATAL)
		return api_ended(&sentence, error);
	if (sentence.kind == WIRE_OTHER)
		return true;
	if (!index_of_tag(exchange, sentence.tag, &index)) {
		api_stray(exchange->api, &sentence);
		return true;
	}
	if (!exchange->take(exchange, index, &sentence, error))
		return false;
	if (sentence.kind == WIRE_DONE)
		mark_answered(exchange, index);
	return true;
}

static bool exchange_steps(struct exchange *exchange, struct error *error)
{
	struct api *api = exchange->api;
	while (exchange->answered < exchange->count) {
		/*
		 * What has arrived is read before more is sent, so that many go in one send; but
		 * never is an answer waited for while nothing is asked.
		 */
		bool idle = exchange->sent == exchange->answered;
		if ((idle || api->pending.size == 0) && !exchange_send(exchange, error))
			return false;
		if (exchange->answered < exchange->count && !exchange_receive(exchange, error))
			return false;
	}
	return true;
}

bool exchange_run(struct exchange *exchange, struct error *error)
{
	struct api *api = exchange->api;
	if (api->is_dead || !api->line->alive(api->line)) {
		api->is_dead = true;
		(void)error_set(error, ERROR_UNREACHABLE, "the router has closed the session");
		return api_fail(api, error);
	}
	/* A line that was dropped in silence looks like one on which nothing happens. */
	if (clock_monotonic() - api->device.heard_at > PROOF_AFTER_MS * MS_US) {
		exchange->proves = exchange->count > 0;
		api->proof_until_at = clock_monotonic() + PROOF_MS_MAX * MS_US;
	}
	if (exchange_steps(exchange, error))
		return true;
	/* Whatever it was, the rest of the stream cannot be trusted. */
	api->is_dead = true;
	return api_fail(api, error);
}
