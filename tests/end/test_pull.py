"""Money whose callbacks were lost, found by the provider's own list (channels with `pull: true`), each payment once."""

import datetime
import os
import sqlite3

from isp import Isp, main, wait_for
from shop import Shop

PULL = ", pull: true, nominated: \"0722000000\""
PAYER = "254712345678"
EAT = datetime.timezone(datetime.timedelta(hours=3))
HOUR_US = 3600 * 1000000


def listing(registered=True, more="", **other):
    isp = Shop(more=PULL + more, **other)
    isp.daraja.ask("set", "limit", "off")
    if registered:
        isp.run("payment", "register", code=0)
    return isp


def pull(isp, code=0, now=True):
    return isp.run("payment", "reconcile", "--pull", *(["--now"] if now else []), code=code)[1]


def lists(isp):
    return isp.status()["tenants"][0]["lists"]


def lose_all(isp):
    isp.daraja.ask("set", "callback", "never")
    isp.daraja.ask("set", "confirmation", "lost")


def customer(isp, reference="KN-0042", amount=2500, phone=PAYER):
    answer = isp.daraja.ask("customer", "600638", reference, amount, phone)
    assert answer["paid"], answer
    return answer["receipt"]


def books(isp, *changes):
    """The store of an ISP that is stopped, as another past."""
    store = sqlite3.connect(os.path.join(isp.folder, "state", "kasinet.db"))
    for change in changes:
        store.execute(change)
    store.commit()
    store.close()


def test_property_17_all_callbacks_lost_and_everyone_is_online():
    people = "---\n".join(Isp.subscriber("KN-%d" % i, username="user%d" % i, phone="07220000%02d" % i) for i in range(6))
    with listing(files={"people.yaml": people}) as isp:
        lose_all(isp)
        for i in range(6):
            customer(isp, "kn-%d" % i, 2500, "2547220000%02d" % i)
        isp.request()
        isp.daraja.ask("pay", isp.daraja.prompt()["id"])
        answer = pull(isp)
        assert answer["payments"] == 7 and answer["list"] == answer["ledger"] == "17500.00", answer
        for name in ["jane"] + ["user%d" % i for i in range(6)]:
            wait_for(name + " is online", lambda: isp.routers.row("/ppp/secret", name))
        assert len(isp.credited()) == 7
        # The prompt learns of its own payment, and nothing is paid a second time.
        assert isp.becomes("paid", wait_s=90)["receipt"] == isp.attempt()["receipt"]
        assert len(isp.credited()) == 7 and isp.show()["balance"] == "0.00", isp.payments()
        assert lists(isp)[0]["found_last_day"] == 7 and lists(isp)[0]["differences"] == 0
        assert "list alone" in isp.run("status", json_output=False, code=0)[1]
        isp.settle()


def test_property_11_callback_pull_statement_and_query_are_one_credit():
    with listing() as isp:
        lose_all(isp)
        isp.request()
        prompt = isp.daraja.prompt()
        isp.daraja.ask("pay", prompt["id"])
        # The answer to a question has no receipt; the list has.
        isp.becomes("paid", wait_s=90)
        made = isp.credited()
        assert len(made) == 1 and made[0]["receipt"].startswith("STK-"), made
        receipt = isp.daraja.prompts()[0]["receipt"]
        assert pull(isp)["differences"] == []
        assert [one["receipt"] for one in isp.credited()] == [receipt], isp.payments()
        path = os.path.join(isp.folder, "statement.csv")
        isp.daraja.ask("statement", path)
        isp.run("payment", "reconcile", path, "--credit", code=0)
        assert isp.daraja.ask("tell", prompt["id"])["told"] == [200]
        assert isp.daraja.ask("confirm", prompt["id"])["told"] == [200]
        isp.quiet()
        assert [one["receipt"] for one in isp.credited()] == [receipt] and isp.show()["balance"] == "0.00"
        assert pull(isp, code=None)["days"][0]["list"] == "2500.00"
        chain = isp.run("explain", receipt, code=0)[1]["chain"]
        assert chain, chain


def test_a_payment_found_by_the_list_says_so_and_its_late_callback_counts_nothing():
    with listing() as isp:
        lose_all(isp)
        receipt = customer(isp)
        pull(isp)
        isp.online()
        assert "provider's list" in isp.payment(receipt)["reason"], isp.payment(receipt)
        assert "provider's list" in str(isp.run("explain", receipt, code=0)[1]["chain"])
        isp.pay(receipt, "2500.00")
        isp.quiet()
        assert [one["receipt"] for one in isp.credited()] == [receipt] and isp.show()["balance"] == "0.00"
        metrics = isp.page("/metrics")[1].decode()
        assert "wavu_list_found_last_day{tenant=\"kasinet\",channel=\"main\",shortcode=\"600638\"} 1\n" in metrics


def test_what_is_held_because_nobody_was_asked_is_released_by_the_list():
    for more in ({"trust": "verified"}, {"more": ", sources: [196.201.214.200]"}):
        with listing(**more) as isp:
            receipt = isp.daraja.ask("c2b", 2500, "KN-0042", PAYER)["receipt"]
            isp.pay("UKL0F0RGED", "2500.00")
            held = wait_for("both are held", lambda: (
                lambda rows: rows if len(rows) == 2 else None)([one for one in isp.payments() if one["status"] == "held"]))
            assert isp.show()["state"] == "new", held
            pull(isp)
            isp.online()
            assert [one["receipt"] for one in isp.credited()] == [receipt], isp.payments()
            assert isp.payment(receipt)["amount"] == "2500.00" and isp.show()["balance"] == "0.00"
            isp.run("verify", code=0)


def test_property_31_whatever_its_clock_a_payment_is_of_its_own_time():
    for zone, seconds in (("utc", "plain"), ("mixed", "odd"), ("eat", "odd")):
        with listing(registered=False) as isp:
            lose_all(isp)
            isp.daraja.ask("set", "zone", zone)
            isp.daraja.ask("set", "seconds", seconds)
            isp.run("payment", "register", code=0)
            wait_for("the list is read", lambda: lists(isp)[0]["read_until"])
            before = datetime.datetime.now(EAT).replace(microsecond=0)
            receipt = customer(isp)
            pull(isp)
            isp.online()
            at = datetime.datetime.fromisoformat(isp.payment(receipt)["at"])
            assert before <= at <= datetime.datetime.now(EAT), (zone, before, at)
            # What was paid before wavu came is not taken, however the clock is read.
            isp.daraja.ask("move", "UKL000LD01", 2500, "KN-0042", PAYER, 400)
            isp.daraja.ask("move", "UKL000LD02", 2500, "KN-0042", PAYER, 10)
            pull(isp)
            assert [one["receipt"] for one in isp.payments()] == [receipt], isp.payments()


def test_property_06_no_answer_is_no_failure_and_is_said():
    with listing(registered=False) as isp:
        lose_all(isp)
        receipt = customer(isp)
        answer = pull(isp, code=1)
        assert "not registered" in answer["lists"][0]["error"], answer
        assert "not registered" in lists(isp)[0]["error"] and lists(isp)[0]["failing_since"]
        assert "is not read since" in isp.run("status", json_output=False, code=0)[1]
        assert "wavu_list_failing{tenant=\"kasinet\",channel=\"main\",shortcode=\"600638\"} 1\n" in \
            isp.page("/metrics")[1].decode()
        isp.daraja.ask("set", "list", "garbage")
        said = isp.run("payment", "register")[1]["message"]
        assert "(its list): registered" in said, said
        pull(isp, code=1)
        isp.daraja.ask("set", "list", "error")
        pull(isp, code=1)
        assert isp.payments() == []
        isp.daraja.ask("set", "list", "ok")
        pull(isp)
        assert isp.payment(receipt)["status"] == "credited" and lists(isp)[0]["failing_since"] is None
        # Registered before is as good.
        assert "(its list): registered" in isp.run("payment", "register")[1]["message"]
        assert isp.daraja.ask("listings")["nominated"] == "0722000000"


def test_property_35_what_differs_is_listed_by_receipt_and_nobody_loses_by_it():
    with listing() as isp:
        isp.pay("UKL00000T1", "2500.00", TransTime=datetime.datetime.now(EAT).strftime("%Y%m%d%H%M%S"))
        isp.online()
        isp.daraja.ask("move", "UKL00000T1", 2500, "KN-0042", PAYER)
        isp.daraja.ask("move", "UKL0TAKES1", 2500, "UKL00000T1", PAYER, 0, "c2b-reversal")
        isp.daraja.ask("move", "UKL0SENT01", 700, "KN-0042", PAYER, 0, "b2c-payment")
        isp.daraja.ask("move", "UKL0BAD001", "0.00", "KN-0042", PAYER)
        isp.daraja.ask("move", "UKL0TWICE1", 10, "KN-0042", PAYER)
        isp.daraja.ask("move", "UKL0TWICE1", 11, "KN-0042", PAYER)
        answer = pull(isp, code=2)
        what = {(one["receipt"], one["what"].split(",")[0]) for one in answer["differences"]}
        assert what == {("UKL00000T1", "taken back at the provider"), ("UKL0BAD001", "a row of the list that cannot be read"),
                        ("UKL0TWICE1", "not in the ledger")}, answer
        assert [one["receipt"] for one in isp.payments()] == ["UKL00000T1"] and isp.show()["state"] == "active"
        assert lists(isp)[0]["differences"] == 4
        assert "reconcile --pull" in isp.run("status", json_output=False, code=0)[1]
        # The payer has it back: a person says so, and that receipt is no difference any more.
        isp.run("payment", "refund", "UKL00000T1", "--reason", "taken back in the portal", code=0)
        answer = pull(isp, code=2, now=False)
        assert "UKL00000T1" not in [one["receipt"] for one in answer["differences"]], answer


def test_property_35_what_only_the_ledger_has_is_listed():
    with listing() as isp:
        two_hours_ago = datetime.datetime.now(EAT) - datetime.timedelta(hours=2)
        isp.pay("UKL0F0RGE1", "2500.00", TransTime=two_hours_ago.strftime("%Y%m%d%H%M%S"))
        isp.online()
        isp.stop()
        books(isp, "UPDATE pull SET since_at = since_at - %d" % (5 * HOUR_US))
        isp.start()
        answer = pull(isp, code=2)
        assert [(one["receipt"], one["what"], one["list"], one["ledger"]) for one in answer["differences"]] == \
            [("UKL0F0RGE1", "not in the list", None, "2500.00")], answer
        assert answer["ledger"] == "2500.00" and answer["list"] == "0.00", answer


def test_property_20_pages_and_kill_9_between_them_count_each_once():
    for point in ("pull-before-commit:2", "pull-after-commit:2"):
        with listing() as isp:
            wait_for("the list is read", lambda: lists(isp)[0]["read_until"])
            for i in range(130):
                isp.daraja.ask("move", "UKL0%06d" % i, 1, "KN-0042", PAYER)
            isp.stop()
            books(isp, "UPDATE pull SET next_at = 1, again_at = 0")
            isp.start(environment={"WAVU_FAILPOINT": point}, wait=False)
            log = os.path.join(isp.folder, "wavu.log")
            try:
                wait_for(point + " is passed", lambda: "signal=9" in open(log, errors="replace").read(), 90)
            except AssertionError:
                print("skipped: this build has no failpoints")
                return
            isp.kill()
            isp.start()
            pull(isp)
            assert isp.show()["balance"] == "130.00" and len(isp.payments()) == 130, isp.show()
            isp.run("verify", code=0)


def test_what_could_not_be_read_after_an_outage_is_said_until_a_statement_covers_it():
    with listing() as isp:
        wait_for("the list is read", lambda: lists(isp)[0]["read_until"])
        isp.stop()
        books(isp, "UPDATE pull SET since_at = since_at - %d, until_at = until_at - %d, again_at = 0, next_at = 1, day_at = 0"
              % (100 * HOUR_US, 60 * HOUR_US))
        isp.start()
        gaps = wait_for("a gap is said", lambda: lists(isp)[0]["unread"])
        assert len(gaps) == 1, gaps
        ends = [datetime.datetime.fromisoformat(gaps[0][key]) for key in ("from", "to")]
        assert 11 < (ends[1] - ends[0]).total_seconds() / 3600 < 13, gaps
        assert "reconcile a statement" in isp.run("status", json_output=False, code=0)[1]
        assert "unread_from" in open(os.path.join(isp.folder, "wavu.log")).read()
        assert isp.run("payment", "reconcile", "--pull", code=2)[1]["unread"], "it is said there, too"
        # Nothing that it asked for was out of the provider's reach.
        assert lists(isp)[0]["failing_since"] is None
        path = os.path.join(isp.folder, "statement.csv")
        with open(path, "w") as file:
            file.write("Organization Short Code:,600638\n\nReceipt No.,Completion Time,Transaction Status,Paid In,Withdrawn,"
                       "Linked Transaction ID\n")
            for at, receipt in ((ends[0], "UKL0EARLY1"), (ends[1] + datetime.timedelta(hours=1), "UKL0LATER1")):
                file.write("%s,%s,Completed,,-5.00,\n" % (receipt, at.astimezone(EAT).strftime("%Y-%m-%d %H:%M:%S")))
        isp.run("payment", "reconcile", path, "--credit", code=0)
        assert lists(isp)[0]["unread"] == []


def test_without_pull_nobody_is_asked():
    with Shop(registered=True) as isp:
        assert lists(isp) == [] and isp.daraja.ask("counters")["list_registrations"] == 0
        assert "pull: true" in isp.run("payment", "reconcile", "--pull", code=2)[1]["message"]
        isp.run("payment", "reconcile", code=64)
        assert isp.daraja.ask("counters")["lists"] == 0


if __name__ == "__main__":
    main(globals())
