"""Routers in trouble: away, refusing, silent, forgetful. Others pay nothing for it, and all is caught up in the end."""

import json
import os

from isp import PASSWORD, Isp, main, wait_for

FAST_GUARD = "{losses_max_percent: 100, losses_min: 1000000}"


def people(routers, each=1, paid=True):
    opening = "opening: {paid_until: 2030-01-01, balance: 0}\n" if paid else ""
    return "---\n".join(
        Isp.subscriber("P-%d-%d" % (router + 1, i), router="r%d" % (router + 1), username="p%d" % i,
                       phone="07%03d%05d" % (router, i), more=opening)
        for router in range(routers) for i in range(each))


def name(isp, router):
    return isp.routers.names[router]


def failed(isp, router):
    state = isp.router_status(router)
    return state if state["error"] and state["last_reconcile_at"] != "" else None


def test_each_trouble_is_shown_and_costs_the_others_nothing():
    """r1 refuses, r2 has another password, r3 accepts and is silent, r4 is silent after the login, r5 is well."""
    with Isp(routers=5, start=False, files={"subscribers.yaml": people(5, 2, paid=False)}) as isp:
        isp.secret("wrong.pw", "not-the-password")
        isp.write("routers.yaml", "---\n".join(
            isp.router_yaml(i).replace("router.pw", "wrong.pw" if i == 1 else "router.pw") for i in range(5)))
        isp.commit("another password")
        isp.routers.ask("fault", name(isp, 0), "refuse", "times=0")
        isp.routers.ask("fault", name(isp, 2), "silent", "times=0")
        isp.routers.ask("fault", name(isp, 3), "mute", "times=0")
        isp.start()
        for router in range(5):
            isp.pay("SKLPAID%03d" % router, "2500.00", "P-%d-0" % (router + 1), phone="254799999999")
        wait_for("the one that is well has it", lambda: isp.routers.row("/ppp/secret", "p0", 4))
        for router in ("r1", "r2", "r3", "r4"):
            state = wait_for(router + " is known to be in trouble",
                             lambda: isp.router_status(router)["error"] and isp.router_status(router))
            assert state["in_sync"] is not True and state["generation"] > state["applied_generation"], state
        assert isp.router_status("r1")["reachable"] is False and isp.router_status("r3")["reachable"] is False
        assert "password" in isp.router_status("r2")["error"], isp.router_status("r2")
        outcomes = {line["router"]: line["outcome"] for line in isp.run("history", code=0)[1]}
        assert outcomes["r1"] == "unreachable" and outcomes["r2"] == "denied" and outcomes["r5"] == "done", outcomes
        logins = isp.routers.counters(1)
        for number in range(5):
            isp.pay("SKLMORE%03d" % number, "10.00", "P-2-%d" % (number % 2), phone="254799999999")
        wait_for("booked", lambda: isp.payment("SKLMORE004"))
        isp.pay("SKLPAID105", "2500.00", "P-5-1", phone="254799999999")
        wait_for("the one that is well goes on", lambda: isp.routers.row("/ppp/secret", "p1", 4))
        more = isp.routers.counters(1)["logins_failed"] - logins["logins_failed"]
        assert more <= 2, "a wrong password must not be tried again and again: %d more" % more
        code, done = isp.run("apply", "--router", "r1", code=1)
        assert done["routers"][0]["reachable"] is False and done["routers"][0]["error"], done
        code, done = isp.run("router", "check", "r2", code=1)
        assert done["ok"] is False, done
        # More is paid meanwhile, then they come back: one look finds all of it.
        for router in (0, 2, 3):
            isp.pay("SKLPAID2%02d" % router, "2500.00", "P-%d-1" % (router + 1), phone="254799999999")
        wait_for("booked", lambda: isp.payment("SKLPAID203"))
        isp.routers.ask("counters-reset", "all")
        isp.routers.ask("clear", "all")
        isp.secret("wrong.pw", PASSWORD)
        isp.run("apply", "--router", "r2", code=0)
        for router in (0, 2, 3):
            wait_for("r%d is caught up" % (router + 1),
                     lambda: isp.routers.row("/ppp/secret", "p0", router) and isp.routers.row("/ppp/secret", "p1", router),
                     60)
            prints = isp.routers.ask("counter", name(isp, router), "/ppp/secret", "print")["count"]
            assert prints <= 4, (router, prints)
        isp.settle()
        isp.run("verify", code=0)


def test_a_trap_on_any_write_stops_no_other_row():
    count = 7
    with Isp(routers=count, start=False, files={"subscribers.yaml": people(count, 4)}) as isp:
        for router in range(count):
            isp.routers.ask("fault", name(isp, router), "trap", "after=%d" % (router + 1), "times=1")
        isp.start()
        for router in range(count):
            wait_for("r%d was refused once" % (router + 1), lambda: any(
                line["outcome"] == "refused" for line in isp.run("history", "--router", "r%d" % (router + 1), code=0)[1])
                or isp.routers.ask("faults", name(isp, router)) and len(isp.routers.rows("/ppp/secret", router)) == 4)
            lines = [line for line in isp.run("history", "--router", "r%d" % (router + 1), code=0)[1]
                     if line["outcome"] == "refused"]
            if not lines:
                continue
            assert lines[-1]["writes"] >= 1 or router == 0, lines
        refused = {line["router"] for line in isp.run("history", "-n", "1000", code=0)[1] if line["outcome"] == "refused"}
        assert len(refused) >= count - 1, refused
        isp.settle()
        for router in range(count):
            log = isp.routers.ask("log", name(isp, router))
            assert len(isp.routers.rows("/ppp/secret", router)) == 4, log
        isp.run("verify", code=0)


def test_what_it_refers_to_is_missing():
    """A hotspot server that is not there: its users wait and say why, everybody else is served."""
    more = "---\n" + Isp.subscriber("H-1", "day-5", username="hot1", phone="0733000001",
                                     more="opening: {paid_until: 2030-01-01, balance: 0}\n")
    with Isp(files={"subscribers.yaml": people(1, 2) + more}, start=False) as isp:
        isp.write("routers.yaml", isp.router_yaml(0).replace("hotspot1", "nowhere"))
        isp.commit("a server that is not there")
        isp.start()
        wait_for("the others are served", lambda: len(isp.routers.rows("/ppp/secret")) == 2)
        state = wait_for("it says why", lambda: isp.router_status()["error"] and isp.router_status())
        assert "hot1" in state["error"] or "server" in state["error"], state
        assert state["reachable"] is True and state["in_sync"] is False, state
        assert isp.routers.row("/ip/hotspot/user", "hot1") is None
        assert isp.run("apply")[0] == 1
        isp.write("routers.yaml", isp.router_yaml(0))
        isp.commit("mended")
        wait_for("it is there", lambda: isp.routers.row("/ip/hotspot/user", "hot1"))
        isp.settle()
        # Somebody removes what ours refers to.
        for menu, row in (("/ppp/profile", "wavu-home-10"), ("/ip/pool", "wavu-pppoe")):
            try:
                isp.routers.hand(menu + "/remove", "=.id=" + row)
            except AssertionError:
                continue  # the router itself does not let him
            isp.run("apply", code=0)
            assert isp.routers.row(menu, row), "healed"
        isp.settle()


def test_a_foreign_profile_with_our_name():
    with Isp(start=False, files={"subscribers.yaml": people(1, 2)}) as isp:
        isp.routers.hand("/ppp/profile/add", "=name=wavu-home-10", "=rate-limit=1M/1M", "=comment=his")
        before = json.dumps(isp.routers.row("/ppp/profile", "wavu-home-10"), sort_keys=True)
        isp.start()
        wait_for("it was looked at", lambda: isp.router_status()["reachable"])
        code, done = isp.run("apply")
        assert json.dumps(isp.routers.row("/ppp/profile", "wavu-home-10"), sort_keys=True) == before
        code, plan = isp.plan()
        conflicts = [c for r in plan["routers"] for c in r["changes"] if c["verb"] == "conflict"]
        assert plan["totals"]["conflict"] == len(conflicts) >= 1, plan
        assert any(c["menu"] == "/ppp/profile" and c["key"] == "wavu-home-10" for c in conflicts), conflicts
        assert isp.router_status()["in_sync"] is False and isp.run("drift")[0] == 0
        # He removes it: now there is room for ours.
        isp.routers.hand("/ppp/profile/remove", "=.id=wavu-home-10")
        isp.run("apply", code=0)
        assert len(isp.routers.rows("/ppp/secret")) == 2
        isp.settle()


def test_reboot_and_factory_reset():
    with Isp(files={"subscribers.yaml": people(1, 40)}) as isp:
        isp.settle()
        isp.routers.ask("cpe", name(isp, 0), "p7", isp.password("P-1-7"), "AA:BB:CC:DD:EE:07")
        wait_for("online", lambda: isp.routers.access("p7")["open"])
        writes = isp.routers.counters()["writes"]
        isp.routers.ask("reboot", name(isp, 0), 300)
        wait_for("it is up and looked at", lambda: isp.run("apply")[0] == 0)
        isp.settle()
        assert isp.routers.counters()["writes"] == writes, "a reboot takes nothing away"
        isp.routers.ask("advance", 30)
        wait_for("he dialled again", lambda: isp.routers.access("p7")["open"])
        isp.run("apply", code=0)
        assert isp.routers.access("p7")["open"] and isp.routers.counters()["writes"] == writes
        isp.routers.ask("factory-reset", name(isp, 0), 300)
        wait_for("nobody is let in", lambda: isp.run("apply")[0] == 1 and isp.router_status()["error"])
        isp.routers.hand("/user/add", "=name=wavu", "=password=" + PASSWORD, "=group=full")
        isp.routers.hand("/ip/hotspot/add", "=name=hotspot1", "=interface=ether2")
        isp.routers.ask("counters-reset", name(isp, 0))
        wait_for("it is filled again", lambda: isp.run("apply")[0] == 0 and len(isp.routers.rows("/ppp/secret")) == 40)
        counters = isp.routers.counters()
        assert isp.routers.ask("counter", name(isp, 0), "/ppp/secret", "add")["count"] == 40, counters
        prints = isp.routers.ask("counter", name(isp, 0), "/ppp/secret", "print")["count"]
        assert prints <= 6, "a fill is not one print a row: %d" % prints
        isp.settle()
        fill = max(line["writes"] for line in isp.run("history", code=0)[1])
        assert fill >= 42, "one job filled it: %d" % fill
        isp.run("verify", code=0)


if __name__ == "__main__":
    main(globals())
