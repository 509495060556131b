"""An empty router is filled, beside python3-librouteros; and a second run, which must write nothing.

Three fills: `first` is a new installation's first `wavu apply`, which also reads the repository, opens ten thousand
accounts in the ledger and makes their passwords; `board` is the same subscribers on a new board in the place of the old
one, by the same command; `running` is that again with `wavu run`, from the end of `git commit` to the last write. The
peer does what `board` does: it gets its desired rows ready-made in a file, passwords and all.
"""

import json
import os
import socket
import subprocess
import threading
import time

from ground import HERE, WAIT_S, Ground, expect, less, median, save, say, subscribers, wait_for
from isp import PASSWORD

PEER = os.path.join(HERE, "peer_librouteros.py")
KEYS = ("connections", "commands", "prints", "rows_sent", "writes_done", "traps", "tags_max", "bytes_in", "bytes_out")
WRITTEN = ("name", "password", "service", "profile", "comment")  # of a secret, by both


def has_peer():
    return subprocess.run(["/usr/bin/python3", "-c", "import librouteros"], stderr=subprocess.DEVNULL).returncode == 0


def rows_of(isp, router):
    return sorted(tuple(row.get(name, "") for name in WRITTEN) for row in isp.routers.rows("/ppp/secret", router))


class Witness(threading.Thread):
    """How long from the connection to the last write, at most? It looks 100 times a second, for more would hold up the
    peer; the clock starts at the last look without the connection and stops at the first with the last write."""

    def __init__(self, isp, router):
        super().__init__()
        self.control = isp.routers.socket.getpeername()
        self.name_asked = isp.routers.names[router]
        self.looked, self.over = threading.Event(), threading.Event()
        self.begin = self.end = None
        self.start()
        self.looked.wait()

    def run(self):
        with socket.create_connection(self.control) as line, line.makefile("rwb") as file:
            first = last = None
            while not self.over.is_set():
                asked_at = time.perf_counter()
                file.write(b"counters %s\n" % self.name_asked.encode())
                file.flush()
                counters = json.loads(file.readline())
                first, last = first or counters, last or counters
                if counters["connections"] == first["connections"]:
                    self.begin = asked_at
                if counters["writes_done"] > last["writes_done"]:
                    self.end = time.perf_counter()
                last = counters
                self.looked.set()
                time.sleep(0.01)

    def seconds(self):
        """None when nothing was written."""
        self.over.set()
        self.join()
        return self.end - self.begin if self.end is not None else None


def watched(isp, router, work):
    """(seconds by the caller's own clock, seconds at the router, what the router was asked)"""
    before = isp.routers.counters(router)
    witness = Witness(isp, router)
    try:
        wall = work()
    finally:
        at_router = witness.seconds()
    return wall, at_router, less(isp.routers.counters(router), before)


def ours(isp, router):
    """`wavu apply`: reads the commit, judges, writes, looks again, records: a process's whole life."""
    def work():
        start = time.perf_counter()
        code, document = isp.run("apply", timeout_s=WAIT_S * 5)
        expect(code == 0, "apply ended with %d: %s" % (code, json.dumps(document)[:400]))
        return time.perf_counter() - start
    return watched(isp, router, work)


def board(isp, port):
    """The operator put another board there: its address is the only thing that changes."""
    isp.write("routers.yaml", isp.router_yaml(0).replace("127.0.0.1:%d" % isp.routers.port(0), "127.0.0.1:%d" % port))
    isp.commit("another board")


def running(isp, router):
    """The controller runs and holds what it knows; a commit comes."""
    def work():
        board(isp, isp.routers.port(router))
        start = time.perf_counter()
        wait_for("the last write", lambda: isp.count("/ppp/secret", "add", router) == rows, WAIT_S * 5)
        wall = time.perf_counter() - start
        isp.wait_synced()  # the last look counts, too
        return wall
    rows = isp.count("/ppp/secret", "add", 0)
    return watched(isp, router, work)


def theirs(isp, desired, router):
    def work():
        done = subprocess.run(["/usr/bin/python3", PEER, str(isp.routers.port(router)), "wavu", PASSWORD, desired],
                              check=True, stdout=subprocess.PIPE, timeout=WAIT_S * 5)
        return json.loads(done.stdout)["wall_s"]
    return watched(isp, router, work)


def desired_of(isp):
    """What wavu made of router1 is what the peer is asked to make of another."""
    profiles = [{"name": row["name"], "rate-limit": row["rate-limit"], "local-address": row["local-address"],
                 "comment": row.get("comment", "")}
                for row in isp.routers.rows("/ppp/profile") if row["name"].startswith("wavu-")]
    secrets = [{name: row[name] for name in WRITTEN} for row in isp.routers.rows("/ppp/secret")]
    path = os.path.join(isp.folder, "desired.json")
    save(path, {"profiles": profiles, "secrets": secrets})
    return path


def one_round(count, latency_ms, peer):
    """The last router is the peer's, the others are wavu's, one after the other: all of them fresh, in one call."""
    with Ground({"subscribers.yaml": subscribers(count)}, routers=4, start=False) as isp:
        board(isp, isp.routers.port(0))
        isp.routers.ask("latency", "all", latency_ms)
        result = {"first": ours(isp, 0), "first again": ours(isp, 0)}
        board(isp, isp.routers.port(1))
        result.update({"board": ours(isp, 1), "board again": ours(isp, 1)})
        isp.start()
        isp.wait_synced()
        result["running"] = running(isp, 2)
        isp.stop()
        for router in (0, 1, 2):
            adds = isp.count("/ppp/secret", "add", router)
            expect(adds == count, "%d adds for %d secrets" % (adds, count))
        for name in ("first", "board"):
            expect(result[name + " again"][2]["writes"] == 0, "the second run wrote")
            expect(result[name][2]["traps"] == 0, "the router refused something")
        if peer:
            desired = desired_of(isp)
            result.update({"peer": theirs(isp, desired, 3), "peer again": theirs(isp, desired, 3)})
            expect(result["peer again"][2]["writes"] == 0, "the peer's second run wrote: it is not used well")
            expect(rows_of(isp, 2) == rows_of(isp, 3), "the two routers differ in the end")
        expect(len(rows_of(isp, 0)) == count and rows_of(isp, 0) == rows_of(isp, 2), "a router lacks secrets")
    return result


def ratio_of(done, name, other, clock):
    ratios = [one[other][clock] / one[name][clock] for one in done]
    return "%.2f (%s)" % (median(ratios), ", ".join("%.2f" % ratio for ratio in sorted(ratios)))


def measure(count, latency_ms, rounds, peer):
    done = [one_round(count, latency_ms, peer) for _ in range(rounds)]
    result = {"secrets": count, "latency_ms": latency_ms, "rounds": rounds}
    say("  %d secrets, %d ms, median of %d" % (count, latency_ms, rounds))
    for name in done[0]:
        spent = done[0][name][2]
        at_router = None if name.endswith("again") else median([one[name][1] for one in done])
        result[name] = {"wall_s": median([one[name][0] for one in done]), "at_router_s": at_router,
                        **{key: spent[key] for key in KEYS}}
        say("    %-12s %8.3f s, at the router %s  %s" % (
            name, result[name]["wall_s"], "      -  " if at_router is None else "%7.3f s" % at_router,
            ", ".join("%s %d" % (key, spent[key]) for key in KEYS)))
    # A ratio of moments says nothing.
    for name in ("first", "board", "running", "board again") if peer and count >= 1000 else ():
        other = "peer again" if name.endswith("again") else "peer"
        result[name]["peer_ratio"] = ratio_of(done, name, other, 0)
        say("    %s / %s: %s" % (other, name, result[name]["peer_ratio"]))
        if other == "peer":
            result[name]["peer_ratio_at_router"] = ratio_of(done, name, other, 1)
            say("    %s / %s at the router: %s" % (other, name, result[name]["peer_ratio_at_router"]))
    return result


def run(short, long=False):
    peer = has_peer()
    if not peer:
        say("skipped: the peer (python3-librouteros is not installed)")
    say("An empty router is filled; `wavu apply` from its start to its end, the peer from its connect to its end")
    if short:
        plan = [(50, 0, 1), (400, 0, 1)]
    else:
        plan = [(1000, 0, 5), (10000, 0, 5), (1000, 60, 3)] + ([(10000, 60, 1)] if long else [])
    results = [measure(*one, peer) for one in plan]
    for name in ("first", "first again", "board", "board again"):
        # Each session asks for the version once; a bulk opens up to four.
        prints = [one[name]["prints"] - one[name]["connections"] for one in results]
        expect(len(set(prints)) == 1, "%s: prints grow with the rows: %r" % (name, prints))
    return {"fill": results}
