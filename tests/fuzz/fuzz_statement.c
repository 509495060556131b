/*
 * Any bytes as an organisation's statement (CSV): no crash, and every line that is read is whole.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "provider/provider.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arena arena;
	struct statement_line *lines;
	struct text why = TEXT_NONE;
	const struct provider *provider = provider_find(TEXT("daraja"));
	uint32_t count = 0;

	if (!arena.base)
		arena_open(&arena, 64u << 20);
	if (size > (256u << 10))
		return 0;
	invariant(provider && provider->api);
	if (provider->api->statement(&lines, &count, (struct text){ (const char *)data,
								     (uint32_t)size },
				     &arena, &why)) {
		for (uint32_t i = 0; i < count; i++)
			invariant(lines[i].flaw.size > 0 ||
				  (lines[i].receipt.size > 0 && lines[i].in_cents >= 0 &&
				  lines[i].out_cents >= 0 && lines[i].in_cents <= CENTS_MAX &&
				  (lines[i].in_cents == 0 || lines[i].out_cents == 0)));
	} else {
		invariant(why.size > 0);
	}
	arena_reset(&arena);
	return 0;
}
