"""kill -9 at random points of a load of payments: nothing is lost, nothing is doubled.

    street_kill.py [--seed N] [--kills N] [--payments N]

The real programs, webhook and controller, without a supervisor: each round some payments are let go, and at a moment drawn
from the seed one of the two, or both, is killed and started again. A sender that got no answer sends the same again. At
the end every payment is credited once, every acknowledgement is in the books, and every router row says so.
"""

import argparse
import os
import queue
import random
import sqlite3
import subprocess
import sys
import threading
import time
import http.client

import ground
from ground import Ground, expect, say, subscribers, wait_for
from isp import TOKEN, WAVU, WEBHOOK, Isp, skip_unless_built

PEOPLE = 40
SENDERS = 4
PAUSE_S = 0.35  # the longest a round lives before its kill


class Programs:
    """The controller and the webhook, each killed and started as the seed says."""

    def __init__(self, isp):
        self.isp, self.running = isp, {}
        self.log = open(os.path.join(isp.folder, "killed.log"), "ab")

    def start(self, name):
        command = [WEBHOOK, "-c", self.isp.config] if name == "webhook" else [WAVU, "-c", self.isp.config, "controller"]
        self.running[name] = subprocess.Popen(command, stdout=self.log, stderr=self.log)

    def kill(self, name):
        process = self.running[name]
        expect(process.poll() is None, "%s ended by itself: %s" % (name, process.returncode))
        process.kill()
        process.wait()

    def end(self):
        for process in self.running.values():
            process.terminate()
            process.wait()
        self.log.close()


def send(isp, work, allowed, acknowledged, tries):
    """One sender: what was not answered is sent again, as it was."""
    path = "/pay/kasinet/main/%s/confirmation" % TOKEN
    while True:
        receipt, body = work.get()
        if receipt is None:
            return
        allowed.acquire()
        while True:
            tries[0] += 1
            try:
                connection = http.client.HTTPConnection("127.0.0.1", isp.public, timeout=5)
                connection.request("POST", path, body, {"Content-Type": "application/json"})
                status = connection.getresponse().status
                connection.close()
            except (OSError, http.client.HTTPException):
                time.sleep(0.005)
                continue
            if status == 200:
                acknowledged.append(receipt)
                break
            expect(status == 503, "answered %d" % status)
            time.sleep(0.005)


def judge(isp, count, acknowledged):
    db = sqlite3.connect("file:%s?mode=ro" % os.path.join(isp.folder, "state", "kasinet.db"), uri=True)

    def ask(sql):
        return db.execute(sql).fetchone()[0]
    wait_for("all are credited", lambda: ask("SELECT count(*) FROM payment_now WHERE status = 'credited'") >= count, 120)
    wait_for("all are online", lambda: ask("SELECT count(*) FROM access_now WHERE state <> 'online'") == 0, 120)
    stored = {row[0] for row in db.execute("SELECT receipt FROM payment")}
    lost = set(acknowledged) - stored
    lines, credits = ask("SELECT inbox_id FROM cursor"), ask("SELECT count(*) FROM payment")
    doubled = ask("SELECT count(*) FROM (SELECT payment FROM movement WHERE kind = 'credited' GROUP BY payment HAVING"
                  " count(*) > 1)")
    cents = ask("SELECT sum(cents) FROM movement WHERE kind = 'credited'")
    expect(not lost and doubled == 0 and credits == count and cents == count * 250000,
           "lost %r, doubled %d, %d payments of %d, %d cents" % (sorted(lost), doubled, credits, count, cents))
    periods = ask("SELECT sum(periods) FROM purchase")
    expect(periods == count, "%d periods were bought with %d payments" % (periods, count))
    ends = ask("SELECT count(*) FROM access_now WHERE state = 'online'")
    expect(ends == count, "%d of %d have an end" % (ends, count))
    db.close()
    return lines


def soak(seed, kills, count):
    chance = random.Random(seed)
    with Ground({"subscribers.yaml": subscribers(PEOPLE, opened=False)}) as isp:
        isp.wait_synced()
        isp.stop()
        programs = Programs(isp)
        work, allowed, acknowledged, tries = queue.Queue(), threading.Semaphore(0), [], [0]
        for i in range(count):
            receipt = "K%09d" % i
            work.put((receipt, Isp.confirmation(receipt, reference=ground.account(i % PEOPLE))))
        threads = [threading.Thread(target=send, args=(isp, work, allowed, acknowledged, tries), daemon=True)
                   for _ in range(SENDERS)]
        for _ in threads:
            work.put((None, None))
        programs.start("webhook")
        programs.start("controller")
        for thread in threads:
            thread.start()
        killed = {"webhook": 0, "controller": 0}
        for number in range(kills):
            for _ in range(count * (number + 1) // kills - count * number // kills):
                allowed.release()
            time.sleep(chance.random() * PAUSE_S)
            for name in chance.choice([["webhook"], ["controller"], ["webhook", "controller"]]):
                programs.kill(name)
                killed[name] += 1
                programs.start(name)
        for thread in threads:
            thread.join(180)
            expect(not thread.is_alive(), "a sender waits for ever")
        lines = judge(isp, count, acknowledged)
        wait_for("in sync", lambda: isp.router_status()["in_sync"])
        rows = [row for row in isp.routers.rows("/ppp/secret") if row["disabled"] == "false"]
        expect(len(rows) == PEOPLE, "%d rows for %d people" % (len(rows), PEOPLE))
        isp.run("verify", code=0)
        programs.end()
    say("  seed %d: %d kills (%d webhook, %d controller) during %d payments: %d requests, %d lines kept, %d credited, "
        "0 lost, 0 doubled" % (seed, kills, killed["webhook"], killed["controller"], count, tries[0], lines, count))
    return {"kills": kills, "payments": count, "requests": tries[0], "lines": lines}


def run(short):
    say("kill -9 during a load of payments")
    return {"killed": soak(7, 12, 300) if short else soak(7, 200, 2000)}


if __name__ == "__main__":
    skip_unless_built()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--payments", type=int, default=2000)
    wish = parser.parse_args()
    soak(wish.seed, wish.kills, wish.payments)
    sys.exit(0)
