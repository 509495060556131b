/*
 * The language of RouterOS as data: fields, menus, rows, tables. A menu is one file of data and one
 * row of menus.c. Static data and values in a job's arena; any thread; it never talks to a router.
 */
#pragma once

#include "base/arena.h"
#include "base/limits.h"
#include "base/text.h"

/* In order of rank: what is lower is referred to by what is higher (pool before profile before
 * secret). */
enum menu_id {
	MENU_RESOURCE,
	MENU_CLOCK,
	MENU_DEVICE_MODE,
	MENU_PPP_AAA,
	MENU_HOTSPOT_PROFILE,
	MENU_HOTSPOT_BINDING,
	MENU_HOTSPOT_GARDEN,
	MENU_HOTSPOT_GARDEN_IP,
	MENU_FIREWALL_FILTER,
	MENU_FIREWALL_NAT,
	MENU_POOL,
	MENU_PPP_PROFILE,
	MENU_HOTSPOT_USER_PROFILE,
	MENU_PPP_SECRET,
	MENU_HOTSPOT_USER,
	MENU_ADDRESS_LIST,
	MENU_QUEUE_SIMPLE,
	MENU_DHCP_LEASE,
	MENU_SCRIPT,
	MENU_SCHEDULER,
	MENU_PPP_ACTIVE,
	MENU_HOTSPOT_COOKIE,
	MENU_HOTSPOT_ACTIVE,
	MENU_HOTSPOT_HOST,
	MENU_COUNT
};

enum field_role {
	FIELD_KEY,    /* says which row it is; first in the list */
	FIELD_OWNED,  /* ours to set and to compare */
	FIELD_SECRET, /* as OWNED, but never shown, and may read back as a placeholder */
	FIELD_MARK,   /* the comment: only our mark at its start is compared, the rest is kept */
	FIELD_WRITE_ONLY, /* sent on add, never compared */
	FIELD_SEEN        /* read for verdicts and status, never in a plan */
};

/* Canonical form of a value; idempotent; what it does not know passes through unchanged. */
typedef struct text normaliser(struct arena *arena, struct text value);

struct field {
	const char *name; /* RouterOS's word, "rate-limit" */
	enum field_role role;
	const char *
	    fallback; /* what the router assumes when it is absent; NULL: absent is its own value */
	const char *clear; /* how to empty it: a literal to send, "!" for `=!name=`, NULL: cannot be
			      emptied */
	normaliser *normalise; /* NULL: bytes are compared */
	bool rights;           /* a change makes live sessions of this row stale */
	uint32_t since, until; /* VERSION() range in which it exists; 0: open */
};

#define VERSION(major, minor) ((uint32_t)(major)*1000u + (uint32_t)(minor))

enum menu_shape {
	SHAPE_SET,     /* rows by key */
	SHAPE_LIST,    /* rows whose order matters */
	SHAPE_SINGLE,  /* one row without id */
	SHAPE_SESSIONS /* live; the only verb is disconnect */
};

struct menu {
	const char *path; /* "/ppp/secret" */
	enum menu_id id;
	enum menu_shape shape;
	bool writable;    /* wavu adds, sets and removes here (SESSIONS: disconnects) */
	bool has_comment; /* the mark has a home */
	bool dangerous;   /* could cut wavu's own path: always refused */
	const struct field *fields;
	uint32_t field_count;
	uint32_t key_count;
	/* A LIST without keys: what plans call a row is made of its first `name_count` fields, and
	 * only rows with wavu's mark are wavu's. */
	uint32_t name_count;
	int owner_menu; /* SESSIONS: the menu whose row let it in, by `owner_field` = that row's
			   first key; else -1 */
	uint32_t owner_field;
};

const struct menu *menu_of(enum menu_id id);
/* Index of a field by name, or -1. */
int menu_field(const struct menu *menu, const char *name);

enum row_access {
	ACCESS_NONE,
	ACCESS_OPEN,
	ACCESS_SHUT
}; /* what the row does for its subscriber */

struct row {
	struct text id;                 /* "*1F" as read; empty for desired rows */
	struct text *value;             /* field_count of them, canonical */
	uint32_t present;               /* bit i: field i has a value */
	uint32_t initial;               /* desired rows: bit i: sent on add only, never compared */
	uint32_t lenient; /* desired rows: bit i: the fallback is as good as the value */
	bool dynamic, builtin, invalid; /* as read; dynamic and builtin rows are never written */
	bool ours;                      /* observed rows: by mark or inventory */
	enum row_access access;
	/* desired rows: what stands behind the mark for the router's own script, see mark.h; not
	 * compared where the row is to be disabled */
	struct text stamp;
	struct text reference;     /* whose it is, or empty */
	struct text because;       /* desired rows: the cause, a phrase */
	const struct where *where; /* desired rows: the line in git, or NULL */
};

struct table {
	const struct menu *menu;
	struct row *rows;
	uint32_t count;
	bool looked; /* observed tables: this menu was really read */
};

static inline bool row_has(const struct row *row, uint32_t field)
{
	return ((row->present >> field) & 1u) != 0;
}
/* A row with room for the menu's fields, nothing present. It is good until the next one is added;
 * only for tables whose rows all came from here. */
struct row *table_add(struct table *table, struct arena *arena);
void table_init(struct table *table, const struct menu *menu);
/* Canonical form by the field's normaliser, then kept. */
void row_set(struct row *row, const struct menu *menu, uint32_t field, struct text value,
	     struct arena *arena);
/* Sets by name; asserts that the menu has such a field. */
void row_put(struct row *row, const struct menu *menu, const char *field, struct text value,
	     struct arena *arena);
/* The value, else the fallback, else the empty text. */
struct text row_get(const struct row *row, const struct menu *menu, const char *field);
/* The keys joined by a blank when there are several: what inventories, plans and people call the
 * row. No value of a last key holds a blank, so no two rows meet. */
struct text row_key(const struct row *row, const struct menu *menu, struct arena *arena);
/* Memory order of keys. */
int row_compare_keys(const struct row *a, const struct row *b, const struct menu *menu);
