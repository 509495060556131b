#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/call.h"
#include "base/clock.h"
#include "base/zone.h"
#include "loop/control_statement.h"
#include "provider/provider.h"
#include "state/ledger.h"
#include "view/list_view.h"
#include "view/reconcile_view.h"

#define STATEMENT_SIZE_MAX (64u << 20) /* bytes; a year of a large ISP has some 30 MiB */

static bool read_file(struct text *out, struct call *call, struct text path, struct error *error)
{
	const char *name = text_copy(&call->arena, path).at;
	FILE *file = fopen(name, "rb");
	char *bytes = NULL;
	size_t size = 0, room = 64u << 10;

	if (file == NULL)
		return error_set(error, ERROR_FAILED, "%s: %s", name, strerror(errno));
	for (bool more = true; more && size < STATEMENT_SIZE_MAX;) {
		size_t got;

		bytes = arena_grow(&call->arena, bytes, size, room);
		got = fread(bytes + size, 1, room - size, file);
		size += got;
		more = size == room;
		room *= 2;
	}
	(void)fclose(file);
	if (size >= STATEMENT_SIZE_MAX)
		return error_set(error, ERROR_LIMIT, "%s is larger than 64 MiB", name);
	*out = (struct text){ bytes, (uint32_t)size };
	return true;
}

/* ---- which lines are to be credited ---------------------------------------------------------- */

struct sheet {
	struct call *call;
	struct text provider;
	struct statement_line *lines;
	uint32_t count;
	struct statement_line **by_receipt; /* money that came in; sorted, then by line */
	uint32_t in_count;
	struct text *linked; /* receipts that it says were taken back, sorted */
	uint32_t linked_count;
	struct statement_line **wanted;
	uint32_t wanted_count;
	struct stated_line *refused;
	uint32_t refused_count;
	struct document **answers;
	uint32_t answer_count;
};

static bool came_in(const struct statement_line *line)
{
	return line->flaw.size == 0 && line->is_done && line->in_cents > 0;
}

static int compare_receipts(const void *a, const void *b)
{
	const struct statement_line *one = *(struct statement_line *const *)a;
	const struct statement_line *other = *(struct statement_line *const *)b;
	int order = text_compare(one->receipt, other->receipt);

	return order != 0 ? order : (one->line > other->line) - (one->line < other->line);
}

static int compare_texts(const void *a, const void *b)
{
	return text_compare(*(const struct text *)a, *(const struct text *)b);
}

static void sort_sheet(struct sheet *sheet)
{
	struct arena *arena = &sheet->call->arena;

	sheet->by_receipt = ARENA_ARRAY(arena, struct statement_line *, sheet->count + 1);
	sheet->linked = ARENA_ARRAY(arena, struct text, sheet->count + 1);
	for (uint32_t i = 0; i < sheet->count; i++) {
		struct statement_line *line = &sheet->lines[i];

		if (came_in(line))
			sheet->by_receipt[sheet->in_count++] = line;
		else if (line->flaw.size == 0 && line->is_done && line->linked.size > 0)
			sheet->linked[sheet->linked_count++] = line->linked;
	}
	qsort(sheet->by_receipt, sheet->in_count, sizeof(*sheet->by_receipt), compare_receipts);
	qsort(sheet->linked, sheet->linked_count, sizeof(*sheet->linked), compare_texts);
}

static void refuse(struct sheet *sheet, const struct statement_line *line, struct text why)
{
	sheet->refused[sheet->refused_count++] = (struct stated_line){
		.line = line->line, .receipt = line->receipt, .cents = line->in_cents, .why = why
	};
}

/* Why a line is not to be counted on, whatever the ledger says; or empty. */
static struct text against(const struct sheet *sheet, const struct statement_line *line)
{
	if (line->is_cut)
		return TEXT("the line is cut off, or the file ends within it");
	if (line->at == 0)
		return TEXT("its time cannot be read");
	if (line->shortcode.size == 0)
		return TEXT("the statement does not say of which one short code it is");
	if (bsearch(&line->receipt, sheet->linked, sheet->linked_count, sizeof(struct text),
		    compare_texts) != NULL)
		return TEXT("the statement says that it was taken back");
	return TEXT_NONE;
}

/* Lines of one receipt: the first stands for all, unless they say different amounts. */
static bool choose_receipt(struct sheet *sheet, uint32_t from, uint32_t to, struct error *error)
{
	struct statement_line *line = sheet->by_receipt[from];
	struct text why = against(sheet, line);
	struct payment payment;
	bool found;

	if (!ledger_payment(&found, &payment, sheet->call->outlooks[0].store, line->receipt,
			    &sheet->call->arena, error))
		return false;
	/* In the books with another amount, it is no news for the list alone: a person is told. */
	if (found && (payment.status == PAYMENT_REVERSED ||
		      (payment.status != PAYMENT_HELD && payment.amount_cents == line->in_cents)))
		return true;
	for (uint32_t i = from + 1; i < to; i++)
		if (sheet->by_receipt[i]->in_cents != line->in_cents)
			why = TEXT("the statement says two amounts for this receipt");
	if (why.size > 0)
		refuse(sheet, line, why);
	else
		sheet->wanted[sheet->wanted_count++] = line;
	return true;
}

static bool choose(struct sheet *sheet, struct error *error)
{
	struct arena *arena = &sheet->call->arena;

	sort_sheet(sheet);
	sheet->wanted = ARENA_ARRAY(arena, struct statement_line *, sheet->count + 1);
	sheet->refused = ARENA_ARRAY(arena, struct stated_line, sheet->count + 1);
	for (uint32_t i = 0; i < sheet->count; i++)
		if (sheet->lines[i].flaw.size > 0)
			refuse(sheet, &sheet->lines[i], sheet->lines[i].flaw);
	for (uint32_t from = 0, to; from < sheet->in_count; from = to) {
		for (to = from + 1; to < sheet->in_count; to++)
			if (!text_equal(sheet->by_receipt[to]->receipt,
					sheet->by_receipt[from]->receipt))
				break;
		if (!choose_receipt(sheet, from, to, error))
			return false;
	}
	return true;
}

/* ---- they are credited ----------------------------------------------------------------------- */

/* False: *exit_code, and it was said why. What was credited before stays so. */
static bool credit(int *exit_code, struct sheet *sheet)
{
	struct arena *arena = &sheet->call->arena;
	struct text *texts = ARENA_ARRAY(arena, struct text,
					 STATEMENT_HEAD + STATEMENT_LINES_MAX * STATEMENT_TEXTS);

	sheet->answers = ARENA_ARRAY(arena, struct document *,
				     sheet->wanted_count / STATEMENT_LINES_MAX + 2);
	sheet->answers[sheet->answer_count++] = view_stated(sheet->refused, sheet->refused_count);
	for (uint32_t i = 0; i < sheet->wanted_count;) {
		uint32_t size = STATEMENT_HEAD;
		struct document *answer;

		texts[0] = sheet->provider;
		texts[1] = sheet->wanted[i]->shortcode;
		for (uint32_t k = 0; k < STATEMENT_LINES_MAX && i < sheet->wanted_count; k++) {
			const struct statement_line *line = sheet->wanted[i++];

			texts[size++] = text_format(arena, "%u", line->line);
			texts[size++] = line->receipt;
			texts[size++] = text_format(arena, "%lld", (long long)line->in_cents);
			texts[size++] = text_format(arena, "%lld", (long long)line->at);
			texts[size++] = line->reference;
			texts[size++] = line->phone;
		}
		*exit_code = call_answer(&answer, sheet->call, "statement", texts, size);
		if (answer != NULL && *exit_code == EXIT_DONE)
			sheet->answers[sheet->answer_count++] = answer;
		else
			document_free(answer);
		if (answer == NULL || *exit_code != EXIT_DONE)
			return false;
	}
	return true;
}

/* A line that cannot be read ends a comparison; where lines are credited, it is listed. */
static bool all_readable(struct sheet *sheet, struct error *error)
{
	for (uint32_t i = 0; i < sheet->count; i++)
		if (sheet->lines[i].flaw.size > 0)
			return error_set(error, ERROR_INVALID, "%.*s: line %u: %.*s",
					 TEXT_ARG(sheet->call->arguments[0]), sheet->lines[i].line,
					 TEXT_ARG(sheet->lines[i].flaw));
	return true;
}

static void drop_unreadable(struct sheet *sheet)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < sheet->count; i++)
		if (sheet->lines[i].flaw.size == 0)
			sheet->lines[kept++] = sheet->lines[i];
	sheet->count = kept;
}

/* Time of which the list could not be read needs no more attention when all of it is in the
 * statement: from the first day of its lines to the newest of them. */
static int tell_covered(struct sheet *sheet)
{
	struct arena *arena = &sheet->call->arena;
	int64_t from_at = INT64_MAX, to_at = 0;
	struct text shortcode = TEXT_NONE;
	struct document *answer;
	int exit_code;

	for (uint32_t i = 0; i < sheet->count; i++) {
		const struct statement_line *line = &sheet->lines[i];

		if (line->flaw.size > 0 || line->at == 0)
			continue;
		shortcode = line->shortcode;
		from_at = line->at < from_at ? line->at : from_at;
		to_at = line->at > to_at ? line->at : to_at;
	}
	if (shortcode.size == 0 || from_at >= to_at)
		return EXIT_DONE;
	from_at = zone_day_start(sheet->call->outlooks[0].zone, from_at, 0);
	exit_code = call_answer(&answer, sheet->call, "covered",
				(struct text[]){ shortcode,
						 text_format(arena, "%lld", (long long)from_at),
						 text_format(arena, "%lld", (long long)to_at) },
				3);
	document_free(answer);
	return exit_code;
}

/* Lines from before that moment are no concern of this look. */
static bool leave_out(struct sheet *sheet, struct error *error)
{
	struct call *call = sheet->call;
	uint32_t kept = 0;
	int64_t since_at;

	if (!call_has(call, "--since"))
		return true;
	if (!time_parse(call_option(call, "--since"), call->outlooks[0].zone, false, &since_at))
		return error_set(error, ERROR_INVALID,
				 "--since takes a time, as 2026-12-01 or 2026-12-01T06:00");
	for (uint32_t i = 0; i < sheet->count; i++)
		if (sheet->lines[i].at == 0 || sheet->lines[i].at >= since_at)
			sheet->lines[kept++] = sheet->lines[i];
	sheet->count = kept;
	return true;
}

static int reconcile(struct sheet *sheet)
{
	struct call *call = sheet->call;
	struct document *document;
	struct error error = { 0 };
	int exit_code;
	bool same;

	if (!call_has(call, "--credit")) {
		if (!all_readable(sheet, &error))
			return call_fail(call, &error);
	} else {
		if (!choose(sheet, &error))
			return call_fail(call, &error);
		if (!credit(&exit_code, sheet))
			return exit_code;
		exit_code = tell_covered(sheet);
		if (exit_code != EXIT_DONE)
			return exit_code;
		drop_unreadable(sheet);
	}
	if (!view_reconcile(&document, &same, &call->outlooks[0], sheet->provider, sheet->lines,
			    sheet->count, sheet->answers, sheet->answer_count, &call->arena,
			    &error))
		return call_fail(call, &error);
	return call_print(call, document, same ? EXIT_DONE : EXIT_CHANGES);
}

/* ---- the provider's own list ----------------------------------------------------------------- */

static int reconcile_list(struct call *call)
{
	struct document *document;
	struct error error = { 0 };
	int64_t since_at = 0;
	bool same, failed = false;
	int exit_code;

	if (call->argument_count > 0 || call_has(call, "--credit"))
		return call_usage(call->command, "--pull takes no file, and credits by itself");
	if (call_has(call, "--now")) {
		exit_code = call_answer(&document, call, "list", NULL, 0);
		document_free(document);
		if (exit_code == EXIT_USAGE)
			return exit_code;
		failed = exit_code != EXIT_DONE;
	}
	if (!call_outlooks(call, &error))
		return call_fail(call, &error);
	if (call->outlook_count != 1)
		return call_usage(call->command, "a list is one tenant's: add --tenant NAME");
	if (call_has(call, "--since") &&
	    !time_parse(call_option(call, "--since"), call->outlooks[0].zone, false, &since_at)) {
		(void)error_set(&error, ERROR_INVALID,
				"--since takes a time, as 2026-12-01 or 2026-12-01T06:00");
		return call_fail(call, &error);
	}
	if (!view_list(&document, &same, &call->outlooks[0], since_at, clock_now(), &call->arena,
		       &error))
		return call_fail(call, &error);
	exit_code = call_print(call, document, same ? EXIT_DONE : EXIT_CHANGES);
	return failed ? EXIT_FAILED : exit_code;
}

/* It is the statement of the provider that can read it. False: of none, and *why the last says. */
static bool read_statement(struct sheet *sheet, struct text bytes, struct text *why)
{
	const struct provider *provider;

	*why = TEXT("no provider has statements");
	for (uint32_t i = 0; (provider = provider_at(i)) != NULL; i++) {
		if (provider->api == NULL || provider->api->statement == NULL)
			continue;
		sheet->provider = text_of(provider->name);
		if (provider->api->statement(&sheet->lines, &sheet->count, bytes,
					     &sheet->call->arena, why))
			return true;
	}
	return false;
}

int run_payment_reconcile(struct call *call)
{
	struct sheet sheet = { .call = call };
	struct error error = { 0 };
	struct text bytes, why;
	int exit_code;

	if (call_has(call, "--pull"))
		return reconcile_list(call);
	if (call->argument_count != 1 || call_has(call, "--now"))
		return call_usage(call->command, "it takes a FILE, or --pull [--now]");
	if (!call_outlooks(call, &error) || !read_file(&bytes, call, call->arguments[0], &error))
		return call_fail(call, &error);
	if (call->outlook_count != 1)
		return call_usage(call->command, "a statement is one tenant's: add --tenant NAME");
	if (!read_statement(&sheet, bytes, &why)) {
		(void)error_set(&error, ERROR_INVALID, "%.*s: %.*s", TEXT_ARG(call->arguments[0]),
				TEXT_ARG(why));
		return call_fail(call, &error);
	}
	if (!leave_out(&sheet, &error))
		return call_fail(call, &error);
	exit_code = reconcile(&sheet);
	for (uint32_t i = 0; i < sheet.answer_count; i++)
		document_free(sheet.answers[i]);
	return exit_code;
}
