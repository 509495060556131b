/*
 * A row of the inbox as the teller meets it, "PROVIDER\nKIND\nheaders\n\nbody": whatever stands
 * there, nothing is proven by a key that nobody signed with, and what is called money is exact. The
 * body is tried as the answer to a question about the row, too.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/limits.h"
#include "provider/provider.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void notice_check(const struct notice *notice)
{
	invariant(notice->receipt.size <= 32 && text_is_utf8(notice->reference));
	if (notice->kind != NOTICE_PAID)
		return;
	invariant(notice->receipt.size > 0 && notice->has_amount == (notice->why.size == 0));
	invariant(!notice->has_amount ||
		  (notice->amount_cents > 0 && notice->amount_cents <= CENTS_MAX));
}

/* What a signed one may be without its key: nothing. A static secret is a hint at most. */
static void proof_check(const struct provider *provider, struct callback callback,
			enum channel_type type)
{
	struct channel channel = { .name = TEXT("main"),
				   .provider = text_of(provider->name),
				   .type = type };

	callback.key = secret_of(TEXT("a key that nobody has ever signed with"));
	invariant(provider->key == KEY_NONE ||
		  provider->authenticate(&channel, &callback) == PROOF_REJECTED);
	callback.key = (struct secret){ 0 };
	invariant(provider->key == KEY_NONE ||
		  provider->authenticate(&channel, &callback) == PROOF_REJECTED);
}

static void question_check(const struct provider *provider, const struct callback *callback,
			   struct arena *arena)
{
	struct channel channel = { .name = TEXT("main"), .provider = text_of(provider->name) };
	struct request request = provider->check->ask(&channel, callback, arena);
	static const uint32_t statuses[] = { 200, 400, 401, 429, 500 };

	/* Our own request holds no byte that the street chose. */
	for (uint32_t i = 0; i < request.url.size; i++)
		invariant(strchr("abcdefghijklmnopqrstuvwxyz0123456789:/.", request.url.at[i]));
	for (size_t i = 0; i < ARRAY_COUNT(statuses); i++) {
		struct response response = { .came = true,
					     .status = statuses[i],
					     .body = callback->body };
		struct notice notice = { 0 };
		struct text why = TEXT_NONE;
		enum answer answer = provider->check->read(&notice, &why, &channel, TEXT("254"),
							   callback, &response, arena);

		if (answer == ANSWER_YES) {
			invariant(statuses[i] == 200);
			notice_check(&notice);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arena arena;
	struct text rest = { (const char *)data, (uint32_t)size }, name, kind;

	if (!arena.base)
		arena_open(&arena, 16u << 20);
	if (size > CALLBACK_SIZE_MAX + 4096)
		return 0;
	if (!text_cut(rest, '\n', &name, &rest) || !text_cut(rest, '\n', &kind, &rest))
		return 0;
	const char *end = rest.size ? memmem(rest.at, rest.size, "\n\n", 2) : NULL;
	uint32_t headers = end ? (uint32_t)(end - rest.at) + 1 : 0;
	struct callback callback = { .kind = kind,
				     .headers = { rest.at, headers },
				     .body = text_from(rest, end ? headers + 1 : 0) };
	const struct provider *provider = provider_find(name);
	if (!provider)
		return 0;
	for (int type = 0; type < 2; type++) {
		struct channel channel = { .name = TEXT("main"),
					   .provider = name,
					   .type = (enum channel_type)type };
		struct notice notice =
		    provider->parse(&channel, TEXT("254"), &callback, &arena);

		notice_check(&notice);
		arena_reset(&arena);
		proof_check(provider, callback, (enum channel_type)type);
	}
	if (provider->check)
		question_check(provider, &callback, &arena);
	arena_reset(&arena);
	return 0;
}
