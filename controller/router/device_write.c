/* Writes over the binary API: in flight together where their order does not matter, each with its
 * own end. */
#include "router/exchange.h"

#include <stdio.h>

#include "router/traps.h"
#include "router/writing.h"

struct writing {
	struct api *api;
	struct write *writes;
	struct arena *arena;
};

static void encode_attributes(struct wire_writer *writer, const struct api *api,
			      const struct write *write)
{
	for (uint32_t i = 0; i < write->attribute_count; i++) {
		const struct attribute *attribute = &write->attributes[i];
		if (!write_has(write, attribute, api->device.version_number))
			continue;
		if (attribute->unset) {
			/* "=!name=" (§3 "Clear"). */
			char name[64];
			(void)snprintf(name, sizeof(name), "!%s", attribute->name);
			wire_attribute(writer, text_of(name), TEXT_NONE);
		} else {
			wire_attribute(writer, text_of(attribute->name), attribute->value);
		}
	}
}

static bool encode_write(struct exchange *exchange, uint32_t index)
{
	struct writing *writing = exchange->subject;
	struct write *write = &writing->writes[index];
	if (!write_begin(write, writing->api->device.version_number))
		return false;
	struct wire_writer *writer = &exchange->writer;
	wire_pair(writer, text_of(write->menu->path), text_of(write_verb(write->verb)));
	if (write->verb != VERB_ADD)
		wire_attribute(writer, TEXT(".id"), write->id);
	if (write->verb == VERB_ADD || write->verb == VERB_SET)
		encode_attributes(writer, writing->api, write);
	writing->api->device.counts.writes++;
	api_expect_echo(writing->api, write->menu);
	return true;
}

/*
 * Nothing promises that commands of different tags are carried out in the order they came, so a
 * profile is there before the secret that names it is sent, and a row is changed before its session
 * is dropped. Where the order of rows means nothing, new ones and changed ones may pass each other.
 */
static bool same_kind_joins(struct exchange *exchange, uint32_t index)
{
	const struct writing *writing = exchange->subject;
	const struct write *write = &writing->writes[index], *former = write - 1;
	bool is_row = write->verb == VERB_ADD || write->verb == VERB_SET;
	bool was_row = former->verb == VERB_ADD || former->verb == VERB_SET;
	if (write->menu != former->menu)
		return false;
	return write->verb == former->verb ||
	       (is_row && was_row && write->menu->shape == SHAPE_SET);
}

static bool take_result(struct exchange *exchange, uint32_t index,
			const struct wire_sentence *sentence, struct error *error)
{
	struct writing *writing = exchange->subject;
	struct write *write = &writing->writes[index];
	struct text value = TEXT_NONE;
	(void)error;
	if (sentence->kind == WIRE_TRAP && write->error.code == ERROR_NONE) {
		(void)wire_find(sentence, "message", &value);
		(void)trap_error(&write->error, value);
		api_expect_no_echo(writing->api, write->menu);
	} else if (sentence->kind == WIRE_DONE) {
		write_end(write);
		if (write->verb == VERB_ADD && write->end == WRITE_DONE &&
		    wire_find(sentence, "ret", &value))
			write->new_id = text_copy(writing->arena, value);
	}
	return true;
}

/* The line died: what was sent and not answered may have been done or not. Returns false. */
static bool settle(const struct exchange *exchange, struct write *writes, struct error *error)
{
	for (uint32_t i = 0; i < exchange->sent; i++)
		if (!exchange->is_answered[i]) {
			writes[i].end = WRITE_UNKNOWN;
			writes[i].error = *error;
			writes[i].error.code = ERROR_UNKNOWN;
			error->code = ERROR_UNKNOWN;
		}
	return false;
}

bool api_write(struct api *api, struct write *writes, uint32_t count, struct arena *arena,
	       struct error *error)
{
	struct writing writing = { api, writes, arena };
	struct exchange exchange;
	writes_clear(writes, count);
	/* A bulk has all tags for itself, and hears no echo of each row; whoever keeps the session
	 * listens again. */
	if (count > TAGS_IN_FLIGHT_MAX && !api->is_dead && !api_watch(api, 0, error))
		return api_fail(api, error);
	exchange_init(&exchange, api, count, arena);
	exchange.subject = &writing;
	exchange.encode = encode_write;
	exchange.joins = same_kind_joins;
	exchange.take = take_result;
	exchange.deadline = deadline_of(WRITES_MS_MAX, WRITE_MS);
	if (exchange_run(&exchange, error))
		return true;
	return settle(&exchange, writes, error);
}
