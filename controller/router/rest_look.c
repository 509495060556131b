/* Looks over REST: one print at a time, for requests of one user run one at a time anyway (routeros
 * facts §2). */
#include "base/clock.h"
#include "router/looking.h"
#include "router/rest.h"

struct asking {
	struct rest *rest;
	struct arena *arena;
	struct rest_time time;
};

/* ".query":["f=a","f=b","#|"]: the words of the API without their '?' (§2). */
static bool put_query(struct json *json, const struct look *look, struct arena *arena)
{
	if (!look->field)
		return true;
	json_raw(json, ",\".query\":[");
	for (uint32_t i = 0; i < look->value_count; i++) {
		struct text word = text_format(arena, "%s=%.*s", look->field,
					       TEXT_ARG(look->values[i]));
		json_raw(json, i ? "," : "");
		if (!json_text(json, word))
			return false;
		json_raw(json, i ? ",\"#|\"" : "");
	}
	json_raw(json, "]");
	return true;
}

/* One print, or its count. True with a refusal in the looking. */
static bool ask_one(struct asking *asking, struct looking *looking, bool count,
		    struct rest_answer *answer, struct error *error)
{
	const struct look *look = looking->look;
	struct json json = { .arena = asking->arena };
	struct text path = text_format(asking->arena, "%s/print", look->menu->path);
	bool known = true;
	json_raw(&json, "{");
	if (count) {
		json_raw(&json, "\"count-only\":\"\""); /* a flag takes "" (§2) */
	} else {
		json_raw(&json, "\".proplist\":");
		known = json_text(&json, looking->ask);
	}
	known = known && put_query(&json, look, asking->arena);
	json_raw(&json, "}");
	if (!known)
		return error_set(error, ERROR_REFUSED,
				 "%s: what is asked for is no UTF-8, which REST cannot carry",
				 look->menu->path);
	if (!rest_call(asking->rest, path, json_done(&json), &asking->time, answer, asking->arena,
		       error))
		return false;
	if (answer->words.size > 0)
		looking_refuse(looking, answer->words);
	return true;
}

static bool ask_look(struct asking *asking, struct looking *looking, struct error *error)
{
	struct rest_answer answer;
	struct text told;
	if (looking_asks_nothing(looking))
		return true;
	if (!ask_one(asking, looking, false, &answer, error))
		return false;
	if (looking->refusal.code != ERROR_NONE)
		return true;
	if (!rest_read_rows(looking, answer.body, asking->arena, error)) {
		looking->look->suspicious = true;
		return false;
	}
	asking->time.steps += looking->rows_count;
	if (!looking->look->count)
		return true;
	if (!ask_one(asking, looking, true, &answer, error))
		return false;
	if (looking->refusal.code == ERROR_NONE &&
	    rest_read_key(answer.body, "ret", &told, asking->arena))
		looking_take_count(looking, told);
	return true;
}

static bool ask_all(void *subject, struct looking *lookings, uint32_t count, struct error *error)
{
	struct asking *asking = subject;
	for (uint32_t i = 0; i < count; i++) {
		if (!ask_look(asking, &lookings[i], error))
			return false;
		/* One no is enough to know that nothing of this look will count. */
		if (lookings[i].refusal.code != ERROR_NONE && !lookings[i].look->may_lack)
			return true;
	}
	return true;
}

bool rest_look(struct rest *rest, struct look *looks, uint32_t count, struct arena *arena,
	       struct error *error)
{
	struct asking asking = { rest, arena, { clock_monotonic(), LOOK_MS_MAX, LOOK_ROW_MS, 0 } };
	struct looking *lookings = lookings_make(looks, count, rest->device.version_number, arena);
	if (lookings_ask_twice(lookings, count, ask_all, &asking, arena, error))
		return true;
	/* A session that died has said whose it is already. */
	return rest->is_dead ? false : rest_fail(rest, error);
}
