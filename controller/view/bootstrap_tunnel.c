#include "base/text.h"
#include "view/bootstrap_inside.h"

#define WIREGUARD_PORT 51820

/* host[:port] */
static void split_endpoint(struct text endpoint, struct text *host, uint64_t *port)
{
	struct text digits;

	*port = WIREGUARD_PORT;
	if (text_cut(endpoint, ':', host, &digits) && !text_u64(digits, port))
		*port = WIREGUARD_PORT;
}

/* The router dials out and keeps the path through its NAT open with 25 s (facts §1.6). */
static void wireguard_router(struct bootstrap_work *work, struct text host, uint64_t port)
{
	struct output *script = &work->script;

	put(script, "\n# The tunnel: this router dials out, so it needs no address of its own.\n");
	put(script, ":if ([:len [/interface wireguard find where name=\"wavu\"]] = 0) do={ "
		    "/interface wireguard add name=\"wavu\" }\n");
	put(script,
	    ":if ([:len [/interface wireguard peers find where interface=\"wavu\"]] = 0) do={ "
	    "/interface wireguard peers add interface=\"wavu\" public-key=$hostKey "
	    "endpoint-address=%.*s endpoint-port=%llu allowed-address=%.*s/32 "
	    "persistent-keepalive=25s }\n",
	    TEXT_ARG(host), (unsigned long long)port, TEXT_ARG(work->host_address));
	put(script,
	    ":if ([:len [/ip address find where interface=\"wavu\"]] = 0) do={ /ip address add "
	    "address=%.*s/24 interface=\"wavu\" }\n",
	    TEXT_ARG(work->own_address));
	put(script, ":put (\"WireGuard key of this router: \" . [/interface wireguard get [find "
		    "where name=\"wavu\"] public-key])\n");
}

static void wireguard_host(struct bootstrap_work *work, uint64_t port)
{
	put(&work->host,
	    "/etc/wireguard/wavu.conf, once for all routers:\n"
	    "[Interface]\n"
	    "Address = %.*s/24\n"
	    "ListenPort = %llu\n"
	    "PrivateKey = …   from: wg genkey; its public half, from wg pubkey, is the router's "
	    "hostKey\n"
	    "\n"
	    "and for router %.*s:\n"
	    "[Peer]\n"
	    "PublicKey = …   as the script prints it on the router\n"
	    "AllowedIPs = %.*s/32\n"
	    "\n"
	    "then: systemctl enable --now wg-quick@wavu; later: wg syncconf wavu <(wg-quick strip "
	    "wavu)\n"
	    "Let UDP %llu in.\n",
	    TEXT_ARG(work->host_address), (unsigned long long)port,
	    TEXT_ARG(work->in->router->name), TEXT_ARG(work->own_address),
	    (unsigned long long)port);
}

/* There is no WireGuard in version 6 (facts §1.6). */
static void l2tp_router(struct bootstrap_work *work, struct text host)
{
	struct output *script = &work->script;

	put(script, "\n# The tunnel: this router dials out, so it needs no address of its own. "
		    "Two such routers behind one NAT collide.\n");
	put(script,
	    ":if ([:len [/interface l2tp-client find where name=\"wavu\"]] = 0) do={ /interface "
	    "l2tp-client add name=\"wavu\" connect-to=%.*s user=%.*s password=$tunnelPassword "
	    "use-ipsec=yes ipsec-secret=$ipsecSecret add-default-route=no allow=mschap2 "
	    "disabled=no }\n",
	    TEXT_ARG(host), TEXT_ARG(bootstrap_word(work->in->router->name, script->arena)));
}

static void l2tp_host(struct bootstrap_work *work, struct text host)
{
	put(&work->host,
	    "Debian packages strongswan and xl2tpd.\n"
	    "/etc/ipsec.conf:\n"
	    "conn wavu\n"
	    "    authby=secret\n"
	    "    auto=add\n"
	    "    keyexchange=ikev1\n"
	    "    type=transport\n"
	    "    left=%.*s\n"
	    "    leftprotoport=17/1701\n"
	    "    right=%%any\n"
	    "    rightprotoport=17/%%any\n"
	    "/etc/ipsec.secrets:\n"
	    "%%any %%any : PSK \"…\"\n"
	    "/etc/xl2tpd/xl2tpd.conf:\n"
	    "[lns default]\n"
	    "local ip = %.*s\n"
	    "require chap = yes\n"
	    "refuse pap = yes\n"
	    "pppoptfile = /etc/ppp/options.xl2tpd\n"
	    "/etc/ppp/options.xl2tpd:\n"
	    "require-mschap-v2\n"
	    "mtu 1280\n"
	    "lcp-echo-interval 20\n"
	    "lcp-echo-failure 3\n"
	    "/etc/ppp/chap-secrets, one line a router:\n"
	    "%.*s * \"…\" %.*s\n"
	    "Let UDP 500 and 4500 in.\n",
	    TEXT_ARG(host), TEXT_ARG(work->host_address), TEXT_ARG(work->in->router->name),
	    TEXT_ARG(work->own_address));
}

void bootstrap_tunnel(struct bootstrap_work *work)
{
	struct text host;
	uint64_t port;

	if (work->in->tunnel.size == 0)
		return;
	split_endpoint(work->in->tunnel, &host, &port);
	if (work->is_v7) {
		wireguard_router(work, host, port);
		wireguard_host(work, port);
	} else {
		l2tp_router(work, host);
		l2tp_host(work, host);
	}
}
