"""The provider's own list when it does not answer, after an outage, and what it releases."""

import datetime
import os

from isp import main, wait_for
from lists import EAT, HOUR_US, PAYER, books, customer, known, listing, lose_all, pull


def test_property_06_no_answer_is_no_failure_and_is_said():
    with listing(registered=False) as isp:
        lose_all(isp)
        receipt = customer(isp)
        answer = pull(isp, code=1)
        assert "not registered" in answer["lists"][0]["error"], answer
        assert "not registered" in known(isp)[0]["error"] and known(isp)[0]["failing_since"]
        told = isp.run("status", json_output=False, code=0)[1]
        assert "is not read since" in told and "It is tried again at 20" in told, told
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
        assert isp.payment(receipt)["status"] == "credited" and known(isp)[0]["failing_since"] is None
        # Registered before is as good.
        assert "(its list): registered" in isp.run("payment", "register")[1]["message"]
        assert isp.daraja.ask("listings")["nominated"] == "0722000000"


def test_what_is_held_because_nobody_was_asked_is_released_by_the_list():
    for more in ({"trust": "verified"}, {"more": ", sources: [196.201.214.200]"}):
        with listing(**more) as isp:
            # Read by itself meanwhile, the list would release what was not seen as held yet.
            isp.daraja.ask("set", "list", "error")
            receipt = isp.daraja.ask("c2b", 2500, "KN-0042", PAYER)["receipt"]
            isp.pay("UKL0F0RGED", "2500.00")
            held = wait_for("both are held", lambda: (
                lambda rows: rows if len(rows) == 2 else None)([one for one in isp.payments() if one["status"] == "held"]))
            assert isp.show()["state"] == "new", held
            isp.daraja.ask("set", "list", "ok")
            pull(isp)
            isp.online()
            assert [one["receipt"] for one in isp.credited()] == [receipt], isp.payments()
            assert isp.payment(receipt)["amount"] == "2500.00" and isp.show()["balance"] == "0.00"
            isp.run("verify", code=0)


def test_what_could_not_be_read_after_an_outage_is_said_until_a_statement_covers_it():
    with listing() as isp:
        wait_for("the list is read", lambda: known(isp)[0]["read_until"])
        isp.stop()
        books(isp, "UPDATE pull SET since_at = since_at - %d, until_at = until_at - %d, again_at = 0, next_at = 1, day_at = 0"
              % (100 * HOUR_US, 60 * HOUR_US))
        isp.start()
        gaps = wait_for("a gap is said", lambda: known(isp)[0]["unread"])
        assert len(gaps) == 1, gaps
        ends = [datetime.datetime.fromisoformat(gaps[0][key]) for key in ("from", "to")]
        assert 11 < (ends[1] - ends[0]).total_seconds() / 3600 < 13, gaps
        assert "reconcile a statement" in isp.run("status", json_output=False, code=0)[1]
        assert "unread_from" in open(os.path.join(isp.folder, "wavu.log")).read()
        assert isp.run("payment", "reconcile", "--pull", code=2)[1]["unread"], "it is said there, too"
        # Nothing that it asked for was out of the provider's reach.
        assert known(isp)[0]["failing_since"] is None
        path = os.path.join(isp.folder, "statement.csv")
        with open(path, "w") as file:
            file.write("Organization Short Code:,600638\n\nReceipt No.,Completion Time,Transaction Status,Paid In,Withdrawn,"
                       "Linked Transaction ID\n")
            for at, receipt in ((ends[0], "UKL0EARLY1"), (ends[1] + datetime.timedelta(hours=1), "UKL0LATER1")):
                file.write("%s,%s,Completed,,-5.00,\n" % (receipt, at.astimezone(EAT).strftime("%Y-%m-%d %H:%M:%S")))
        isp.run("payment", "reconcile", path, "--credit", code=0)
        assert known(isp)[0]["unread"] == []


if __name__ == "__main__":
    main(globals())
