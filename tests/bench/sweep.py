"""Ten thousand routers on one machine: filled, then a full sweep that finds nothing to do, by one process with
`wavu apply` and by the controller itself, which opens at most 50 sessions a second. CPU and memory of ours, and what the
routers were asked. Small tables: one customer each."""

import os
import time

from ground import Ground, account, cpu_s, expect, go_ahead, memory_kib, phone, say, username
from isp import Isp, Routers
from peers import Wavu

ROUTERS = 10000
FARM = 2500  # routers of one process: each has a listener and a session
WAIT_S = 900


class Farms:
    """Simulated routers in several processes, each on an address of its own: there are not ports enough on one."""

    def __init__(self, folder, count):
        self.farms, self.addresses = [], []
        while len(self.addresses) < count:
            some, number = min(FARM, count - len(self.addresses)), len(self.farms) + 1
            place = os.path.join(folder, "farm%d" % number)
            os.makedirs(place)
            farm = Routers(place, some, host="127.0.%d.1" % number)
            go_ahead(farm.process.pid)
            self.farms.append(farm)
            self.addresses += ["127.0.%d.1:%d" % (number, farm.port(i)) for i in range(some)]

    def counters(self):
        """One for each router, in order."""
        return [farm.counters(i) for farm in self.farms for i in range(len(farm.names))]

    def cpu_s(self):
        return sum(cpu_s(farm.process.pid) for farm in self.farms)

    def stop(self):
        for farm in self.farms:
            farm.stop()


def declare(isp, addresses):
    isp.write("routers.yaml", "---\n".join(
        "kind: Router\nname: r%d\nsite: kasarani\naddress: %s\nuser: wavu\npassword: {file: router.pw}\nmode: manage\n"
        "pppoe: {local_address: 10.10.0.1, ranges: [10.10.1.0/24]}\n" % (i + 1, address)
        for i, address in enumerate(addresses)))
    isp.write("subscribers.yaml", "---\n".join(
        Isp.subscriber(account(i), "home-10", "r%d" % (i + 1), username(i), phone(i),
                       "opening: {paid_until: 2031-01-01, balance: 0}\n") for i in range(len(addresses))))
    isp.commit("the whole fleet")


def total(counters, name):
    return sum(one[name] for one in counters)


def passes(isp, farms):
    """`wavu apply` twice: fills all; finds nothing to do."""
    took = []
    for name in ("fill", "nothing to do"):
        before, farm_cpu = farms.counters(), farms.cpu_s()
        spent = Wavu().run(isp, None, None)
        after = farms.counters()
        took.append({"pass": name, "wall_s": spent.wall_s, "cpu_s": spent.cpu_s, "memory_mib": spent.memory_mib,
                     "farm_cpu_s": farms.cpu_s() - farm_cpu,
                     **{key: total(after, key) - total(before, key)
                        for key in ("connections", "commands", "prints", "writes_done", "bytes_in", "bytes_out")}})
    expect(took[0]["writes_done"] >= len(farms.addresses) and took[1]["writes_done"] == 0, "writes: %r" % took)
    return took


def sweep(isp, farms, prints):
    """The controller starts, and with it everybody is due once: `prints` are those of a whole look at one router."""
    before, start = farms.counters(), time.monotonic()
    isp.start()
    pid = isp.part("controller")
    while True:
        after = farms.counters()
        if all(now["prints"] - then["prints"] >= prints for now, then in zip(after, before)):
            break
        expect(time.monotonic() - start < WAIT_S, "the sweep does not come to its end")
        time.sleep(min(5, len(after) / 1000))
    isp.wait_synced()
    wall, memory = time.monotonic() - start, memory_kib(pid)
    expect(total(farms.counters(), "writes") == total(before, "writes"), "a sweep with nothing to do wrote")
    return {"pass": "controller", "wall_s": wall, "cpu_s": cpu_s(pid), "memory_mib": memory["VmHWM"] / 1024,
            "memory_now_mib": memory["VmRSS"] / 1024,
            **{key: total(after, key) - total(before, key)
               for key in ("connections", "commands", "bytes_in", "bytes_out")}}


def run(short):
    count = 40 if short else ROUTERS
    say("%d simulated routers on this machine, one customer each" % count)
    with Ground({}, routers=1, start=False) as isp:
        farms = Farms(isp.folder, count)
        try:
            declare(isp, farms.addresses)
            took = passes(isp, farms)
            took.append(sweep(isp, farms, took[-1]["prints"] // count))
            isp.stop()
        finally:
            farms.stop()
    for one in took:
        say("  %-14s %8.2f s  CPU %7.2f s (%.2f ms a router)  %4.0f MiB  %s" % (
            one["pass"], one["wall_s"], one["cpu_s"], one["cpu_s"] * 1000 / count, one["memory_mib"],
            "  ".join("%s %.1f" % (key, one[key]) if isinstance(one[key], float) else "%s %d" % (key, one[key])
                      for key in list(one)[4:])))
    return {"sweep": {"routers": count, "passes": took}}
