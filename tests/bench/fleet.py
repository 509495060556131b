"""Many subscribers in one repository: how long validating takes, and what the controller holds in memory."""

import subprocess
import time

from ground import Ground, cpu_s, expect, median, memory_kib, say, subscribers
from isp import WAVU


def validate_s(isp, count):
    """The whole command, from its start to its end, on the files as they lie."""
    start = time.perf_counter()
    done = subprocess.run([WAVU, "validate", isp.repository, "--output", "json"], stdout=subprocess.PIPE)
    wall = time.perf_counter() - start
    expect(done.returncode == 0, "validate ended with %d: %r" % (done.returncode, done.stdout[:400]))
    return wall


def one_file_each(isp, count, routers):
    """The other form of a repository: a folder a router, a file a subscriber."""
    from ground import subscriber
    for router in range(routers):
        for i in range(count):
            index = router * count + i
            isp.write("people/r%d/%05d.yaml" % (router + 1, index), subscriber(index, router + 1))
    isp.write("subscribers.yaml", "")


def measure(routers, count, rounds):
    with Ground({"subscribers.yaml": subscribers(count, routers)}, routers=routers, start=False) as isp:
        one_file = [validate_s(isp, count * routers) for _ in range(rounds)]
        isp.start()
        isp.wait_synced()
        total = sum(isp.routers.ask("count", name, "/ppp/secret")["count"] for name in isp.routers.names)
        expect(total == count * routers, "%d secrets on the routers, not %d" % (total, count * routers))
        pid = isp.part("controller")
        memory, cpu = memory_kib(pid), cpu_s(pid)
        held = [memory_kib(isp.part(name))["VmRSS"] for name in ("page", "wavu-webhook")]
        isp.run("apply", code=0, timeout_s=600)
        again = memory_kib(pid)
        isp.stop()
        one_file_each(isp, count, routers)
        many_files = [validate_s(isp, count * routers) for _ in range(rounds)]
    say("  %3d routers x %5d: validate %.3f s (one file), %.3f s (a file each); controller %.1f MiB now, %.1f at most, "
        "%.1f now and %.1f at most after another pass; %.2f s of CPU; page %.1f MiB, webhook %.1f MiB" % (
            routers, count, median(one_file), median(many_files), memory["VmRSS"] / 1024, memory["VmHWM"] / 1024,
            again["VmRSS"] / 1024, again["VmHWM"] / 1024, cpu, held[0] / 1024, held[1] / 1024))
    return {"routers": routers, "subscribers_each": count, "validate_s": [median(one_file), median(many_files)],
            "controller_kib": memory, "controller_again_kib": again, "cpu_s": cpu}


def run(short):
    say("Many subscribers in one repository, all filled onto empty routers by one controller")
    plan = [(3, 20, 1)] if short else [(100, 100, 5), (1, 10000, 5)]
    return {"fleet": [measure(*one) for one in plan]}
