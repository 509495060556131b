"""Trouble on the host itself: two controllers, none, another user, a full disk, a stop in the middle."""

import os
import signal
import subprocess
import time

from isp import WAVU, WEBHOOK, Isp, main, wait_for


def part(isp, program, *words, **options):
    log = open(os.path.join(isp.folder, "wavu.log"), "ab")
    return subprocess.Popen([program, "-c", isp.config, *words], stdout=log, stderr=log, **options)


def end(process):
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0, process.returncode


def test_the_state_belongs_to_one_controller():
    with Isp() as isp:
        isp.settle()
        for _ in range(2):
            done = subprocess.run([WAVU, "-c", isp.config, "controller"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  timeout=60)
            said = done.stderr.decode()
            assert done.returncode == 1 and "process " in said and "wavu controller" in said, (done.returncode, said)
        isp.pay("SKL51ZDR4F")
        wait_for("the first one works on", lambda: isp.routers.row("/ppp/secret", "jane"))
        isp.settle()


def test_commands_without_a_controller():
    with Isp(start=False) as isp:
        code, plan = isp.plan()
        assert code == 2 and plan["totals"]["add"] > 0, "a plan needs no controller"
        assert isp.routers.counters()["writes"] == 0
        isp.run("validate", isp.repository, code=0)
        assert isp.run("payment", "record", "KN-0042", "2500", "--reason", "first customer", code=0)[1]["ok"] is True
        assert isp.show()["state"] == "active"
        isp.run("apply", code=0)
        assert isp.routers.row("/ppp/secret", "jane")["profile"] == "wavu-home-10"
        code, again = isp.run("apply", code=0)
        assert sum(again["totals"].values()) == 0, again
        isp.settle()
        isp.run("pause", "r1", "--until", "1h", "--reason", "tower", code=0)
        assert isp.router_status()["paused"]["reason"] == "tower"
        isp.run("resume", "r1", code=0)
        isp.run("verify", code=0)
        # Two at a time: one has the lease, for longer than the other waits, and the other says who.
        isp.routers.ask("latency", isp.routers.names[0], 4000)
        before = isp.routers.counters()["connections"]
        first = subprocess.Popen([WAVU, "-c", isp.config, "apply"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for("the first one is at the router", lambda: isp.routers.counters()["connections"] > before)
        done = subprocess.run([WAVU, "-c", isp.config, "payment", "record", "KN-0042", "1", "--reason", "x"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        said = done.stderr.decode()
        assert done.returncode == 1 and "process %d on" % first.pid in said and "a command of wavu" in said, said
        assert first.wait(timeout=60) == 0
        isp.routers.ask("latency", isp.routers.names[0], 0)
        isp.start()
        isp.settle()


def test_stopped_cleanly_under_another_user():
    if os.geteuid() != 0:
        print("        (needs root to become another user)")
        return
    with Isp(start=False) as isp:
        group = 65534
        os.chmod(isp.folder, 0o755)
        state = os.path.join(isp.folder, "state")
        os.makedirs(state)
        os.chown(state, 0, group)
        os.chmod(state, 0o2770)
        controller = part(isp, WAVU, "controller")
        wait_for("the first commit is in force", lambda: os.path.exists(os.path.join(state, "kasinet.db")) and
                 isp.status()["tenants"][0]["commit"])
        webhook = part(isp, WEBHOOK, user=65534, group=group, extra_groups=[])
        try:
            wait_for("it listens", isp.is_healthy)
            isp.pay("SKL51ZDR01", "1000.00")
            wait_for("access to the books", lambda: isp.payment("SKL51ZDR01"))
            end(controller)
            controller = None
            for number in range(2, 6):
                isp.pay("SKL51ZDR%02d" % number, "500.00")
            assert isp.is_healthy()
            # The webhook may be started again, too, while there is no controller.
            end(webhook)
            webhook = part(isp, WEBHOOK, user=65534, group=group, extra_groups=[])
            wait_for("it listens again", isp.is_healthy)
            isp.pay("SKL51ZDR06", "500.00")
            assert isp.show()["state"] == "new", "nobody decides while there is no controller"
            controller = part(isp, WAVU, "controller")
            wait_for("all is booked", lambda: len(isp.run("payment", "list", code=0)[1]) == 6)
            wait_for("access", lambda: isp.routers.row("/ppp/secret", "jane"))
            assert isp.show()["balance"] == "1000.00"
            isp.settle()
            isp.run("verify", code=0)
        finally:
            for process in (controller, webhook):
                if process is not None:
                    end(process)


def test_a_full_disk():
    if os.geteuid() != 0:
        print("        (needs root to mount a small disk)")
        return
    with Isp(start=False) as isp:
        state = os.path.join(isp.folder, "state")
        os.makedirs(state)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "none", state], stderr=subprocess.PIPE).returncode:
            print("        (a tmpfs cannot be mounted here)")
            return
        try:
            isp.start()
            isp.settle()
            isp.pay("SKLDISK000", "10.00")
            wait_for("it is booked", lambda: isp.payment("SKLDISK000"))
            filler = open(os.path.join(state, "filler"), "wb", buffering=0)
            def fill():
                try:
                    while filler.write(b"x" * 4096):
                        pass
                except OSError:
                    pass
            fill()
            kept, refused, number = ["SKLDISK000"], 0, 1
            deadline = time.monotonic() + 20
            while refused < 3 and time.monotonic() < deadline:
                fill()
                receipt = "SKLDISK%03d" % number
                path = "/pay/kasinet/main/b7Kd9Qw2Zr5Tn8Xc/confirmation"
                body = isp.confirmation(receipt, "10.00", FirstName="J" * 4000)
                status = isp.http("POST", isp.public, path, body)[0]
                assert status in (200, 503), status
                if status == 200:
                    kept.append(receipt)
                else:
                    refused += 1
                number += 1
            assert refused >= 3, "the disk never filled"
            wait_for("unhealthy", lambda: not isp.is_healthy())
            isp.routers.hand("/ppp/profile/set", "=.id=default", "=comment=meanwhile")
            isp.run("apply")
            filler.close()
            os.unlink(os.path.join(state, "filler"))
            wait_for("healthy again", isp.is_healthy)
            isp.pay("SKLDISKEND", "2500.00")
            kept.append("SKLDISKEND")
            wait_for("access", lambda: isp.routers.row("/ppp/secret", "jane"), 60)
            rows = wait_for("all that was answered is booked", lambda: (lambda rows: len(rows) == len(kept) and rows)(
                isp.run("payment", "list", "-n", "1000", code=0)[1]))
            assert {row["receipt"] for row in rows} == set(kept)
            isp.settle()
            isp.run("verify", code=0)
        finally:
            isp.stop()
            subprocess.run(["umount", state], check=True)


if __name__ == "__main__":
    main(globals())
