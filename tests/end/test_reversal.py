"""Money that goes back through its provider: ordered by a person, sent once, booked when it is done and never on a guess
(payments facts 1.10; properties 13 and 34)."""

import json
import os

from isp import main, wait_for
from shop import Shop, post

ASKS = ", initiator: initiator-1, security_credential: {file: main.credential}"
PAYER = "254712345678"
WHY = "paid twice"
ASKED_S = 120  # how the payment stands is asked 15 s after the order


def shop(**more):
    isp = Shop(registered=True, more=ASKS, **more)
    isp.daraja.ask("set", "limit", "off")
    return isp


def paid(isp, amount=2500, reference="KN-0042"):
    receipt = isp.daraja.ask("c2b", amount, reference, PAYER)["receipt"]
    wait_for("it is booked", lambda: isp.payment(receipt))
    return receipt


def send(isp, receipt, *words, code=0):
    answer = isp.run("payment", "refund", receipt, "--reason", WHY, "--send", *words, code=code)[1]
    assert answer["ok"] is (code == 0) and answer["message"], answer
    return answer


def comes_to(isp, receipt, order, word=""):
    """Orders it back, and waits for what becomes of that: the command itself waits for some seconds only."""
    code, answer = isp.run("payment", "refund", receipt, "--reason", WHY, "--send")
    receipt = receipt.upper()
    assert answer["receipt"] == receipt, answer
    if answer["order"] == "open":
        assert code == 0 and "is ordered back to the payer, once" in answer["message"], answer
        assert "`wavu explain" in answer["message"], answer
        wait_for("the order is not open any more", lambda: open_orders(isp)["refunds_open_count"] == 0, ASKED_S)
    else:
        assert answer["order"] == order and code == (order == "refused") and word in answer["message"], answer
    assert (isp.payment(receipt)["status"] == "reversed") == (order == "done") and word in told(isp, receipt), answer


def orders(isp):
    return isp.daraja.ask("reversals")["reversals"]


def is_reversed(isp, receipt, wait_s=30):
    return wait_for("the payment is reversed",
                    lambda: (lambda row: row if row["status"] == "reversed" else None)(isp.payment(receipt)), wait_s)


def told(isp, thing):
    return json.dumps(isp.run("explain", thing, code=0)[1])


def open_orders(isp):
    return isp.status()["tenants"][0]["payments"]


def own(url):
    return "/" + url.split("/", 3)[3]


def test_property_13_it_goes_back_and_access_follows():
    with shop() as isp:
        isp.daraja.ask("set", "reversal", "twice")
        receipt = paid(isp)
        isp.sits_online()
        comes_to(isp, receipt.lower(), "done")
        wait_for("he is shut out", isp.is_shut)
        row = isp.payment(receipt)
        assert row["status"] == "reversed" and row["reason"] == WHY and row["account"] == "KN-0042", row
        assert isp.show()["balance"] == "0.00" and isp.show()["paid_until"] is None, isp.show()
        for thing in (receipt, "KN-0042"):
            words = told(isp, thing)
            assert "refund of 2500.00" in words and WHY in words, words
        assert "ordered back through its provider by" in told(isp, receipt)
        one = orders(isp)[0]
        assert len(orders(isp)) == 1 and one["done"] and one["amount"] == "2500", one
        assert one["url"] != one["timeout_url"] and len(one["url"].rsplit("/", 1)[1]) >= 22, one
        # The provider says it again, the payment comes again, and a person wants it again: nothing moves.
        assert isp.daraja.ask("reversed", 0)["told"] == [200]
        isp.pay(receipt, "2500.00", "KN-0042")
        assert "before" in send(isp, receipt, code=1)["message"]
        assert "before" in isp.run("payment", "refund", receipt, "--reason", WHY, code=1)[1]["message"]
        isp.quiet()
        assert len(orders(isp)) == 1 and isp.show()["balance"] == "0.00" and isp.is_shut()
        totals = open_orders(isp)
        assert totals["refunds_open_count"] == 0 and totals["refunds_unknown_count"] == 0, totals
        isp.settle()


def test_property_34_what_is_not_known_is_shown_and_moves_nothing():
    with shop() as isp:
        isp.daraja.ask("set", "reversal", "unmarked")
        receipt = paid(isp)
        isp.sits_online()
        assert send(isp, receipt)["order"] == "open"
        one = orders(isp)[0]
        totals = open_orders(isp)
        assert totals["refunds_open_count"] == 1 and totals["refunds_oldest_age_s"] >= 0, totals
        order = totals["refunds"][0]
        assert order["receipt"] == receipt and order["status"] == "open" and order["reason"] == WHY, order
        assert receipt in isp.run("status", code=0, json_output=False)[1], "a person sees it"
        assert b'wavu_refunds_open{tenant="kasinet"} 1' in isp.page("/metrics")[1], "a machine, too"
        # Ordered again, or given back by hand as well, the payer would have it twice.
        assert "already" in send(isp, receipt, code=1)["message"]
        assert "already" in send(isp, receipt, "--again", code=1)["message"]
        assert "twice" in isp.run("payment", "refund", receipt, "--reason", WHY, code=1)[1]["message"]
        # Forged: another payment, less money, the queue's URL, an URL that nobody was given.
        good = one["result"]
        for key, value in (("OriginalTransactionID", "UKL0000THER"), ("Amount", 1.0)):
            forged = json.loads(json.dumps(good))
            next(item for item in forged["Result"]["ResultParameters"]["ResultParameter"]
                 if item["Key"] == key)["Value"] = value
            assert post(isp, own(one["url"]), json.dumps(forged).encode()) == 200
        assert post(isp, own(one["timeout_url"]), json.dumps(good).encode()) == 200
        refused = {"Result": dict(good["Result"], ResultCode=1, ResultParameters={})}
        assert post(isp, own(one["timeout_url"]), json.dumps(refused).encode()) == 200
        path = own(one["url"])
        post(isp, path[:-1] + ("A" if path[-1] != "A" else "B"), json.dumps(good).encode())
        isp.quiet()
        assert isp.payment(receipt)["status"] == "credited" and isp.show()["state"] == "active"
        assert isp.routers.access("jane")["sessions"] == 1 and open_orders(isp)["refunds_open_count"] == 1
        assert "what became of the order is not known yet" in told(isp, receipt)
        assert isp.daraja.ask("reversed", 0)["told"] == [200]
        is_reversed(isp, receipt)
        wait_for("he is shut out", isp.is_shut)
        isp.quiet()
        assert len(orders(isp)) == 1
        isp.settle()


def test_property_34_without_a_controller_it_leaves_once():
    with shop() as isp:
        receipt = paid(isp)
        isp.stop()
        assert send(isp, receipt)["order"] == "open" and len(orders(isp)) == 1
        assert "already" in send(isp, receipt, code=1)["message"]
        isp.start()
        is_reversed(isp, receipt, ASKED_S)
        isp.quiet()
        assert len(orders(isp)) == 1
        path = os.path.join(isp.folder, "statement.csv")
        isp.daraja.ask("statement", path)
        isp.run("payment", "reconcile", path, code=0)


def test_refused_is_over_and_may_be_ordered_anew():
    with shop() as isp:
        receipt = paid(isp)
        isp.sits_online()
        for how, word in (("code:21", "21"), ("code:R000002", "R000002"), ("refuse", "400.002.02"), ("spike", "429")):
            isp.daraja.ask("set", "reversal", how)
            comes_to(isp, receipt, "refused", word)
            isp.daraja.ask("set", "reversal", "ok")
            isp.stop()
            isp.start()  # the pace of the questions is forgotten
        isp.daraja.ask("set", "balance", "1")
        comes_to(isp, receipt, "refused", "insufficient")
        assert isp.routers.access("jane")["sessions"] == 1 and isp.show()["state"] == "active"
        isp.daraja.ask("set", "balance", "5000")
        isp.stop()
        isp.start()
        comes_to(isp, receipt, "done")
        wait_for("he is shut out", isp.is_shut)
        isp.quiet()
        assert [one["done"] for one in orders(isp)].count(True) == 1
        isp.settle()


def test_it_was_taken_back_in_the_portal_before():
    with shop() as isp:
        receipt = paid(isp)
        isp.daraja.ask("books", receipt, "2500.00", "Reversed")
        comes_to(isp, receipt, "done", "R000001")
        assert is_reversed(isp, receipt)["reason"] == WHY and isp.show()["paid_until"] is None
        isp.quiet()


def test_what_waits_without_an_owner_goes_back_too():
    with shop() as isp:
        receipt = paid(isp, 70, "nobody")
        assert isp.payment(receipt)["status"] in ("unmatched", "credited")
        comes_to(isp, receipt, "done")
        is_reversed(isp, receipt)
        isp.quiet()


def test_what_cannot_be_ordered():
    with shop() as isp:
        assert "no such payment" in send(isp, "NOSUCHONE1", code=1)["message"]
        isp.run("payment", "refund", "NOSUCHONE1", "--send", code=64)
        isp.run("payment", "refund", "NOSUCHONE1", "--again", "--reason", WHY, code=64)
        cash = isp.run("payment", "record", "KN-0042", "10", "--reason", "seen", code=0)[1]["receipt"]
        assert "cash" in send(isp, cash, code=1)["message"]
        isp.pay("", body=b"{")
        held = wait_for("held", lambda: isp.run("payment", "list", "--status", "held", code=0)[1])[0]["receipt"]
        assert "held" in send(isp, held, code=1)["message"]
        assert orders(isp) == []
        isp.quiet()
    with Shop(registered=True) as isp:
        receipt = paid(isp)
        message = send(isp, receipt, code=1)["message"]
        assert "`initiator`" in message and "without --send" in message, message
        assert orders(isp) == [] and isp.payment(receipt)["status"] == "credited"
        isp.quiet()


if __name__ == "__main__":
    main(globals())
