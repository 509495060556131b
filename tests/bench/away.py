"""A commit for twenty routers, one of which is away: what does it cost the others? Beside python3-librouteros, which does
one router after the other and bears the same 15 s of silence."""

import os
import time

import peers
from ground import Ground, expect, median, say, save, subscribers, wait_for, WAIT_S

KINDS = (("all answer", None), ("one refuses the connection", "refuse"), ("one accepts and is silent", "silent"))
FIELDS = {"/ppp/secret": ("name", "password", "service", "profile", "comment"),
          "/ppp/profile": ("name", "rate-limit", "local-address", "comment")}


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


def take_away(isp, router, kind):
    if kind is not None:
        name = isp.routers.names[router]
        isp.routers.ask("fault", name, kind)
        isp.routers.ask("reboot", name, 50)  # what was open ends; the next one meets the fault


def rows(isp, menu, **changes):
    """What wavu made of the first router, as the peer is asked to make it."""
    return [{**{name: row[name] for name in FIELDS[menu] if name in row}, **changes}
            for row in isp.routers.rows(menu, 0) if menu == "/ppp/secret" or row["name"].startswith("wavu-")]


def theirs(isp, routers, kind, latency_ms):
    """The same change on as many routers of the peer's own: its time for all of them."""
    file = os.path.join(isp.folder, "desired.json")
    ports = ",".join(str(isp.routers.port(routers + i)) for i in range(routers))
    peer, profiles = peers.Librouteros(), rows(isp, "/ppp/profile")
    save(file, {"profiles": profiles, "secrets": rows(isp, "/ppp/secret", profile="wavu-home-10")})
    peer.run(isp, ports, file)
    save(file, {"profiles": [{**row, "rate-limit": "1000000/1000000"} if row["name"] == "wavu-home-10" else row
                             for row in profiles], "secrets": rows(isp, "/ppp/secret")})
    isp.routers.ask("latency", "all", latency_ms)
    take_away(isp, 2 * routers - 1, kind)
    spent = peer.run(isp, ports, file)
    expect(spent.reported == (kind is not None), "the peer tells of its trouble")
    return spent.wall_s


def measure(routers, count, kind, speed, latency_ms, peer):
    """(ours, theirs or None)"""
    with Ground({"subscribers.yaml": subscribers(count, routers)}, routers=2 * routers, start=False) as isp:
        isp.write("routers.yaml", "---\n".join(isp.router_yaml(i) for i in range(routers)))
        isp.commit("the others are the peer's")
        isp.start()
        isp.wait_synced()
        isp.routers.ask("latency", "all", latency_ms)
        take_away(isp, routers - 1, kind)
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
            secrets = isp.routers.rows("/ppp/secret", i)
            expect(sum(row["profile"] == "wavu-home-20" for row in secrets) == count, "router %d has not all" % i)
        isp.routers.ask("clear", "all")
        isp.routers.ask("reboot", isp.routers.names[routers - 1], 50)  # or stopping waits for the silent one
        isp.stop()
        isp.routers.ask("latency", "all", 0)
        return wall, theirs(isp, routers, kind, latency_ms) if peer else None


def run(short):
    routers, count, rounds = (3, 5, 1) if short else (20, 100, 3)
    why = "the short form is wavu's alone" if short else peers.Librouteros.missing()
    if why:
        say("skipped: the peer (%s)" % why)
    say("A commit that changes every row of %d routers x %d subscribers; from the commit to the last write" %
        (routers, count))
    results = []
    for latency_ms in (0,) if short else (0, 60):
        whole = None
        for words, kind in KINDS:
            walls = [measure(routers, count, kind, 11 + i, latency_ms, not why) for i in range(rounds)]
            ours, other = median([wall for wall, _ in walls]), None if why else median([wall for _, wall in walls])
            whole = whole or (ours, other)
            say("  %2d ms %-28s %.3f s (%.2f of the first; median of %d; %s)%s" % (
                latency_ms, words + ":", ours, ours / whole[0], rounds, ", ".join("%.3f" % wall for wall, _ in walls),
                "" if why else "; peer %.3f s (%.2f of the first)" % (other, other / whole[1])))
            results.append({"kind": words, "latency_ms": latency_ms, "wall_s": ours, "peer_s": other})
    return {"away": results}
