"""A router is replaced by an empty one: one look and one bulk fill, and nothing of what people had is lost."""

from isp import Isp, main, wait_for

HOMES = 300  # above what makes a bulk
PASSES = 5
TABLES = ("/ppp/secret", "/ppp/profile", "/ip/hotspot/user", "/ip/hotspot/user/profile", "/ip/pool")
OURS = {"/ppp/secret": ("name", "password", "service", "profile", "disabled", "comment"),
        "/ppp/profile": ("name", "rate-limit", "local-address", "remote-address", "comment"),
        "/ip/hotspot/user": ("name", "password", "profile", "disabled", "limit-uptime", "comment"),
        "/ip/hotspot/user/profile": ("name", "rate-limit", "shared-users"),
        "/ip/pool": ("name", "ranges", "comment")}


def people():
    """Homes with different ends, the last ten ended long ago; guests who have paid nothing yet."""
    homes = [Isp.subscriber("H-%d" % i, "home-10" if i % 3 else "home-20", username="home%d" % i, phone="0711%06d" % i,
                            more="opening: {paid_until: %s, balance: %d}\n"
                            % ("2020-01-01" if i >= HOMES - 10 else "2031-%02d-%02d" % (i % 12 + 1, i % 28 + 1), i % 7))
             for i in range(HOMES)]
    guests = [Isp.subscriber("G-%d" % i, "day-5", username="guest%d" % i, phone="0722%06d" % i) for i in range(PASSES)]
    return "---\n".join(homes + guests)


def tables(isp, router):
    """Our rows, without what a router makes up itself."""
    return {menu: sorted(tuple(row.get(field, "") for field in OURS[menu]) for row in isp.routers.rows(menu, router)
                         if row.get("dynamic") != "true") for menu in TABLES}


def accounts(isp):
    """What each has, by the ledger: until when, what is left, and the word he dials in with."""
    names = ["H-%d" % i for i in range(0, HOMES, 23)] + ["H-%d" % (HOMES - 1)] + ["G-%d" % i for i in range(PASSES)]
    found = {}
    for name in names:
        shown = isp.run("subscriber", "show", name, "--password", code=0)[1]
        found[name] = {key: shown[key] for key in ("paid_until", "balance", "state", "password")}
    return found


def test_an_empty_router_in_its_place_is_filled_at_once():
    with Isp(routers=2, start=False, files={"subscribers.yaml": people()}) as isp:
        def router_yaml(port):
            return isp.router_yaml(0).replace("127.0.0.1:%d" % isp.routers.port(0), "127.0.0.1:%d" % port)
        isp.write("routers.yaml", router_yaml(isp.routers.port(0)))
        isp.commit("one router")
        isp.start()
        for i in range(PASSES):
            isp.pay("SKLGUEST%02d" % i, "50", "G-%d" % i, phone="2547220000%02d" % i)
        wait_for("the guests are in", lambda: len([row for row in isp.routers.rows("/ip/hotspot/user")
                                                   if row["name"].startswith("guest")]) == PASSES)
        isp.settle()
        before, rows = accounts(isp), tables(isp, 0)
        assert len(rows["/ppp/secret"]) == HOMES, len(rows["/ppp/secret"])
        jobs = len(isp.run("history", "-n", "500", code=0)[1])

        # The board is dead, and somebody pays before another one is put there.
        isp.routers.ask("fault", isp.routers.names[0], "refuse", "times=0")
        isp.routers.ask("reboot", isp.routers.names[0], 50)
        isp.pay("SKLWAITS01", "2500", "H-%d" % (HOMES - 1), phone="254799999999")
        wait_for("booked", lambda: isp.payment("SKLWAITS01"))
        isp.write("routers.yaml", router_yaml(isp.routers.port(1)))
        isp.commit("another board")
        wait_for("the last of them is there", lambda: len(isp.routers.rows("/ppp/secret", 1)) == HOMES)
        def is_applied():
            router = isp.router_status()
            return router["in_sync"] and router["generation"] == router["applied_generation"]
        wait_for("all is applied", is_applied)

        counters = isp.routers.counters(1)
        def asked(menu, verb):
            return isp.routers.ask("counter", isp.routers.names[1], menu, verb)["count"]
        assert asked("/ppp/secret", "add") == HOMES and asked("/ip/hotspot/user", "add") == PASSES, counters
        assert asked("any", "set") == 0 and asked("any", "remove") == 0 and counters["traps"] == 0, counters
        assert asked("/ppp/secret", "print") <= 6, "a fill is not one print a row"
        fills = [line["writes"] for line in isp.run("history", "-n", "500", code=0)[1][:-jobs] if line["writes"]]
        # He who paid may have been let in by a small job of his own; all the others by one.
        assert len([writes for writes in fills if writes >= HOMES - 1]) == 1 and len(fills) <= 2, fills
        assert sum(fills) == counters["writes_done"], (fills, counters)

        after, his = accounts(isp), "H-%d" % (HOMES - 1)
        assert before[his]["state"] != "active" and after[his]["state"] == "active", (before[his], after[his])
        assert {name: one for name, one in after.items() if name != his} == \
            {name: one for name, one in before.items() if name != his}, "somebody's time or money was lost"
        filled = tables(isp, 1)
        for tables_of in (rows, filled):
            tables_of["/ppp/secret"] = [row for row in tables_of["/ppp/secret"] if row[0] != "home%d" % (HOMES - 1)]
        assert filled == rows, "the new router is not as the old one was"
        assert sum(row[4] == "true" for row in filled["/ppp/secret"]) == 9, "whose time was over stays shut"
        isp.routers.ask("dial", isp.routers.names[1], "home0", before["H-0"]["password"])
        assert isp.routers.access("home0", 1)["open"], "he dials in with the word he always had"
        isp.settle()
        isp.run("verify", code=0)


if __name__ == "__main__":
    main(globals())
