#include "view/fleet_shape.h"

#include "view/list_view.h"
#include "view/plan_shape.h"
#include "view/proof_view.h"
#include "view/reversal_view.h"
#include "view/trust_view.h"

static const char *const router_heads[] = { "router", "site",      "mode", "state",
					    "drift",  "last look", "note" };

/* The one word a person looks for first, worst news first. */
static struct cell router_word(const json_t *router)
{
	if (!json_is_null(json_object_get(router, "guarded")))
		return (struct cell){ TEXT("GUARDED"), TONE_BAD };
	if (!json_is_null(json_object_get(router, "paused")))
		return (struct cell){ TEXT("PAUSED"), TONE_WARN };
	if (json_is_false(json_object_get(router, "reachable")))
		return (struct cell){ TEXT("unreachable"), TONE_BAD };
	if (member_true(router, "contested"))
		return (struct cell){ TEXT("contested"), TONE_WARN };
	if (json_is_null(json_object_get(router, "reachable")))
		return (struct cell){ TEXT("not looked at yet"), TONE_DIM };
	if (member_text(router, "kept_at").size > 0)
		return (struct cell){ TEXT("waits"), TONE_WARN };
	if (member_true(router, "in_sync"))
		return (struct cell){ TEXT("in sync"), TONE_GOOD };
	return (struct cell){ TEXT("differs"), TONE_WARN };
}

static struct text trouble_note(const json_t *router, struct arena *arena)
{
	const json_t *paused = json_object_get(router, "paused");
	const json_t *guarded = json_object_get(router, "guarded");

	if (!json_is_null(guarded))
		return member_text(guarded, "why");
	if (!json_is_null(paused))
		return text_format(arena, "until %.*s: %.*s",
				   TEXT_ARG(shown_time(json_object_get(paused, "until"), arena)),
				   TEXT_ARG(member_text(paused, "reason")));
	if (member_text(router, "error").size > 0)
		return member_text(router, "error");
	if (member_text(router, "kept_at").size > 0)
		return text_format(arena, "kept at %.*s until its wave comes",
				   TEXT_ARG(text_head(member_text(router, "kept_at"), 12)));
	/* A row of somebody else's, or a change that waits: nothing else says it here. */
	if (member_true(router, "reachable") && json_is_false(json_object_get(router, "in_sync")))
		return text_format(arena, "wavu plan --router %.*s says what differs",
				   TEXT_ARG(member_text(router, "name")));
	return TEXT_NONE;
}

/* What hurts now, and who would stay open if wavu were cut off. */
static struct text router_note(const json_t *router, struct arena *arena)
{
	const json_t *lease = json_object_get(router, "lease");
	struct text note = trouble_note(router, arena);

	if (lease == NULL || json_is_null(lease) || member_true(lease, "protected"))
		return note;
	return text_format(arena, "%.*s%sUNPROTECTED while wavu is away: %.*s", TEXT_ARG(note),
			   note.size > 0 ? "; " : "", TEXT_ARG(member_text(lease, "why")));
}

static struct cell *router_cells(const json_t *routers, struct arena *arena)
{
	struct cell *cells = ARENA_ARRAY(arena, struct cell,
					 json_array_size(routers) * ARRAY_COUNT(router_heads) + 1);
	const json_t *router;
	size_t i;

	json_array_foreach (routers, i, router) {
		struct cell *row = &cells[i * ARRAY_COUNT(router_heads)];
		int64_t drift = member_int(router, "drift");

		row[0] = (struct cell){ text_format(arena, "%.*s/%.*s",
						    TEXT_ARG(member_text(router, "tenant")),
						    TEXT_ARG(member_text(router, "name"))),
					TONE_STRONG };
		row[1] = (struct cell){ shown(json_object_get(router, "site"), arena), TONE_PLAIN };
		row[2] = (struct cell){ shown(json_object_get(router, "mode"), arena), TONE_PLAIN };
		row[3] = router_word(router);
		row[4] = (struct cell){ text_format(arena, "%lld", (long long)drift),
					drift > 0 ? TONE_WARN : TONE_DIM };
		row[5] = (struct cell){
			shown_time(json_object_get(router, "last_reconcile_at"), arena), TONE_PLAIN
		};
		row[6] = (struct cell){ router_note(router, arena), TONE_PLAIN };
	}
	return cells;
}

static struct text people_text(const json_t *subscribers, struct arena *arena)
{
	struct output output = { .arena = arena };
	const char *state;
	const json_t *count;
	void *cursor = json_object_iter((json_t *)(uintptr_t)subscribers);

	for (; cursor != NULL;
	     cursor = json_object_iter_next((json_t *)(uintptr_t)subscribers, cursor)) {
		state = json_object_iter_key(cursor);
		count = json_object_iter_value(cursor);
		if (json_integer_value(count) > 0)
			put(&output, "%s%" JSON_INTEGER_FORMAT " %s", output.size > 0 ? ", " : "",
			    json_integer_value(count), state);
	}
	if (output.size == 0)
		put(&output, "none");
	return (struct text){ output.at, (uint32_t)output.size };
}

#define ALARMS_MAX \
	(8 + PROOF_ALARMS_MAX + REVERSAL_ALARMS_MAX + LIST_ALARMS_MAX + TRUST_ALARMS_MAX)

/* A commit on its way through the fleet, for as long as somebody waits for it. */
static struct text rollout_text(const json_t *rollout, struct arena *arena)
{
	struct text commit = text_head(member_text(rollout, "commit"), 12);

	if (member_text(rollout, "stopped").size > 0)
		return text_format(arena, "the roll-out of %.*s has STOPPED: %.*s",
				   TEXT_ARG(commit), TEXT_ARG(member_text(rollout, "stopped")));
	return text_format(arena,
			   "roll-out of %.*s: wave %lld of %lld, %lld moved, %lld at it, %lld wait",
			   TEXT_ARG(commit), (long long)member_int(rollout, "wave"),
			   (long long)member_int(rollout, "waves"),
			   (long long)member_int(rollout, "done"),
			   (long long)member_int(rollout, "pending"),
			   (long long)member_int(rollout, "waiting"));
}

/* What is wrong with a tenant as sentences, in the order of how much it hurts. */
static uint32_t alarms_of(const json_t *tenant, struct alarm alarms[ALARMS_MAX],
			  struct arena *arena)
{
	struct text error = member_text(tenant, "error"), clock = member_text(tenant, "clock");
	struct text fleet = member_text(tenant, "fleet_guard"),
		    notes = member_text(tenant, "notes");
	struct text reversals[REVERSAL_ALARMS_MAX], lists[LIST_ALARMS_MAX];
	uint32_t count = 0, orders, list_count;

	if (error.size > 0)
		alarms[count++].text = text_format(arena, "the newest commit is not in force: %.*s",
					      TEXT_ARG(error));
	if (json_is_object(json_object_get(tenant, "rollout")))
		alarms[count++].text = rollout_text(json_object_get(tenant, "rollout"), arena);
	if (clock.size > 0)
		alarms[count++].text = text_format(arena, "expiries wait for the clock: %.*s",
					      TEXT_ARG(clock));
	if (fleet.size > 0)
		alarms[count++].text = fleet;
	if (notes.size > 0)
		alarms[count++].text = notes;
	count += proof_alarms(tenant, &alarms[count], arena);
	count += trust_alarms(tenant, &alarms[count], arena);
	orders = reversal_alarms(tenant, reversals, arena);
	for (uint32_t i = 0; i < orders; i++)
		alarms[count++].text = reversals[i];
	list_count = list_alarms(tenant, lists, arena);
	for (uint32_t i = 0; i < list_count; i++)
		alarms[count++].text = lists[i];
	return count;
}

static struct text today_text(const json_t *tenant, struct arena *arena)
{
	const json_t *payments = json_object_get(tenant, "payments");

	return text_format(arena, "%lld %s today, %.*s %.*s",
			   (long long)member_int(payments, "today_count"),
			   member_int(payments, "today_count") == 1 ? "payment" : "payments",
			   TEXT_ARG(member_text(payments, "today_amount")),
			   TEXT_ARG(member_text(payments, "currency")));
}

/* "240 ms", "1.24 s" */
static struct text seconds_text(int64_t ms, struct arena *arena)
{
	if (ms < 1000)
		return text_format(arena, "%lld ms", (long long)ms);
	return text_format(arena, "%lld.%02lld s", (long long)(ms / 1000),
			   (long long)(ms % 1000 / 10));
}

/* How fast paid became online, what is asked for, when the last one came; empty: nothing yet. */
static struct text pace_text(const json_t *tenant, struct arena *arena)
{
	const json_t *payments = json_object_get(tenant, "payments");
	const json_t *last = json_object_get(payments, "last_verified_at");
	struct output output = { .arena = arena };
	int64_t prompts = member_int(payments, "prompts_open");

	if (json_is_string(last))
		put(&output, "last payment %.*s", TEXT_ARG(shown_time(last, arena)));
	if (json_is_integer(json_object_get(payments, "access_p50_ms")))
		put(&output, "%shalf are online within %.*s, 99 of 100 within %.*s",
		    output.size > 0 ? ", " : "",
		    TEXT_ARG(seconds_text(member_int(payments, "access_p50_ms"), arena)),
		    TEXT_ARG(seconds_text(member_int(payments, "access_p99_ms"), arena)));
	if (prompts > 0)
		put(&output, "%s%lld %s open", output.size > 0 ? ", " : "", (long long)prompts,
		    prompts == 1 ? "prompt" : "prompts");
	return (struct text){ output.at, (uint32_t)output.size };
}

void status_text(const json_t *data, struct output *output)
{
	const json_t *routers = json_object_get(data, "routers"), *tenant;
	struct columns columns = { router_heads, ARRAY_COUNT(router_heads) };
	size_t i;

	json_array_foreach (json_object_get(data, "tenants"), i, tenant) {
		struct alarm alarms[ALARMS_MAX] = { 0 };
		uint32_t alarm_count = alarms_of(tenant, alarms, output->arena);

		put_tone(output, TONE_STRONG);
		put(output, "%.*s", TEXT_ARG(member_text(tenant, "name")));
		put_tone(output, TONE_PLAIN);
		put(output, "  commit %.12s  %.*s\n  subscribers: %.*s\n",
		    shown(json_object_get(tenant, "commit"), output->arena).at,
		    TEXT_ARG(today_text(tenant, output->arena)),
		    TEXT_ARG(people_text(json_object_get(tenant, "subscribers"), output->arena)));
		if (pace_text(tenant, output->arena).size > 0)
			put(output, "  money: %.*s\n",
			    TEXT_ARG(pace_text(tenant, output->arena)));
		for (uint32_t k = 0; k < alarm_count; k++) {
			put_tone(output, TONE_BAD);
			put(output, "  ! %.*s\n", TEXT_ARG(alarms[k].text));
			put_tone(output, TONE_PLAIN);
		}
	}
	put(output, "\n");
	if (json_array_size(routers) == 0)
		put(output, "No routers yet: nothing was read from the repository.\n");
	else
		put_columns(output, &columns, router_cells(routers, output->arena),
			    (uint32_t)json_array_size(routers));
}

static void router_html(const json_t *router, struct output *output)
{
	static const char *const classes[] = {
		[TONE_PLAIN] = "",  [TONE_GOOD] = "good", [TONE_WARN] = "warn",
		[TONE_BAD] = "bad", [TONE_DIM] = "dim",   [TONE_STRONG] = ""
	};
	struct arena *arena = output->arena;
	struct cell word = router_word(router);
	struct text note = router_note(router, arena);

	put(output, "<li class=\"%s\"><a href=\"/routers/", classes[word.tone]);
	put_html(output, member_text(router, "name"));
	put(output, "?tenant=");
	put_html(output, member_text(router, "tenant"));
	put(output, "\"><b>");
	put_html(output, member_text(router, "name"));
	put(output, "</b></a> <span class=\"word\">");
	put_html(output, word.text);
	put(output, "</span> <small>");
	put_html(output, shown(json_object_get(router, "site"), arena));
	put(output, " · ");
	put_html(output, shown(json_object_get(router, "mode"), arena));
	put(output, " · drift %lld · last reconcile ",
	    (long long)member_int(router, "drift"));
	put_html(output, shown_time(json_object_get(router, "last_reconcile_at"), arena));
	put(output, "</small>");
	if (note.size > 0) {
		put(output, "<p class=\"note\">");
		put_html(output, note);
		put(output, "</p>");
	}
	put(output, "</li>\n");
}

#define GOOD_SHOWN_MAX 12 /* more that are in sync are folded away */

/* What hurts stands first: a fleet of hundreds is looked at on a phone. */
static void routers_html(const json_t *routers, struct output *output)
{
	const json_t *router;
	size_t good = 0, i;

	put(output, "<h2>Routers</h2>\n<ul class=\"routers\">\n");
	json_array_foreach (routers, i, router) {
		if (router_word(router).tone == TONE_GOOD)
			good++;
		else
			router_html(router, output);
	}
	put(output, "</ul>\n");
	if (good > GOOD_SHOWN_MAX)
		put(output, "<details><summary>%zu routers are in sync</summary>\n", good);
	put(output, "<ul class=\"routers\">\n");
	json_array_foreach (routers, i, router)
		if (router_word(router).tone == TONE_GOOD)
			router_html(router, output);
	put(output, "</ul>\n%s", good > GOOD_SHOWN_MAX ? "</details>\n" : "");
}

void status_html(const json_t *data, struct output *output)
{
	const json_t *routers = json_object_get(data, "routers"), *tenant;
	struct arena *arena = output->arena;
	size_t i;

	json_array_foreach (json_object_get(data, "tenants"), i, tenant) {
		struct alarm alarms[ALARMS_MAX] = { 0 };
		uint32_t alarm_count = alarms_of(tenant, alarms, arena);

		put(output, "<section class=\"tenant\"><h2>");
		put_html(output, member_text(tenant, "name"));
		put(output, "</h2><p>commit <code>%.12s</code> · ",
		    shown(json_object_get(tenant, "commit"), arena).at);
		put_html(output, today_text(tenant, arena));
		put(output, "</p><p>subscribers: ");
		put_html(output, people_text(json_object_get(tenant, "subscribers"), arena));
		put(output, "</p>\n");
		if (pace_text(tenant, arena).size > 0) {
			put(output, "<p>money: <a href=\"/payments/prompts\">");
			put_html(output, pace_text(tenant, arena));
			put(output, "</a></p>\n");
		}
		for (uint32_t k = 0; k < alarm_count; k++) {
			put(output, "<p class=\"alarm\">");
			if (alarms[k].page != NULL)
				put(output, "<a href=\"%s\">", alarms[k].page);
			put_html(output, alarms[k].text);
			put(output, "%s</p>\n", alarms[k].page != NULL ? "</a>" : "");
		}
		put(output, "</section>\n");
	}
	routers_html(routers, output);
	if (json_array_size(routers) == 0)
		put(output, "<p>No routers yet: nothing was read from the repository.</p>\n");
}
