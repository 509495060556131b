/*
 * Daraja's own list of payments: what is asked for, and what its rows mean; the mark Z is doubtful.
 */
#include "help.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/zone.h"

static int setup(void **state)
{
	static struct arena arena;
	arena_open(&arena, 64u << 20);
	*state = &arena;
	return 0;
}

static int teardown(void **state)
{
	arena_close(*state);
	return 0;
}

static const struct provider_api *api(void)
{
	return provider_find(TEXT("daraja"))->api;
}

/* A moment in EAT. */
static int64_t eat(int month, int day, int hour, int minute)
{
	struct civil civil = { 2026, (int8_t)month, (int8_t)day, (int8_t)hour, (int8_t)minute, 0 };
	return zone_instant(zone_utc(), civil) - 3 * HOUR_US;
}

struct page {
	struct said said;
	struct statement_line *lines;
	uint32_t count;
	bool more;
};

static struct page read_page(struct arena *arena, uint32_t status, struct text body, int64_t now)
{
	struct listing listing = { now - 4 * HOUR_US, now, 0, now };
	struct response response = { .came = true, .status = status, .body = body };
	struct page page;
	page.said = api()->list_read(&page.lines, &page.count, &page.more, &response, &listing,
				     TEXT("254"), arena);
	return page;
}

#define ROWS(rows) "{\"ResponseRefID\":\"1-2\",\"ResponseCode\":\"1000\",\"Response\":[[" rows "]]}"
#define ROW(id, date, type, reference, amount)                                                 \
	"{\"transactionId\":\"" id "\",\"trxDate\":\"" date "\",\"msisdn\":254712345678,"     \
	"\"sender\":\"X\",\"transactiontype\":\"" type "\",\"billreference\":\"" reference "\"," \
	"\"amount\":\"" amount "\"}"

static struct statement_line read_row(struct arena *arena, const char *body, int64_t now)
{
	struct page page = read_page(arena, 200, text_of(body), now);
	assert_int_equal(page.said.answer, ANSWER_YES);
	assert_int_equal(page.count, 1);
	assert_false(page.more);
	return page.lines[0];
}

static void property_31_asks_in_eat_across_midnight_and_month(void **state)
{
	struct arena *arena = *state;
	struct channel channel = help_channel();
	struct listing listing = { eat(10, 31, 23, 30), eat(11, 1, 0, 15), 200, eat(11, 1, 0, 15) };
	struct request request = api()->list(&channel, &listing, arena);
	assert_true(text_contains_nocase(request.body, TEXT("\"2026-10-31 23:30:00\"")));
	assert_true(text_contains_nocase(request.body, TEXT("\"2026-11-01 00:15:00\"")));
	assert_true(text_contains_nocase(request.body, TEXT("\"OffSetValue\": \"200\"")) ||
		    text_contains_nocase(request.body, TEXT("\"OffSetValue\":\"200\"")));
	assert_true(request.again);
}

static void money_in_is_read(void **state)
{
	struct statement_line line = read_row(
	    *state,
	    ROWS(ROW("ukl51zdr4f", "2026-11-21T10:13:00Z", "c2b-pay-bill-debit", "KN-0042",
		     "168.00")),
	    eat(11, 21, 10, 15));
	assert_true(text_is(line.receipt, "UKL51ZDR4F"));
	assert_int_equal(line.in_cents, 16800);
	assert_int_equal(line.out_cents, 0);
	assert_true(text_is(line.reference, "KN-0042"));
	assert_true(text_is(line.phone, "254712345678"));
	assert_true(line.is_done && line.flaw.size == 0);
	/* As it is written it would be tomorrow's: it is EAT. */
	assert_int_equal(line.at, eat(11, 21, 10, 13));
	assert_int_equal(line.also_at, 0);
}

static void the_zone_is_settled_by_what_can_be_known(void **state)
{
	struct arena *arena = *state;
	/* Older than three hours: nobody can tell. */
	struct statement_line line = read_row(
	    arena, ROWS(ROW("UKL51ZDR4F", "2026-11-21T10:13:00Z", "c2b", "A", "1")),
	    eat(11, 21, 15, 0));
	assert_int_equal(line.at, eat(11, 21, 10, 13));
	assert_int_equal(line.also_at, eat(11, 21, 13, 13));
	/* 22:30 of the 20th as EAT, or 01:30 of the 21st: the receipt is of the 21st (L). */
	line = read_row(arena, ROWS(ROW("UKL51ZDR4F", "2026-11-20T22:30:00Z", "c2b", "A", "1")),
			eat(11, 21, 15, 0));
	assert_int_equal(line.at, eat(11, 21, 1, 30));
	assert_int_equal(line.also_at, 0);
	/* The same with a receipt of the 20th (K), and across the end of a month. */
	line = read_row(arena, ROWS(ROW("UKK51ZDR4F", "2026-11-20T22:30:00Z", "c2b", "A", "1")),
			eat(11, 21, 15, 0));
	assert_int_equal(line.at, eat(11, 20, 22, 30));
	assert_int_equal(line.also_at, 0);
	line = read_row(arena, ROWS(ROW("UK151ZDR4F", "2026-10-31T23:59:59Z", "c2b", "A", "1")),
			eat(11, 1, 9, 0));
	assert_int_equal(line.at, eat(11, 1, 2, 59) + 59 * SECOND_US);
	/* It says its zone itself. */
	line = read_row(arena,
			ROWS(ROW("UKL51ZDR4F", "2026-11-21T10:13:00+03:00", "c2b", "A", "1")),
			eat(11, 21, 15, 0));
	assert_int_equal(line.at, eat(11, 21, 10, 13));
	assert_int_equal(line.also_at, 0);
}

static void odd_times_are_read(void **state)
{
	static const char *const odd[] = {
		ROWS(ROW("UKL51ZDR4F", "2026-11-21T08:36:000Z", "c2b", "A", "1")),
		ROWS(ROW("UKL51ZDR4F", "2026-11-21 8:36:00", "c2b", "A", "1")),
		ROWS(ROW("UKL51ZDR4F", "20261121083600", "c2b", "A", "1")),
		ROWS(ROW("UKL51ZDR4F", "2026-11-21T08:36:00.000Z", "c2b", "A", "1")),
	};
	for (size_t i = 0; i < ARRAY_COUNT(odd); i++)
		assert_int_equal(read_row(*state, odd[i], eat(11, 21, 9, 0)).at,
				 eat(11, 21, 8, 36));
	assert_int_equal(
	    read_row(*state, ROWS(ROW("UKL51ZDR4F", "2026-11-21T08:36:045Z", "c2b", "A", "1")),
		     eat(11, 21, 9, 0)).at,
	    eat(11, 21, 8, 36) + 45 * SECOND_US);
}

static void property_13_what_is_no_money_in_credits_nothing(void **state)
{
	struct arena *arena = *state;
	int64_t now = eat(11, 21, 11, 0);
	struct statement_line line;
	static const char *const others[] = {
		ROWS(ROW("UKL51ZDR4F", "2026-11-21T10:13:00Z", "b2c-payment", "A", "500.00")),
		ROWS(ROW("UKL51ZDR4F", "2026-11-21T10:13:00Z", "", "A", "500.00")),
		ROWS(ROW("UKL51ZDR4F", "2026-11-21T10:13:00Z", "c2b-reversal", "UKL0000001",
			 "-500.00")),
	};
	for (size_t i = 0; i < ARRAY_COUNT(others); i++) {
		line = read_row(arena, others[i], now);
		assert_int_equal(line.in_cents, 0);
		assert_int_equal(line.out_cents, 50000);
		assert_int_equal(line.linked.size > 0, i == 2);
	}
	assert_true(text_is(line.linked, "UKL0000001"));
	line = read_row(arena,
			ROWS(ROW("UKL51ZDR4F", "2026-11-21T10:13:00Z", "Pay-Bill-Reversal", "x y",
				 "500.00")),
			now);
	assert_true(text_is(line.linked, "UKL51ZDR4F"));
	static const char *const flawed[] = {
		ROWS(ROW("UKL51ZDR4F", "2026-11-21T10:13:00Z", "c2b", "A", "1e3")),
		ROWS(ROW("UKL51ZDR4F", "2026-11-21T10:13:00Z", "c2b", "A", "-5.00")),
		ROWS(ROW("", "2026-11-21T10:13:00Z", "c2b", "A", "5.00")),
		ROWS(ROW("STK-5", "2026-11-21T10:13:00Z", "c2b", "A", "5.00")),
		ROWS(ROW("UKL51ZDR4F", "soon", "c2b", "A", "5.00")),
		ROWS("7"),
		ROWS("{}"),
	};
	for (size_t i = 0; i < ARRAY_COUNT(flawed); i++) {
		line = read_row(arena, flawed[i], now);
		assert_true(line.flaw.size > 0);
		assert_false(line.is_done);
	}
}

static void pages_and_empty_lists(void **state)
{
	struct arena *arena = *state;
	int64_t now = eat(11, 21, 11, 0);
	struct text body = TEXT("");
	struct page page;
	static const char *const empty[] = {
		"{\"ResponseCode\":\"1001\",\"ResponseMessage\":\"No Transactions\","
		"\"Transaction\":\"[[]]\"}",
		ROWS(""),
		"{\"ResponseCode\":\"1000\",\"Response\":\"[[]]\"}",
		"{\"ResponseCode\":\"1000\",\"Response\":[]}",
	};
	for (size_t i = 0; i < ARRAY_COUNT(empty); i++) {
		page = read_page(arena, 200, text_of(empty[i]), now);
		assert_int_equal(page.said.answer, ANSWER_YES);
		assert_int_equal(page.count, 0);
		assert_false(page.more);
	}
	for (int i = 0; i < 100; i++)
		body = text_format(arena, "%.*s%s{\"transactionId\":\"UKL%07d\"}", TEXT_ARG(body),
				   i > 0 ? "," : "", i);
	page = read_page(arena, 200,
			 text_format(arena, "{\"ResponseCode\":\"1000\",\"Response\":[[%.*s]]}",
				     TEXT_ARG(body)),
			 now);
	assert_int_equal(page.count, 100);
	assert_true(page.more);
}

static void property_06_no_answer_is_no_empty_list(void **state)
{
	struct arena *arena = *state;
	int64_t now = eat(11, 21, 11, 0);
	static const struct {
		uint32_t status;
		const char *body;
	} answers[] = {
		{ 500, "{\"errorCode\":\"500.003.1001\",\"errorMessage\":\"x\"}" },
		{ 400, "{\"errorCode\":\"400.002.02\",\"errorMessage\":\"x\"}" },
		{ 500, ROWS("") },
		{ 500, "{\"ResponseCode\":\"1001\"}" },
		{ 200, "{\"ResponseCode\":\"1002\"}" },
		{ 200, "{}" },
		{ 200, "{\"ResponseCode\":\"1000\"}" },
		{ 200, "{\"ResponseCode\":\"1000\",\"Response\":\"[[{}]]\"}" },
		{ 200, "<html>" },
		{ 200, "" },
	};
	for (size_t i = 0; i < ARRAY_COUNT(answers); i++) {
		struct page page =
		    read_page(arena, answers[i].status, text_of(answers[i].body), now);
		assert_int_equal(page.said.answer, ANSWER_NONE);
		assert_int_equal(page.count, 0);
	}
	struct page page = read_page(
	    arena, 429,
	    TEXT("{\"fault\":{\"faultstring\":\"Spike arrest\",\"detail\":{"
		 "\"errorcode\":\"policies.ratelimit.SpikeArrestViolation\"}}}"),
	    now);
	assert_int_equal(page.said.answer, ANSWER_LATER);
	page = read_page(arena, 404,
			 TEXT("{\"errorCode\":\"404.001.03\",\"errorMessage\":\"Invalid token\"}"),
			 now);
	assert_int_equal(page.said.answer, ANSWER_LOGIN);
}

static void registered_before_is_as_good(void **state)
{
	struct arena *arena = *state;
	struct response response = {
		.came = true,
		.status = 200,
		.body = TEXT("{\"ResponseStatus\":\"1000\",\"ResponseDescription\":\"ok\"}")
	};
	assert_int_equal(api()->list_enrol_read(&response, arena).answer, ANSWER_YES);
	response.body = TEXT("{\"ResponseStatus\":\"1001\",\"ResponseDescription\":\"again\"}");
	assert_int_equal(api()->list_enrol_read(&response, arena).answer, ANSWER_YES);
	response.body = TEXT("{\"ResponseStatus\":\"1002\",\"ResponseDescription\":\"no\"}");
	assert_int_equal(api()->list_enrol_read(&response, arena).answer, ANSWER_NO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(property_31_asks_in_eat_across_midnight_and_month),
		cmocka_unit_test(money_in_is_read),
		cmocka_unit_test(the_zone_is_settled_by_what_can_be_known),
		cmocka_unit_test(odd_times_are_read),
		cmocka_unit_test(property_13_what_is_no_money_in_credits_nothing),
		cmocka_unit_test(pages_and_empty_lists),
		cmocka_unit_test(property_06_no_answer_is_no_empty_list),
		cmocka_unit_test(registered_before_is_as_good),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
