"""Twenty routers with 500 subscribers each; one refuses connections, one is silent after the login, one refuses every
write. The others converge as if they were alone: the same rows by the same commands."""

from isp import Isp, main, wait_for

ROUTERS, EACH = 20, 500
DEAD, SILENT, REFUSING = 17, 18, 19
GUARD = "{losses_max_percent: 100, losses_min: 1000000}"
LONG_S = 150


def people(routers, package="home-10"):
    return "---\n".join(
        Isp.subscriber("P-%02d-%03d" % (router, i), package, "r%d" % (router + 1), "p%d" % i, "07%03d%05d" % (router, i),
                       "opening: {paid_until: 2031-01-01, balance: 0}\npassword: {file: home.pw}\n")
        for router in range(routers) for i in range(EACH))


def isp_of(routers):
    return Isp(routers=routers, start=False, guard=GUARD, workers=16, secrets={"home.pw": "his-own-password"},
               files={"subscribers.yaml": people(routers)})


def is_done(isp, router, package="home-10"):
    rows = isp.routers.rows("/ppp/secret", router)
    return len(rows) == EACH and all(row["profile"] == "wavu-" + package for row in rows)


def are_applied(isp, count):
    """Of the first routers: nothing is owed any more."""
    return all(router["in_sync"] and router["generation"] == router["applied_generation"]
               for router in isp.status()["routers"] if int(router["name"][1:]) <= count)


def asked(isp, router):
    """What a router was asked that changes it, and how often it was read."""
    def count(menu, verb):
        return isp.routers.ask("counter", isp.routers.names[router], menu, verb)["count"]
    counters = isp.routers.counters(router)
    return {"adds": count("/ppp/secret", "add"), "sets": count("/ppp/secret", "set"), "writes": counters["writes"],
            "writes_done": counters["writes_done"], "traps": counters["traps"], "reads": count("/ppp/secret", "print")}


def rows(isp, router):
    return sorted((row["name"], row["password"], row["profile"], row["disabled"])
                  for row in isp.routers.rows("/ppp/secret", router))


def two_commits(isp, others):
    """Fills from empty; then everybody gets another package. What each of the first routers was asked in all."""
    isp.start()
    for package in ("home-10", "home-20"):
        if package != "home-10":
            isp.write("subscribers.yaml", people(len(isp.routers.names), package))
            isp.commit("everybody gets more")
        for router in range(others):
            wait_for("router %d has all" % router, lambda: is_done(isp, router, package), LONG_S)
        wait_for("all is applied", lambda: are_applied(isp, others), LONG_S)
    return [asked(isp, router) for router in range(others)]


def test_those_in_trouble_cost_the_others_nothing():
    with isp_of(1) as isp:
        alone = two_commits(isp, 1)[0]
        his_rows = rows(isp, 0)
    assert alone["adds"] == EACH and alone["sets"] == EACH and alone["traps"] == 0, alone
    with isp_of(ROUTERS) as isp:
        isp.routers.ask("fault", isp.routers.names[DEAD], "refuse", "times=0")
        isp.routers.ask("fault", isp.routers.names[SILENT], "mute", "times=0")
        isp.routers.ask("fault", isp.routers.names[REFUSING], "trap", "times=0")
        for router, was in enumerate(two_commits(isp, DEAD)):
            reads = was.pop("reads")
            assert was == {key: alone[key] for key in was}, (router, was, alone)
            assert reads <= alone["reads"], (router, reads, alone)
            assert rows(isp, router) == his_rows, router
        for router in (DEAD, SILENT, REFUSING):
            state = wait_for("r%d's trouble is known" % (router + 1),
                             lambda: isp.router_status("r%d" % (router + 1))["error"]
                             and isp.router_status("r%d" % (router + 1)), 60)
            assert state["in_sync"] is not True and state["generation"] > state["applied_generation"], state
            assert isp.routers.rows("/ppp/secret", router) == [], router
        isp.run("verify", code=0)


if __name__ == "__main__":
    main(globals())
