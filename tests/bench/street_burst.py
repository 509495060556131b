"""A burst of payments to one site: all credited, all access written, none twice, and when the last one was online."""

import json
import os
import sqlite3
import subprocess
import time

from ground import LOAD, WAIT_S, Ground, expect, memory_kib, say, subscribers, wait_for
from isp import TOKEN


def ask(isp, sql):
    """From outside, by SQLite itself: nothing of wavu's stands between the file and this judgement."""
    with sqlite3.connect("file:%s?mode=ro" % os.path.join(isp.folder, "state", "kasinet.db"), uri=True) as db:
        return db.execute(sql).fetchone()


def online(isp):
    return ask(isp, "SELECT count(*) FROM access_now WHERE state = 'online'")[0]


def run(short):
    count = 100 if short else 10000
    say("%d people of one site pay within a second" % count)
    with Ground({"subscribers.yaml": subscribers(count, opened=False)}) as isp:
        isp.wait_synced()
        before = isp.count("/ppp/secret", "add")
        began = time.time()
        sent = json.loads(subprocess.run(
            [LOAD, str(isp.public), "/pay/kasinet/main/%s/confirmation" % TOKEN, "64", "60", str(count), "B", "KN-"],
            check=True, stdout=subprocess.PIPE, timeout=WAIT_S).stdout)
        expect(sent["acks"] == count and sent["other"] == 0, "not all were acknowledged: %r" % sent)
        wait_for("all are online", lambda: online(isp) == count, WAIT_S)
        first, last, credited = ask(isp, "SELECT (SELECT min(received_at) FROM payment), (SELECT max(at) FROM access"
                                         " WHERE state = 'online'), (SELECT max(booked_at) FROM payment)")
        isp.wait_synced()
        rows = [row for row in isp.routers.rows("/ppp/secret") if row.get("disabled") == "false"]
        added = isp.count("/ppp/secret", "add") - before
        twice = ask(isp, "SELECT count(*) FROM (SELECT payment FROM movement WHERE kind = 'credited' GROUP BY payment"
                         " HAVING count(*) > 1)")[0]
        bought = ask(isp, "SELECT count(*), count(DISTINCT subscriber), sum(periods) FROM purchase")
        money = isp.status()["tenants"][0]["payments"]
        memory = memory_kib(isp.part("controller"))
        isp.run("verify", code=0)
    expect(len(rows) == count and added == count, "%d rows, %d added" % (len(rows), added))
    expect(twice == 0 and tuple(bought) == (count, count, count), "%r credited twice, bought %r" % (twice, bought))
    say("  sent and durable in %.2f s (%.0f/s, p99 %.1f ms), credited after %.2f s, the last online after %.2f s; access "
        "p50 %s ms, p99 %s ms" % (sent["wall_s"], sent["acks"] / sent["wall_s"], sent["p99_ms"],
                                  (credited - first) / 1e6, (last - first) / 1e6, money["access_p50_ms"],
                                  money["access_p99_ms"]))
    say("  %d rows added, one each; controller %d MiB at most" % (added, memory["VmHWM"] // 1024))
    return {"burst": {"count": count, "sent_s": sent["wall_s"], "credited_s": (credited - first) / 1e6,
                      "online_s": (last - first) / 1e6, "began": began}}
