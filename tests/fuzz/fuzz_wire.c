/* Any bytes as a router's words: the same sentences however they are cut, and a device that
 * survives them. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "router/device.h"
#include "router/line.h"
#include "router/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct arena arena;

/* ---- the reader ---- */

/* What a stream says, as one number; `piece` is how many bytes are fed at a time. */
static uint64_t account_of(const uint8_t *data, size_t size, uint32_t piece)
{
	struct wire_reader reader;
	struct wire_sentence sentence;
	struct error error = { 0 };
	uint64_t account = 1469598103934665603u;
	arena_reset(&arena);
	wire_reader_init(&reader, &arena);
	for (size_t at = 0; at < size; at += piece) {
		size_t left = size - at < piece ? size - at : piece;
		struct text input = { (const char *)data + at, (uint32_t)left };
		enum wire_step step;
		while ((step = wire_feed(&reader, &input, &sentence, &error)) == WIRE_SENTENCE) {
			account = account * 31 + sentence.kind;
			account = account * 31 + text_hash(sentence.tag);
			account = account * 31 + sentence.size;
			for (uint32_t i = 0; i < sentence.count; i++)
				account = account * 31 + text_hash(sentence.words[i]);
		}
		if (step == WIRE_BROKEN)
			return account * 31 + (uint64_t)error.code;
		if (input.size != 0)
			abort();
	}
	return account;
}

/* ---- the device ---- */

struct feed {
	struct line line;
	struct text input;
	uint32_t piece;
};

static bool feed_send(struct line *line, struct text bytes, uint32_t timeout_ms,
		      struct error *error)
{
	(void)line;
	(void)bytes;
	(void)timeout_ms;
	(void)error;
	return true;
}

static bool feed_receive(struct line *line, char *out, uint32_t size, uint32_t *got,
			 uint32_t timeout_ms, struct error *error)
{
	struct feed *feed = (struct feed *)line;
	(void)timeout_ms;
	if (feed->input.size == 0)
		return error_set(error, ERROR_UNREACHABLE, "the end");
	*got = feed->input.size < feed->piece ? feed->input.size : feed->piece;
	if (*got > size)
		*got = size;
	memcpy(out, feed->input.at, *got);
	feed->input = text_from(feed->input, *got);
	return true;
}

static bool feed_alive(struct line *line)
{
	(void)line;
	return true;
}

static void feed_close(struct line *line)
{
	(void)line;
}

/* Nothing read counts unless all of it was read; no write is done that was not answered. */
static void talk(const uint8_t *data, size_t size, uint32_t piece)
{
	static const struct attribute name = { .name = "name", .value = { "juma", 4 } };
	struct feed feed = { { feed_send, feed_receive, feed_alive, feed_close, NULL },
			     { (const char *)data, (uint32_t)size },
			     piece };
	struct device *device;
	struct error error = { 0 };
	struct look looks[] = { { .menu = menu_of(MENU_PPP_SECRET), .count = true },
				{ .menu = menu_of(MENU_PPP_ACTIVE) } };
	struct write writes[] = {
		{ .verb = VERB_ADD,
		  .menu = menu_of(MENU_PPP_SECRET),
		  .attributes = &name,
		  .attribute_count = 1 },
		{ .verb = VERB_REMOVE, .menu = menu_of(MENU_PPP_SECRET), .id = TEXT("*1") },
	};
	arena_reset(&arena);
	if (!device_open_line(&device, &feed.line, TEXT("wavu"), secret_of(TEXT("x")), &error)) {
		if (error.code == ERROR_NONE)
			abort();
		return;
	}
	bool looked = device->verbs->look(device, looks, 2, &arena, &error);
	if (looked != looks[0].table.looked || (!looked && looks[0].table.count))
		abort();
	bool lived = device->verbs->write(device, writes, 2, &arena, &error);
	for (int i = 0; i < 2; i++)
		if (lived && writes[i].end == WRITE_UNSENT)
			abort();
	device_close(device);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!arena.base)
		arena_open(&arena, 256u << 20);
	if (size > 1u << 16)
		return 0;
	uint64_t whole = account_of(data, size, (uint32_t)size ? (uint32_t)size : 1);
	if (account_of(data, size, 1) != whole || account_of(data, size, 7) != whole)
		abort();
	talk(data, size, 1);
	talk(data, size, 1000);
	return 0;
}
