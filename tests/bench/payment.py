"""Payment to access: a callback is sent; when has the simulated router carried out the write, and what did it take?"""

import http.client
import time

from ground import Ground, expect, less, median, rank, say, subscribers, wait_for
from isp import TOKEN

FIRST_PAYER = 90000  # names of one length everywhere, so that bytes can be compared
KEYS = ("connections", "commands", "prints", "rows_sent", "writes_done", "bytes_in", "bytes_out")


def pay(isp, line, payer):
    """One payment by an idle system; (seconds to the answer, to the write, what the router was asked)."""
    name = "user%05d" % (FIRST_PAYER + payer)
    account = "KN-%05d" % (FIRST_PAYER + payer)
    before = isp.rest()
    log_from = before["writes"]
    body = isp.confirmation("BNC%07d" % payer, "2500.00", account, phone="07%08d" % (10000000 + FIRST_PAYER + payer))
    sent_at = time.time()
    line.request("POST", "/pay/kasinet/main/%s/confirmation" % TOKEN, body, {"Content-Type": "application/json"})
    answer = line.getresponse()
    answer.read()
    answered_at = time.time()
    expect(answer.status == 200, "the webhook answered %d" % answer.status)
    wait_for("the secret is there", lambda: isp.routers.counters()["writes_done"] > before["writes_done"])
    entries = isp.routers.ask("log", isp.routers.names[0], log_from)["entries"]
    mine = [entry for entry in entries if "/ppp/secret/add" in entry["command"] and name in entry["command"]]
    expect(len(mine) == 1 and mine[0]["done"], "not one add of %s: %r" % (name, entries))
    spent = less(isp.rest(), before)
    return answered_at - sent_at, mine[0]["at"] / 1e6 - sent_at, {key: spent[key] for key in KEYS}


def on_router(rows, payments):
    """Payments, one after the other, to a router that holds `rows` other subscribers."""
    files = {"subscribers.yaml": subscribers(rows),
             "payers.yaml": subscribers(payments, first=FIRST_PAYER, opened=False)}
    with Ground(files) as isp:
        isp.wait_synced()
        expect(len(isp.routers.rows("/ppp/secret")) == rows, "the router holds not %d secrets" % rows)
        line = http.client.HTTPConnection("127.0.0.1", isp.public, timeout=20)
        answers, writes, spent = [], [], []
        for payer in range(payments):
            line.close()  # the webhook ends a line that was silent for half a second; so does the street
            answer, write, counters = pay(isp, line, payer)
            answers.append(answer)
            writes.append(write)
            spent.append(counters)
        line.close()
        isp.settle()
    return {"rows": rows, "payments": payments, "spent": spent,
            "answer_ms": [median(answers) * 1e3, rank(answers, .99) * 1e3],
            "write_ms": [median(writes) * 1e3, rank(writes, .99) * 1e3, max(writes) * 1e3]}


def run(short):
    few, many, payments = (20, 400, 5) if short else (100, 10000, 250)
    results = [on_router(rows, payments) for rows in (few, many)]
    say("Payment to access, idle system, one after the other, a new secret each")
    for result in results:
        # The first payment of a package brings its profile along; the others are alike.
        typical = {key: median([one[key] for one in result["spent"][1:]]) for key in KEYS}
        result["typical"] = typical
        say("  %6d rows on the router, %d payments: answer %.1f / %.1f ms, write %.1f / %.1f ms (median / p99), max %.1f"
            % (result["rows"], result["payments"], *result["answer_ms"], *result["write_ms"]))
        say("         each: %s" % ", ".join("%s %d" % (key, typical[key]) for key in KEYS))
    one, other = (result["typical"] for result in results)
    for key in KEYS[:-2]:
        expect(one[key] == other[key], "%s grows with the router: %s, %s" % (key, one[key], other[key]))
    for key in KEYS[-2:]:
        # Ids and tags are longer where more went before; nothing else may be.
        expect(abs(one[key] - other[key]) <= 64, "%s grows with the router: %s, %s" % (key, one[key], other[key]))
    expect(one["connections"] == 0, "a payment opens no new connection")
    return {"payment": [{k: v for k, v in result.items() if k != "spent"} for result in results]}
