/*
 * Subscribers and payments as documents. They read the stores (and block on disk); the caller frees
 * the documents; nothing is changed. A password appears only where it was asked for by name.
 */
#pragma once

#include "model/fleet.h"
#include "view/document.h"
#include "view/outlook.h"

/* All subscribers, by tenant and account. */
bool view_subscribers(struct document **out, const struct outlook *outlooks, uint32_t count,
		      int64_t now, struct arena *arena, struct error *error) MUST_CHECK;
/* One; `online` as a look at the router just said (unknown: it was not asked or did not answer). */
bool view_subscriber(struct document **out, const struct outlook *outlook,
		     const struct subscriber *subscriber, enum ternary online, struct text password,
		     int64_t now, struct arena *arena, struct error *error) MUST_CHECK;

/* Which payments are shown, and how many at most. */
struct payments_asked {
	int status; /* enum payment_status; below 0: any */
	uint32_t max;
	int64_t since_at, until_at; /* of the provider's time, else the arrival; 0: no bound */
	struct text channel;        /* empty: any */
	struct text find; /* a receipt or a part of one, an account, an alias, a phone, an amount,
			     what the payer typed; empty: anything */
	bool csv;         /* as text it is a table for a spreadsheet */
};
/* Newest first over all tenants. */
bool view_payments(struct document **out, const struct outlook *outlooks, uint32_t count,
		   const struct payments_asked *asked, int64_t now, struct arena *arena,
		   struct error *error) MUST_CHECK;
/* Of which time what was taken in is summed. */
struct takings_asked {
	int32_t days;               /* so many of the tenant's days, today the last; 0: since_at */
	int64_t since_at, until_at; /* until_at 0: no end */
	bool csv;                   /* as text it is a table for a spreadsheet */
};
/* By tenant, day, channel and hand, newest day first. */
bool view_takings(struct document **out, const struct outlook *outlooks, uint32_t count,
		  const struct takings_asked *asked, int64_t now, struct arena *arena,
		  struct error *error) MUST_CHECK;

/*
 * The callback URLs of every channel: product.md `payment urls`, and a `warning` where a provider
 * would not take or not reach one. Tokens are read from the secrets folder; *all_open false: one
 * could not be, its URLs are null and the warning says why.
 */
struct document *view_payment_urls(bool *all_open, const struct settings *settings,
				   const struct outlook *outlooks, uint32_t count,
				   struct arena *arena);
