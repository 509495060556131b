#include "view/attempt_view.h"

#include <stdlib.h>

#include "state/attempts.h"
#include "view/attempt_shape.h"

struct heard {
	const struct outlook *outlook;
	const struct attempt *attempt;
};

static int compare_heard(const void *a, const void *b)
{
	const struct attempt *left = ((const struct heard *)a)->attempt;
	const struct attempt *right = ((const struct heard *)b)->attempt;

	if (left->created_at != right->created_at)
		return left->created_at > right->created_at ? -1 : 1;
	return (left->id < right->id) - (left->id > right->id);
}

static json_t *name_of(const struct attempt *attempt)
{
	return json_sprintf("a-%lld", (long long)attempt->id);
}

/* What a person at the counter tells the payer. */
static struct text told(const struct attempt *attempt, bool fresh, const struct zone *zone,
			struct arena *arena)
{
	static const char *const words[] = {
		[ATTEMPT_CREATED] = "it is on its way",
		[ATTEMPT_PROMPTED] = "it lies on the phone, and nothing is paid before the PIN is "
				     "typed",
		[ATTEMPT_PAID] = "it is paid",
		[ATTEMPT_FAILED] = "it failed",
		[ATTEMPT_EXPIRED] = "it was given up",
	};
	struct text full = time_text(arena, zone, attempt->created_at);
	struct text reason = attempt->reason;

	return text_format(arena, "%sa-%lld asks %.*s for %.*s (account %.*s, %.5s): %s%s%.*s",
			   fresh ? "" : "nothing new was sent: ", (long long)attempt->id,
			   TEXT_ARG(attempt->phone), TEXT_ARG(text_of_cents(arena, attempt->cents)),
			   TEXT_ARG(attempt->account), full.at + 11, words[attempt->status],
			   reason.size > 0 ? ": " : "", TEXT_ARG(reason));
}

struct document *view_attempt(const struct attempt *attempt, bool fresh, const struct zone *zone,
			      struct arena *arena)
{
	return document_make("attempt",
			     json_pack("{s:o, s:s, s:o}", "attempt", name_of(attempt), "status",
				       attempt_status_word(attempt->status), "message",
				       json_of_text(told(attempt, fresh, zone, arena))));
}

/* As the provider knows it, or as its result said. */
static struct text receipt_of(const struct attempt *attempt)
{
	if (attempt->receipt_known)
		return attempt->receipt;
	return attempt->status == ATTEMPT_PAID ? attempt->hint : TEXT_NONE;
}

static json_t *attempt_of(const struct heard *heard)
{
	const struct attempt *attempt = heard->attempt;

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o}", "tenant",
			 json_of_text(heard->outlook->tenant->name), "attempt", name_of(attempt),
			 "account", json_of_text(attempt->account), "amount",
			 json_of_cents(attempt->cents), "phone", json_of_text(attempt->phone),
			 "status", attempt_status_word(attempt->status), "reason",
			 json_text_or_null(attempt->reason), "receipt",
			 json_text_or_null(receipt_of(attempt)),
			 "created_at", json_of_time(heard->outlook->zone, attempt->created_at));
}

bool view_attempts(struct document **out, const struct outlook *outlooks, uint32_t count,
		   uint32_t max, struct arena *arena, struct error *error)
{
	struct heard *all = ARENA_ARRAY(arena, struct heard, (size_t)max * count + 1);
	uint32_t all_count = 0;
	json_t *list;

	for (uint32_t i = 0; i < count; i++) {
		struct attempt *attempts;
		uint32_t attempt_count;

		if (!attempts_list(&attempts, &attempt_count, outlooks[i].store, max, arena, error))
			return false;
		for (uint32_t k = 0; k < attempt_count && k < max; k++)
			all[all_count++] = (struct heard){ &outlooks[i], &attempts[k] };
	}
	qsort(all, all_count, sizeof *all, compare_heard);
	list = json_array();
	for (uint32_t i = 0; i < all_count && i < max; i++)
		json_array_append_new(list, attempt_of(&all[i]));
	*out = document_make("attempts", list);
	return true;
}
