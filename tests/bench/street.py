"""The webhook under load: confirmations that are answered after they are on stable storage."""

import json
import os
import subprocess

from ground import LOAD, Ground, expect, median, say, wait_for, WAIT_S
from isp import TOKEN, WEBHOOK


def load(isp, connections, seconds, most, prefix):
    """bench_load's own words: answers counted by status, latencies of those that were 200."""
    done = subprocess.run([LOAD, str(isp.public), "/pay/kasinet/main/%s/confirmation" % TOKEN, str(connections),
                           str(seconds), str(most), prefix], check=True, stdout=subprocess.PIPE, timeout=WAIT_S)
    return json.loads(done.stdout)


def booked(isp):
    tenant = isp.status()["tenants"][0]["payments"]
    return tenant["today_count"], tenant["unmatched_count"]


def check(isp, acks, unsure):
    """Every acknowledged one is booked, once; the ones in flight at the end may be there or not."""
    def is_caught_up():
        seen = booked(isp)[1]
        return seen if acks <= seen <= acks + unsure else None
    return wait_for("all %d acknowledged payments are booked: %r" % (acks, booked(isp)), is_caught_up, WAIT_S)


def measure(connections, seconds, most, rounds, together):
    """`together`: the controller books while the webhook receives, on the same cores."""
    with Ground({}) as isp:
        results, acks, unsure = [], 0, 0
        alone = None
        if not together:
            isp.stop()
            alone = subprocess.Popen([WEBHOOK, "-c", isp.config], stderr=subprocess.DEVNULL)
            wait_for("the webhook listens", isp.is_healthy)
        try:
            for number in range(rounds):
                one = load(isp, connections, seconds, most, "%s%d" % ("T" if together else "A", number))
                expect(one["other"] == 0, "not all were answered 200: %r" % one)
                acks, unsure = acks + one["acks"], unsure + one["in_flight"]
                results.append(one)
        finally:
            if alone is not None:
                alone.terminate()
                alone.wait()
        if not together:
            isp.start()
        count = check(isp, acks, unsure)
        isp.run("verify", code=0)
    say("  %2d connections, %s: %6.0f acks/s, p50 %.2f ms, p99 %.2f ms (median of %d x %g s; %d answered, %d booked)" % (
        connections, "the controller books meanwhile" if together else "the webhook alone", median(
            [one["acks"] / one["wall_s"] for one in results]), median([one["p50_ms"] for one in results]),
        median([one["p99_ms"] for one in results]), rounds, seconds, acks, count))
    return {"connections": connections, "together": together, "acks_per_s": [one["acks"] / one["wall_s"]
                                                                             for one in results],
            "p50_ms": median([one["p50_ms"] for one in results]), "p99_ms": median([one["p99_ms"] for one in results])}


def run(short):
    if not os.path.exists(LOAD):
        say("skipped: %s has not been built" % LOAD)
        return {}
    say("Confirmations acknowledged after they are on stable storage (unmatched ones, each with its own receipt)")
    if short:
        plan = [(8, 20, 300, 1, True), (8, 20, 300, 1, False)]
    else:
        plan = [(64, 4, 0, 5, False), (8, 4, 0, 3, False), (64, 4, 0, 3, True)]
    return {"street": [measure(*one) for one in plan]}
