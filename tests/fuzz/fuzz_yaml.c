/* Any bytes as a file of a repository: nothing crashes, every finding has a place and readable
 * words. */
#include <stdint.h>
#include <stdlib.h>

#include "intent/intent.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct finding *finding)
{
	bool good = finding->line >= 1 && finding->column >= 1 && finding->message.size > 0 &&
		    text_is_utf8(finding->message) && text_is_utf8(finding->path);
	if (!good)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	struct intent *intent;
	struct findings findings;
	struct text bytes = { (const char *)data, (uint32_t)size };
	struct intent_file file = { TEXT("fuzz.yaml"), bytes };
	arena_open(&arena, 64u << 20);
	intent_read_files(&intent, &findings, &file, 1, &arena);
	for (uint32_t i = 0; i < findings.error_count; i++)
		check(&findings.errors[i]);
	for (uint32_t i = 0; i < findings.warning_count; i++)
		check(&findings.warnings[i]);
	if ((intent == NULL) != (findings.error_total > 0))
		abort();
	intent_release(intent);
	arena_close(&arena);
	return 0;
}
