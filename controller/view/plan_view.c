#include "view/plan_view.h"

#include <string.h>

#include "view/plan_shape.h"
#include "view/shape.h"

static const char *const mode_words[] = {
	[MODE_OBSERVE] = "observe", [MODE_ADOPT] = "adopt", [MODE_MANAGE] = "manage"
};

/* A secret is never shown, not even its length. */
static json_t *field_value(const struct field *field, const struct row *row, uint32_t index)
{
	if (row == NULL || !row_has(row, index))
		return json_null();
	if (field->role == FIELD_SECRET)
		return json_string("(secret)");
	return json_of_text(row->value[index]);
}

static json_t *fields_of(const struct change *change)
{
	json_t *fields = json_array();

	for (uint32_t i = 0; i < change->menu->field_count; i++) {
		const struct field *field = &change->menu->fields[i];

		if (((change->fields >> i) & 1u) == 0)
			continue;
		json_array_append_new(fields,
				      json_pack("{s:s, s:o, s:o}", "name", field->name, "have",
						field_value(field, change->have, i), "want",
						field_value(field, change->want, i)));
	}
	return fields;
}

static json_t *change_of(const struct change *change)
{
	return json_pack("{s:s, s:s, s:o, s:o, s:s, s:s, s:o, s:o, s:b, s:b}", "verb",
			 verb_word(change->verb), "menu", change->menu->path, "key",
			 json_of_text(change->key), "fields", fields_of(change), "reason",
			 reason_word(change->reason), "effect", effect_word(change->effect),
			 "subscriber", json_text_or_null(change->subscriber), "because",
			 json_text_or_null(change->because), "held", (int)change->held,
			 "drops_session", (int)change->drops_session);
}

static bool is_carried_out(const struct change *change)
{
	return change->verb != VERB_CONFLICT && !change->held && !change->report_only;
}

static json_t *changes_of(const struct plan *plan, bool carried_out)
{
	json_t *changes = json_array();

	for (uint32_t i = 0; i < plan->count; i++) {
		if (carried_out && !is_carried_out(&plan->changes[i]))
			continue;
		if (json_array_size(changes) == HISTORY_CHANGES_MAX && carried_out)
			break;
		json_array_append_new(changes, change_of(&plan->changes[i]));
	}
	return changes;
}

static struct text json_into(json_t *value, struct arena *arena)
{
	size_t size = json_dumpb(value, NULL, 0, JSON_COMPACT);
	char *bytes = arena_take(arena, size + 1);

	json_dumpb(value, bytes, size, JSON_COMPACT);
	json_decref(value);
	return (struct text){ bytes, (uint32_t)size };
}

struct text view_changes_json(const struct plan *plan, bool carried_out, struct arena *arena)
{
	return json_into(changes_of(plan, carried_out), arena);
}

struct text view_fields_json(const struct change *change, struct arena *arena)
{
	return json_into(fields_of(change), arena);
}

static json_t *guarded_of(const struct plan *plan)
{
	if (plan == NULL || !plan->guarded.waits)
		return json_null();
	return json_pack("{s:s, s:i, s:o}", "digest", plan->guarded.digest, "losses",
			 (int)plan->guarded.losses, "why", json_of_text(plan->guarded.why));
}

static json_t *problems_of(const struct plan *plan, struct text remark)
{
	json_t *problems = json_array();

	if (remark.size > 0)
		json_array_append_new(problems, json_of_text(remark));
	for (uint32_t i = 0; plan != NULL && i < plan->problem_count; i++)
		json_array_append_new(problems, json_of_text(plan->problems[i]));
	return problems;
}

static json_t *router_of(const struct planned *planned, bool done)
{
	const struct plan *plan = planned->plan;

	return json_pack("{s:o, s:o, s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "tenant",
			 json_of_text(planned->tenant), "name", json_of_text(planned->router),
			 "mode", mode_words[planned->mode], "paused", (int)planned->paused,
			 "reachable", json_of_ternary(planned->reachable), "in_sync",
			 json_of_ternary(planned->in_sync), "error",
			 json_text_or_null(planned->error), "guarded", guarded_of(plan), "digest",
			 plan == NULL ? json_null() : json_string(plan->digest), "changes",
			 plan == NULL ? json_array() : changes_of(plan, done), "notes",
			 problems_of(plan, planned->remark));
}

static json_t *totals_of(const json_t *routers)
{
	json_t *totals = json_object();

	for (int verb = 0; verb < VERB_COUNT; verb++) {
		const char *word = verb_word((enum verb)verb);
		json_int_t count = 0;
		const json_t *router, *change;
		size_t i, k;

		json_array_foreach (routers, i, router)
			json_array_foreach (json_object_get(router, "changes"), k, change)
				count += text_is(member_text(change, "verb"), word);
		json_object_set_new(totals, word, json_integer(count));
	}
	return totals;
}

static json_t *monthly_of(const struct planned_tenant *tenant)
{
	if (!tenant->has_monthly)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o}", "currency", json_of_text(tenant->currency),
			 "gained", json_of_cents(tenant->monthly_gained_cents), "lost",
			 json_of_cents(tenant->monthly_lost_cents), "change",
			 json_of_cents(tenant->monthly_gained_cents -
				       tenant->monthly_lost_cents));
}

static json_t *cuts_of(const struct planned_tenant *tenant)
{
	json_t *cuts = json_array();

	for (uint32_t i = 0; i < tenant->cut_count; i++)
		json_array_append_new(
		    cuts, json_pack("{s:o, s:o, s:o}", "account",
				    json_of_text(tenant->cuts[i].account), "title",
				    json_text_or_null(tenant->cuts[i].title), "router",
				    json_of_text(tenant->cuts[i].router)));
	return cuts;
}

struct document *view_plan(const struct planned_tenant *tenants, uint32_t tenant_count,
			   const struct planned *routers, uint32_t router_count, bool done)
{
	json_t *tenant_list = json_array(), *router_list = json_array();

	for (uint32_t i = 0; i < tenant_count; i++)
		json_array_append_new(tenant_list,
				      json_pack("{s:o, s:o, s:o, s:o}", "name",
						json_of_text(tenants[i].name), "commit",
						json_text_or_null(tenants[i].commit), "monthly",
						monthly_of(&tenants[i]), "cut",
						cuts_of(&tenants[i])));
	for (uint32_t i = 0; i < router_count; i++)
		json_array_append_new(router_list, router_of(&routers[i], done));
	return document_make(done ? "apply" : "plan",
			     json_pack("{s:o, s:o, s:o}", "tenants", tenant_list, "routers",
				       router_list, "totals", totals_of(router_list)));
}
