/*
 * A MikroTik router as the operator declares it. Owned by an intent's arena, immutable, any thread.
 */
#pragma once

#include "model/common.h"
#include "model/site.h"

enum router_transport { TRANSPORT_API, TRANSPORT_API_SSL, TRANSPORT_REST };
enum router_mode { MODE_OBSERVE, MODE_ADOPT, MODE_MANAGE };

struct router_tls {
	struct secret_ref ca;    /* a CA file below the secrets folder */
	struct text fingerprint; /* "sha256:<64 hex>", lower case; or empty */
	bool anonymous;          /* asked for by name; never together with a fingerprint */
};

struct router {
	struct text name;
	const struct site *site;
	struct text host;
	uint16_t port; /* default by transport: 8728, 8729, 443, 80 for plain rest */
	enum router_transport transport;
	bool rest_plain;
	struct router_tls tls;
	struct text user;
	struct secret_ref password;
	enum router_mode mode;
	int64_t pause_until_at; /* 0: not paused by git */
	struct text pause_reason;
	bool has_pppoe;
	struct text pppoe_local_address; /* empty: left alone */
	struct text pppoe_pool;          /* default "wavu-pppoe"; empty: no pool of ours */
	struct text *pppoe_ranges;       /* as RouterOS writes them: "10.10.1.0/24" or "a-b" */
	uint32_t pppoe_range_count;
	bool has_hotspot;
	struct text hotspot_server; /* default "all" */
	struct garden garden;	    /* its own; the site's counts too */
	struct text dhcp_server;    /* whose leases ipoe customers get; default "all" */
	/* the queue above those of static customers; empty: left alone */
	struct text static_parent;
	bool manages_firewall; /* the rules that suspension needs are wavu's to make */
	/* with it: where the suspended are sent when they browse (empty: nowhere) … */
	struct text wall_page;
	uint16_t wall_page_port;
	struct text *wall_garden; /* … and what they may still reach */
	uint32_t wall_garden_count;
	struct guard guard;
	enum drift_mode drift;
	struct menu_drifts menu_drifts;
	enum lease_mode lease;
	struct maintenance maintenance;
	struct where where;
};
