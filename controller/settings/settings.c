#include "settings/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "yaml/shape.h"

#define SETTINGS_ARENA_SIZE (256ull << 20) /* reserved; a file of a page touches some KiB */
#define SCRATCH_SIZE (1024ull << 20)

static const struct key tenant_keys[] = {
	{ .name = "name", .type = VALUE_NAME, .flags = KEY_REQUIRED },
	{ .name = "repository", .type = VALUE_TEXT, .flags = KEY_REQUIRED, .max = 2000 },
	{ .name = "branch", .type = VALUE_TEXT, .max = 200 },
	{ .name = "path", .type = VALUE_TEXT, .max = 500 },
	{ .name = "poll", .type = VALUE_DURATION },
	{ .name = "credentials", .type = VALUE_SECRET },
	{ .name = "hook", .type = VALUE_SECRET },
	{ .name = NULL },
};
static const struct key tenant = { .name = "tenants", .type = VALUE_MAP, .keys = tenant_keys };

static const struct key listen_keys[] = {
	{ .name = "public", .type = VALUE_TEXT, .max = 300 },
	{ .name = "status", .type = VALUE_TEXT, .max = 300 },
	{ .name = NULL },
};
static const struct key proxy = { .name = "proxies", .type = VALUE_ADDRESS };

static const struct key settings_keys[] = {
	{ .name = "state", .type = VALUE_TEXT, .max = 2000 },
	{ .name = "secrets", .type = VALUE_TEXT, .max = 2000 },
	{ .name = "tenants",
	  .type = VALUE_LIST,
	  .flags = KEY_REQUIRED,
	  .item = &tenant,
	  .min = 1,
	  .max = TENANTS_MAX },
	{ .name = "listen", .type = VALUE_MAP, .keys = listen_keys },
	{ .name = "public_url", .type = VALUE_URL },
	{ .name = "proxies", .type = VALUE_LIST, .item = &proxy, .max = 64 },
	{ .name = "workers", .type = VALUE_COUNT, .min = 1, .max = WORKERS_MAX },
	{ .name = "sweep", .type = VALUE_DURATION },
	{ .name = NULL },
};

struct reader {
	struct settings *settings;
	struct arena *scratch;
	struct shape shape;
	struct error *error;
	size_t used; /* of error->text */
	uint32_t problem_count, untold;
};

/* The first problem gives the error its place; the others follow while there is room. */
static void collect(void *context, const struct problem *problem)
{
	struct reader *reader = context;
	struct error *error = reader->error;
	char line[ERROR_TEXT_SIZE * 2];
	const char *between = problem->path.size ? ": " : "";
	if (reader->problem_count++ == 0) {
		(void)error_set(error, ERROR_INVALID, "%.*s%s%.*s", TEXT_ARG(problem->path),
				between, TEXT_ARG(problem->message));
		(void)snprintf(error->place.file, sizeof(error->place.file), "%.*s",
			       TEXT_ARG(reader->settings->file));
		error->place.line = problem->line;
		error->place.column = problem->column;
		reader->used = strlen(error->text);
		return;
	}
	int size = snprintf(line, sizeof(line), "; %u:%u: %.*s%s%.*s", problem->line,
			    problem->column, TEXT_ARG(problem->path), between,
			    TEXT_ARG(problem->message));
	/* 24 bytes stay free for the count of those that found no room. */
	bool fits = size > 0 && (size_t)size < sizeof(line) &&
		    reader->used + (size_t)size + 24 < sizeof(error->text);
	if (!fits) {
		reader->untold++;
		return;
	}
	memcpy(error->text + reader->used, line, (size_t)size + 1);
	reader->used += (size_t)size;
}

static struct text raw_of(const struct node *map, const char *key)
{
	const struct node *node = map ? node_get(map, key) : NULL;
	return node && node->kind == NODE_SCALAR ? node->scalar : TEXT_NONE;
}

static struct text text_or(struct reader *reader, const struct node *map, const char *key,
			   const char *fallback)
{
	struct text raw = raw_of(map, key);
	return text_copy(&reader->settings->arena, raw.size ? raw : text_of(fallback));
}

/* A path as written, relative to the folder of the settings file. */
static struct text absolute(struct reader *reader, struct text path)
{
	struct arena *arena = &reader->settings->arena;
	if (path.size && path.at[0] == '/')
		return text_copy(arena, path);
	struct text folder = reader->settings->file;
	while (folder.size > 1 && folder.at[folder.size - 1] != '/')
		folder.size--;
	while (text_starts(path, TEXT("./")))
		path = text_from(path, 2);
	if (path.size == 0 || text_is(path, "."))
		return text_copy(arena, folder);
	return text_format(arena, "%.*s%.*s", TEXT_ARG(folder), TEXT_ARG(path));
}

static int64_t duration_or(const struct node *map, const char *key, int64_t fallback_us)
{
	struct period period;
	bool written = period_parse(raw_of(map, key), &period) && period.months == 0;
	return written ? period.exact_us : fallback_us;
}

static struct secret_ref secret_of_key(struct reader *reader, const struct node *map,
				       const char *key)
{
	const struct node *node = node_get(map, key);
	struct secret_ref reference = { .kind = SECRET_NONE };
	if (!node || node->kind != NODE_MAP)
		return reference;
	struct text file = raw_of(node, "file"), variable = raw_of(node, "env");
	reference.kind = file.size ? SECRET_FILE : variable.size ? SECRET_ENV : SECRET_NONE;
	reference.name = text_copy(&reader->settings->arena, file.size ? file : variable);
	reference.where = (struct where){ reader->settings->file, node->line, node->column };
	return reference;
}

/* "https://…", "ssh://…" and "git@host:path" are elsewhere; everything else is a folder here. */
static void take_repository(struct reader *reader, const struct node *map,
			    struct settings_tenant *out)
{
	struct text raw = raw_of(map, "repository"), head, rest;
	if (text_starts(raw, TEXT("file://")))
		raw = text_from(raw, 7);
	bool scheme = false;
	for (uint32_t i = 0; i + 2 < raw.size; i++)
		scheme = scheme || memcmp(raw.at + i, "://", 3) == 0;
	bool short_ssh = raw.size && raw.at[0] != '/' && raw.at[0] != '.' &&
			 text_cut(raw, ':', &head, &rest) && !memchr(head.at, '/', head.size);
	out->is_local = !scheme && !short_ssh;
	out->repository = out->is_local ? absolute(reader, raw)
					: text_copy(&reader->settings->arena, raw);
}

static void take_tenant(struct reader *reader, const struct node *map, uint32_t index,
			struct settings_tenant *out)
{
	struct crumb list = { .key = TEXT("tenants"), .index = -1 };
	struct crumb item = { .up = &list, .index = index };
	struct crumb at = { .up = &item, .key = TEXT("name"), .index = -1 };
	*out = (struct settings_tenant){
		.name = text_or(reader, map, "name", ""),
		.branch = text_or(reader, map, "branch", "main"),
		.path = text_or(reader, map, "path", "."),
		.poll_us = duration_or(map, "poll", 30 * INT64_C(1000000)),
		.credentials = secret_of_key(reader, map, "credentials"),
		.hook = secret_of_key(reader, map, "hook"),
	};
	take_repository(reader, map, out);
	const struct node *name = node_get(map, "name");
	if (!name)
		return;
	const char *word = forbidden_word(out->name);
	if (word)
		shape_error(&reader->shape, name, &at,
			    "contains `%s`, and Safaricom refuses callback URLs with that word",
			    word);
	for (uint32_t i = 0; i < index; i++)
		if (out->name.size && text_equal(reader->settings->tenants[i].name, out->name))
			shape_error(&reader->shape, name, &at,
				    "tenants[%u] has this name already: every tenant has its own",
				    i);
}

/* "host:port"; unlike a router's, port 0 lets the system choose. */
static void take_listen(struct reader *reader, const struct node *map, const char *key,
			const char *fallback, struct text *host, uint16_t *port)
{
	struct crumb listen = { .key = TEXT("listen"), .index = -1 };
	struct crumb at = { .up = &listen, .key = text_of(key), .index = -1 };
	struct text raw = text_or(reader, map, key, fallback);
	uint32_t colon = raw.size;
	while (colon > 0 && raw.at[colon - 1] != ':')
		colon--;
	struct text digits = text_from(raw, colon);
	uint64_t value;
	bool good = colon > 1 && digits.size <= 5 && text_u64(digits, &value) && value <= 65535;
	if (good) {
		*host = (struct text){ raw.at, colon - 1 };
		*port = (uint16_t)value;
		/* Brackets keep an IPv6 address apart from the port; nobody else wants them. */
		if (host->size > 2 && host->at[0] == '[' && host->at[host->size - 1] == ']')
			*host = (struct text){ host->at + 1, host->size - 2 };
		else
			good = !memchr(host->at, ':', host->size) &&
			       !memchr(host->at, ' ', host->size);
		*host = text_copy(&reader->settings->arena, *host);
	}
	const struct node *node = map ? node_get(map, key) : NULL;
	if (!good && node && raw.size)
		shape_error(&reader->shape, node, &at,
			    "is not host:port: write 127.0.0.1:8481, with port 0 to let the system "
			    "choose one");
}

static void take_settings(struct reader *reader, const struct node *map)
{
	struct settings *out = reader->settings;
	const struct node *tenants = node_get(map, "tenants"), *proxies = node_get(map, "proxies");
	const struct node *listen = node_get(map, "listen");
	uint64_t workers;
	out->state = absolute(reader, text_or(reader, map, "state", "/var/lib/wavu"));
	out->secrets = absolute(reader, text_or(reader, map, "secrets", "/etc/wavu/secrets"));
	out->sweep_us = duration_or(map, "sweep", 15 * 60 * INT64_C(1000000));
	out->workers = text_u64(raw_of(map, "workers"), &workers) && workers <= WORKERS_MAX
			   ? (uint32_t)workers
			   : 64;
	out->public_url = text_or(reader, map, "public_url", "");
	while (out->public_url.size && out->public_url.at[out->public_url.size - 1] == '/')
		out->public_url.size--;
	take_listen(reader, listen, "public", "0.0.0.0:8480", &out->public_host, &out->public_port);
	take_listen(reader, listen, "status", "127.0.0.1:8481", &out->status_host,
		    &out->status_port);
	if (tenants && tenants->kind == NODE_LIST && tenants->count <= TENANTS_MAX) {
		out->tenants = ARENA_ARRAY(&out->arena, struct settings_tenant, tenants->count);
		for (uint32_t i = 0; i < tenants->count; i++)
			if (tenants->items[i]->kind == NODE_MAP) {
				take_tenant(reader, tenants->items[i], out->tenant_count,
					    &out->tenants[out->tenant_count]);
				out->tenant_count++;
			}
	}
	if (proxies && proxies->kind == NODE_LIST && proxies->count) {
		out->proxies = ARENA_ARRAY(&out->arena, struct text, proxies->count);
		for (uint32_t i = 0; i < proxies->count; i++)
			if (proxies->items[i]->kind == NODE_SCALAR)
				out->proxies[out->proxy_count++] = text_copy(
				    &out->arena, proxies->items[i]->scalar);
	}
}

static bool read_bytes(struct reader *reader, struct text *bytes)
{
	struct settings *settings = reader->settings;
	struct stat info;
	int file = open(settings->file.at, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file < 0)
		return error_set(reader->error, ERROR_INVALID,
				 "the settings file %s cannot be read: %s; name another with -c or "
				 "WAVU_CONFIG",
				 settings->file.at, strerror(errno));
	bool good = false;
	if (fstat(file, &info) || !S_ISREG(info.st_mode)) {
		(void)error_set(reader->error, ERROR_INVALID, "%s is no plain file",
				settings->file.at);
	} else if (info.st_size > YAML_FILE_SIZE_MAX) {
		(void)error_set(reader->error, ERROR_INVALID, "%s is larger than 16 MiB",
				settings->file.at);
	} else {
		char *at = arena_take(reader->scratch, (size_t)info.st_size + 1);
		ssize_t got = read(file, at, (size_t)info.st_size);
		good = got >= 0;
		if (good)
			*bytes = (struct text){ at, (uint32_t)got };
		else
			(void)error_set(reader->error, ERROR_FAILED, "%s: %s", settings->file.at,
					strerror(errno));
	}
	(void)close(file);
	return good;
}

static bool read_tree(struct reader *reader, struct text bytes)
{
	struct node **documents;
	uint32_t count;
	bool whole = document_read(&documents, &count, bytes, reader->scratch, collect, reader);
	struct node nothing = { .kind = NODE_MAP, .line = 1, .column = 1 };
	const struct node *map = count ? documents[0] : &nothing;
	if (!whole && count == 0)
		return false;
	if (map->kind != NODE_MAP)
		shape_error(&reader->shape, map, NULL,
			    "this is no mapping: settings are lines of `key: value`");
	else if (count > 1)
		shape_error(&reader->shape, documents[1], NULL,
			    "the settings are one document: remove the `---` above");
	if (map->kind == NODE_MAP) {
		shape_check(&reader->shape, settings_keys, NULL, map, NULL, "the settings file");
		take_settings(reader, map);
	}
	return reader->problem_count == 0;
}

/* The file's own absolute path, for what is relative to it. */
static struct text absolute_file(struct arena *arena, struct text file)
{
	char folder[4096];
	if (file.size && file.at[0] == '/')
		return text_copy(arena, file);
	if (!getcwd(folder, sizeof(folder)))
		return text_copy(arena, file);
	while (text_starts(file, TEXT("./")))
		file = text_from(file, 2);
	return text_format(arena, "%s/%.*s", folder, TEXT_ARG(file));
}

bool settings_read(struct settings *out, struct text file, struct error *error)
{
	struct arena scratch;
	struct text bytes;
	*out = (struct settings){ .workers = 64 };
	arena_open(&out->arena, SETTINGS_ARENA_SIZE);
	arena_open(&scratch, SCRATCH_SIZE);
	out->file = absolute_file(&out->arena, file);
	struct reader reader = {
		.settings = out,
		.scratch = &scratch,
		.error = error,
		.shape = { .arena = &scratch,
			   .error = collect,
			   .warning = collect,
			   .problems_left = 50 },
	};
	reader.shape.context = &reader;
	bool good = read_bytes(&reader, &bytes) && read_tree(&reader, bytes);
	if (reader.untold)
		(void)snprintf(error->text + reader.used, sizeof(error->text) - reader.used,
			       "; and %u more", reader.untold);
	arena_close(&scratch);
	if (!good)
		settings_free(out);
	return good;
}

void settings_free(struct settings *settings)
{
	struct arena arena = settings->arena;
	arena_close(&arena);
	*settings = (struct settings){ .workers = 0 };
}

const struct settings_tenant *settings_tenant(const struct settings *settings, struct text name)
{
	for (uint32_t i = 0; i < settings->tenant_count; i++)
		if (text_equal(settings->tenants[i].name, name))
			return &settings->tenants[i];
	return NULL;
}

struct text settings_mirror(const struct settings *settings, const struct settings_tenant *of,
			    struct arena *arena)
{
	return text_format(arena, "%.*s/%.*s.git", TEXT_ARG(settings->state), TEXT_ARG(of->name));
}
