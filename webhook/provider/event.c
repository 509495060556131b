#include "provider/event.h"

#include <string.h>

#include "base/digest.h"
#include "base/limits.h"
#include "base/zone.h"

#define SHOWN_SIZE_MAX 40    /* bytes of what somebody said that a reason repeats */
#define RECEIPT_SIZE_MAX 32  /* prefix and all */
#define HASHED_SIZE 16       /* hex digits: 64 bits tell a lifetime of payments apart */
#define MPESA_RECEIPT_SIZE 10

struct text event_header(const struct callback *callback, const char *name)
{
	struct text rest = callback->headers, line, value;

	while (rest.size > 0) {
		if (!text_cut(rest, '\n', &line, &rest)) {
			line = rest;
			rest = TEXT_NONE;
		}
		struct text head;
		if (text_cut(line, ':', &head, &value) && text_equal_nocase(head, text_of(name)))
			return text_trim(value);
	}
	return TEXT_NONE;
}

struct text event_field(struct value parent, const char *key, struct arena *arena)
{
	struct value value = value_at(parent, key, arena);

	return value.kind == VALUE_TEXT || value.kind == VALUE_NUMBER ? text_trim(value.text)
								      : TEXT_NONE;
}

struct text event_shown(struct arena *arena, struct text text)
{
	struct text head = text_head(text, SHOWN_SIZE_MAX);
	char *out = ARENA_ARRAY(arena, char, head.size + 1u);

	for (uint32_t i = 0; i < head.size; i++)
		out[i] = head.at[i] > ' ' && head.at[i] < 0x7f && head.at[i] != '"' ? head.at[i]
										    : '?';
	return (struct text){ out, head.size };
}

struct notice event_unreadable(struct text why)
{
	return (struct notice){ .kind = NOTICE_UNREADABLE, .why = why };
}

struct notice event_nothing(struct text why)
{
	return (struct notice){ .kind = NOTICE_NOTHING, .why = why };
}

struct notice event_parse(const struct channel *channel, struct text country,
			  const struct callback *callback, struct arena *arena,
			  event_reader *read)
{
	struct json json;
	struct text why;

	if (!json_open(&json, callback->body, arena, &why))
		return event_unreadable(why);
	struct notice notice = read(channel, json_root(&json), country, arena);
	json_close(&json);
	return notice;
}

static bool is_capital(char byte)
{
	return byte >= 'A' && byte <= 'Z';
}

static bool is_small(char byte)
{
	return byte >= 'a' && byte <= 'z';
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* Receipts are compared without case: of two names that differ in case alone one would be lost. */
static bool is_plain(struct text id)
{
	bool capitals = false, smalls = false;

	for (uint32_t i = 0; i < id.size; i++) {
		char byte = id.at[i];

		capitals = capitals || is_capital(byte);
		smalls = smalls || is_small(byte);
		if (!is_capital(byte) && !is_small(byte) && !is_digit(byte) && byte != '-' &&
		    byte != '_' && byte != '.')
			return false;
	}
	return !capitals || !smalls;
}

bool event_receipt(struct text *out, const char *prefix, struct text id, struct arena *arena)
{
	struct text digits = id;
	char hex[65];

	*out = TEXT_NONE;
	if (id.size == 0)
		return false;
	if (!is_plain(id) || strlen(prefix) + 1 + id.size > RECEIPT_SIZE_MAX) {
		struct digest digest = digest_of(id);

		digest_hex(&digest, hex);
		digits = (struct text){ hex, HASHED_SIZE };
	}
	*out = text_format(arena, "%s-%.*s", prefix, TEXT_ARG(digits));
	char *at = ARENA_ARRAY(arena, char, out->size + 1u);
	for (uint32_t i = 0; i < out->size; i++)
		at[i] = is_small(out->at[i]) ? (char)(out->at[i] - 'a' + 'A') : out->at[i];
	out->at = at;
	return true;
}

bool event_is_mpesa(struct text text)
{
	if (text.size != MPESA_RECEIPT_SIZE || !is_capital(text.at[0]))
		return false;
	for (uint32_t i = 0; i < text.size; i++)
		if (!is_capital(text.at[i]) && !is_digit(text.at[i]))
			return false;
	return true;
}

/* Zero, negative and unreadable amounts are no money; each says which it is. */
static bool amount_flaw(struct notice *notice, struct text amount, bool readable,
			struct arena *arena)
{
	if (readable && notice->amount_cents > 0) {
		notice->has_amount = true;
		return true;
	}
	if (amount.size == 0)
		notice->why = TEXT("the amount is missing");
	else if (readable)
		notice->why = TEXT("the amount is zero");
	else
		notice->why = text_format(arena,
					  "the amount \"%.*s\" is not money as this provider "
					  "writes it",
					  TEXT_ARG(event_shown(arena, amount)));
	notice->amount_cents = 0;
	return false;
}

bool event_amount(struct notice *notice, struct text amount, struct arena *arena)
{
	bool readable = text_cents(amount, &notice->amount_cents);

	return amount_flaw(notice, amount, readable, arena);
}

bool event_minor_amount(struct notice *notice, struct text amount, struct arena *arena)
{
	uint64_t cents;
	bool readable = text_u64(amount, &cents) && cents <= CENTS_MAX;

	notice->amount_cents = readable ? (int64_t)cents : 0;
	return amount_flaw(notice, amount, readable, arena);
}

void event_payer(struct notice *notice, struct text phone, struct text country, struct arena *arena)
{
	char digits[16];

	if (text_phone(phone, country, digits))
		notice->phone = text_copy(arena, text_of(digits));
}

int64_t event_time(struct text text, struct arena *arena)
{
	struct text head, rest;
	uint32_t skipped = 0;
	int64_t at;

	if (text.size > 40)
		return 0;
	if (text_cut(text, '.', &head, &rest)) {
		while (skipped < rest.size && is_digit(rest.at[skipped]))
			skipped++;
		text = text_format(arena, "%.*s%.*s", TEXT_ARG(head),
				   TEXT_ARG(text_from(rest, skipped)));
	}
	return time_parse(text, zone_utc(), false, &at) && at > 0 ? at : 0;
}

struct text event_account(struct text reference)
{
	for (uint32_t i = 0; i < reference.size; i++)
		if (memchr("=/:", reference.at[i], 3) != NULL)
			return text_trim((struct text){ reference.at, i });
	return reference;
}
