#include "view/metrics_payments.h"

#include "policies/silence.h"
#include "state/proof.h"
#include "view/list_view.h"
#include "view/proof_view.h"
#include "view/reversal_view.h"

struct known {
	const struct outlook *outlook;
	struct proof_totals totals;
	struct silence silence;
	struct reversal_totals orders;
	int64_t now;
};

/* Integers alone: microseconds as seconds with their six digits. */
static void put_seconds(struct output *output, int64_t us)
{
	put(output, "%lld.%06lld", (long long)(us / SECOND_US), (long long)(us % SECOND_US));
}

static void put_head(struct output *output, const char *name, const char *type, const char *help)
{
	put(output, "# HELP %s %s.\n# TYPE %s %s\n", name, help, name, type);
}

static void put_histogram(struct output *output, const struct known *all, uint32_t count)
{
	static const char name[] = "wavu_payment_access_seconds";

	put_head(output, name, "histogram",
		 "from the arrival of a callback until the router was read back with his access");
	for (uint32_t i = 0; i < count; i++) {
		const struct proof_totals *totals = &all[i].totals;
		struct text tenant = all[i].outlook->tenant->name;
		int64_t so_far = 0, total_us = 0;

		for (uint32_t k = 0; k < totals->bound_count; k++) {
			so_far += totals->bounds[k].count;
			total_us += totals->bounds[k].total_us;
			put(output, "%s_bucket{tenant=\"%.*s\",le=\"", name, TEXT_ARG(tenant));
			if (totals->bounds[k].bound_us == INT64_MAX)
				put(output, "+Inf");
			else
				put_seconds(output, totals->bounds[k].bound_us);
			put(output, "\"} %lld\n", (long long)so_far);
		}
		put(output, "%s_count{tenant=\"%.*s\"} %lld\n%s_sum{tenant=\"%.*s\"} ", name,
		    TEXT_ARG(tenant), (long long)so_far, name, TEXT_ARG(tenant));
		put_seconds(output, total_us);
		put(output, "\n");
	}
}

static void put_quantiles(struct output *output, const struct known *all, uint32_t count)
{
	static const char name[] = "wavu_payment_access_quantile_seconds";

	put_head(output, name, "gauge", "the same, of the newest 1,000 credits");
	for (uint32_t i = 0; i < count; i++) {
		const int64_t us[] = { all[i].totals.p50_us, all[i].totals.p99_us };

		for (uint32_t k = 0; k < 2 && us[k] >= 0; k++) {
			put(output, "%s{tenant=\"%.*s\",quantile=\"%s\"} ", name,
			    TEXT_ARG(all[i].outlook->tenant->name), k == 0 ? "0.5" : "0.99");
			put_seconds(output, us[k]);
			put(output, "\n");
		}
	}
}

static int64_t waiting_count(const struct known *known)
{
	return known->totals.waiting_count;
}

static int64_t waiting_age_s(const struct known *known)
{
	return known->totals.waiting_count == 0
		   ? 0
		   : (known->now - known->totals.waiting_since_at) / SECOND_US;
}

static int64_t silence_alarm(const struct known *known)
{
	return known->silence.is_alarm;
}

static int64_t silence_missed(const struct known *known)
{
	return known->silence.missed_milli / 1000;
}

static int64_t newest_s(const struct known *known)
{
	return known->silence.since_at / SECOND_US;
}

static int64_t orders_open(const struct known *known)
{
	return known->orders.open_count;
}

static int64_t orders_unknown(const struct known *known)
{
	return known->orders.unknown_count;
}

static int64_t orders_age_s(const struct known *known)
{
	return known->orders.open_count == 0 ? 0
					     : (known->now - known->orders.oldest_at) / SECOND_US;
}

static const struct {
	const char *name, *help;
	int64_t (*value)(const struct known *known);
} gauges[] = {
	{ "wavu_payments_waiting", "credits whose access was not read back yet", waiting_count },
	{ "wavu_payments_waiting_oldest_seconds", "age of the oldest of them; 0: none waits",
	  waiting_age_s },
	{ "wavu_payments_newest_timestamp_seconds", "when a verified payment last came; 0: never",
	  newest_s },
	{ "wavu_payments_missed", "payments that usually come in the time since then",
	  silence_missed },
	{ "wavu_refunds_open", "payments ordered back through their provider, and not known to be",
	  orders_open },
	{ "wavu_refunds_oldest_seconds", "age of the oldest of these orders; 0: none is open",
	  orders_age_s },
	{ "wavu_refunds_unknown", "orders of which nobody knows what became, for a person",
	  orders_unknown },
	{ "wavu_payments_silence_alarm", "1 when no payment came for far longer than usual",
	  silence_alarm },
};

static void put_gauges(struct output *output, const struct known *all, uint32_t count)
{
	for (size_t k = 0; k < ARRAY_COUNT(gauges); k++) {
		put_head(output, gauges[k].name, "gauge", gauges[k].help);
		for (uint32_t i = 0; i < count; i++)
			put(output, "%s{tenant=\"%.*s\"} %lld\n", gauges[k].name,
			    TEXT_ARG(all[i].outlook->tenant->name),
			    (long long)gauges[k].value(&all[i]));
	}
}

static void put_amounts(struct output *output, const struct known *all, uint32_t count)
{
	static const char *const names[] = { "wavu_payments_unmatched_amount",
					     "wavu_payments_held_amount" };
	static const char *const helps[] = { "money without an owner",
					     "money held for a person, as far as it is readable" };

	for (size_t k = 0; k < ARRAY_COUNT(names); k++) {
		put_head(output, names[k], "gauge", helps[k]);
		for (uint32_t i = 0; i < count; i++) {
			const struct outlook *outlook = all[i].outlook;
			int64_t cents = k == 0 ? all[i].totals.unmatched_cents
					       : all[i].totals.held_cents;

			if (outlook->intent == NULL)
				continue; /* in which currency is not known */
			put(output, "%s{tenant=\"%.*s\",currency=\"%.*s\"} %.*s\n", names[k],
			    TEXT_ARG(outlook->tenant->name),
			    TEXT_ARG(outlook->intent->tenant.currency),
			    TEXT_ARG(text_of_cents(output->arena, cents)));
		}
	}
}

bool put_payment_metrics(struct output *output, const struct outlook *outlooks, uint32_t count,
			 int64_t now, struct error *error)
{
	struct known *all = ARENA_ARRAY(output->arena, struct known, count + 1);

	for (uint32_t i = 0; i < count; i++) {
		all[i].outlook = &outlooks[i];
		all[i].now = now;
		if (!proof_totals(&all[i].totals, outlooks[i].store, output->arena, error) ||
		    !proof_silence(&all[i].silence, &outlooks[i], now, output->arena, error) ||
		    !reversal_totals(&all[i].orders, &outlooks[i], output->arena, error))
			return error_at(error, "tenant %.*s", TEXT_ARG(outlooks[i].tenant->name));
	}
	put_histogram(output, all, count);
	put_quantiles(output, all, count);
	put_gauges(output, all, count);
	put_amounts(output, all, count);
	return put_list_metrics(output, outlooks, count, now, error);
}
