/*
 * Orders to give money back through its provider: the answer to a person's order, its place in
 * explain, in status and in /metrics. Reads the stores (and blocks on disk); the caller frees what
 * it gets; nothing is changed.
 */
#pragma once

#include "model/question.h"
#include "view/document.h"
#include "view/outlook.h"
#include "view/shape.h"

/* {"ok","message","receipt","order"}: the order is "open", "done", "refused" or "unknown". */
struct document *view_order(const struct question *order, struct text message);
/* {"ok":false,"message"}: no order was made. */
struct document *view_refused_order(struct text message);

/* Adds to a tenant's `payments` of status: the orders that a person should know of. */
bool reversal_status(json_t *payments, const struct outlook *outlook, int64_t now,
		     struct arena *arena, struct error *error) MUST_CHECK;
/* Sentences about them; at most REVERSAL_ALARMS_MAX. */
#define REVERSAL_ALARMS_MAX 2
uint32_t reversal_alarms(const json_t *tenant, struct text *alarms, struct arena *arena);

/* What is waiting: how many orders of each kind, and since when the oldest open one is. */
struct reversal_totals {
	int64_t open_count, unknown_count;
	int64_t oldest_at; /* 0: none is open */
};
bool reversal_totals(struct reversal_totals *out, const struct outlook *outlook,
		     struct arena *arena, struct error *error) MUST_CHECK;

/* The links of a payment's orders, oldest first: [{"at","what","because"}]. */
bool reversal_links(json_t *links, const struct outlook *outlook, int64_t payment_id,
		    struct arena *arena, struct error *error) MUST_CHECK;
