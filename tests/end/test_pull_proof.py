"""The provider's own list beside the ledger: every difference by receipt, to the cent, and nobody loses by one."""

import datetime

from isp import main
from lists import EAT, HOUR_US, PAYER, books, known, listing, pull


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
        assert known(isp)[0]["differences"] == 4
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


if __name__ == "__main__":
    main(globals())
