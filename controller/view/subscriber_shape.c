#include "view/subscriber_shape.h"

#include <string.h>

/* Lists are tables whose cells are members of the rows, by name. */
static void list_columns(const json_t *rows, const struct columns *columns,
			 const char *const *members, struct output *output)
{
	struct cell *cells = ARENA_ARRAY(output->arena, struct cell,
					 json_array_size(rows) * columns->count + 1);
	const json_t *row;
	size_t i;

	json_array_foreach (rows, i, row)
		for (uint32_t column = 0; column < columns->count; column++) {
			const json_t *value = json_object_get(row, members[column]);
			bool is_time = strcmp(members[column], "paid_until") == 0;

			cells[i * columns->count + column].text = is_time
								      ? shown_time(value,
										   output->arena)
								      : shown(value, output->arena);
		}
	put_columns(output, columns, cells, (uint32_t)json_array_size(rows));
}

void subscribers_text(const json_t *data, struct output *output)
{
	static const char *const heads[] = { "account",  "title", "package",    "router",
					     "username", "state", "paid until", "balance" };
	static const char *const members[] = { "account",  "title", "package",    "router",
					       "username", "state", "paid_until", "balance" };

	if (json_array_size(data) == 0)
		put(output, "No subscribers.\n");
	else
		list_columns(data, &(struct columns){ heads, ARRAY_COUNT(heads) }, members, output);
}

void subscriber_text(const json_t *data, struct output *output)
{
	static const char *const members[] = { "account",  "tenant",  "title",   "phone",
					       "package",  "service", "router",  "username",
					       "password", "state",   "because", "paid_until",
					       "balance",  "online" };
	const json_t *payment = json_object_get(data, "last_payment");

	for (size_t i = 0; i < ARRAY_COUNT(members); i++) {
		const json_t *value = json_object_get(data, members[i]);

		if (value == NULL)
			continue;
		put_tone(output, TONE_DIM);
		put(output, "%-14s", members[i]);
		put_tone(output, TONE_PLAIN);
		put_text(output, shown_time(value, output->arena));
		put(output, "\n");
	}
	put_tone(output, TONE_DIM);
	put(output, "%-14s", "last payment");
	put_tone(output, TONE_PLAIN);
	if (json_is_object(payment))
		put(output, "%.*s  %.*s  %.*s\n", TEXT_ARG(member_text(payment, "receipt")),
		    TEXT_ARG(member_text(payment, "amount")),
		    TEXT_ARG(shown_time(json_object_get(payment, "at"), output->arena)));
	else
		put(output, "–\n");
}

void urls_text(const json_t *data, struct output *output)
{
	static const char *const kinds[] = { "validation", "confirmation", "callback" };
	const json_t *channel;
	size_t i;

	json_array_foreach (data, i, channel) {
		put_tone(output, TONE_STRONG);
		put(output, "%.*s/%.*s", TEXT_ARG(member_text(channel, "tenant")),
		    TEXT_ARG(member_text(channel, "channel")));
		put_tone(output, TONE_PLAIN);
		put(output, " (%.*s)\n", TEXT_ARG(member_text(channel, "provider")));
		for (size_t k = 0; k < ARRAY_COUNT(kinds); k++)
			if (member_text(channel, kinds[k]).size > 0)
				put(output, "  %-13s %.*s\n", kinds[k],
				    TEXT_ARG(member_text(channel, kinds[k])));
		if (member_text(channel, "warning").size > 0) {
			put_tone(output, TONE_BAD);
			put(output, "  ! %.*s\n", TEXT_ARG(member_text(channel, "warning")));
			put_tone(output, TONE_PLAIN);
		}
	}
	if (json_array_size(data) == 0)
		put(output, "No payment channels are declared.\n");
}

static void findings_list(const json_t *list, const char *word, enum tone tone,
			  struct output *output)
{
	const json_t *finding;
	size_t i;

	json_array_foreach (list, i, finding) {
		put(output, "%.*s:%lld:%lld: ", TEXT_ARG(member_text(finding, "file")),
		    (long long)member_int(finding, "line"),
		    (long long)member_int(finding, "column"));
		put_tone(output, tone);
		put(output, "%s: ", word);
		put_tone(output, TONE_PLAIN);
		if (member_text(finding, "path").size > 0)
			put(output, "%.*s: ", TEXT_ARG(member_text(finding, "path")));
		put_text(output, member_text(finding, "message"));
		put(output, "\n");
	}
}

void findings_text(const json_t *data, struct output *output)
{
	const json_t *errors = json_object_get(data, "errors"),
		     *warnings = json_object_get(data, "warnings");
	int64_t total = member_int(data, "total");

	findings_list(errors, "error", TONE_BAD, output);
	findings_list(warnings, "warning", TONE_WARN, output);
	if (total > (int64_t)json_array_size(errors))
		put(output, "… and %lld more errors.\n",
		    (long long)(total - (int64_t)json_array_size(errors)));
	if (total == 0)
		put(output, "The files are good%s.\n",
		    json_array_size(warnings) > 0 ? ", with the warnings above" : "");
	else
		put(output, "%lld %s: nothing of this will be taken until it is mended.\n",
		    (long long)total, total == 1 ? "error" : "errors");
}

void message_text(const json_t *data, struct output *output)
{
	put_text(output, member_text(data, "message"));
	put(output, "\n");
}

void verify_text(const json_t *data, struct output *output)
{
	const json_t *problem;
	size_t i;

	json_array_foreach (json_object_get(data, "problems"), i, problem)
		put(output, "! %s\n", json_string_value(problem));
	message_text(data, output);
}

void checks_text(const json_t *data, struct output *output)
{
	const json_t *check;
	size_t i;

	json_array_foreach (json_object_get(data, "checks"), i, check) {
		bool ok = member_true(check, "ok"), advice = member_true(check, "advice");

		put_tone(output, ok ? TONE_GOOD : advice ? TONE_WARN : TONE_BAD);
		put(output, ok ? "ok   " : advice ? "warn " : "FAIL ");
		put_tone(output, TONE_PLAIN);
		put_text(output, member_text(check, "what"));
		if (member_text(check, "remedy").size > 0)
			put(output, "\n     %.*s", TEXT_ARG(member_text(check, "remedy")));
		put(output, "\n");
	}
	message_text(data, output);
}
