/*
 * Every provider's parse on any bytes, as each of its kinds: no crash, no leak, and what is called
 * money has a receipt and an exact amount within the limits, or a reason.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "provider/provider.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void notice_check(const struct notice *notice)
{
	invariant((notice->kind == NOTICE_PAID && notice->has_amount) == (notice->why.size == 0));
	invariant(!notice->has_amount || notice->kind == NOTICE_PAID);
	invariant(notice->has_amount ? notice->amount_cents > 0 && notice->amount_cents <= CENTS_MAX
				     : notice->amount_cents == 0);
	invariant((notice->kind == NOTICE_PAID) == (notice->receipt.size > 0));
	invariant(notice->receipt.size <= 32 && text_is_utf8(notice->reference));
	invariant(notice->phone.size == 0 || notice->phone_hash.size == 0);
	invariant(notice->phone_hash.size == 0 || notice->phone_hash.size == 64);
}

/* Paid, in the provider's own words: what may be counted is whole. */
static void paid_check(const struct said *said)
{
	invariant(said->receipt.size > 0 && said->provider_ref.size > 0 && said->has_amount &&
		  said->amount_cents > 0 && said->amount_cents <= CENTS_MAX);
}

static void said_check(const struct said *said, bool is_result)
{
	invariant(!said->is_doubtful || (said->answer == ANSWER_NONE && said->why.size > 0));
	invariant(said->answer != ANSWER_NO || said->why.size > 0 || !is_result);
	invariant(said->provider_ref.size <= 64 && said->receipt.size <= 32);
	if (is_result && said->answer == ANSWER_YES)
		paid_check(said);
}

/* The same bytes as a result on an attempt's URL, and as answers to our questions. */
static void api_check(const struct provider_api *api, const struct channel *channel,
		      struct text body, struct arena *arena)
{
	static const uint32_t statuses[] = { 200, 201, 400, 404, 500 };
	struct said said;
	if (api->result != NULL) {
		said = api->result(channel, body, arena);
		said_check(&said, true);
	}
	for (uint32_t i = 0; i < ARRAY_COUNT(statuses); i++) {
		struct response response = { .came = true,
					     .status = statuses[i],
					     .body = body,
					     .location = text_head(body, 80) };
		struct text token, why;
		int64_t lives_us;
		arena_reset(arena);
		said = api->start_read(&response, arena);
		said_check(&said, false);
		if (api->ask_read != NULL)
			said = api->ask_read(channel, &response, TEXT("wavu-17-abcdefgh"), arena);
		said_check(&said, false);
		if (said.answer == ANSWER_YES && said.receipt.size > 0)
			paid_check(&said);
		if (api->enrol_read != NULL) {
			said = api->enrol_read(&response, arena);
			said_check(&said, false);
		}
		if (api->login_read != NULL &&
		    api->login_read(&token, &lives_us, &response, arena, &why))
			invariant(token.size > 0 && lives_us >= 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arena arena;
	if (!arena.base)
		arena_open(&arena, 4u << 20);
	if (size > CALLBACK_SIZE_MAX + 16)
		return 0;
	const struct provider *provider;
	for (uint32_t row = 0; (provider = provider_at(row)); row++) {
		struct channel channel = { .name = TEXT("main"),
					   .provider = text_of(provider->name) };
		for (uint32_t i = 0; provider->kinds[i]; i++) {
			struct callback callback = { .kind = text_of(provider->kinds[i]),
						     .body = { (const char *)data,
							       (uint32_t)size } };
			struct notice notice = provider->parse(&channel, TEXT("254"), &callback,
							       &arena);
			notice_check(&notice);
			arena_reset(&arena);
		}
		if (provider->api != NULL) {
			api_check(provider->api, &channel,
				  (struct text){ (const char *)data, (uint32_t)size }, &arena);
			arena_reset(&arena);
		}
	}
	return 0;
}
