#include "provider/daraja_inside.h"

#include "base/limits.h"
#include "base/zone.h"

/*
 * Pull transactions (payments facts 1.9): Daraja's own list of C2B payments, answered at once on a
 * line that we opened, and so the strongest source there is. Success is 1000, an empty list 1001,
 * rows lie in a list within a list.
 */

#define PAGE_SIZE 100
#define CLOCKS_DIFFER_US (5 * MINUTE_US) /* the provider's and ours */

static struct text moment(int64_t at, struct arena *arena)
{
	struct civil civil = zone_civil(zone_utc(), at + DARAJA_EAT_US);
	return text_format(arena, "%04d-%02d-%02d %02d:%02d:%02d", civil.year, civil.month,
			   civil.day, civil.hour, civil.minute, civil.second);
}

struct request daraja_list(const struct channel *channel, const struct listing *listing,
			   struct arena *arena)
{
	json_t *body = json_pack("{s:o, s:o, s:o, s:o}", "ShortCode",
				 talk_string(channel->shortcode), "StartDate",
				 talk_string(moment(listing->from_at, arena)), "EndDate",
				 talk_string(moment(listing->to_at, arena)), "OffSetValue",
				 talk_string(text_format(arena, "%u", listing->offset)));
	return (struct request){
		.method = "POST",
		.url = daraja_address(channel, "/pulltransactions/v1/query", arena),
		.body = talk_written(body, arena),
		.again = true,
	};
}

/*
 * The parts of a time, whatever stands between them; false: not six of them. "000" was seen for
 * seconds (payments facts 1.9), so three digits are one number there.
 */
static bool parts_read(uint32_t parts[6], struct text *rest, struct text text)
{
	static const uint32_t most[6] = { 4, 2, 2, 2, 2, 3 };
	uint32_t i = 0;
	for (int part = 0; part < 6; part++) {
		uint32_t digits = 0;
		parts[part] = 0;
		while (i < text.size && !(text.at[i] >= '0' && text.at[i] <= '9'))
			i++;
		for (; i < text.size && digits < most[part] && text.at[i] >= '0' &&
		       text.at[i] <= '9';
		     i++, digits++)
			parts[part] = parts[part] * 10 + (uint32_t)(text.at[i] - '0');
		if (digits == 0)
			return false;
	}
	*rest = (struct text){ text.at + i, text.size - i };
	return true;
}

/*
 * "2020-08-05T10:13:00Z", also with an hour of one digit or seconds of three (payments facts 1.9):
 * as EAT, for all else that Daraja prints is EAT. 0: unreadable. *marked: it says EAT itself.
 */
static int64_t time_read(bool *marked, struct text text, struct arena *arena)
{
	uint32_t parts[6];
	struct text rest;
	*marked = false;
	if (!parts_read(parts, &rest, text))
		return 0;
	for (uint32_t i = 0; i < rest.size; i++)
		*marked = *marked || rest.at[i] == '+';
	return daraja_time(text_format(arena, "%04u%02u%02u%02u%02u%02u", parts[0], parts[1],
				       parts[2], parts[3], parts[4], parts[5]));
}

/*
 * The first three characters of a receipt are its day: year from A = 2006, month from A, day 1-9
 * and A = 10 (payments facts 1.12).
 */
static bool receipt_is_of(struct text receipt, int64_t at)
{
	struct civil civil = zone_civil(zone_utc(), at + DARAJA_EAT_US);
	char day = (char)(civil.day < 10 ? '0' + civil.day : 'A' + civil.day - 10);
	return receipt.size >= 10 && receipt.at[0] == 'A' + civil.year - 2006 &&
	       receipt.at[1] == 'A' + civil.month - 1 && receipt.at[2] == day;
}

/*
 * The mark Z may be true or not: `at` as EAT, `also_at` as it is written. What is later than now
 * never was; where the two fall on different days, the receipt knows which.
 */
static void time_settle(struct statement_line *line, struct text text,
			const struct listing *listing, struct arena *arena)
{
	bool marked;
	line->at = time_read(&marked, text, arena);
	if (line->at == 0 || marked)
		return;
	int64_t as_written = line->at + DARAJA_EAT_US;
	bool here = receipt_is_of(line->receipt, line->at);
	bool there = receipt_is_of(line->receipt, as_written);
	if (as_written > listing->now + CLOCKS_DIFFER_US || (here && !there))
		return;
	if (there && !here)
		line->at = as_written;
	else
		line->also_at = as_written;
}

/* "2547…" in clear, or as SHA-256: like the MSISDN of a confirmation. */
static void payer_read(struct statement_line *line, struct text msisdn, struct text country,
		       struct arena *arena)
{
	char phone[16];
	if (msisdn.size == 64)
		line->phone_hash = text_lower(arena, msisdn);
	else if (text_phone(msisdn, country, phone))
		line->phone = text_copy(arena, text_of(phone));
}

/*
 * Money that came in is "c2b-…"; what else it moved credits nothing. A reversal names what it takes
 * back by its reference, else by its own receipt. A row that cannot be read has a flaw, counts for
 * the offset, and is left for the statement.
 */
static void row_read(struct statement_line *line, struct value row, const struct listing *listing,
		     struct text country, struct arena *arena)
{
	struct text type = text_lower(arena, talk_member(row, "transactiontype", arena));
	struct text amount = talk_member(row, "amount", arena);
	struct value reference = value_at(row, "billreference", arena);
	struct text why = TEXT_NONE, ignored;
	bool takes_back = text_contains_nocase(type, TEXT("revers")), comes_in;
	int64_t cents = 0;
	*line = (struct statement_line){ .reference = talk_member(row, "billreference", arena),
					 .is_done = true };
	comes_in = text_starts(type, TEXT("c2b")) && !takes_back;
	if (!comes_in && amount.size > 0 && amount.at[0] == '-')
		amount = (struct text){ amount.at + 1, amount.size - 1 };
	payer_read(line, talk_member(row, "msisdn", arena), country, arena);
	if (!daraja_receipt(&line->receipt, value_at(row, "transactionId", arena), "transactionId",
			    arena, &why) ||
	    !daraja_amount(&cents, amount, arena, &why)) {
		line->flaw = why;
		line->is_done = false;
	}
	time_settle(line, talk_member(row, "trxDate", arena), listing, arena);
	if (line->flaw.size == 0 && line->at == 0) {
		line->flaw = TEXT("its time cannot be read");
		line->is_done = false;
	}
	line->in_cents = comes_in ? cents : 0;
	line->out_cents = comes_in ? 0 : cents;
	if (takes_back && !daraja_receipt(&line->linked, reference, "billreference", arena,
					  &ignored))
		line->linked = line->receipt;
}

/* The rows lie in `Response`, a list of lists; one level less is taken, too. */
static uint32_t rows_read(struct statement_line *lines, struct value list,
			  const struct listing *listing, struct text country, struct arena *arena)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < PAGE_SIZE; i++) {
		struct value row = value_item(list, i, arena);
		if (row.kind == VALUE_ABSENT)
			break;
		if (row.kind != VALUE_LIST) {
			if (count < PAGE_SIZE)
				row_read(&lines[count++], row, listing, country, arena);
			continue;
		}
		for (uint32_t j = 0; count < PAGE_SIZE; j++) {
			struct value inner = value_item(row, j, arena);
			if (inner.kind == VALUE_ABSENT)
				break;
			row_read(&lines[count++], inner, listing, country, arena);
		}
	}
	return count;
}

struct said daraja_list_read(struct statement_line **out, uint32_t *count, bool *more,
			     const struct response *response, const struct listing *listing,
			     struct text country, struct arena *arena)
{
	struct json json = { 0 };
	struct value root;
	struct said said = { .answer = ANSWER_NONE };
	*out = NULL;
	*count = 0;
	*more = false;
	if (!talk_open(&json, &root, &said, response, arena))
		return said;
	struct text code = talk_member(root, "ResponseCode", arena);
	struct value rows = value_at(root, "Response", arena);
	said.code = daraja_shown(arena, code);
	bool is_empty = text_is(code, "1001") ||
			(text_is(code, "1000") && rows.kind == VALUE_TEXT &&
			 text_is(text_trim(rows.text), "[[]]"));
	if (response->status == 200 && is_empty) {
		said.answer = ANSWER_YES;
	} else if (response->status == 200 && text_is(code, "1000") && rows.kind == VALUE_LIST) {
		said.answer = ANSWER_YES;
		*out = ARENA_ARRAY(arena, struct statement_line, PAGE_SIZE);
		*count = rows_read(*out, rows, listing, country, arena);
		*more = *count == PAGE_SIZE;
	} else {
		said = daraja_error(response, root, arena);
		if (said.answer == ANSWER_NO)
			said.answer = ANSWER_NONE;
	}
	json_close(&json);
	return said;
}

struct request daraja_list_enrol(const struct channel *channel, struct text phone,
				 struct text callback_url, struct arena *arena)
{
	json_t *body = json_pack("{s:o, s:s, s:o, s:o}", "ShortCode",
				 talk_string(channel->shortcode), "RequestType", "Pull",
				 "NominatedNumber", talk_string(phone), "CallBackURL",
				 talk_string(callback_url));
	return (struct request){
		.method = "POST",
		.url = daraja_address(channel, "/pulltransactions/v1/register", arena),
		.body = talk_written(body, arena),
	};
}

/* 1001: it was registered before, which is as good (facts 1.9). */
struct said daraja_list_enrol_read(const struct response *response, struct arena *arena)
{
	struct json json = { 0 };
	struct value root;
	struct said said = { .answer = ANSWER_NONE };
	if (!talk_open(&json, &root, &said, response, arena))
		return said;
	struct text status = talk_member(root, "ResponseStatus", arena);
	said.code = daraja_shown(arena, status);
	said.why = talk_words(arena, talk_member(root, "ResponseDescription", arena));
	if (response->status == 200 && (text_is(status, "1000") || text_is(status, "1001")))
		said.answer = ANSWER_YES;
	else if (response->status != 200 || status.size == 0)
		said = daraja_error(response, root, arena);
	else
		said.answer = ANSWER_NO;
	json_close(&json);
	return said;
}
