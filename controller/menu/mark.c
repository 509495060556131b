#include "menu/mark.h"

#include <string.h>

#include "base/bug.h"
#include "base/digest.h"
#include "base/error.h"

#define MARK_WORD "wavu:"
#define MARK_DIGITS 8u

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

uint32_t mark_length(struct text comment)
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

struct text mark_put(struct arena *arena, struct text comment, struct text mark)
{
	invariant(mark.size > 0 && mark.size < COMMENT_SIZE_MAX);
	if (mark_fits(comment, mark) && comment.size <= COMMENT_SIZE_MAX)
		return comment;
	struct text rest = text_trim(text_from(comment, mark_length(comment)));
	if (rest.size == 0)
		return mark;
	rest = text_head(rest, COMMENT_SIZE_MAX - mark.size - 1);
	/* Copied, not printed: what a person wrote may hold any byte (routeros facts §1.1). */
	uint32_t size = mark.size + 1 + rest.size;
	char *whole = arena_take(arena, (size_t)size + 1);
	memcpy(whole, mark.at, mark.size);
	whole[mark.size] = ' ';
	memcpy(whole + mark.size + 1, rest.at, rest.size);
	return (struct text){ whole, size };
}
