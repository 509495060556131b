#include "view/bootstrap.h"

#include <string.h>

#include "menu/mark.h"
#include "view/bootstrap_inside.h"

#define PLACEHOLDER "CHANGE-ME"

struct text bootstrap_word(struct text text, struct arena *arena)
{
	char *out = arena_take(arena, (size_t)text.size * 2 + 3);
	uint32_t size = 0;

	out[size++] = '"';
	for (uint32_t i = 0; i < text.size; i++) {
		if (text.at[i] != '\0' && strchr("\"\\$?", text.at[i]) != NULL)
			out[size++] = '\\';
		out[size++] = text.at[i];
	}
	out[size++] = '"';
	return (struct text){ out, size };
}

static struct text word(struct bootstrap_work *work, struct text text)
{
	return bootstrap_word(text, work->script.arena);
}

static bool has_tunnel(const struct bootstrap_work *work)
{
	return work->in->tunnel.size > 0;
}

/* ---- the parts, in the order they need each other ---- */

static void put_secret(struct bootstrap_work *work, const char *name, const char *what)
{
	put(&work->script, "# Write %s, here:\n:local %s \"" PLACEHOLDER "\"\n", what, name);
	put(&work->script,
	    ":if ($%s = \"" PLACEHOLDER "\") do={ :error \"write %s into the script first\" }\n",
	    name, what);
}

static void put_head(struct bootstrap_work *work)
{
	const struct router *router = work->in->router;
	struct output *script = &work->script;

	put(script,
	    "# Prepares router %.*s for wavu; RouterOS %u.%u. It can be run again: what is there "
	    "is left.\n",
	    TEXT_ARG(router->name), work->in->version / 1000, work->in->version % 1000);
	/* Braces make one scope of it, so that it may also be pasted into a terminal. */
	put(script, "{\n");
	put_secret(work, "wavuPassword", "the API password, the same as in wavu's secrets");
	if (!has_tunnel(work))
		return;
	if (work->is_v7) {
		if (work->in->tunnel_key.size == 0)
			put_secret(work, "hostKey", "the WireGuard key of the controller's host");
		else
			put(script, ":local hostKey %.*s\n",
			    TEXT_ARG(word(work, work->in->tunnel_key)));
		return;
	}
	put_secret(work, "tunnelPassword", "the L2TP password, as in chap-secrets of the host");
	put_secret(work, "ipsecSecret", "the IPsec secret, as in ipsec.secrets of the host");
}

/*
 * No battery keeps the clock of a small board: it starts in 1970 (facts §5.4). Version 6 has other
 * words for the servers.
 */
static void put_clock(struct bootstrap_work *work)
{
	put(&work->script, "\n# The clock: small boards start in 1970.\n");
	if (work->in->zone_name.size > 0)
		put(&work->script, "/system clock set time-zone-name=%.*s\n",
		    TEXT_ARG(work->in->zone_name));
	put(&work->script, "/system ntp client set enabled=yes %s=pool.ntp.org\n",
	    work->is_v7 ? "servers" : "server-dns-names");
	/*
	 * Who makes a script needs no more rights than the script has: read and write (facts §6).
	 */
	if (work->in->leased && work->is_v7)
		put(&work->script,
		    "# lease: on wants the scheduler, which device-mode home has off:\n"
		    "# /system device-mode update scheduler=yes, then press the button or take its "
		    "power.\n");
}

/*
 * Least rights (facts §6): `set` of a group changes only what is listed and `add` denies the rest,
 * so both lists are complete. `sensitive` lets wavu compare passwords; `policy`, with which a user
 * could grant itself everything, stays out.
 */
static void put_user(struct bootstrap_work *work)
{
	const struct router *router = work->in->router;
	const char *policy =
	    work->is_v7 ? router->transport == TRANSPORT_REST
			      ? "read,write,api,rest-api,sensitive,!local,!telnet,!ssh,!ftp,"
				"!reboot,!policy,!test,!winbox,!password,!web,!sniff,!romon"
			      : "read,write,api,sensitive,!local,!telnet,!ssh,!ftp,!reboot,!policy,"
				"!test,!winbox,!password,!web,!sniff,!romon,!rest-api"
			: "read,write,api,sensitive,!local,!telnet,!ssh,!ftp,!reboot,!policy,!test,"
			  "!winbox,!password,!web,!sniff,!romon,!dude,!tikapp";
	struct text user = word(work, router->user);
	struct output *script = &work->script;

	put(script, "\n# A user of its own, with the least rights.\n");
	put(script,
	    ":if ([:len [/user group find where name=\"wavu\"]] = 0) do={ /user group add "
	    "name=\"wavu\" policy=%s } else={ /user group set [find where name=\"wavu\"] "
	    "policy=%s }\n",
	    policy, policy);
	put(script,
	    ":if ([:len [/user find where name=%.*s]] = 0) do={ /user add name=%.*s group=\"wavu\" "
	    "password=$wavuPassword } else={ /user set [find where name=%.*s] group=\"wavu\" "
	    "password=$wavuPassword }\n",
	    TEXT_ARG(user), TEXT_ARG(user), TEXT_ARG(user));
	if (work->controller.size > 0)
		put(script, "/user set [find where name=%.*s] address=%.*s\n", TEXT_ARG(user),
		    TEXT_ARG(work->controller));
}

static void put_certificate(struct bootstrap_work *work, const char *service)
{
	struct output *script = &work->script;

	/* Without one only anonymous ciphers are offered (facts §1.6, §2): nobody is proven. */
	put(script,
	    ":if ([:len [/certificate find where name=\"wavu\"]] = 0) do={ /certificate add "
	    "name=\"wavu\" common-name=%.*s days-valid=3650; /certificate sign \"wavu\" }\n",
	    TEXT_ARG(word(work, work->in->router->host)));
	put(script, "/ip service set %s certificate=\"wavu\" tls-version=only-1.2\n", service);
	put(script, "# Pin it: write tls: { fingerprint: \"sha256:…\" } of what this prints.\n"
		    ":put [/certificate get [find where name=\"wavu\"] fingerprint]\n");
}

/* `address` became `available-from` in 7.24 (facts §8). */
static void put_service(struct bootstrap_work *work)
{
	const struct router *router = work->in->router;
	const char *service = router->transport == TRANSPORT_API       ? "api"
			      : router->transport == TRANSPORT_API_SSL ? "api-ssl"
			      : router->rest_plain                     ? "www"
								       : "www-ssl";
	const char *from = work->in->version >= 7024 ? "available-from" : "address";
	struct output *script = &work->script;

	put(script, "\n# The service wavu comes by, and from where.\n");
	put(script, "/ip service set %s disabled=no port=%u", service, router->port);
	if (work->controller.size > 0)
		put(script, " %s=%.*s", from, TEXT_ARG(work->controller));
	put(script, "\n");
	if (router->transport == TRANSPORT_API_SSL ||
	    (router->transport == TRANSPORT_REST && !router->rest_plain))
		put_certificate(work, service);
	else
		put(script, "# Plain text on the wire: only inside of a tunnel or a management "
			    "network. For TLS write transport: api-ssl and run this again.\n");
	if (work->controller.size == 0 && !has_tunnel(work))
		return;
	/* The factory's firewall lets in only the LAN; a rule behind its drop would do nothing. */
	put(script,
	    ":if ([:len [/ip firewall filter find where comment=\"wavu api\"]] = 0) do={\n"
	    "\t:local rules [/ip firewall filter find where dynamic=no]\n"
	    "\t/ip firewall filter add chain=input action=accept protocol=tcp dst-port=%u %s%.*s "
	    "comment=\"wavu api\"\n"
	    "\t:if ([:len $rules] > 0) do={ /ip firewall filter move [find where comment=\"wavu "
	    "api\"] destination=($rules->0) }\n}\n",
	    router->port, has_tunnel(work) ? "in-interface=wavu src-address=" : "src-address=",
	    TEXT_ARG(work->controller));
}

static void put_pppoe(struct bootstrap_work *work)
{
	const struct router *router = work->in->router;
	struct arena *arena = work->script.arena;
	const struct menu *menu = menu_of(MENU_POOL);
	struct output *script = &work->script;
	struct text pool = word(work, router->pppoe_pool);

	if (!router->has_pppoe)
		return;
	put(script, "\n# PPPoE. Profiles and secrets are wavu's; the mark says that the pool is "
		    "too.\n");
	if (router->pppoe_pool.size > 0 && router->pppoe_range_count > 0) {
		put(script,
		    ":if ([:len [/ip pool find where name=%.*s]] = 0) do={ /ip pool add name=%.*s "
		    "ranges=",
		    TEXT_ARG(pool), TEXT_ARG(pool));
		for (uint32_t i = 0; i < router->pppoe_range_count; i++)
			put(script, "%s%.*s", i > 0 ? "," : "", TEXT_ARG(router->pppoe_ranges[i]));
		put(script, " comment=\"%.*s\" }\n",
		    TEXT_ARG(mark_make(arena, work->in->tenant, menu, router->pppoe_pool)));
	}
	/* A server is disabled when it is added without a word (routeros fields). */
	put(script,
	    ":if ([:len [/interface pppoe-server server find where interface=%.*s]] = 0) do={ "
	    "/interface pppoe-server server add service-name=\"wavu\" interface=%.*s "
	    "one-session-per-host=yes default-profile=default disabled=no }\n",
	    TEXT_ARG(word(work, work->interface)), TEXT_ARG(word(work, work->interface)));
	/* RADIUS would answer for names that have no secret (facts §4). */
	put(script, "/ppp aaa set use-radius=no\n");
}

static void put_hotspot(struct bootstrap_work *work)
{
	const struct router *router = work->in->router;
	struct output *script = &work->script;
	struct text server = word(work, router->hotspot_server);
	struct text interface = word(work, work->interface);

	if (!router->has_hotspot)
		return;
	put(script, "\n# The hotspot. Users and their profiles are wavu's.\n");
	if (work->is_v7)
		put(script, "# If this is refused: device-mode home has hotspot and scheduler "
			    "off; /system device-mode update mode=advanced wants a hand.\n");
	put(script,
	    ":if ([:len [/ip hotspot profile find where name=\"wavu\"]] = 0) do={ /ip hotspot "
	    "profile add name=\"wavu\" login-by=cookie,http-chap,mac-cookie use-radius=no }\n");
	if (text_is(router->hotspot_server, "all"))
		server = TEXT("\"hotspot1\"");
	put(script,
	    ":if ([:len [/ip hotspot find where name=%.*s]] = 0) do={ /ip hotspot add name=%.*s "
	    "interface=%.*s profile=\"wavu\" disabled=no }\n",
	    TEXT_ARG(server), TEXT_ARG(server), TEXT_ARG(interface));
}

/* ---- all of it ---- */

static void put_tail(struct bootstrap_work *work)
{
	put(&work->script, "\n:put \"ready: wavu router check %.*s\"\n}\n",
	    TEXT_ARG(work->in->router->name));
}

/* The router's end is the declared address; the host has the first of that /24. */
static void find_addresses(struct bootstrap_work *work)
{
	struct arena *arena = work->script.arena;
	uint32_t own;

	work->controller = work->in->controller;
	if (!has_tunnel(work))
		return;
	if (!text_ipv4(work->in->router->host, &own) || (own & 255u) < 2)
		own = 10u << 24 | 66u << 16 | 2u;
	work->own_address = text_format(arena, "%u.%u.%u.%u", own >> 24, own >> 16 & 255u,
					own >> 8 & 255u, own & 255u);
	work->host_address = text_format(arena, "%u.%u.%u.1", own >> 24, own >> 16 & 255u,
					 own >> 8 & 255u);
	if (work->controller.size == 0)
		work->controller = work->host_address;
}

void bootstrap_make(struct bootstrap *out, const struct bootstrap_input *in, struct arena *arena)
{
	struct bootstrap_work work = { .in = in,
				       .script = { .arena = arena },
				       .host = { .arena = arena },
				       .interface = in->interface,
				       .is_v7 = in->version >= 7000 };

	if (work.interface.size == 0)
		work.interface = TEXT("bridge");
	find_addresses(&work);
	put_head(&work);
	put_clock(&work);
	bootstrap_tunnel(&work);
	put_user(&work);
	put_service(&work);
	put_pppoe(&work);
	put_hotspot(&work);
	put_tail(&work);
	*out = (struct bootstrap){ { work.script.at, (uint32_t)work.script.size },
				   { work.host.at, (uint32_t)work.host.size } };
}

struct document *view_bootstrap(const struct bootstrap *bootstrap, struct text router)
{
	return document_make("bootstrap",
			     json_pack("{s:b, s:s, s:o, s:o, s:o}", "ok", 1, "message",
				       "write the secrets into the script, then run it on the "
				       "router",
				       "router", json_of_text(router), "script",
				       json_of_text(bootstrap->script), "host",
				       json_text_or_null(bootstrap->host)));
}

/* One text that can be pasted whole: what is for the host stands in comments. */
void bootstrap_text(const json_t *data, struct output *output)
{
	struct text host = member_text(data, "host"), line;

	put_text(output, member_text(data, "script"));
	if (host.size == 0)
		return;
	put(output, "\n# ---- on the controller's machine ----\n");
	while (text_cut(host, '\n', &line, &host))
		put(output, "#%s%.*s\n", line.size > 0 ? " " : "", TEXT_ARG(line));
}
