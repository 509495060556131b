/*
 * Writes over REST: one command at a time. Always POST with the command's own name: PATCH and
 * DELETE hide the router's words behind "missing or invalid resource identifier" (routeros facts
 * §2).
 */
#include "base/clock.h"
#include "router/rest.h"
#include "router/traps.h"
#include "router/writing.h"

static bool put_attribute(struct json *json, const struct attribute *attribute)
{
	json_raw(json, json->size > 1 ? ",\"" : "\"");
	/* The wrapped API's "=!name=" (§3 "Clear"); terraform-routeros sends it so too. */
	json_raw(json, attribute->unset ? "!" : "");
	json_raw(json, attribute->name);
	json_raw(json, "\":");
	return json_text(json, attribute->unset ? TEXT_NONE : attribute->value);
}

/* False: a value is no UTF-8; its end is filled. */
static bool encode_write(struct json *json, struct write *write, uint32_t version)
{
	bool known = true;
	const char *where = ".id";
	json_raw(json, "{");
	if (write->verb != VERB_ADD) {
		json_raw(json, "\".id\":");
		known = json_text(json, write->id);
	}
	for (uint32_t i = 0; known && i < write->attribute_count; i++) {
		const struct attribute *attribute = &write->attributes[i];
		where = attribute->name;
		if ((write->verb == VERB_ADD || write->verb == VERB_SET) &&
		    write_has(write, attribute, version))
			known = put_attribute(json, attribute);
	}
	json_raw(json, "}");
	if (known)
		return true;
	write->end = WRITE_REFUSED;
	return error_set(&write->error, ERROR_REFUSED,
			 "%s: the value of %s is no UTF-8, which REST cannot carry: nothing was "
			 "sent",
			 write->menu->path, where);
}

static bool write_one(struct rest *rest, struct write *write, const struct rest_time *time,
		      struct arena *arena, struct error *error)
{
	struct json json = { .arena = arena };
	struct rest_answer answer;
	struct text path;
	if (!write_begin(write, rest->device.version_number) ||
	    !encode_write(&json, write, rest->device.version_number))
		return true;
	path = text_format(arena, "%s%s", write->menu->path, write_verb(write->verb));
	rest->device.counts.writes++;
	if (!rest_call(rest, path, json_done(&json), time, &answer, arena, error)) {
		if (error->code == ERROR_UNKNOWN) {
			write->end = WRITE_UNKNOWN;
			write->error = *error;
		}
		return false;
	}
	if (answer.words.size > 0)
		(void)trap_error(&write->error, answer.words);
	write_end(write);
	if (write->verb == VERB_ADD && write->end == WRITE_DONE)
		(void)rest_read_key(answer.body, "ret", &write->new_id, arena);
	return true;
}

bool rest_write(struct rest *rest, struct write *writes, uint32_t count, struct arena *arena,
		struct error *error)
{
	struct rest_time time = { clock_monotonic(), WRITES_MS_MAX, WRITE_MS, 0 };
	writes_clear(writes, count);
	for (uint32_t i = 0; i < count; i++) {
		if (!write_one(rest, &writes[i], &time, arena, error))
			return false;
		time.steps++;
	}
	return true;
}
