#include "view/shape.h"

#include <string.h>

#include "view/attempt_shape.h"
#include "view/bootstrap_inside.h"
#include "view/fleet_shape.h"
#include "view/import_inside.h"
#include "view/list_view.h"
#include "view/plan_shape.h"
#include "view/subscriber_shape.h"

/* One row per document; sorted by name. */
static const struct shape shapes[] = {
	{ "adopt", adopt_text, NULL },
	{ "apply", apply_text, NULL },
	{ "attempt", attempt_text, NULL },
	{ "attempts", attempts_text, attempts_html },
	{ "bootstrap", bootstrap_text, NULL },
	{ "checks", checks_text, NULL },
	{ "drift", drift_text, drift_html },
	{ "explain", explain_text, explain_html },
	{ "findings", findings_text, NULL },
	{ "foreign", foreign_text, NULL },
	{ "history", history_text, history_html },
	{ "import", import_text, NULL },
	{ "list", list_text, NULL },
	{ "message", message_text, NULL },
	{ "payments", payments_text, payments_html },
	{ "payments-csv", payments_csv, NULL },
	{ "plan", plan_text, NULL },
	{ "reconcile", reconcile_text, NULL },
	{ "stated", stated_text, NULL },
	{ "status", status_text, status_html },
	{ "subscriber", subscriber_text, NULL },
	{ "subscribers", subscribers_text, NULL },
	{ "takings", takings_text, takings_html },
	{ "takings-csv", takings_csv, NULL },
	{ "urls", urls_text, NULL },
	{ "verify", verify_text, NULL },
	{ "waiting", waiting_text, waiting_html },
};

const struct shape *shape_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_COUNT(shapes); i++)
		if (strcmp(shapes[i].name, name) == 0)
			return &shapes[i];
	return NULL;
}
