"""The line cut while one subscriber is added, changed and removed, through the real program on TCP.

A hundred routers and more, each with one subscriber and a cut of its own: at byte N of what it hears or says, by reset,
by end or by stall, while wavu logs in, looks, adds (first round), sets (second) and removes (third). All converge, and
in the end each has exactly what a router has whose line held. tests/unit/router/test_cut.c walks every single byte of a
device's life; here it is every STEP-th, over the whole of the product.
"""

import json

from isp import Isp, TENANT, main, wait_for

GUARD = "guard: {losses_max_percent: 100, losses_min: 1000000}\n"
HOWS = ("reset", "end", "stall")
KINDS = (("cut-received", "bytes_in"), ("cut-sent", "bytes_out"))
STEP = 13
TABLES = ("/ppp/secret", "/ppp/profile", "/ip/pool")
PHASES = ("home-10", "home-20", None)


def people(count, package):
    """One on each router; and one more on the last, who stays: a commit that leaves nobody is held by the guard."""
    stays = Isp.subscriber("STAYS", "home-10", "r%d" % count, "stays", "0799999999",
                           "opening: {paid_until: 2030-01-01, balance: 0}\n")
    if package is None:
        return stays
    return stays + "---\n" + "---\n".join(Isp.subscriber("P-%d" % i, package, "r%d" % (i + 1), "subscriber", "07000%05d" % i,
                                       "opening: {paid_until: 2030-01-01, balance: 0}\n"
                                       "password: {file: pppoe.pw}\n") for i in range(count - 1))


def isp_of(count):
    isp = Isp(routers=count, start=False, workers=400,
              files={"tenant.yaml": TENANT + GUARD, "subscribers.yaml": people(count, PHASES[0])})
    isp.secret("pppoe.pw", "his-own-password")
    return isp


def begin(isp, count, phase):
    """A commit of that phase, or the very first start."""
    if phase == 0:
        isp.start()
        return
    isp.write("subscribers.yaml", people(count, PHASES[phase]))
    isp.commit("phase %d" % phase, wait=True)


def converge(isp):
    def is_done():
        late = [router for router in isp.status()["routers"] if router["in_sync"] is not True or router["error"]
                or router["generation"] != router["applied_generation"]]
        return not late
    wait_for("all routers are in sync", is_done, 100)


def tables(isp, router):
    """What a router has, without what differs from router to router."""
    moving = (".id", "comment", "last-logged-out", "last-caller-id", "last-disconnect-reason")
    return {menu: sorted(json.dumps({key: value for key, value in row.items() if key not in moving}, sort_keys=True)
                         for row in isp.routers.rows(menu, router)) for menu in TABLES}


def measure():
    """How many bytes each phase takes in each direction on a line that holds."""
    lengths = []
    with isp_of(2) as isp:
        before = {counter: 0 for _, counter in KINDS}
        for phase in range(len(PHASES)):
            begin(isp, 2, phase)
            converge(isp)
            after = isp.routers.counters()
            lengths.append({kind: after[counter] - before[counter] for kind, counter in KINDS})
            before = after
    return lengths


def cuts_of(lengths, phase):
    found = []
    for kind, _ in KINDS:
        for after in range(1 + phase % STEP, lengths[phase][kind], STEP):
            found.append((kind, after, HOWS[len(found) % len(HOWS)]))
    return found


def test_one_cut_each():
    lengths = measure()
    cuts = [cuts_of(lengths, phase) for phase in range(len(PHASES))]
    count = max(len(some) for some in cuts) + 2
    fired = 0
    with isp_of(count) as isp:
        for phase, some in enumerate(cuts):
            for number, (kind, after, how) in enumerate(some):
                isp.routers.ask("fault", isp.routers.names[number + 1], kind, "after=%d" % after, "times=1", "how=" + how)
            begin(isp, count, phase)
            converge(isp)
            for number, (kind, after, how) in enumerate(some):
                fired += not isp.routers.ask("faults", isp.routers.names[number + 1])[kind]["armed"]
            isp.routers.ask("clear", "all")
            whole = tables(isp, 0)
            assert len(whole["/ppp/secret"]) == (0 if PHASES[phase] is None else 1), whole
            for router in range(1, count - 1):
                assert tables(isp, router) == whole, \
                    (phase, some[router - 1:router], tables(isp, router), whole,
                     isp.routers.ask("log", isp.routers.names[router]))
        code, plan = isp.plan()
        assert code == 0 and plan["totals"]["add"] == plan["totals"]["set"] == 0, plan["totals"]
        isp.run("verify", code=0)
    total = sum(len(some) for some in cuts)
    print("        %d positions of %d bytes (login, look, add: %s; set: %s; remove: %s), %d cuts fired"
          % (total, sum(sum(each.values()) for each in lengths), *(dict(each) for each in lengths), fired))
    assert fired >= total * 9 // 10, (fired, total)


if __name__ == "__main__":
    main(globals())
