#include "help.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sys/stat.h>

struct channel help_channel(void)
{
	return (struct channel){
		.name = TEXT("main"),
		.provider = TEXT("daraja"),
		.shortcode = TEXT("600638"),
		.type = CHANNEL_PAYBILL,
		.trust = TRUST_TOKEN,
	};
}

struct notice help_parse(struct text body, struct arena *arena)
{
	const struct provider *daraja = provider_find(TEXT("daraja"));
	assert_non_null(daraja);
	struct channel channel = help_channel();
	struct callback callback = { .kind = TEXT("confirmation"), .body = body };
	return daraja->parse(&channel, TEXT("254"), &callback, arena);
}

struct text help_file(struct arena *arena, const char *folder, const char *name)
{
	char path[4096];
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "rb");
	if (!file)
		fail_msg("%s cannot be read", path);
	struct stat info;
	assert_int_equal(fstat(fileno(file), &info), 0);
	char *bytes = arena_take(arena, (size_t)info.st_size + 1);
	size_t size = fread(bytes, 1, (size_t)info.st_size, file);
	assert_int_equal(size, info.st_size);
	(void)fclose(file);
	return (struct text){ bytes, (uint32_t)size };
}

const char *help_folder(const char *variable, const char *below, char *out, size_t size)
{
	const char *root = getenv(variable);
	struct stat info;
	(void)snprintf(out, size, "%s/%s", root ? root : "", below);
	if (!root || stat(out, &info)) {
		(void)printf("skipped: %s/%s does not exist\n", variable, below);
		exit(77);
	}
	return out;
}
