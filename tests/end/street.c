/*
 * What the controller does to the webhook program's files, as a small program for the scripts
 * beside it: street publish FOLDER TENANT [CHANNEL:PROVIDER:TOKEN]...   opens these URLs, as a
 * commit does, and stops cleanly street inbox FOLDER TENANT      prints each kept line: id,
 * channel, kind, source, headers and body in hex
 */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "state/inbox.h"
#include "state/street.h"

#define READ_AT_ONCE 1000

static int failed(const struct error *error)
{
	(void)fprintf(stderr, "street: %s\n", error->text);
	return 1;
}

static int publish(struct text folder, struct text tenant, char **words, int count)
{
	struct street_channel channels[CHANNELS_MAX];
	struct store *store;
	struct error error;
	if (count > CHANNELS_MAX)
		return 64;
	for (int i = 0; i < count; i++) {
		struct text rest, token;
		channels[i] = (struct street_channel){ 0 };
		(void)text_cut(text_of(words[i]), ':', &channels[i].channel, &rest);
		(void)text_cut(rest, ':', &channels[i].provider, &token);
		channels[i].token = digest_of(token);
	}
	if (!store_open(&store, folder, tenant, STORE_CONTROLLER, &error))
		return failed(&error);
	bool published = street_publish(store, channels, (uint32_t)count, &error);
	store_close(store);
	return published ? 0 : failed(&error);
}

static void print_hex(struct text text)
{
	(void)printf(" ");
	for (uint32_t i = 0; i < text.size; i++)
		(void)printf("%02x", (unsigned char)text.at[i]);
	if (text.size == 0)
		(void)printf("-");
}

static int inbox(struct text folder, struct text tenant)
{
	struct store *store;
	struct error error;
	struct arena arena;
	struct inbox_line *lines;
	uint32_t count;
	int64_t after = 0;
	if (!store_open(&store, folder, tenant, STORE_READER, &error))
		return failed(&error);
	arena_open(&arena, 256u << 20);
	do {
		arena_reset(&arena);
		if (!inbox_read(&lines, &count, store, after, READ_AT_ONCE, &arena, &error))
			return failed(&error);
		for (uint32_t i = 0; i < count; i++) {
			after = lines[i].id;
			(void)printf("%lld %.*s %.*s %.*s", (long long)after,
				     TEXT_ARG(lines[i].channel), TEXT_ARG(lines[i].kind),
				     TEXT_ARG(lines[i].source));
			print_hex(lines[i].headers);
			print_hex(lines[i].body);
			(void)printf("\n");
		}
	} while (count);
	arena_close(&arena);
	store_close(store);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc >= 4 && strcmp(argv[1], "publish") == 0)
		return publish(text_of(argv[2]), text_of(argv[3]), argv + 4, argc - 4);
	if (argc == 4 && strcmp(argv[1], "inbox") == 0)
		return inbox(text_of(argv[2]), text_of(argv[3]));
	(void)fprintf(stderr, "usage: street publish|inbox FOLDER TENANT …\n");
	return 64;
}
