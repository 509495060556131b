#include "provider/daraja_inside.h"

#include "base/limits.h"
#include "base/zone.h"

/*
 * Pull transactions (payments facts 1.9): Daraja's own list of C2B payments, answered at once on a
 * line that we opened, and so the strongest source there is. Success is 1000, an empty list 1001,
 * rows lie in a list within a list.
 */

#define PAGE_SIZE 100

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
				 daraja_string(channel->shortcode), "StartDate",
				 daraja_string(moment(listing->from_at, arena)), "EndDate",
				 daraja_string(moment(listing->to_at, arena)), "OffSetValue",
				 daraja_string(text_format(arena, "%u", listing->offset)));
	return (struct request){
		.method = "POST",
		.url = daraja_address(channel, "/pulltransactions/v1/query", arena),
		.body = daraja_written(body, arena),
		.again = true,
	};
}

/*
 * "2020-08-05T10:13:00Z". The mark is doubtful, for all else that Daraja prints is EAT (facts 1.9):
 * as it is written when that lies in what was asked for, else as EAT. 0: unreadable.
 */
static int64_t time_read(struct text text, const struct listing *listing, struct arena *arena)
{
	char *digits = ARENA_ARRAY(arena, char, 14);
	uint32_t count = 0;
	for (uint32_t i = 0; i < text.size && count < 14; i++)
		if (text.at[i] >= '0' && text.at[i] <= '9')
			digits[count++] = text.at[i];
	int64_t as_eat = count == 14 ? daraja_time((struct text){ digits, 14 }) : 0;
	int64_t as_written = as_eat + DARAJA_EAT_US;
	if (as_eat == 0)
		return 0;
	return as_written >= listing->from_at && as_written <= listing->to_at ? as_written : as_eat;
}

/* A row that cannot be read counts for the offset alone, and is left for the statement. */
static void row_read(struct statement_line *line, struct value row, const struct listing *listing,
		     struct text country, struct arena *arena)
{
	struct text why, type = daraja_member(row, "transactiontype", arena);
	char phone[16];
	*line = (struct statement_line){
		.at = time_read(daraja_member(row, "trxDate", arena), listing, arena),
		.reference = daraja_member(row, "billreference", arena),
	};
	if (text_phone(daraja_member(row, "msisdn", arena), country, phone))
		line->phone = text_copy(arena, text_of(phone));
	line->is_done = text_starts(text_lower(arena, type), TEXT("c2b")) &&
			daraja_receipt(&line->receipt, value_at(row, "transactionId", arena),
				       "transactionId", arena, &why) &&
			daraja_amount(&line->in_cents, daraja_member(row, "amount", arena), arena,
				      &why);
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
	if (!daraja_answer(&json, &root, &said, response, arena))
		return said;
	struct text code = daraja_member(root, "ResponseCode", arena);
	struct value rows = value_at(root, "Response", arena);
	said.code = daraja_shown(arena, code);
	if (response->status == 200 && text_is(code, "1001")) {
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
				 daraja_string(channel->shortcode), "RequestType", "Pull",
				 "NominatedNumber", daraja_string(phone), "CallBackURL",
				 daraja_string(callback_url));
	return (struct request){
		.method = "POST",
		.url = daraja_address(channel, "/pulltransactions/v1/register", arena),
		.body = daraja_written(body, arena),
	};
}

/* 1001: it was registered before, which is as good (facts 1.9). */
struct said daraja_list_enrol_read(const struct response *response, struct arena *arena)
{
	struct json json = { 0 };
	struct value root;
	struct said said = { .answer = ANSWER_NONE };
	if (!daraja_answer(&json, &root, &said, response, arena))
		return said;
	struct text status = daraja_member(root, "ResponseStatus", arena);
	said.code = daraja_shown(arena, status);
	said.why = daraja_words(arena, daraja_member(root, "ResponseDescription", arena));
	if (response->status == 200 && (text_is(status, "1000") || text_is(status, "1001")))
		said.answer = ANSWER_YES;
	else if (response->status != 200 || status.size == 0)
		said = daraja_error(response, root, arena);
	else
		said.answer = ANSWER_NO;
	json_close(&json);
	return said;
}
