#include "money/expect.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/limits.h"
#include "policies/policy.h"
#include "state/expected.h"
#include "state/ledger.h"

#define SYNC_EVERY_US HOUR_US      /* who was terminated by time alone is unexpected by then */
#define FRESHEN_EVERY_US MINUTE_US /* a small part of what the street takes for stale */
#define ALL_ARENA_SIZE (512ull << 20) /* touched as needed */
#define ROWS_EACH_MAX (ALIASES_MAX + 2)

/* What a payer must send at least for it to buy something; 0: any amount is welcome. */
static int64_t least_of(const struct subscriber *subscriber, const struct standing *standing)
{
	int64_t lacks = subscriber->package->price_cents - standing->balance_cents;

	if (subscriber->package->billing != BILLING_PREPAID || lacks <= 0)
		return 0;
	return lacks;
}

static uint32_t rows_of(struct expected *out, const struct intent *intent,
			const struct subscriber *subscriber, const struct standing *standing,
			int64_t now, struct arena *arena)
{
	struct policy_case given = { .tenant = &intent->tenant,
				     .subscriber = subscriber,
				     .standing = standing,
				     .now = now,
				     .arena = arena };
	struct expected row = { .kind = EXPECTED_REFERENCE,
				.cents = least_of(subscriber, standing),
				.is_served = policy_entitle(&given).state != STATE_TERMINATED };
	uint32_t count = 0;

	row.value = subscriber->reference;
	out[count++] = row;
	for (uint32_t i = 0; i < subscriber->alias_count; i++) {
		row.value = subscriber->alias_references[i];
		out[count++] = row;
	}
	if (subscriber->phone.size > 0) {
		struct digest digest = digest_of(subscriber->phone);
		char *hex = ARENA_ARRAY(arena, char, 65);

		digest_hex(&digest, hex);
		row.kind = EXPECTED_PHONE;
		row.value = text_of(hex);
		out[count++] = row;
	}
	return count;
}

static bool refuses(const struct intent *intent)
{
	for (uint32_t i = 0; i < intent->tenant.channel_count; i++)
		if (intent->tenant.channels[i].refuses)
			return true;
	return false;
}

static bool sync_all(struct seat *seat, const struct intent *intent, int64_t now,
		     struct arena *arena, struct error *error)
{
	struct expecting expecting = { intent->tenant.country, intent->tenant.match_payer, now };
	struct standing *standings;
	struct expected *rows;
	uint32_t standing_count, count = 0, written;

	if (!ledger_standings(&standings, &standing_count, seat->store, arena, error))
		return false;
	rows = ARENA_ARRAY(arena, struct expected,
			   (size_t)intent->subscriber_count * ROWS_EACH_MAX + 1);
	for (uint32_t i = 0; i < intent->subscriber_count; i++) {
		const struct subscriber *subscriber = &intent->subscribers[i];
		const struct standing *known =
		    standing_find(standings, standing_count, subscriber->reference);
		struct standing fresh = { .reference = subscriber->reference };

		count += rows_of(rows + count, intent, subscriber, known != NULL ? known : &fresh,
				 now, arena);
	}
	return expected_sync(&written, seat->store, &expecting, rows, count, arena, error);
}

static bool put_some(struct seat *seat, const struct intent *intent, const struct text *references,
		     uint32_t reference_count, int64_t now, struct arena *arena,
		     struct error *error)
{
	struct expected *rows = ARENA_ARRAY(arena, struct expected,
					    (size_t)reference_count * ROWS_EACH_MAX + 1);
	uint32_t count = 0;

	for (uint32_t i = 0; i < reference_count; i++) {
		const struct subscriber *subscriber = intent_subscriber(intent, references[i]);
		struct standing standing;

		if (subscriber == NULL)
			continue;
		if (!ledger_standing(&standing, seat->store, subscriber->reference, arena, error))
			return false;
		count += rows_of(rows + count, intent, subscriber, &standing, now, arena);
	}
	return count == 0 || expected_put(seat->store, rows, count, error);
}

/* Nobody refuses any more, or nobody ever did. */
static bool forget(struct expecter *expecter, struct seat *seat, struct arena *arena,
		   struct error *error)
{
	struct expecting nothing = { 0 };
	uint32_t written;

	if (expecter->knows && expecter->intent == NULL)
		return true;
	if (!expected_sync(&written, seat->store, &nothing, NULL, 0, arena, error))
		return false;
	expect_done(expecter);
	expecter->knows = true;
	return true;
}

static bool step(struct expecter *expecter, struct seat *seat, struct intent *intent, int64_t now,
		 int64_t monotonic, struct arena *arena, struct error *error)
{
	struct text *changed;
	uint32_t count;
	bool some = seat_unpublished(seat, &changed, &count, arena), done;

	if (!refuses(intent))
		return forget(expecter, seat, arena, error);
	if (some && intent == expecter->intent && monotonic - expecter->synced_at < SYNC_EVERY_US) {
		done = put_some(seat, intent, changed, count, now, arena, error);
		if (done && monotonic - expecter->freshened_at >= FRESHEN_EVERY_US) {
			done = expected_freshen(seat->store, now, error);
			expecter->freshened_at = monotonic;
		}
	} else {
		done = sync_all(seat, intent, now, arena, error);
		if (done) {
			intent_release(expecter->intent);
			*expecter = (struct expecter){ intent_hold(intent), monotonic, monotonic,
						       true };
		}
	}
	/* Who was not told is told with everybody, next time. */
	if (!done)
		expect_done(expecter);
	return done;
}

bool expect_step(struct expecter *expecter, struct seat *seat, int64_t now, int64_t monotonic,
		 struct error *error)
{
	struct intent *intent = seat_intent(seat);
	struct arena arena = { 0 };
	bool done;

	if (intent == NULL)
		return true;
	arena_open(&arena, ALL_ARENA_SIZE);
	done = step(expecter, seat, intent, now, monotonic, &arena, error);
	arena_close(&arena);
	intent_release(intent);
	return done ||
	       error_at(error, "tenant %.*s: the street", TEXT_ARG(seat->tenant->name));
}

void expect_done(struct expecter *expecter)
{
	intent_release(expecter->intent);
	*expecter = (struct expecter){ 0 };
}
