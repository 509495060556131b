/*
 * The host's wavu.yaml (product.md section 3). The settings own their arena; immutable after
 * reading; any thread. settings_read blocks on disk; nothing else does.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "model/common.h"

struct settings_tenant {
	struct text name;
	struct text repository; /* absolute path, or a URL */
	bool is_local;
	struct text branch;
	struct text path;
	int64_t poll_us;
	struct secret_ref credentials;
	struct secret_ref hook;
};

struct settings {
	struct text file;    /* the settings file, absolute */
	struct text state;   /* folder, absolute */
	struct text secrets; /* folder, absolute */
	struct settings_tenant *tenants;
	uint32_t tenant_count;
	struct text public_host, status_host;
	uint16_t public_port, status_port; /* 0: the system picks one, and the log says which */
	struct text public_url;            /* without a trailing '/'; empty: not set */
	struct text *proxies;
	uint32_t proxy_count;
	uint32_t workers;
	int64_t sweep_us;
	struct arena arena;
};

/* INVALID with file:line:column and the remedy; all problems in one text up to its size. */
bool settings_read(struct settings *out, struct text file, struct error *error) MUST_CHECK;
void settings_free(struct settings *settings);
const struct settings_tenant *settings_tenant(const struct settings *settings, struct text name);
/* Where the controller keeps its own mirror of the tenant's repository; in the arena. */
struct text settings_mirror(const struct settings *settings, const struct settings_tenant *of,
			    struct arena *arena);
