/* What a session hears while nobody asks: listens, echoes of our own writes, signs of life. Nothing
 * in here waits. */
#include <stdio.h>

#include "base/clock.h"
#include "router/exchange.h"

#define MS_US INT64_C(1000)
#define SCRATCH_SIZE (64u << 10) /* a few sentences of ours */
#define PROOF_TAG "k"

/* ---- sentences of ours ---- */

static void tag_of_listen(char *out, size_t size, uint32_t menu, uint32_t number)
{
	(void)snprintf(out, size, "w%u.%u", menu, number);
}

void api_ask_proof(struct api *api, struct wire_writer *writer)
{
	wire_word(writer, TEXT("/system/identity/print"));
	wire_attribute(writer, TEXT(".proplist"), TEXT("name"));
	wire_pair(writer, TEXT(".tag="), TEXT(PROOF_TAG));
	wire_end(writer);
	api->unproven++;
	api->device.counts.commands++;
}

static void begin_listen(struct api *api, uint32_t menu, struct wire_writer *writer)
{
	struct listen *listen = &api->listens[menu];
	char tag[32];
	listen->state = LISTEN_ON;
	listen->echoes = 0;
	tag_of_listen(tag, sizeof(tag), menu, ++listen->number);
	wire_pair(writer, text_of(menu_of((enum menu_id)menu)->path), TEXT("/listen"));
	/* That something changed is all we want to know. */
	wire_attribute(writer, TEXT(".proplist"), TEXT(".id"));
	wire_pair(writer, TEXT(".tag="), text_of(tag));
	wire_end(writer);
	api->device.counts.commands++;
}

static void cancel_listen(struct api *api, uint32_t menu, struct wire_writer *writer)
{
	struct listen *listen = &api->listens[menu];
	char tag[32];
	listen->state = LISTEN_CANCELLED;
	tag_of_listen(tag, sizeof(tag), menu, listen->number);
	wire_word(writer, TEXT("/cancel"));
	wire_attribute(writer, TEXT("tag"), text_of(tag));
	tag[0] = 'c';
	wire_pair(writer, TEXT(".tag="), text_of(tag));
	wire_end(writer);
	api->device.counts.commands++;
}

/* Sends without waiting: a line that takes no bytes now is no line to keep. */
static bool send_now(struct api *api, const struct wire_writer *writer, struct error *error)
{
	struct text bytes = wire_bytes(writer);
	if (bytes.size == 0)
		return true;
	if (!api->line->send(api->line, bytes, 0, error)) {
		api->is_dead = true;
		return false;
	}
	api->device.counts.bytes_out += bytes.size;
	return true;
}

/* ---- the watch's verbs ---- */

bool api_watch(struct api *api, uint32_t menus, struct error *error)
{
	struct arena scratch;
	struct wire_writer writer;
	uint32_t on = 0;
	if (api->is_dead)
		return error_set(error, ERROR_UNREACHABLE, "the session is over");
	arena_open(&scratch, SCRATCH_SIZE);
	wire_writer_init(&writer, &scratch);
	for (uint32_t menu = 0; menu < MENU_COUNT; menu++)
		if (api->listens[menu].state == LISTEN_ON && ((menus >> menu) & 1u) == 0)
			cancel_listen(api, menu, &writer);
		else
			on += api->listens[menu].state == LISTEN_ON;
	for (uint32_t menu = 0; menu < MENU_COUNT && on < LISTENS_MAX; menu++) {
		enum listen_state state = api->listens[menu].state;
		if (((menus >> menu) & 1u) == 0 || state == LISTEN_ON || state == LISTEN_REFUSED)
			continue;
		begin_listen(api, menu, &writer);
		on++;
	}
	bool done = send_now(api, &writer, error);
	arena_close(&scratch);
	return done;
}

bool api_prove(struct api *api, struct error *error)
{
	struct arena scratch;
	struct wire_writer writer;
	if (api->is_dead)
		return error_set(error, ERROR_UNREACHABLE, "the session is over");
	arena_open(&scratch, SCRATCH_SIZE);
	wire_writer_init(&writer, &scratch);
	api_ask_proof(api, &writer);
	bool done = send_now(api, &writer, error);
	arena_close(&scratch);
	return done;
}

/* All that lies in `pending`. */
static bool drain_pending(struct api *api, struct error *error)
{
	struct wire_sentence sentence;
	for (;;) {
		switch (wire_feed(&api->reader, &api->pending, &sentence, error)) {
		case WIRE_SENTENCE:
			break;
		case WIRE_BROKEN:
			return false;
		case WIRE_MORE:
			return true;
		}
		if (sentence.kind == WIRE_FATAL)
			return api_ended(&sentence, error);
		api_stray(api, &sentence);
	}
}

bool api_drain(struct api *api, struct error *error)
{
	uint32_t taken = 0, got = 0;
	bool done = !api->is_dead || error_set(error, ERROR_UNREACHABLE, "the session is over");
	api->device.has_more = false;
	while (done) {
		done = drain_pending(api, error);
		if (done && taken >= DRAIN_SIZE_MAX) {
			api->device.has_more = true;
			return true;
		}
		done = done && api->line->receive(api->line, api->buffer, RECEIVE_SIZE, &got, 0,
						  error);
		if (done && got == 0)
			return true;
		if (done)
			api_got(api, got);
		taken += got;
	}
	api->is_dead = true;
	return false;
}

/* ---- sentences of theirs ---- */

bool api_ended(const struct wire_sentence *sentence, struct error *error)
{
	/* "!fatal" carries bare words, and the router hangs up after it (routeros facts §1.2). */
	struct text why = sentence->count ? sentence->words[0] : TEXT("no reason");
	if (!text_is_utf8(why))
		why = TEXT("a reason in another charset");
	why = text_head(why, 200);
	return error_set(error, ERROR_UNREACHABLE, "the router ended the session: %.*s",
			 TEXT_ARG(why));
}

/* Whose words they are; NULL: not those of a listen that is still of interest. */
static struct listen *listen_of_tag(struct api *api, struct text tag, uint32_t *menu)
{
	uint64_t number, id;
	uint32_t dot = 1;
	if (tag.size < 4 || tag.at[0] != 'w')
		return NULL;
	while (dot < tag.size && tag.at[dot] != '.')
		dot++;
	if (dot == tag.size || !text_u64(text_from(text_head(tag, dot), 1), &id) ||
	    !text_u64(text_from(tag, dot + 1), &number) || id >= MENU_COUNT ||
	    number != api->listens[id].number)
		return NULL;
	*menu = (uint32_t)id;
	return &api->listens[id];
}

/* New, changed or ".dead": what it says is not looked at (house section 8). */
static void take_hint(struct api *api, struct listen *listen, uint32_t menu)
{
	if (listen->echoes > 0) {
		listen->echoes--;
		if (clock_monotonic() <= api->echo_until_at)
			return;
		listen->echoes = 0;
	}
	api->device.told.menus |= 1u << menu;
	api->device.told.times++;
}

void api_stray(struct api *api, const struct wire_sentence *sentence)
{
	uint32_t menu = 0;
	if (text_is(sentence->tag, PROOF_TAG)) {
		if (sentence->kind == WIRE_DONE && api->unproven > 0)
			api->unproven--;
		return;
	}
	struct listen *listen = listen_of_tag(api, sentence->tag, &menu);
	if (!listen)
		return;
	if (sentence->kind == WIRE_RE && listen->state == LISTEN_ON)
		take_hint(api, listen, menu);
	else if (sentence->kind == WIRE_DONE)
		/* It never ends by itself (§1.2): what does was refused, for whatever reason. */
		listen->state = listen->state == LISTEN_CANCELLED ? LISTEN_NONE : LISTEN_REFUSED;
}

/* ---- beside a call of ours ---- */

uint32_t api_window(const struct api *api)
{
	uint32_t always_on = api->unproven;
	for (uint32_t menu = 0; menu < MENU_COUNT; menu++)
		always_on += api->listens[menu].state == LISTEN_ON ||
			     api->listens[menu].state == LISTEN_CANCELLED;
	/* The router must always be able to go on, however much it owes us. */
	return always_on < TAGS_IN_FLIGHT_MAX / 2 ? TAGS_IN_FLIGHT_MAX - always_on
						  : TAGS_IN_FLIGHT_MAX / 2;
}

void api_looks_at(struct api *api, const struct menu *menu)
{
	uint32_t bit = api->device.told.menus & (1u << menu->id);
	api->device.told.menus &= ~bit;
	api->device.told.looked_at |= bit;
}

void api_expect_echo(struct api *api, const struct menu *menu)
{
	if (api->listens[menu->id].state != LISTEN_ON)
		return;
	api->listens[menu->id].echoes++;
	api->echo_until_at = clock_monotonic() + ECHO_MS * MS_US;
}

void api_expect_no_echo(struct api *api, const struct menu *menu)
{
	if (api->listens[menu->id].echoes > 0)
		api->listens[menu->id].echoes--;
}
