/* Any bytes as wavu.yaml: either settings that hold what they promise, or a sentence. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "settings/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings settings = { 0 };
	struct error error = { 0 };
	char path[64];
	int file = memfd_create("settings", MFD_CLOEXEC);

	if (file < 0)
		return 0;
	if (write(file, data, size) == (ssize_t)size) {
		(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
		if (settings_read(&settings, text_of(path), &error)) {
			invariant(settings.tenant_count > 0 && settings.state.size > 0);
			settings_free(&settings);
		} else {
			invariant(error.text[0] != '\0');
		}
	}
	(void)close(file);
	return 0;
}
