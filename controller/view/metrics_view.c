#include "view/metrics_view.h"

#include <string.h>

#include "view/metrics_payments.h"
#include "view/shape.h"
#include "view/trust_view.h"

struct metric {
	const char *name;
	const char *help;
	const char *member; /* of a router, or of a tenant's payments */
};

static const struct metric router_metrics[] = {
	{ "wavu_router_reachable", "1 when the last look got an answer", "reachable" },
	{ "wavu_router_in_sync",
	  "1 when the last look found nothing to change and no roll-out keeps it back",
	  "in_sync" },
	{ "wavu_router_drift_rows", "rows of ours that somebody changed", "drift" },
	{ "wavu_router_contested", "1 when a row was healed again and again", "contested" },
	{ "wavu_router_generation", "what the router should be", "generation" },
	{ "wavu_router_applied_generation", "what the router was last made", "applied_generation" },
};

static const struct metric payment_metrics[] = {
	{ "wavu_payments_unmatched", "payments without an owner", "unmatched_count" },
	{ "wavu_payments_held", "payments held for a person", "held_count" },
	{ "wavu_payments_today", "payments credited since the tenant's midnight", "today_count" },
};

static void put_head(struct output *output, const struct metric *metric)
{
	put(output, "# HELP %s %s.\n# TYPE %s gauge\n", metric->name, metric->help, metric->name);
}

/* Names are [a-z0-9-]: nothing needs escaping in a label. */
static void put_labels(struct output *output, const char *name, const json_t *router)
{
	put(output, "%s{tenant=\"%.*s\",router=\"%.*s\"}", name,
	    TEXT_ARG(member_text(router, "tenant")), TEXT_ARG(member_text(router, "name")));
}

static void put_routers(struct output *output, const json_t *routers)
{
	const json_t *router;
	size_t i;

	for (size_t k = 0; k < ARRAY_COUNT(router_metrics); k++) {
		put_head(output, &router_metrics[k]);
		json_array_foreach (routers, i, router) {
			const json_t *value = json_object_get(router, router_metrics[k].member);

			if (json_is_null(value))
				continue; /* not looked at yet: no sample rather than a guess */
			put_labels(output, router_metrics[k].name, router);
			put(output, " %" JSON_INTEGER_FORMAT "\n",
			    json_is_integer(value) ? json_integer_value(value)
						   : (json_int_t)json_is_true(value));
		}
	}
	put(output, "# HELP wavu_router_guarded_losses people whose loss waits for a person.\n"
		    "# TYPE wavu_router_guarded_losses gauge\n");
	json_array_foreach (routers, i, router) {
		put_labels(output, "wavu_router_guarded_losses", router);
		put(output, " %lld\n",
		    (long long)member_int(json_object_get(router, "guarded"), "losses"));
	}
}

static uint32_t unprotected(const json_t *routers, struct text tenant)
{
	const json_t *router;
	uint32_t count = 0;
	size_t i;

	json_array_foreach (routers, i, router) {
		const json_t *lease = json_object_get(router, "lease");

		count += json_is_object(lease) && !member_true(lease, "protected") &&
			 text_equal(member_text(router, "tenant"), tenant);
	}
	return count;
}

static void put_tenants(struct output *output, const json_t *tenants, const json_t *routers)
{
	const json_t *tenant, *count;
	const char *state;
	size_t i;

	for (size_t k = 0; k < ARRAY_COUNT(payment_metrics); k++) {
		put_head(output, &payment_metrics[k]);
		json_array_foreach (tenants, i, tenant)
			put(output, "%s{tenant=\"%.*s\"} %lld\n", payment_metrics[k].name,
			    TEXT_ARG(member_text(tenant, "name")),
			    (long long)member_int(json_object_get(tenant, "payments"),
						  payment_metrics[k].member));
	}
	put(output,
	    "# HELP wavu_subscribers subscribers by state.\n# TYPE wavu_subscribers gauge\n");
	json_array_foreach (tenants, i, tenant) {
		/* jansson's iteration wants a mutable object although it does not change it. */
		json_t *states = (json_t *)(uintptr_t)json_object_get(tenant, "subscribers");

		json_object_foreach (states, state, count)
			put(output,
			    "wavu_subscribers{tenant=\"%.*s\",state=\"%s\"} %" JSON_INTEGER_FORMAT
			    "\n",
			    TEXT_ARG(member_text(tenant, "name")), state,
			    json_integer_value(count));
	}
	put(output, "# HELP wavu_routers_unprotected routers with a lease that would end no access "
		    "alone.\n# TYPE wavu_routers_unprotected gauge\n");
	json_array_foreach (tenants, i, tenant)
		put(output, "wavu_routers_unprotected{tenant=\"%.*s\"} %u\n",
		    TEXT_ARG(member_text(tenant, "name")),
		    unprotected(routers, member_text(tenant, "name")));
	put(output, "# HELP wavu_source_ok 1 when the newest commit is in force.\n"
		    "# TYPE wavu_source_ok gauge\n");
	json_array_foreach (tenants, i, tenant)
		put(output, "wavu_source_ok{tenant=\"%.*s\"} %d\n",
		    TEXT_ARG(member_text(tenant, "name")),
		    json_is_null(json_object_get(tenant, "error")) ? 1 : 0);
}

bool view_metrics(struct text *out, const struct document *status, const struct outlook *outlooks,
		  uint32_t count, int64_t now, struct arena *arena, struct error *error)
{
	struct output output = { .arena = arena };
	const json_t *data = document_data(status);

	invariant(strcmp(document_shape(status), "status") == 0);
	put_tenants(&output, json_object_get(data, "tenants"), json_object_get(data, "routers"));
	put_routers(&output, json_object_get(data, "routers"));
	if (!put_payment_metrics(&output, outlooks, count, now, error) ||
	    !trust_metrics(&output, outlooks, count, now, error))
		return false;
	put(&output, "# EOF\n");
	*out = (struct text){ output.at, (uint32_t)output.size };
	return true;
}
