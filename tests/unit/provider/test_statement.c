#include "help.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define HEAD                                                                                       \
	"Receipt No.,Completion Time,Transaction Status,Paid In,Withdrawn,A/C No.,"                \
	"Other Party Info\n"

static struct statement_line *read_all(uint32_t *count, struct arena *arena, const char *csv)
{
	struct statement_line *lines = NULL;
	struct text why;

	assert_true(provider_find(TEXT("daraja"))->api->statement(&lines, count, text_of(csv),
								   arena, &why));
	return lines;
}

static void whose_statement_it_is(void **state)
{
	static const struct {
		const char *head, *shortcode;
	} cases[] = { { "Organization Short Code:,600638\n", "600638" },
		      { "Name,KASI,\"Short Code: 600638\"\n", "600638" },
		      { "Shortcode,,600638\nShort Code:,600638\n", "600638" },
		      { "Short Code:,600638\nShort Code:,600999\n", "" },
		      { "Short Code:,\n", "" },
		      { "Organization,600638\n", "" } };
	char csv[512];
	uint32_t count;

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		(void)snprintf(csv, sizeof(csv), "%s" HEAD "UKL1,,Completed,1.00,,,\n",
			       cases[i].head);
		struct statement_line *lines = read_all(&count, *state, csv);

		assert_int_equal(count, 1);
		assert_true(text_is(lines[0].shortcode, cases[i].shortcode));
	}
}

static void a_cut_line_is_known_as_one(void **state)
{
	static const char whole[] = HEAD
	    "UKL1,2026-11-20 12:13:25,Completed,\"2,500.00\",,KN-0042,x\n";
	char csv[sizeof(whole)];
	uint32_t count;

	assert_false(read_all(&count, *state, whole)[0].is_cut);
	for (size_t size = strlen(HEAD) + 1; size < strlen(whole); size++) {
		memcpy(csv, whole, size);
		csv[size] = '\0';
		struct statement_line *lines = read_all(&count, *state, csv);

		assert_true(count == 1 && (lines[0].is_cut || lines[0].flaw.size > 0));
	}
}

static void lines_that_cannot_be_read_are_told_apart(void **state)
{
	uint32_t count;
	struct statement_line *lines = read_all(
	    &count, *state,
	    HEAD "UKL1,20/11/2026 12:13,Completed,\"2,500.00\",,KN-0042,254712345678 - A. PAYER\n"
		 "UKL2,,Completed,x,,,2547******78 - A. PAYER\n"
		 "UKL3,,Completed,1.00,-1.00,,\n"
		 "UKL4,soon,Declined,1.00,,,254712345678901\n"
		 "UKL5,,Completed,-1.00,,KN-0042,\n"
		 "UKL6,,Completed,,-1.00,,\n");

	assert_int_equal(count, 6);
	/* A minus takes nothing in. */
	assert_true(lines[4].flaw.size > 0 && lines[4].in_cents == 0);
	assert_true(lines[5].flaw.size == 0 && lines[5].out_cents == 100);
	assert_true(lines[0].flaw.size == 0 && lines[0].in_cents == 250000 && lines[0].at > 0);
	assert_true(text_is(lines[0].phone, "254712345678") && lines[0].line == 2);
	assert_true(lines[1].flaw.size > 0 && lines[1].phone.size == 0);
	assert_true(lines[2].flaw.size > 0);
	assert_true(lines[3].flaw.size == 0 && !lines[3].is_done && lines[3].at == 0);
	assert_true(lines[3].phone.size == 0);
}

int main(void)
{
	static struct arena arena;
	void *state = &arena;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(whose_statement_it_is, state),
		cmocka_unit_test_prestate(a_cut_line_is_known_as_one, state),
		cmocka_unit_test_prestate(lines_that_cannot_be_read_are_told_apart, state),
	};

	arena_open(&arena, 16u << 20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
