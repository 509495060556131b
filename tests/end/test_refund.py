"""Money that was given back outside wavu (payments facts, properties 10 and 13): time, balance and access follow."""

import json

from isp import Isp, main, wait_for


def refund(isp, receipt, code=0):
    answer = isp.run("payment", "refund", receipt, "--reason", "given back in cash", code=code)[1]
    assert answer["ok"] is (code == 0) and answer["message"], answer
    return answer


def credited(isp, receipt, amount="2500.00", reference="KN-0042", status="credited"):
    isp.pay(receipt, amount, reference)
    wait_for("%s is %s" % (receipt, status), lambda: (isp.payment(receipt) or {}).get("status") == status)


def test_property_13_a_refund_shuts_and_drops_and_is_never_credited_again():
    with Isp() as isp:
        credited(isp, "SKL51ZDR01")
        isp.sits_online()
        answer = refund(isp, "skl51zdr01")
        assert answer["receipt"] == "SKL51ZDR01" and "1 period taken back" in answer["message"], answer
        wait_for("he is shut out", isp.is_shut)
        row = isp.payment("SKL51ZDR01")
        assert row["status"] == "reversed" and row["reason"] == "given back in cash", row
        assert row["account"] == "KN-0042" and row["access"]["state"] == "none", row
        shown = isp.show()
        assert shown["balance"] == "0.00" and shown["paid_until"] is None and shown["last_payment"] is None, shown
        # The provider says it again, and a person too: nothing moves.
        isp.pay("SKL51ZDR01")
        isp.pay(" skl51zdr01 ")
        credited(isp, "SKL51ZDR02", "1.00")
        assert "before" in refund(isp, "SKL51ZDR01", code=1)["message"]
        assert isp.payment("SKL51ZDR01")["status"] == "reversed" and isp.show()["balance"] == "1.00"
        isp.settle()
        assert isp.is_shut()
        for thing in ("SKL51ZDR01", "KN-0042"):
            told = json.dumps(isp.run("explain", thing, code=0)[1])
            assert "refund of 2500.00" in told and "given back in cash" in told, told
        assert "refunded" in json.dumps(isp.run("history", code=0)[1])
        isp.run("verify", code=0)
        # Other money opens the door again.
        credited(isp, "SKL51ZDR03", "2499.00")
        wait_for("access", lambda: isp.routers.row("/ppp/secret", "jane"))
        isp.settle()
        assert isp.show()["state"] == "active" and isp.show()["balance"] == "0.00", isp.show()
        isp.run("verify", code=0)


def test_other_money_keeps_what_it_bought():
    with Isp() as isp:
        credited(isp, "SKL51ZDR01")
        until = isp.show()["paid_until"]
        credited(isp, "SKL51ZDR02", "2600.00")
        isp.sits_online()
        assert isp.show()["paid_until"] > until and isp.show()["balance"] == "100.00"
        refund(isp, "SKL51ZDR01")
        isp.settle()
        assert isp.show()["paid_until"] == until and isp.show()["balance"] == "100.00", isp.show()
        assert isp.show()["state"] == "active" and isp.routers.access("jane")["sessions"] == 1, "he stays online"
        refund(isp, "SKL51ZDR02")
        wait_for("he is shut out", isp.is_shut)
        assert isp.show()["balance"] == "0.00" and isp.show()["paid_until"] is None
        isp.settle()
        isp.run("verify", code=0)


def test_part_of_a_period():
    with Isp() as isp:
        credited(isp, "SKL51ZDR01", "1000.00")
        credited(isp, "SKL51ZDR02", "1500.00")
        isp.sits_online()
        refund(isp, "SKL51ZDR01")
        wait_for("he is shut out", isp.is_shut)
        assert isp.show()["balance"] == "1500.00", isp.show()
        credited(isp, "SKL51ZDR03", "1000.00")
        wait_for("access", lambda: isp.show()["state"] == "active")
        isp.settle()
        isp.run("verify", code=0)


def test_property_10_what_waits_can_be_refunded_too():
    with Isp() as isp:
        credited(isp, "SKL51ZDR01", "2500.00", "KN-0042")
        isp.sits_online()
        isp.pay("SKL51ZDR02", "70.00", "nobody", phone="254799999999")
        isp.pay("SKL51ZDR03", "70.00", shortcode="600639")
        isp.pay("", body=b"{")
        wait_for("all are booked", lambda: len(isp.run("payment", "list", code=0)[1]) == 4)
        nameless = next(one["receipt"] for one in isp.run("payment", "list", code=0)[1]
                        if one["receipt"].startswith("held-"))
        for receipt in ("SKL51ZDR02", "SKL51ZDR03", nameless):
            refund(isp, receipt)
            assert isp.payment(receipt)["status"] == "reversed"
            assert "before" in refund(isp, receipt, code=1)["message"]
            isp.run("payment", "assign", receipt, "KN-0042", code=1)
        totals = isp.status()["tenants"][0]["payments"]
        assert totals["unmatched_count"] == 0 and totals["held_count"] == 0, totals
        isp.pay("SKL51ZDR02", "70.00", "KN-0042")
        isp.pay("SKL51ZDR03", "70.00", "KN-0042")
        credited(isp, "SKL51ZDR09", "1.00")
        assert isp.show()["balance"] == "1.00" and isp.show()["state"] == "active"
        assert len(isp.run("payment", "list", "--status", "reversed", code=0)[1]) == 3
        isp.settle()
        assert isp.routers.access("jane")["sessions"] == 1
        isp.run("verify", code=0)


def test_what_cannot_be_refunded():
    with Isp() as isp:
        assert "no such payment" in refund(isp, "NOSUCHONE1", code=1)["message"]
        credited(isp, "SKL51ZDR01")
        isp.run("payment", "refund", "SKL51ZDR01", "--reason", " ", code=64)
        assert "no such payment" in isp.run("payment", "refund", "SKL51ZDR99", code=1)[1]["message"]
        isp.pay("", body=b"{")
        held = wait_for("held", lambda: isp.run("payment", "list", "--status", "held", code=0)[1])[0]["receipt"]
        isp.run("payment", "record", "KN-0042", "10", "--reason", "seen", "--held", held, code=0)
        assert "settled" in refund(isp, held, code=1)["message"]
        credited(isp, "SKL51ZDR08", "5.00")
        isp.run("payment", "refund", "SKL51ZDR08", code=0)
        assert "nobody said why" in isp.payment("SKL51ZDR08")["reason"], isp.payment("SKL51ZDR08")
        assert isp.payment("SKL51ZDR01")["status"] == "credited" and isp.show()["balance"] == "10.00"
        isp.run("verify", code=0)


def test_without_a_controller():
    with Isp() as isp:
        credited(isp, "SKL51ZDR01")
        isp.sits_online()
        isp.stop()
        refund(isp, "SKL51ZDR01")
        isp.start()
        wait_for("he is shut out", isp.is_shut)
        isp.settle()
        isp.run("verify", code=0)


if __name__ == "__main__":
    main(globals())
