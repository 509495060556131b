#include "view/subscriber_view.h"

#include "policies/policy.h"
#include "state/ledger.h"
#include "view/shape.h"

static const char *const service_words[SERVICE_COUNT] = {
	[SERVICE_PPPOE] = "pppoe", [SERVICE_HOTSPOT] = "hotspot", [SERVICE_STATIC] = "static",
	[SERVICE_IPOE] = "ipoe",
};

static json_t *last_payment(const struct outlook *outlook, const struct standing *standing)
{
	if (standing->last_receipt.size == 0)
		return json_null();
	return json_pack("{s:o, s:o, s:o}", "receipt", json_of_text(standing->last_receipt),
			 "amount", json_of_cents(standing->last_amount_cents), "at",
			 json_of_time(outlook->zone, standing->last_paid_at));
}

static json_t *subscriber_of(const struct outlook *outlook, const struct subscriber *subscriber,
			     const struct standing *standing, enum ternary online, int64_t now,
			     struct arena *arena)
{
	struct policy_case given = { &outlook->intent->tenant, subscriber, standing, now, arena };
	struct entitlement entitlement = policy_entitle(&given);

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o}",
			 "account", json_of_text(subscriber->account), "tenant",
			 json_of_text(outlook->tenant->name), "title",
			 json_text_or_null(subscriber->title), "phone",
			 json_text_or_null(subscriber->phone), "package",
			 json_of_text(subscriber->package->name), "service",
			 service_words[subscriber->package->service], "router",
			 json_of_text(subscriber->router->name), "username",
			 json_of_text(subscriber->username), "state", state_word(entitlement.state),
			 "paid_until", json_of_time(outlook->zone, standing->paid_until_at),
			 "balance", json_of_cents(standing->balance_cents), "online",
			 json_of_ternary(online), "last_payment", last_payment(outlook, standing),
			 "because", json_text_or_null(entitlement.because));
}

bool view_subscribers(struct document **out, const struct outlook *outlooks, uint32_t count,
		      int64_t now, struct arena *arena, struct error *error)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < count; i++) {
		const struct intent *intent = outlooks[i].intent;
		struct standing *standings;
		uint32_t standing_count;

		if (intent == NULL)
			continue;
		if (!ledger_standings(&standings, &standing_count, outlooks[i].store, arena,
				      error)) {
			json_decref(list);
			return false;
		}
		for (uint32_t k = 0; k < intent->subscriber_count; k++) {
			const struct subscriber *subscriber = &intent->subscribers[k];
			struct standing nothing = { .reference = subscriber->reference };
			const struct standing *known = standing_find(standings, standing_count,
								     subscriber->reference);

			json_array_append_new(list, subscriber_of(&outlooks[i], subscriber,
								  known != NULL ? known : &nothing,
								  TERNARY_UNKNOWN, now, arena));
		}
	}
	*out = document_make("subscribers", list);
	return true;
}

bool view_subscriber(struct document **out, const struct outlook *outlook,
		     const struct subscriber *subscriber, enum ternary online, struct text password,
		     int64_t now, struct arena *arena, struct error *error)
{
	struct standing standing;
	json_t *data;

	if (!ledger_standing(&standing, outlook->store, subscriber->reference, arena, error))
		return false;
	data = subscriber_of(outlook, subscriber, &standing, online, now, arena);
	if (password.size > 0)
		json_object_set_new(data, "password", json_of_text(password));
	*out = document_make("subscriber", data);
	return true;
}
