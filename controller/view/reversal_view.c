#include "view/reversal_view.h"

#include "base/clock.h"
#include "state/questions.h"
#include "view/message_view.h"
#include "view/proof_view.h"

#define SHOWN_MAX 20
#define COUNTED_MAX 10000

static const char *const order_words[] = {
	[QUESTION_OPEN] = "open",
	[QUESTION_YES] = "done",
	[QUESTION_NO] = "refused",
	[QUESTION_UNKNOWN] = "unknown",
};

struct document *view_order(const struct question *order, struct text message)
{
	return document_make("message",
			     json_pack("{s:b, s:o, s:o, s:s}", "ok",
				       (int)(order->status != QUESTION_NO), "message",
				       json_of_text(message), "receipt",
				       json_of_text(order->receipt), "order",
				       order_words[order->status]));
}

struct document *view_refused_order(struct text message)
{
	return view_message(false, message, NULL, TEXT_NONE);
}

/* ---- status ---------------------------------------------------------------------------------- */

static json_t *order_json(const struct outlook *outlook, const struct question *order, int64_t now)
{
	return json_pack("{s:o, s:o, s:s, s:o, s:I, s:o, s:o, s:o}", "receipt",
			 json_of_text(order->receipt), "amount", json_of_cents(order->cents),
			 "status", order_words[order->status], "at",
			 json_of_time(outlook->zone, order->created_at), "age_s",
			 (json_int_t)((now - order->created_at) / SECOND_US), "by",
			 json_of_text(order->actor), "reason", json_of_text(order->reason), "why",
			 json_text_or_null(order->why));
}

static void count_orders(struct reversal_totals *out, const struct question *orders, uint32_t count)
{
	*out = (struct reversal_totals){ 0 };
	for (uint32_t i = 0; i < count; i++) {
		if (orders[i].status != QUESTION_OPEN) {
			out->unknown_count++;
			continue;
		}
		if (out->open_count++ == 0)
			out->oldest_at = orders[i].created_at;
	}
}

bool reversal_totals(struct reversal_totals *out, const struct outlook *outlook,
		     struct arena *arena, struct error *error)
{
	struct question *orders;
	uint32_t count;

	if (!questions_orders_waiting(&orders, &count, outlook->store, COUNTED_MAX, arena, error))
		return false;
	count_orders(out, orders, count);
	return true;
}

bool reversal_status(json_t *payments, const struct outlook *outlook, int64_t now,
		     struct arena *arena, struct error *error)
{
	struct reversal_totals totals;
	struct question *orders;
	json_t *list;
	uint32_t count;

	if (!questions_orders_waiting(&orders, &count, outlook->store, COUNTED_MAX, arena, error))
		return false;
	count_orders(&totals, orders, count);
	list = json_array();
	for (uint32_t i = 0; i < count && i < SHOWN_MAX; i++)
		json_array_append_new(list, order_json(outlook, &orders[i], now));
	json_object_set_new(payments, "refunds_open_count", json_integer(totals.open_count));
	json_object_set_new(payments, "refunds_unknown_count", json_integer(totals.unknown_count));
	json_object_set_new(payments, "refunds_oldest_age_s",
			    totals.open_count > 0
				? json_integer((now - totals.oldest_at) / SECOND_US)
				: json_null());
	json_object_set_new(payments, "refunds", list);
	return true;
}

static struct text others(int64_t count, struct arena *arena)
{
	return count < 2 ? TEXT_NONE
			 : text_format(arena, " (and %lld more)", (long long)count - 1);
}

uint32_t reversal_alarms(const json_t *tenant, struct text *alarms, struct arena *arena)
{
	const json_t *payments = json_object_get(tenant, "payments"), *order;
	struct text currency = member_text(payments, "currency");
	int64_t open = member_int(payments, "refunds_open_count"),
		unknown = member_int(payments, "refunds_unknown_count");
	bool told[2] = { false, false };
	uint32_t count = 0;
	size_t i;

	json_array_foreach (json_object_get(payments, "refunds"), i, order) {
		bool is_open = text_is(member_text(order, "status"), "open");
		struct text receipt = member_text(order, "receipt");

		if (told[is_open])
			continue;
		told[is_open] = true;
		alarms[count++] = text_format(
		    arena, "%.*s %.*s of %.*s%.*s %s %.*s ago: %.*s: wavu explain %.*s",
		    TEXT_ARG(member_text(order, "amount")), TEXT_ARG(currency), TEXT_ARG(receipt),
		    TEXT_ARG(others(is_open ? open : unknown, arena)),
		    is_open ? "goes back to the payer, ordered"
			    : "may have gone back to the payer or not, ordered",
		    TEXT_ARG(age_text(arena, member_int(order, "age_s") * SECOND_US)),
		    TEXT_ARG(member_text(order, "why")), TEXT_ARG(receipt));
	}
	return count;
}

/* ---- explain --------------------------------------------------------------------------------- */

static void link_add(json_t *links, const struct outlook *outlook, int64_t at, struct text what,
		     struct text because)
{
	json_array_append_new(links, json_pack("{s:o, s:o, s:o}", "at",
					       json_of_time(outlook->zone, at), "what",
					       json_of_text(what), "because",
					       json_text_or_null(because)));
}

static struct text remedy(const struct question *order, bool is_newest, struct arena *arena)
{
	struct text receipt = order->receipt;

	if (order->status != QUESTION_UNKNOWN || !is_newest)
		return TEXT_NONE;
	if (order->stood_at <= order->sent_at)
		return text_format(arena,
				   ". Look it up in the provider's portal, then `wavu payment "
				   "refund %.*s --reason TEXT` when it was given back",
				   TEXT_ARG(receipt));
	return text_format(arena,
			   ". Look it up in the provider's portal: `wavu payment refund %.*s "
			   "--reason TEXT` when it was given back; with --send --again it is "
			   "ordered once more",
			   TEXT_ARG(receipt));
}

static void order_links(json_t *links, const struct outlook *outlook, const struct question *order,
			bool is_newest, struct arena *arena)
{
	static const char *const ends[] = {
		[QUESTION_OPEN] = "what became of the order is not known yet",
		[QUESTION_YES] = "the payer has it back",
		[QUESTION_NO] = "the order came to nothing",
		[QUESTION_UNKNOWN] = "nobody knows what became of the order",
	};

	link_add(links, outlook, order->created_at,
		 text_format(arena, "%.*s of %.*s ordered back through its provider by %.*s",
			     TEXT_ARG(text_of_cents(arena, order->cents)),
			     TEXT_ARG(order->receipt), TEXT_ARG(order->actor)),
		 order->reason);
	if (order->sent_at != 0)
		link_add(links, outlook, order->sent_at, TEXT("the order left; it leaves once"),
			 order->ordered_ref.size == 0
			     ? TEXT_NONE
			     : text_format(arena, "the provider took it as %.*s",
					   TEXT_ARG(order->ordered_ref)));
	link_add(links, outlook, order->changed_at,
		 order->status == QUESTION_OPEN && order->sent_at == 0
		     ? TEXT("the order is about to leave")
		     : text_of(ends[order->status]),
		 text_format(arena, "%.*s%.*s", TEXT_ARG(order->why),
			     TEXT_ARG(remedy(order, is_newest, arena))));
}

bool reversal_links(json_t *links, const struct outlook *outlook, int64_t payment_id,
		    struct arena *arena, struct error *error)
{
	struct question *orders;
	uint32_t count;

	if (!questions_orders_of(&orders, &count, outlook->store, payment_id, arena, error))
		return false;
	for (uint32_t i = 0; i < count; i++)
		order_links(links, outlook, &orders[i], i + 1 == count, arena);
	return true;
}
