"""The webhook beside its ceiling: the same HTTP library and SQLite schema with nothing else, turn and turn about."""

import os
import re
import subprocess
import tempfile

from ground import BUILD, SOURCE, Ground, expect, median, say, wait_for
from isp import TOKEN, WEBHOOK
from street import load

CONTROL = os.path.join(BUILD, "tests", "bench", "bench_street_control")
CONNECTIONS = 64


class Control:
    """The control program with a folder of its own; looks enough like an ISP for `load`."""

    def __init__(self):
        with open(os.path.join(SOURCE, "webhook", "overdue.h")) as file:
            threads = re.search(r"#define OVERDUE_SLOTS (\d+)", file.read()).group(1)
        self.folder = tempfile.TemporaryDirectory(prefix="wavu-control-")
        self.process = subprocess.Popen([CONTROL, self.folder.name, threads], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        self.public = int(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        expect(self.process.wait() == 0, "the control program failed")
        self.folder.cleanup()


def figures(results):
    return {"acks_per_s": median([one["acks"] / one["wall_s"] for one in results]),
            "p50_ms": median([one["p50_ms"] for one in results]), "p99_ms": median([one["p99_ms"] for one in results])}


def run(short):
    if not os.path.exists(CONTROL):
        say("skipped: %s has not been built" % CONTROL)
        return {}
    seconds, most, rounds = (20, 300, 1) if short else (4, 0, 5)
    say("The webhook beside the ceiling, %d connections, turn and turn about" % CONNECTIONS)
    with Ground({}) as isp:
        isp.stop()
        control = Control()
        alone = subprocess.Popen([WEBHOOK, "-c", isp.config], stderr=subprocess.DEVNULL)
        ours, ceiling = [], []
        try:
            wait_for("the webhook listens", isp.is_healthy)
            for number in range(rounds):
                ceiling.append(load(control, CONNECTIONS, seconds, most, "C%d" % number))
                ours.append(load(isp, CONNECTIONS, seconds, most, "W%d" % number))
        finally:
            alone.terminate()
            alone.wait()
            control.close()
    expect(all(one["other"] == 0 for one in ours + ceiling), "not all were answered 200: %r" % (ours + ceiling))
    webhook, bare = figures(ours), figures(ceiling)
    ratio = median([(w["acks"] / w["wall_s"]) / (c["acks"] / c["wall_s"]) for w, c in zip(ours, ceiling)])
    for name, one in (("webhook", webhook), ("ceiling", bare)):
        say("  %s: %6.0f acks/s, p50 %.2f ms, p99 %.2f ms (median of %d)" % (
            name, one["acks_per_s"], one["p50_ms"], one["p99_ms"], rounds))
    say("  the webhook has %.1f %% of the ceiling" % (100 * ratio))
    return {"ceiling": {"webhook": webhook, "bare": bare, "ratio": ratio}}
