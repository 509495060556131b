#include "menu/mark.h"

#include <string.h>

#include "base/bug.h"
#include "base/digest.h"
#include "base/error.h"

#define MARK_WORD "wavu:"
#define MARK_DIGITS 8u
#define STAMP_DIGITS 10u /* from 2001 to 2286 */
#define STAMP_NAME_MAX 128u
#define SECOND_US INT64_C(1000000)

struct text mark_make(struct arena *arena, struct text tenant, const struct menu *menu,
		      struct text key)
{
	struct digester digester;
	digester_begin(&digester);
	digester_text(&digester, text_of(menu->path));
	digester_text(&digester, key);
	struct digest digest = digester_end(&digester);
	char hex[65];
	digest_hex(&digest, hex);
	return text_format(arena, MARK_WORD "%.*s/%.*s", TEXT_ARG(tenant), (int)MARK_DIGITS, hex);
}

static bool is_lower_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* A mark ends where the comment ends or where a person began to write: "wavu:k/12345678x" is text,
 * no mark. */
static bool ends_at(struct text comment, uint32_t at)
{
	if (at >= comment.size)
		return true;
	char c = comment.at[at];
	return !is_lower_or_digit(c) && !(c >= 'A' && c <= 'Z');
}

bool mark_fits(struct text comment, struct text mark)
{
	if (bug(3)) /* Bug 3: any mark is ours, also a copied one. */
		return mark.size > 0 && mark_length(comment) > 0;
	return mark.size > 0 && text_starts(comment, mark) && ends_at(comment, mark.size);
}

bool mark_is_ours(const struct row *row, const struct menu *menu, struct text tenant,
		  const struct inventory_entry *inventory, uint32_t count, struct arena *arena)
{
	struct text key = row_key(row, menu, arena);

	if (menu->has_comment &&
	    mark_fits(row_get(row, menu, "comment"), mark_make(arena, tenant, menu, key)))
		return true;
	for (uint32_t i = 0; i < count; i++)
		if (text_is(inventory[i].menu, menu->path) && text_equal(inventory[i].key, key))
			return true;
	return false;
}

/* The bare mark at the start: its length, else 0. */
static uint32_t bare_length(struct text comment)
{
	if (!text_starts(comment, TEXT(MARK_WORD)))
		return 0;
	uint32_t begin = (uint32_t)sizeof(MARK_WORD) - 1;
	uint32_t at = begin;
	while (at < comment.size && (is_lower_or_digit(comment.at[at]) || comment.at[at] == '-'))
		at++;
	uint32_t name_size = at - begin;
	if (name_size == 0 || name_size > NAME_SIZE_MAX || at >= comment.size ||
	    comment.at[at] != '/')
		return 0;
	at++;
	if (comment.size - at < MARK_DIGITS)
		return 0;
	for (uint32_t i = 0; i < MARK_DIGITS; i++)
		if (!is_hex(comment.at[at + i]))
			return 0;
	at += MARK_DIGITS;
	return ends_at(comment, at) ? at : 0;
}

/* The bytes of " 4:jane" at the start of `rest`; 0: it does not begin with a name so written. */
static uint32_t stamp_name_length(struct text rest)
{
	uint32_t at = 1, size = 0;

	if (rest.size == 0 || rest.at[0] != ' ')
		return 0;
	while (at < rest.size && rest.at[at] >= '0' && rest.at[at] <= '9' && size <= STAMP_NAME_MAX)
		size = 10 * size + (uint32_t)(rest.at[at++] - '0');
	if (at == 1 || size == 0 || size > STAMP_NAME_MAX || at >= rest.size ||
	    rest.at[at] != ':' || rest.size - at - 1 < size)
		return 0;
	at += 1 + size;
	return at == rest.size || rest.at[at] == ' ' ? at : 0;
}

/* "until=" or "seen=", ten digits, and then the end or a blank: else a person wrote it. */
static struct text stamp_at(struct text rest)
{
	static const char *const words[] = { "until=", "seen=" };

	for (uint32_t i = 0; i < ARRAY_COUNT(words); i++) {
		uint32_t at = (uint32_t)strlen(words[i]), digits = 0;

		if (!text_starts(rest, text_of(words[i])))
			continue;
		while (at + digits < rest.size && rest.at[at + digits] >= '0' &&
		       rest.at[at + digits] <= '9')
			digits++;
		at += digits;
		if (digits == STAMP_DIGITS && (at == rest.size || rest.at[at] == ' '))
			return text_head(
			    rest, at + (i == 0 ? stamp_name_length(text_from(rest, at)) : 0));
	}
	return TEXT_NONE;
}

struct text mark_stamp(struct text comment)
{
	uint32_t begin = bare_length(comment);

	if (begin == 0 || begin >= comment.size || comment.at[begin] != ' ')
		return TEXT_NONE;
	return stamp_at(text_from(comment, begin + 1));
}

struct text mark_stamp_make(struct arena *arena, const char *word, int64_t at)
{
	/* Upwards: a lease never ends before the time that was paid. */
	return text_format(arena, "%s=%010lld", word,
			   (long long)((at + SECOND_US - 1) / SECOND_US));
}

struct text mark_stamp_name(struct arena *arena, struct text stamp, struct text name)
{
	if (name.size == 0 || name.size > STAMP_NAME_MAX)
		return stamp;
	return text_format(arena, "%.*s %u:%.*s", TEXT_ARG(stamp), name.size, TEXT_ARG(name));
}

int64_t mark_stamp_at(struct text stamp)
{
	struct text word, digits;
	uint64_t seconds;

	if (!text_cut(stamp, '=', &word, &digits) ||
	    !text_u64(text_head(digits, STAMP_DIGITS), &seconds))
		return 0;
	return (int64_t)seconds * SECOND_US;
}

uint32_t mark_length(struct text comment)
{
	uint32_t bare = bare_length(comment);
	struct text stamp = mark_stamp(comment);

	return stamp.size > 0 ? bare + 1 + stamp.size : bare;
}

struct text mark_put(struct arena *arena, struct text comment, struct text mark, struct text stamp)
{
	const char *gap = " ";

	invariant(mark.size > 0 && mark.size < COMMENT_SIZE_MAX);
	if (mark_fits(comment, mark) && text_equal(mark_stamp(comment), stamp) &&
	    comment.size <= COMMENT_SIZE_MAX)
		return comment;
	struct text rest = text_trim(text_from(comment, mark_length(comment)));
	if (stamp.size > 0)
		mark = text_format(arena, "%.*s %.*s", TEXT_ARG(mark), TEXT_ARG(stamp));
	else if (stamp_at(rest).size > 0)
		gap = " ; "; /* what a person wrote so must not become wavu's word */
	if (rest.size == 0)
		return mark;
	uint32_t gap_size = (uint32_t)strlen(gap);
	rest = text_head(rest, COMMENT_SIZE_MAX - mark.size - gap_size);
	/* Copied, not printed: what a person wrote may hold any byte (routeros facts §1.1). */
	uint32_t size = mark.size + gap_size + rest.size;
	char *whole = arena_take(arena, (size_t)size + 1);
	memcpy(whole, mark.at, mark.size);
	memcpy(whole + mark.size, gap, gap_size);
	memcpy(whole + mark.size + gap_size, rest.at, rest.size);
	return (struct text){ whole, size };
}
