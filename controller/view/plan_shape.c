#include "view/plan_shape.h"

#include <string.h>

#define CUTS_MAX 100 /* so many are named in a text */

static const struct {
	const char *verb;
	const char *sign;
	enum tone tone;
	const char *past; /* for what was done */
} verbs[] = {
	{ "add", "+", TONE_GOOD, "added" },     { "set", "~", TONE_WARN, "changed" },
	{ "remove", "-", TONE_BAD, "removed" }, { "disconnect", "!", TONE_BAD, "disconnected" },
	{ "adopt", ">", TONE_GOOD, "adopted" }, { "conflict", "=", TONE_DIM, "in conflict" },
};

#define VALUE_SHOWN_MAX 300u
#define VALUE_HEAD 40u

/* A whole script would hide the lines around it; the JSON has it all. */
static void put_value(struct output *output, const json_t *value)
{
	struct text text = shown(value, output->arena);

	if (text.size <= VALUE_SHOWN_MAX) {
		put_text(output, text);
		return;
	}
	put_text(output, text_head(text, VALUE_HEAD));
	put(output, "… (%u bytes)", text.size);
}

struct text change_fields_text(const json_t *fields, struct arena *arena)
{
	struct output output = { .arena = arena };
	const json_t *field;
	size_t i;

	json_array_foreach (fields, i, field) {
		const json_t *have = json_object_get(field, "have");

		put(&output, "%s%.*s ", i == 0 ? "" : ", ", TEXT_ARG(member_text(field, "name")));
		if (!json_is_null(have)) {
			put_value(&output, have);
			put(&output, " → ");
		}
		put_value(&output, json_object_get(field, "want"));
	}
	return (struct text){ output.at, (uint32_t)output.size };
}

void change_line(const json_t *change, struct output *output)
{
	struct text verb = member_text(change, "verb"), who = member_text(change, "subscriber");
	struct text because = member_text(change, "because");
	const json_t *fields = json_object_get(change, "fields");

	for (size_t i = 0; i < ARRAY_COUNT(verbs); i++) {
		if (!text_is(verb, verbs[i].verb))
			continue;
		put_tone(output, verbs[i].tone);
		put(output, "  %s", verbs[i].sign);
		put_tone(output, TONE_PLAIN);
	}
	if (who.size > 0) {
		put(output, " ");
		put_tone(output, TONE_STRONG);
		put_printable(output, who);
		put_tone(output, TONE_PLAIN);
		put(output, ":");
	}
	put(output, " %.*s %.*s ", TEXT_ARG(verb), TEXT_ARG(member_text(change, "menu")));
	put_printable(output, member_text(change, "key"));
	if (json_array_size(fields) > 0) {
		put(output, ": ");
		put_printable(output, change_fields_text(fields, output->arena));
	}
	put(output, "  [%.*s, %.*s%s%s]", TEXT_ARG(member_text(change, "reason")),
	    TEXT_ARG(member_text(change, "effect")),
	    member_true(change, "drops_session") ? ", drops the session" : "",
	    member_true(change, "held") ? ", WAITS" : "");
	if (because.size > 0) {
		put_tone(output, TONE_DIM);
		put(output, "  ");
		put_printable(output, because);
		put_tone(output, TONE_PLAIN);
	}
	put(output, "\n");
}

static void router_text(const json_t *router, struct output *output)
{
	const json_t *changes = json_object_get(router, "changes"), *change, *note;
	const json_t *guarded = json_object_get(router, "guarded");
	struct text error = member_text(router, "error");
	size_t i;

	put_tone(output, TONE_STRONG);
	put(output, "%.*s/%.*s", TEXT_ARG(member_text(router, "tenant")),
	    TEXT_ARG(member_text(router, "name")));
	put_tone(output, TONE_PLAIN);
	put(output, " (%.*s%s)", TEXT_ARG(member_text(router, "mode")),
	    member_true(router, "paused") ? ", paused" : "");
	if (error.size > 0) {
		put_tone(output, TONE_BAD);
		put(output, "  %.*s", TEXT_ARG(error));
		put_tone(output, TONE_PLAIN);
	}
	put(output, "\n");
	json_array_foreach (changes, i, change)
		change_line(change, output);
	json_array_foreach (json_object_get(router, "notes"), i, note)
		put(output, "  · %s\n", json_string_value(note));
	if (!json_is_null(guarded)) {
		put_tone(output, TONE_BAD);
		put(output, "  GUARDED: %.*s\n", TEXT_ARG(member_text(guarded, "why")));
		put_tone(output, TONE_PLAIN);
	}
}

static bool is_worth_a_line(const json_t *router)
{
	return json_array_size(json_object_get(router, "changes")) > 0 ||
	       json_array_size(json_object_get(router, "notes")) > 0 ||
	       !json_is_null(json_object_get(router, "guarded")) ||
	       member_text(router, "error").size > 0 || member_true(router, "paused");
}

/* Why nothing is to be done must not sound better than it is: an unread router may differ. */
static void nothing_text(const json_t *data, struct output *output, bool done)
{
	const json_t *router;
	bool unread = false;
	size_t i;

	json_array_foreach (json_object_get(data, "routers"), i, router)
		unread |= member_text(router, "error").size > 0;
	put(output, done ? "Nothing to do" : "No changes");
	if (unread)
		put(output, " where the routers could be read");
	else if (!done && member_int(json_object_get(data, "totals"), "conflict") == 0)
		put(output, ": the routers are as the files say");
	put(output, ".");
}

static void totals_text(const json_t *data, struct output *output, bool done)
{
	const json_t *totals = json_object_get(data, "totals");
	int64_t sum = 0;
	bool first = true;

	for (size_t i = 0; i < ARRAY_COUNT(verbs); i++)
		if (strcmp(verbs[i].verb, "conflict") != 0)
			sum += member_int(totals, verbs[i].verb);
	if (sum == 0)
		nothing_text(data, output, done);
	else
		put(output, done ? "Done: " : "Plan: ");
	for (size_t i = 0; i < ARRAY_COUNT(verbs); i++) {
		bool to_come = !done && strcmp(verbs[i].verb, "conflict") != 0;
		int64_t count = member_int(totals, verbs[i].verb);

		if (count == 0)
			continue;
		put(output, "%s%lld %s%s", first ? (sum == 0 ? " " : "") : ", ", (long long)count,
		    to_come ? "to be " : "", verbs[i].past);
		first = false;
	}
	put(output, sum == 0 && first ? "\n" : ".\n");
}

/* What the commit to come is worth, where it changes anything. */
static void money_text(const json_t *data, struct output *output)
{
	const json_t *tenant;
	size_t i;

	json_array_foreach (json_object_get(data, "tenants"), i, tenant) {
		const json_t *monthly = json_object_get(tenant, "monthly");
		struct text gained = member_text(monthly, "gained");
		struct text lost = member_text(monthly, "lost");

		if (!json_is_object(monthly) || (text_is(gained, "0.00") && text_is(lost, "0.00")))
			continue;
		put(output, "In a month: %.*s %.*s (%.*s gained, %.*s lost)\n",
		    TEXT_ARG(member_text(monthly, "currency")),
		    TEXT_ARG(member_text(monthly, "change")), TEXT_ARG(gained), TEXT_ARG(lost));
	}
}

/* By name: the one line of a plan that nobody may overlook. */
static void cuts_text(const json_t *data, struct output *output)
{
	const json_t *tenant, *cut;
	size_t i, k;

	json_array_foreach (json_object_get(data, "tenants"), i, tenant) {
		const json_t *cuts = json_object_get(tenant, "cut");
		size_t count = json_array_size(cuts);

		if (count == 0)
			continue;
		put_tone(output, TONE_BAD);
		put(output, "%zu would lose access by this commit:", count);
		put_tone(output, TONE_PLAIN);
		json_array_foreach (cuts, k, cut) {
			struct text title = member_text(cut, "title");

			if (k == CUTS_MAX)
				break;
			put(output, "%s ", k == 0 ? "" : ",");
			put_printable(output, member_text(cut, "account"));
			if (title.size > 0) {
				put(output, " ");
				put_printable(output, title);
			}
			put(output, " (%.*s)", TEXT_ARG(member_text(cut, "router")));
		}
		if (count > CUTS_MAX)
			put(output, " and %zu more (--output json names them all)",
			    count - CUTS_MAX);
		put(output, "\n");
	}
}

static void routers_text(const json_t *data, struct output *output, bool done)
{
	const json_t *routers = json_object_get(data, "routers"), *router;
	size_t i, quiet = 0, apart = 0;

	json_array_foreach (routers, i, router) {
		if (is_worth_a_line(router))
			router_text(router, output);
		else if (json_is_false(json_object_get(router, "in_sync")))
			apart++;
		else
			quiet++;
	}
	if (quiet > 0 && quiet < json_array_size(routers))
		put(output, "%zu more %s in sync.\n", quiet,
		    quiet == 1 ? "router is" : "routers are");
	/* Only watched, only reported, or in conflict: nothing was done, and that is not all. */
	if (apart > 0)
		put(output, "%zu more %s not in sync: `wavu plan` says why.\n", apart,
		    apart == 1 ? "router is" : "routers are");
	totals_text(data, output, done);
	cuts_text(data, output);
	money_text(data, output);
}

void plan_text(const json_t *data, struct output *output)
{
	routers_text(data, output, false);
}

void apply_text(const json_t *data, struct output *output)
{
	routers_text(data, output, true);
}
