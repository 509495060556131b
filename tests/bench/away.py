"""A commit for twenty routers, one of which is away: what does it cost the others?"""

import time

from ground import Ground, expect, median, say, subscribers, wait_for, WAIT_S

KINDS = (("all answer", None), ("one refuses the connection", "refuse"), ("one accepts and is silent", "silent"))


def roll_out(isp, alive, expected):
    """Seconds from the commit to the last write on each router that answers."""
    before = [isp.routers.counters(i)["writes"] for i in alive]
    start = time.time()
    isp.commit("everybody gets another speed")
    wait_for("every router that answers has the new speed", lambda: all(
        isp.routers.counters(i)["writes_done"] >= expected[i] for i in alive), WAIT_S)
    last = [isp.routers.ask("log", isp.routers.names[i], from_)["entries"][-1]["at"] / 1e6
            for i, from_ in zip(alive, before)]
    return max(last) - start


def measure(routers, count, kind, speed):
    with Ground({"subscribers.yaml": subscribers(count, routers)}, routers=routers) as isp:
        isp.wait_synced()
        if kind is not None:
            name = isp.routers.names[routers - 1]
            isp.routers.ask("fault", name, kind)
            isp.routers.ask("reboot", name, 50)  # what was open ends; the next one meets the fault
        alive = range(routers if kind is None else routers - 1)
        writes = {i: isp.routers.counters(i)["writes_done"] for i in alive}
        with open("%s/packages.yaml" % isp.repository) as file:
            text = file.read()
        isp.write("packages.yaml", text.replace("speed: {down: 10M, up: 5M}", "speed: {down: %dM, up: 5M}" % speed))
        # Everybody moves to another package and its speed changes: as many sets as subscribers, and a profile.
        with open("%s/subscribers.yaml" % isp.repository) as file:
            people = file.read()
        isp.write("subscribers.yaml", people.replace("package: home-10", "package: home-20"))
        wall = roll_out(isp, alive, {i: writes[i] + count + 1 for i in alive})
        for i in alive:
            rows = isp.routers.rows("/ppp/secret", i)
            expect(sum(row["profile"] == "wavu-home-20" for row in rows) == count, "router %d has not all" % i)
    return wall


def run(short):
    routers, count, rounds = (3, 5, 1) if short else (20, 100, 3)
    say("A commit that changes every row of %d routers x %d subscribers; from the commit to the last write" %
        (routers, count))
    results = []
    for words, kind in KINDS:
        walls = [measure(routers, count, kind, 11 + i) for i in range(rounds)]
        say("  %-28s %.3f s (median of %d; %s)" % (words + ":", median(walls), rounds,
                                                 ", ".join("%.3f" % wall for wall in walls)))
        results.append({"kind": words, "wall_s": median(walls)})
    return {"away": results}
