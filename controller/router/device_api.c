/* A session of the binary API: login, version, verbs, end. */
#include <stdio.h>
#include <string.h>

#include "router/exchange.h"
#include "base/clock.h"
#include "menu/value.h"
#include "router/traps.h"

/* The reader's buffers, ours, and the odds and ends of a session. */
#define API_ARENA_SIZE (WIRE_READER_ARENA_SIZE + RECEIVE_SIZE + (1u << 20))

static struct api *api_of(struct device *device)
{
	return (struct api *)device;
}

static bool verb_look(struct device *device, struct look *looks, uint32_t count,
		      struct arena *arena, struct error *error)
{
	return api_look(api_of(device), looks, count, arena, deadline_of(LOOK_MS_MAX, LOOK_ROW_MS),
			error);
}

static bool verb_write(struct device *device, struct write *writes, uint32_t count,
		       struct arena *arena, struct error *error)
{
	return api_write(api_of(device), writes, count, arena, error);
}

static bool verb_alive(struct device *device)
{
	struct api *api = api_of(device);
	return !api->is_dead && api->line->alive(api->line);
}

static bool verb_watch(struct device *device, uint32_t menus, struct error *error)
{
	struct api *api = api_of(device);
	return api_watch(api, menus, error) || api_fail(api, error);
}

static bool verb_drain(struct device *device, struct error *error)
{
	struct api *api = api_of(device);
	return api_drain(api, error) || api_fail(api, error);
}

static bool verb_prove(struct device *device, struct error *error)
{
	struct api *api = api_of(device);
	return api_prove(api, error) || api_fail(api, error);
}

static int verb_descriptor(const struct device *device)
{
	const struct line *line = ((const struct api *)device)->line;
	return line->descriptor ? line->descriptor(line) : -1;
}

static void verb_close(struct device *device)
{
	struct api *api = api_of(device);
	api->line->close(api->line);
	/* The device lies in its own arena: the handle must outlive it. */
	struct arena arena = api->arena;
	arena_close(&arena);
}

static const struct device_verbs api_verbs = {
	.look = verb_look,
	.write = verb_write,
	.alive = verb_alive,
	.close = verb_close,
	.watch = verb_watch,
	.drain = verb_drain,
	.prove = verb_prove,
	.descriptor = verb_descriptor,
};

static bool send_login(struct api *api, struct text user, struct secret password,
		       const struct deadline *deadline, struct error *error)
{
	struct wire_writer writer;
	wire_writer_init(&writer, &api->arena);
	wire_word(&writer, TEXT("/login"));
	wire_attribute(&writer, TEXT("name"), user);
	wire_attribute(&writer, TEXT("password"), secret_reveal(password));
	wire_end(&writer);
	bool sent = api_send(api, wire_bytes(&writer), deadline, error);
	/* The session may be held for days: the password need not lie about that long. */
	explicit_bzero(writer.at, writer.size);
	return sent;
}

/* A no to the login is final until a person changes something, unless the router was only busy. */
static bool login_refused(struct text words, struct error *error)
{
	(void)trap_error(error, words);
	error->code = error->code == ERROR_UNKNOWN ? ERROR_UNREACHABLE : ERROR_DENIED;
	return false;
}

/* Plain login, 6.43 and later (routeros facts §1.3). */
static bool api_login(struct api *api, struct text user, struct secret password,
		      struct error *error)
{
	struct deadline deadline = deadline_of(REPLY_MS_MAX, 0);
	struct wire_sentence sentence;
	struct text value = TEXT_NONE;
	if (!send_login(api, user, password, &deadline, error))
		return false;
	for (;;) {
		if (!api_sentence(api, &sentence, &deadline, error))
			return false;
		switch (sentence.kind) {
		case WIRE_DONE:
			/* A challenge: older than 6.43, and the password is already out in the
			 * open. */
			if (wire_find(&sentence, "ret", &value))
				return error_set(
				    error, ERROR_DENIED,
				    "the router answers with the login of RouterOS before "
				    "6.43: upgrade it to 6.43 or later");
			return true;
		case WIRE_TRAP:
			(void)wire_find(&sentence, "message", &value);
			return login_refused(value, error);
		case WIRE_FATAL:
			return login_refused(sentence.count ? sentence.words[0] : TEXT_NONE, error);
		case WIRE_RE:
		case WIRE_EMPTY:
		case WIRE_OTHER:
			break;
		}
	}
}

static bool read_version(struct api *api, struct error *error)
{
	struct look look = { .menu = menu_of(MENU_RESOURCE) };
	if (!api_look(api, &look, 1, &api->arena, deadline_of(REPLY_MS_MAX, 0), error))
		return false;
	if (look.table.count != 1 || look.suspicious) {
		(void)error_set(error, ERROR_UNREACHABLE,
				"the router does not tell its version: it may still be starting");
		return api_fail(api, error);
	}
	api->device.version = row_get(&look.table.rows[0], look.menu, "version");
	api->device.version_number = value_version(api->device.version);
	uint64_t bytes;
	api->device.is_small = text_u64(row_get(&look.table.rows[0], look.menu, "total-memory"),
					&bytes) &&
			       bytes < SMALL_ROUTER_BYTES;
	return true;
}

static bool open_on(struct device **out, struct line *line, const char *label, struct text user,
		    struct secret password, struct error *error)
{
	struct arena arena;
	arena_open(&arena, API_ARENA_SIZE);
	struct api *api = ARENA_NEW(&arena, struct api);
	api->buffer = arena_take(&arena, RECEIVE_SIZE);
	api->arena = arena;
	api->device.verbs = &api_verbs;
	api->device.opened_at = clock_monotonic();
	api->device.heard_at = api->device.opened_at; /* it has just been connected to */
	api->line = line;
	(void)snprintf(api->label, sizeof(api->label), "%s", label);
	wire_reader_init(&api->reader, &api->arena);
	bool done;
	if (!password.readable)
		done = error_set(error, ERROR_DENIED, "its password cannot be read");
	else if (user.size > WORD_SIZE_MAX || secret_reveal(password).size > WORD_SIZE_MAX)
		done = error_set(error, ERROR_LIMIT, "its user or password is too long");
	else
		done = api_login(api, user, password, error);
	if (!done)
		(void)api_fail(api, error);
	else
		done = read_version(api, error);
	if (!done) {
		device_close(&api->device);
		return false;
	}
	*out = &api->device;
	return true;
}

bool device_open_line(struct device **out, struct line *line, struct text user,
		      struct secret password, struct error *error)
{
	return open_on(out, line, "", user, password, error);
}

bool device_open_api(struct device **out, const struct router *router, struct secret password,
		     struct text ca_pem, struct error *error)
{
	struct line *line;
	char label[80];
	if (!line_connect(&line, router, ca_pem, error))
		return false;
	(void)snprintf(label, sizeof(label), "%.*s:%u", TEXT_ARG(text_head(router->host, 70)),
		       (unsigned)router->port);
	return open_on(out, line, label, router->user, password, error);
}
