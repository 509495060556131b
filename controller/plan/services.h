/*
 * What a package and a subscriber are on a router, per service: profile row and person's row. One
 * row of services.c per service. Pure; rows lie in the given arena; any thread; it never looks at
 * what the router has.
 */
#pragma once

#include "base/arena.h"
#include "menu/menu.h"
#include "model/entitlement.h"
#include "model/subscriber.h"

/* A package at a speed, on the router: what becomes a profile. */
struct profile_wish {
	const struct router *router;
	const struct package *package;
	struct text name;
	struct speed speed;
	bool bursts;              /* the package's own speed: with its burst */
	bool taken_over;          /* made by hand: only what the package says is compared */
	struct text address_list; /* walled; else empty */
};

/* One subscriber's row. */
struct row_wish {
	const struct router *router;
	const struct subscriber *subscriber;
	struct text profile; /* empty where the service has none */
	bool is_disabled;
	struct speed speed; /* where the row itself says it */
	bool bursts;
	bool is_blocked; /* shut off, and no wall would stop him */
};

struct service_row {
	const char *name; /* "pppoe": the word in Package */
	const char *help;
	enum service service;
	enum menu_id profile_menu, row_menu, session_menu; /* MENU_COUNT: it has none */
	bool has_walls; /* a suspended session may stay, behind a wall of the firewall */
	bool is_listed; /* without a session: who is shut off is put on an address list */
	/* NULL: it has none. */
	void (*profile)(struct row *row, const struct profile_wish *wish, struct arena *arena);
	void (*row)(struct row *row, const struct row_wish *wish, struct arena *arena);
	/* A second row of his, in /ip/dhcp-server/lease; NULL: he has none. */
	void (*dhcp_lease)(struct row *row, const struct row_wish *wish, struct arena *arena);
};

const struct service_row *service_of(enum service service);

/*
 * The profile that the package takes over, or "wavu-home-10", "wavu-home-10.throttled-512k-512k"
 * (down, up), "wavu-home-10.walled": at most 63 bytes; a dot cannot be in a package's name, so no
 * two meet.
 */
struct text profile_name(struct arena *arena, const struct package *package);
struct text profile_name_throttled(struct arena *arena, const struct package *package,
				   struct speed speed);
struct text profile_name_walled(struct arena *arena, const struct package *package);
/* Is this the name of a walled profile: a row with it gives no access? */
bool profile_is_walled(struct text name);

/* "rx/tx [burst threshold time]" from the router's side: rx is the subscriber's upload (routeros
 * facts §3.1). */
struct text rate_limit_text(struct arena *arena, const struct profile_wish *wish);

/* The queue of a fixed address; ipoe has the same. */
void service_static_row(struct row *row, const struct row_wish *wish, struct arena *arena);

extern const struct service_row service_pppoe, service_hotspot, service_static, service_ipoe;
