"""What all benchmarks stand on: an ISP of any size (tests/end/isp.py), a process's memory, medians, words for people."""

import json
import os
import statistics
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
os.environ.setdefault("WAVU_BUILD", os.path.join(SOURCE, "build", "release"))
sys.path.insert(0, os.path.join(SOURCE, "tests", "end"))

import isp as house  # noqa: E402

BUILD = house.BUILD
LOAD = next((path for path in (os.path.join(BUILD, "tests", "bench", "bench_load"), os.path.join(BUILD, "bench_load"))
             if os.path.exists(path)), "bench_load")
WAIT_S = 300  # how long a bulk job may take before a benchmark gives up; not a measure of anything
wait_for = house.wait_for


def account(index):
    return "KN-%05d" % index


def username(index):
    return "user%05d" % index


def phone(index):
    return "07%08d" % (10000000 + index)


def subscriber(index, router=1, opened=True, package="home-10"):
    """One document. `opened`: a taken-over customer, paid for a year ahead; else he never paid."""
    opening = "opening: {paid_until: 2027-11-01, balance: 0}\n" if opened else ""
    return house.Isp.subscriber(account(index), package, "r%d" % router, username(index), phone(index), more=opening)


def subscribers(count, routers=1, first=0, opened=True):
    """`count` on each of `routers`."""
    return "---\n".join(subscriber(first + router * count + i, router + 1, opened)
                        for router in range(routers) for i in range(count))


class Ground(house.Isp):
    """An ISP with so many subscribers; all of wavu's defaults, but for the ports."""

    def __init__(self, files, routers=1, start=True):
        super().__init__(routers=routers, files=files, start=False)
        with open(self.config) as file:
            text = file.read()
        with open(self.config, "w") as file:
            file.write(text.replace("workers: 8\n", ""))
        if start:
            self.start()

    def start(self, command="run", environment=None):
        super().start(command, environment)
        go_ahead(self.process.pid)

    def count(self, menu, verb=None, router=0):
        """How often a menu (or `any`) was asked for something."""
        return self.routers.ask("counter", self.routers.names[router], menu, *([verb] if verb else []))["count"]

    def rest(self, router=0, quiet_s=0.06):
        """Waits until the router has not been spoken to for a while; its counters then."""
        before, since = None, time.monotonic()
        while time.monotonic() - since < quiet_s:
            now = self.routers.counters(router)
            if now != before:
                before, since = now, time.monotonic()
            time.sleep(0.005)
        return before

    def wait_synced(self, commit=None):
        def is_quiet():
            status = self.status()
            return (commit is None or status["tenants"][0]["commit"] == commit) and all(
                router["in_sync"] and router["generation"] == router["applied_generation"]
                for router in status["routers"])
        wait_for("all routers are in sync", is_quiet, WAIT_S)

    def part(self, name):
        """The pid of one part of `wavu run`."""
        for pid in children(self.process.pid):
            with open("/proc/%d/cmdline" % pid, "rb") as file:
                words = file.read().split(b"\0")
            if name.encode() in words or os.path.basename(words[0]) == name.encode():
                return pid
        raise AssertionError("no part %s of wavu runs" % name)


ahead = False


def go_ahead(pid):
    """On a machine with other work: the scheduler's group of that session before the others (root may)."""
    if not ahead:
        return
    with open("/proc/%d/autogroup" % pid, "w") as file:
        file.write("-19")


def children(parent):
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open("/proc/%s/stat" % name) as file:
                if int(file.read().rsplit(")", 1)[1].split()[1]) == parent:
                    found.append(int(name))
        except OSError:
            pass
    return found


def memory_kib(pid):
    """What the kernel says: resident now, and the most there ever was."""
    sizes = {}
    with open("/proc/%d/status" % pid) as file:
        for line in file:
            name, _, rest = line.partition(":")
            if name in ("VmRSS", "VmHWM"):
                sizes[name] = int(rest.split()[0])
    return sizes


def cpu_s(pid):
    with open("/proc/%d/stat" % pid) as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def less(after, before):
    """What counters grew by."""
    return {name: after[name] - before[name] for name in after if isinstance(after[name], int)}


def median(values):
    return statistics.median(values)


def rank(values, share):
    """The value that `share` of all do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]


def say(text):
    print(text, flush=True)


def expect(truth, why):
    """A count that does not come out is a defect, in the short form and in the long one."""
    if not truth:
        raise AssertionError(why)


def save(path, document):
    with open(path, "w") as file:
        json.dump(document, file)
