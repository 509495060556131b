#include "provider/talk.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"

#define PROVIDER_REF_SIZE_MAX 64
#define WORDS_SIZE_MAX 120
#define TOKEN_LIVES_S_MAX 86400
#define SHILLINGS_MAX 250000ll

/* ---- questions ------------------------------------------------------------------------------- */

struct text talk_address(const struct channel *channel, const char *production, const char *sandbox,
			 const char *path, struct arena *arena)
{
	struct text base = channel->endpoint;
	if (base.size == 0)
		base = text_of(channel->environment == CHANNEL_PRODUCTION ? production : sandbox);
	while (text_ends(base, TEXT("/")))
		base.size--;
	return text_format(arena, "%.*s%s", TEXT_ARG(base), path);
}

json_t *talk_string(struct text text)
{
	json_t *string = json_stringn(text.at ? text.at : "", text.size);
	return string ? string : json_string("");
}

struct text talk_written(json_t *tree, struct arena *arena)
{
	char *bytes = tree ? json_dumps(tree, JSON_COMPACT) : NULL;
	if (!bytes)
		fatal("no memory for a request");
	struct text text = text_copy(arena, text_of(bytes));
	free(bytes);
	json_decref(tree);
	return text;
}

struct text talk_escaped(struct text text, struct arena *arena)
{
	static const char digits[] = "0123456789ABCDEF";
	char *out = ARENA_ARRAY(arena, char, text.size * 3 + 1u);
	uint32_t size = 0;
	for (uint32_t i = 0; i < text.size; i++) {
		uint8_t byte = (uint8_t)text.at[i];
		bool is_plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
				(byte >= 'a' && byte <= 'z') || byte == '-' || byte == '.' ||
				byte == '_' || byte == '~';
		if (is_plain) {
			out[size++] = text.at[i];
			continue;
		}
		out[size++] = '%';
		out[size++] = digits[byte >> 4];
		out[size++] = digits[byte & 15];
	}
	return (struct text){ out, size };
}

/* ---- answers --------------------------------------------------------------------------------- */

struct said talk_unknown(struct text why)
{
	return (struct said){ .answer = ANSWER_NONE, .why = why };
}

struct text talk_words(struct arena *arena, struct text words)
{
	words = text_head(text_trim(words), WORDS_SIZE_MAX);
	char *out = ARENA_ARRAY(arena, char, words.size + 1u);
	for (uint32_t i = 0; i < words.size; i++)
		out[i] = words.at[i] >= ' ' && words.at[i] < 0x7f && words.at[i] != '"'
			     ? words.at[i]
			     : '?';
	return (struct text){ out, words.size };
}

bool talk_open(struct json *json, struct value *root, struct said *said,
	       const struct response *response, struct arena *arena)
{
	struct text why;
	if (!response->came) {
		*said = talk_unknown(TEXT("no whole answer came"));
		return false;
	}
	if (!json_open(json, response->body, arena, &why)) {
		*said = talk_unknown(text_format(arena, "the answer %u cannot be read: %.*s",
						 response->status, TEXT_ARG(why)));
		if (response->status == 429)
			said->answer = ANSWER_LATER;
		if (response->status == 401)
			said->answer = ANSWER_LOGIN;
		return false;
	}
	*root = json_root(json);
	return true;
}

struct text talk_verdict(struct value object, const char *key, struct arena *arena)
{
	struct value value = value_at(object, key, arena);
	return value.kind == VALUE_TEXT ? value.text : TEXT_NONE;
}

struct text talk_member(struct value object, const char *key, struct arena *arena)
{
	struct value value = value_at(object, key, arena);
	return value.kind == VALUE_TEXT || value.kind == VALUE_NUMBER ? value.text : TEXT_NONE;
}

/* Ids may come back empty (facts 1.2); they are opaque and at most 64 bytes. */
struct text talk_id(struct value object, const char *key, struct arena *arena)
{
	struct text id = text_trim(talk_member(object, key, arena));
	for (uint32_t i = 0; i < id.size; i++)
		if (id.at[i] <= ' ' || id.at[i] >= 0x7f)
			return TEXT_NONE;
	return id.size <= PROVIDER_REF_SIZE_MAX ? id : TEXT_NONE;
}

struct said talk_doubtful(struct said said, struct text why)
{
	said.answer = ANSWER_NONE;
	said.is_doubtful = true;
	said.why = why;
	return said;
}

bool talk_token(struct text *token, int64_t *lives_us, const struct response *response,
		struct value root, struct arena *arena)
{
	uint64_t lives_s = 0;
	*token = talk_member(root, "access_token", arena);
	/* A number in the documentation, a text in reality (payments facts 1.1). */
	bool good = response->status == 200 && token->size > 0 &&
		    text_u64(talk_member(root, "expires_in", arena), &lives_s);
	for (uint32_t i = 0; good && i < token->size; i++)
		good = token->at[i] > ' ' && token->at[i] < 0x7f;
	if (lives_s > TOKEN_LIVES_S_MAX)
		lives_s = TOKEN_LIVES_S_MAX;
	*lives_us = (int64_t)lives_s * SECOND_US;
	return good;
}

struct said talk_paid(struct said said, const struct notice *notice)
{
	if (notice->kind != NOTICE_PAID || !notice->has_amount)
		return talk_doubtful(said, notice->why);
	said.answer = ANSWER_YES;
	said.receipt = notice->receipt;
	said.has_amount = true;
	said.amount_cents = notice->amount_cents;
	said.currency = notice->currency;
	said.at = notice->at;
	return said;
}

struct said talk_refused(const char *provider, const struct response *response, struct text words,
			 struct arena *arena)
{
	struct said said = { .answer = ANSWER_NONE };
	said.why = text_format(arena, "%s answered %u%s%.*s", provider, response->status,
			       words.size > 0 ? ": " : "", TEXT_ARG(talk_words(arena, words)));
	if (response->status == 401)
		said.answer = ANSWER_LOGIN;
	else if (response->status == 429)
		said.answer = ANSWER_LATER;
	else if (response->status >= 400 && response->status < 500 && response->status != 408 &&
		 response->status != 409)
		said.answer = ANSWER_NO;
	return said;
}

bool talk_login_read(struct text *token, int64_t *lives_us, const struct response *response,
		     const char *provider,
		     struct text (*flaw)(struct value root, struct arena *arena),
		     struct arena *arena, struct text *why)
{
	struct json json = { 0 };
	struct value root;
	struct said said;
	if (!talk_open(&json, &root, &said, response, arena)) {
		*why = said.why;
		return false;
	}
	bool good = talk_token(token, lives_us, response, root, arena);
	if (!good)
		*why = talk_refused(provider, response, flaw(root, arena), arena).why;
	json_close(&json);
	return good;
}

/* 1 to 250,000 whole shillings a transaction, whoever asks for it (payments facts 1.2). */
struct text talk_cents_ok(int64_t cents, struct text currency)
{
	if (!text_is(currency, "KES"))
		return TEXT("a prompt of this provider asks M-PESA in Kenya: shillings (KES) only");
	if (cents % 100)
		return TEXT("a prompt takes whole shillings only");
	if (cents < 100 || cents > SHILLINGS_MAX * 100)
		return TEXT("a prompt takes 1 to 250,000 shillings");
	return TEXT_NONE;
}
