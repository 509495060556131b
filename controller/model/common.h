/*
 * Small nouns that several others are made of. Whoever parsed them owns the bytes (an intent's
 * arena). Nothing here blocks; immutable after parsing, so any thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* Where a thing stands in the operator's repository, for errors and for `wavu explain`. */
struct where {
	struct text file; /* path inside the repository */
	uint32_t line;    /* 1-based */
	uint32_t column;  /* 1-based, in characters */
};

/* `{ file: NAME }` or `{ env: NAME }`: a name, never the secret; settings/secrets.h reads it at the
 * rim. */
enum secret_kind { SECRET_NONE, SECRET_FILE, SECRET_ENV };
struct secret_ref {
	enum secret_kind kind;
	struct text name;
	struct where where;
};

struct speed {
	uint64_t
	    down_bits_per_s; /* towards the subscriber; 0 together with up: no limit declared */
	uint64_t up_bits_per_s;
};

/* product.md "The guard"; `declared` false: look one level up (Router, Site, Tenant, then the
 * defaults 20 and 10). */
struct guard {
	bool declared;
	int32_t losses_max_percent;
	int32_t losses_min;
};

/* When sessions may be dropped for a commit's sake, in minutes of the tenant's day; `to` may lie on
 * the next one. `declared` false: look one level up; nowhere: at any time. */
struct maintenance {
	bool declared;
	int32_t from_minute, to_minute; /* never equal */
};

/*
 * Whether the router itself shuts off whose time is over. `INHERIT`: look one level up; nowhere:
 * off. /
 */
enum lease_mode { LEASE_INHERIT, LEASE_OFF, LEASE_ON };

enum drift_mode { DRIFT_INHERIT, DRIFT_HEAL, DRIFT_REPORT };

/* Of one menu, where it is other than of the rest. */
struct menu_drift {
	struct text menu; /* "/ppp/secret" */
	enum drift_mode drift;
};

struct menu_drifts {
	struct menu_drift *at;
	uint32_t count;
};

/* Where a hotspot lets people go before they have logged in. */
struct garden {
	struct text *hosts; /* "pay.example.co.ke", "*.example.org" */
	uint32_t host_count;
	struct text *addresses; /* "196.201.214.0/24", "a-b" */
	uint32_t address_count;
};

/* The word in a name, token or address, in any case, that Safaricom refuses in callback URLs
 * ("mpesa", "sql" …; payments facts 1.7); NULL: none. */
const char *forbidden_word(struct text name);
