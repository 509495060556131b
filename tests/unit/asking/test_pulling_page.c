/*
 * What becomes of a page of a provider's own list: money once, whoever told of it in whatever way;
 * nothing from before, nothing on a doubt; and what differs is kept beside the ledger.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "books.h"

#include "base/clock.h"
#include "money/booking.h"
#include "asking/pulling_page.h"
#include "state/pulls.h"

#define PEOPLE                                                                              \
	"kind: Subscriber\nname: KN-0042\npackage: home-10\nrouter: r1\nphone: 0712345678\n" \
	"---\nkind: Subscriber\nname: KN-0099\npackage: home-10\nrouter: r1\n"
#define PHONE "254712345678"

struct desk {
	struct town town;
	struct arena arena;
	struct intent *intent;
	const struct channel *channel;
	struct pull pull;
	int64_t next_at, now;
	_Atomic bool stopping;
	struct statement_line lines[4];
	uint32_t count;
};

static void begin(struct desk *desk, const char *channel)
{
	struct error error = { 0 };
	bool found;

	memset(desk, 0, sizeof(*desk));
	town_open(&desk->town, 1);
	town_commit(&desk->town, town_join(&desk->town, town_basics, TOWN_R1, PEOPLE), 0);
	arena_open(&desk->arena, 64u << 20);
	desk->intent = seat_intent(&desk->town.seat);
	desk->channel = intent_channel(desk->intent, text_of(channel));
	desk->now = clock_now() + HOUR_US;
	assert_true(pulls_find(&found, &desk->pull, desk->town.seat.store,
			       text_copy(&desk->arena, desk->channel->name),
			       text_copy(&desk->arena, desk->channel->shortcode), desk->now,
			       &desk->arena, &error));
	assert_true(store_begin(desk->town.seat.store, &error));
	assert_true(pulls_write(desk->town.seat.store, &desk->pull, &error));
	assert_true(store_commit(desk->town.seat.store, &error));
}

static void end(struct desk *desk)
{
	intent_release(desk->intent);
	arena_close(&desk->arena);
	town_end(&desk->town);
}

/* One more row of the page in hand: money in. */
static struct statement_line *money(struct desk *desk, const char *receipt, int64_t cents,
				    const char *account)
{
	struct statement_line *line = &desk->lines[desk->count++];

	*line = (struct statement_line){ .receipt = text_of(receipt),
					 .in_cents = cents,
					 .at = desk->now - MINUTE_US,
					 .reference = text_of(account),
					 .phone = TEXT(PHONE),
					 .is_done = true };
	return line;
}

static void turn_back(struct desk *desk, const char *receipt, const char *linked, int64_t cents)
{
	struct statement_line *line = money(desk, receipt, 0, "");

	line->out_cents = cents;
	line->linked = text_of(linked);
}

/* The page is read as one window, whole days as the daily proof does. */
static void take(struct desk *desk, bool more, bool whole)
{
	struct listed_page page = { desk->lines, desk->count, more };
	struct lane lane = { .seat = &desk->town.seat,
			     .intent = desk->intent,
			     .channel = desk->channel->name,
			     .now = desk->now,
			     .next_at = &desk->next_at,
			     .stopping = &desk->stopping,
			     .arena = &desk->arena,
			     .until_at = INT64_MAX };
	struct error error = { 0 };

	if (desk->pull.to_at == 0) {
		desk->pull.whole = whole;
		desk->pull.to_at = desk->now;
		desk->pull.from_at = desk->now - 4 * HOUR_US;
		desk->pull.day_at = zone_day_start(desk->intent->tenant.zone, desk->now, 0);
		desk->pull.began_at = desk->now;
	}
	if (!pulling_page(&lane, desk->channel, &desk->pull, &page, desk->now, &error))
		fail_msg("%s", error.text);
	desk->count = 0;
	desk->now += MINUTE_US;
}

static void pays(struct desk *desk, const char *account, int64_t cents)
{
	struct text reference = text_reference(&desk->arena, text_of(account));
	struct standing standing = town_standing(&desk->town,
						 text_copy(&desk->arena, reference).at);

	/* A whole price is spent on a period at once. */
	assert_int_equal(standing.balance_cents, cents % 250000);
	assert_int_equal(standing.paid_until_at > 0, cents >= 250000);
}

static struct pull_difference *differences(struct desk *desk, uint32_t *count)
{
	struct error error = { 0 };
	struct pull_difference *out;

	assert_true(pulls_differences(&out, count, desk->town.seat.store, &desk->pull, 1,
				      desk->now, 0, &desk->arena, &error));
	return out;
}

static void property_11_a_row_counts_once_for_ever(void **state)
{
	struct desk desk;
	uint32_t count;

	(void)state;
	begin(&desk, "main");
	town_pay(&desk.town, "UKLTOLD", "10.00", "KN-0042");
	town_tell(&desk.town);
	money(&desk, "UKLTOLD", 1000, "KN-0042");
	money(&desk, "UKLLOST", 250000, "KN-0042");
	take(&desk, false, false);
	assert_true(text_contains_nocase(town_payment(&desk.town, "UKLLOST").reason,
					 TEXT("provider's list")));
	pays(&desk, "KN-0042", 251000);
	/* The callback comes after all; and the row again, more than a year later. */
	town_pay(&desk.town, "UKLLOST", "2500.00", "KN-0042");
	town_tell(&desk.town);
	desk.now += 400 * DAY_US;
	money(&desk, "UKLLOST", 250000, "KN-0042");
	take(&desk, false, false);
	pays(&desk, "KN-0042", 251000);
	(void)differences(&desk, &count);
	assert_int_equal(count, 0);
	end(&desk);
}

static void what_was_claimed_gives_way_to_the_list(void **state)
{
	struct ledger_totals totals;
	struct error error = { 0 };
	struct payment payment;
	struct desk desk;

	(void)state;
	begin(&desk, "asked");
	town_say(&desk.town, "asked", "127.0.0.1",
		 "{\"TransID\":\"UKLCLAIM\",\"TransTime\":\"20261101120000\",\"TransAmount\":"
		 "\"5000.00\",\"BusinessShortCode\":\"600640\",\"BillRefNumber\":\"KN-0099\","
		 "\"MSISDN\":\"254799999999\"}");
	town_tell(&desk.town);
	pays(&desk, "KN-0099", 0);
	money(&desk, "UKLCLAIM", 250000, "KN-0042");
	take(&desk, false, false);
	payment = town_payment(&desk.town, "UKLCLAIM");
	assert_int_equal(payment.status, PAYMENT_CREDITED);
	assert_int_equal(payment.amount_cents, 250000);
	assert_true(text_is(payment.account, "KN-0042"));
	assert_true(text_is(payment.phone, PHONE));
	pays(&desk, "KN-0042", 250000);
	pays(&desk, "KN-0099", 0);
	assert_true(ledger_totals(&totals, desk.town.seat.store, 0, &error));
	assert_int_equal(totals.held_count, 0);
	end(&desk);
}

static void property_13_what_was_taken_back_or_is_no_income_credits_nothing(void **state)
{
	struct pull_difference *found;
	struct desk desk;
	uint32_t count;

	(void)state;
	begin(&desk, "main");
	money(&desk, "UKLBACK", 250000, "KN-0042");
	turn_back(&desk, "UKLREV", "UKLBACK", 250000);
	turn_back(&desk, "UKLOUT", "", 100000);
	take(&desk, false, false);
	pays(&desk, "KN-0042", 0);
	(void)differences(&desk, &count);
	assert_int_equal(count, 0);
	/* Two amounts for one receipt: a person looks. */
	money(&desk, "UKLTWO", 250000, "KN-0042");
	money(&desk, "UKLTWO", 250001, "KN-0042");
	take(&desk, false, false);
	pays(&desk, "KN-0042", 0);
	(void)differences(&desk, &count);
	assert_int_equal(count, 2);
	/* Taken back after it was credited: said, and nobody loses anything. */
	money(&desk, "UKLLATER", 250000, "KN-0042");
	take(&desk, false, false);
	pays(&desk, "KN-0042", 250000);
	turn_back(&desk, "UKLREV2", "UKLLATER", 250000);
	take(&desk, false, false);
	pays(&desk, "KN-0042", 250000);
	found = differences(&desk, &count);
	assert_int_equal(count, 3);
	for (uint32_t i = 0; i < count; i++)
		if (text_is(found[i].receipt, "UKLLATER"))
			assert_int_equal(found[i].what, DIFFERS_TAKEN_BACK);
	end(&desk);
}

static void nothing_is_taken_from_before(void **state)
{
	struct payment payment;
	struct desk desk;
	uint32_t count;
	bool found;
	struct error error = { 0 };

	(void)state;
	begin(&desk, "main");
	money(&desk, "UKLOLD", 250000, "KN-0042")->at = desk.pull.since_at - 2 * SECOND_US;
	/* As it is written it would be later; while nobody knows, it is not. */
	money(&desk, "UKLDOUBT", 250000, "KN-0042")->at = desk.pull.since_at - HOUR_US;
	desk.lines[1].also_at = desk.lines[1].at + 3 * HOUR_US;
	take(&desk, false, false);
	pays(&desk, "KN-0042", 0);
	(void)differences(&desk, &count);
	assert_int_equal(count, 0);
	assert_true(ledger_payment(&found, &payment, desk.town.seat.store, TEXT("UKLOLD"),
				   &desk.arena, &error));
	assert_false(found);
	/* Somebody is taken over with what he had: what he paid before may be part of it. */
	town_commit(&desk.town,
		    town_join(&desk.town, town_basics, TOWN_R1,
			      PEOPLE "---\nkind: Subscriber\nname: KN-0100\npackage: home-10\n"
				     "router: r1\nopening: {paid_until: 2099-01-01}\n"),
		    desk.now);
	intent_release(desk.intent);
	desk.intent = seat_intent(&desk.town.seat);
	desk.channel = intent_channel(desk.intent, TEXT("main"));
	money(&desk, "UKLPART", 250000, "KN-0100");
	take(&desk, false, false);
	assert_true(ledger_payment(&found, &payment, desk.town.seat.store, TEXT("UKLPART"),
				   &desk.arena, &error));
	assert_true(found);
	assert_int_equal(payment.status, PAYMENT_UNMATCHED);
	assert_true(text_contains_nocase(payment.reason, TEXT("before the opening of KN-0100")));
	end(&desk);
}

static void property_31_the_zone_is_learnt_from_what_is_known(void **state)
{
	struct desk desk;

	(void)state;
	begin(&desk, "main");
	/* A callback told when it was: 12:00 in EAT, which the list writes as 09:00. */
	town_pay(&desk.town, "UKLTOLD", "10.00", "KN-0042");
	town_tell(&desk.town);
	desk.pull.since_at -= 60 * DAY_US;
	struct statement_line *line = money(&desk, "UKLTOLD", 1000, "KN-0042");
	line->also_at = town_payment(&desk.town, "UKLTOLD").at;
	line->at = line->also_at - 3 * HOUR_US;
	take(&desk, false, false);
	assert_int_equal(desk.pull.zone, PULL_ZONE_WRITTEN);
	/* Then one that can only be EAT. */
	money(&desk, "UKLNOW", 1000, "KN-0042");
	take(&desk, false, false);
	assert_int_equal(desk.pull.zone, PULL_ZONE_EAT);
	line = money(&desk, "UKLEAT", 1000, "KN-0042");
	line->also_at = line->at;
	line->at -= 3 * HOUR_US;
	take(&desk, false, false);
	assert_true(town_payment(&desk.town, "UKLEAT").at == line->at);
	/* And one that a look would have found an hour ago, were it as old as it says in EAT. */
	desk.pull.zone = PULL_ZONE_UNKNOWN;
	desk.now += 6 * HOUR_US;
	line = money(&desk, "UKLFRESH", 1000, "KN-0042");
	desk.pull.until_at = desk.now - 15 * MINUTE_US;
	line->also_at = desk.now - MINUTE_US;
	line->at = line->also_at - 3 * HOUR_US;
	take(&desk, false, false);
	assert_int_equal(desk.pull.zone, PULL_ZONE_WRITTEN);
	assert_true(town_payment(&desk.town, "UKLFRESH").at > desk.now - 10 * MINUTE_US);
	end(&desk);
}

static void pages_follow_each_other_until_they_repeat(void **state)
{
	struct desk desk;

	(void)state;
	begin(&desk, "main");
	money(&desk, "UKLPAGE1", 100, "KN-0042");
	take(&desk, true, false);
	assert_int_equal(desk.pull.offset, 1);
	assert_true(desk.pull.to_at != 0 && desk.pull.next_at <= desk.now);
	money(&desk, "UKLPAGE2", 100, "KN-0042");
	take(&desk, true, false);
	assert_int_equal(desk.pull.offset, 2);
	/* The same page again: what lies behind cannot be read this way, and that is said. */
	money(&desk, "UKLPAGE2", 100, "KN-0042");
	take(&desk, true, false);
	assert_true(desk.pull.why.size > 0 && desk.pull.failures == 1);
	assert_true(desk.pull.next_at > desk.now && desk.pull.until_at == 0);
	take(&desk, false, false);
	assert_true(desk.pull.why.size == 0 && desk.pull.failures == 0);
	assert_true(desk.pull.until_at != 0 && desk.pull.to_at == 0);
	pays(&desk, "KN-0042", 200);
	end(&desk);
}

static void property_35_what_is_not_there_any_more_is_said(void **state)
{
	struct pull_difference *found;
	struct desk desk;
	uint32_t count;

	(void)state;
	begin(&desk, "main");
	/* Within one day, whatever the hour. */
	desk.now = zone_day_start(desk.intent->tenant.zone, desk.now, 1) + 12 * HOUR_US;
	money(&desk, "UKLSTAYS", 250000, "KN-0042");
	money(&desk, "UKLGOES", 250000, "KN-0099");
	take(&desk, false, false);
	money(&desk, "UKLSTAYS", 250000, "KN-0042")->at -= MINUTE_US;
	take(&desk, false, true);
	found = differences(&desk, &count);
	assert_int_equal(count, 1);
	assert_int_equal(found[0].what, DIFFERS_GONE);
	assert_true(text_is(found[0].receipt, "UKLGOES"));
	pays(&desk, "KN-0099", 250000);
	end(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(property_11_a_row_counts_once_for_ever),
		cmocka_unit_test(what_was_claimed_gives_way_to_the_list),
		cmocka_unit_test(property_13_what_was_taken_back_or_is_no_income_credits_nothing),
		cmocka_unit_test(nothing_is_taken_from_before),
		cmocka_unit_test(property_31_the_zone_is_learnt_from_what_is_known),
		cmocka_unit_test(pages_follow_each_other_until_they_repeat),
		cmocka_unit_test(property_35_what_is_not_there_any_more_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
