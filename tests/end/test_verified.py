"""`trust: verified` on a channel whose provider can be asked about a payment: nothing that a callback says counts before
the provider itself has said so, on a URL that nobody can guess."""

import json

from isp import has_failpoints, main, wait_for
from shop import Shop, post

ASKS = ", initiator: initiator-1, security_credential: {file: main.credential}"
PAYER = "254712345678"


def verified(**more):
    isp = Shop(trust="verified", registered=True, more=ASKS, **more)
    isp.daraja.ask("set", "limit", "off")
    return isp


def held(isp, receipt, word=""):
    """It is held, and its reason has that word in it."""
    return wait_for("%s is held: %s" % (receipt, word), lambda: (
        lambda row: row if row and row["status"] == "held" and word in row["reason"] else None)(isp.payment(receipt)), 60)


def own(url):
    return "/" + url.split("/", 3)[3]


def questions(isp, count=1):
    return wait_for("%d questions" % count, lambda: (
        lambda rows: rows if len(rows) >= count else None)(isp.daraja.ask("questions")["questions"]), 90)


def test_property_10_completed_is_credited_once_however_often_it_is_said():
    with verified() as isp:
        isp.daraja.ask("set", "status", "twice")
        receipt = isp.daraja.ask("c2b", 2500, "KN-0042", PAYER)["receipt"]
        isp.online()
        assert isp.payment(receipt)["status"] == "credited"
        asked = questions(isp)
        assert asked[0]["receipt"] == receipt and len(asked[0]["url"].rsplit("/", 1)[1]) >= 22, asked
        for _ in range(2):
            assert isp.daraja.ask("answer", 0)["told"] == [200]
        isp.quiet()
        assert [one["receipt"] for one in isp.credited()] == [receipt] and isp.show()["balance"] == "0.00"
        isp.settle()


def test_property_03_what_the_provider_does_not_say_so_stays_held():
    with verified() as isp:
        # Nobody paid that: the provider does not know it.
        isp.daraja.ask("claim", "UKL0F0RGED", 2500, "KN-0042", PAYER)
        held(isp, "UKL0F0RGED", "2033")
        assert isp.credited() == [] and isp.show()["state"] == "new"
    with verified() as isp:
        # It was less money.
        isp.daraja.ask("books", "UKL0000LESS", "1.00", "Completed")
        isp.daraja.ask("claim", "UKL0000LESS", 2500, "KN-0042", PAYER)
        row = wait_for("it is the money that it was, and nobody's", lambda: (
            lambda row: row if row and row["status"] == "unmatched" else None)(isp.payment("UKL0000LESS")), 60)
        assert row["amount"] == "1.00" and "2500.00" in row["reason"], row
        isp.quiet()
        assert isp.credited() == [] and isp.show()["state"] == "new"
    with verified() as isp:
        isp.daraja.ask("books", "UKL0000BACK", "2500.00", "Reversed")
        isp.daraja.ask("claim", "UKL0000BACK", 2500, "KN-0042", PAYER)
        held(isp, "UKL0000BACK", "Reversed")
        isp.quiet()
        assert isp.credited() == [] and isp.show()["state"] == "new"


def test_property_17_a_lost_result_is_asked_for_again_and_a_late_one_counts_once():
    with verified() as isp:
        isp.daraja.ask("set", "status", "lost")
        receipt = isp.daraja.ask("c2b", 2500, "KN-0042", PAYER)["receipt"]
        questions(isp, 1)
        held(isp, receipt, "has not answered")
        isp.daraja.ask("set", "status", "ok")
        isp.online()
        first, second = questions(isp, 2)[:2]
        assert first["url"] != second["url"], "every question has its own URL"
        assert isp.daraja.ask("answer", 0)["told"] == [200]
        isp.quiet()
        assert [one["receipt"] for one in isp.credited()] == [receipt]


def test_property_01_a_forged_result_does_nothing():
    with verified() as isp:
        isp.daraja.ask("set", "status", "lost")
        isp.daraja.ask("claim", "UKL0F0RGED", 2500, "KN-0042", PAYER)
        asked = questions(isp)[0]
        isp.daraja.ask("books", "UKL0F0RGED", "2500.00", "Completed")
        forged = {"Result": {"ResultType": 0, "ResultCode": 0, "ResultDesc": "-", "ResultParameters": {"ResultParameter": [
            {"Key": "TransactionStatus", "Value": "Completed"}, {"Key": "Amount", "Value": "2500.00"},
            {"Key": "ReceiptNo", "Value": "UKL0F0RGED"}]}}}
        path = own(asked["url"])
        for other in (path[:-1] + ("A" if path[-1] != "A" else "B"), path.rsplit("/", 2)[0] + "/confirmation"):
            post(isp, other, json.dumps(forged).encode())
        # On the right URL, but about another payment.
        forged["Result"]["ResultParameters"]["ResultParameter"][2]["Value"] = "UKL0000THER"
        assert post(isp, path, json.dumps(forged).encode()) == 200
        held(isp, "UKL0F0RGED", "UKL0000THER")
        isp.quiet()
        assert isp.credited() == [] and isp.show()["state"] == "new"


def test_without_keys_it_stays_held_and_says_what_is_missing():
    with Shop(trust="verified", registered=True) as isp:
        receipt = isp.daraja.ask("c2b", 2500, "KN-0042", PAYER)["receipt"]
        row = held(isp, receipt, "initiator")
        assert "payment assign" in row["reason"], row
        isp.run("payment", "assign", receipt, "KN-0042", code=0)
        isp.online()
        isp.quiet()
        assert len(isp.credited()) == 1 and isp.daraja.ask("counters")["statuses"] == 0


def test_property_18_killed_around_the_question():
    if not has_failpoints():
        return
    for point in ("asker-before-question", "asker-after-question"):
        with verified() as isp:
            isp.stop()
            isp.start(environment={"WAVU_FAILPOINT": point})
            receipt = isp.daraja.ask("c2b", 2500, "KN-0042", PAYER)["receipt"]
            isp.dies_at(point)
            isp.start()
            wait_for("it is credited", lambda: (isp.payment(receipt) or {}).get("status") == "credited", 90)
            isp.online()
            isp.quiet()
            assert [one["receipt"] for one in isp.credited()] == [receipt]


if __name__ == "__main__":
    main(globals())
