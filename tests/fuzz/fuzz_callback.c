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
	}
	return 0;
}
