"""Money in, as the person at the desk looks for it: one payment by what is known of it, the sums of a day by channel and
by hand, and both for a spreadsheet."""

import csv
import io

from isp import Isp, main, wait_for


def found(isp, *words):
    return sorted(one["receipt"] for one in isp.run("payment", "list", *words, code=0)[1])


def rows_of(isp, *words):
    return list(csv.DictReader(io.StringIO(isp.run("payment", *words, "--csv", code=0, json_output=False)[1])))


def paid(isp):
    """Three payments by the provider, one of them nobody's, and cash."""
    isp.settle()
    isp.pay("SKL51ZDR01", "2500.00", "KN-0042")
    isp.pay("SKL51ZDR02", "1234.50", "=1+1, \"mama\" jane", phone="254799000001")
    isp.pay("SKL51ZDR03", "40.00", "kn 0042")
    answer = isp.run("payment", "record", "KN-0042", "1500", "--reason", "at the desk, by hand", code=0)[1]
    cash = answer["receipt"]
    # What is written into the receipt book.
    assert answer["message"].startswith(cash + ": 1500.00 KES credited to KN-0042"), answer
    wait_for("all are booked", lambda: len(isp.run("payment", "list", code=0)[1]) == 4)
    return cash


def test_a_payment_is_found_by_what_is_known_of_it():
    with Isp() as isp:
        cash = paid(isp)
        mpesa = ["SKL51ZDR01", "SKL51ZDR02", "SKL51ZDR03"]
        assert found(isp, "--find", "skl51zdr02") == ["SKL51ZDR02"]
        assert found(isp, "--find", "51ZDR") == mpesa
        assert found(isp, "--find", "1234.5") == ["SKL51ZDR02"]
        assert found(isp, "--find", "0799000001") == ["SKL51ZDR02"]
        assert found(isp, "--find", "KN0042") == sorted([cash, "SKL51ZDR01", "SKL51ZDR03"])
        assert found(isp, "--find", "kn-0042", "--channel", "cash") == [cash]
        assert found(isp, "--find", "kn-0042", "--status", "unmatched") == []
        assert found(isp, "--find", "no such thing") == []
        assert found(isp, "--since", "2020-01-01", "--until", "2020-12-31") == []
        assert found(isp, "--since", "2020-01-01", "--until", "2099-12-31") == sorted(mpesa + [cash])
        assert isp.payment(cash)["by"] and isp.payment("SKL51ZDR01")["by"] is None
        code, answer = isp.run("payment", "list", "--since", "yesterday")
        assert code == 4 and "--since takes a time" in answer["message"], (code, answer)
        assert isp.run("payment", "list", "--csv")[0] == 64


def test_a_table_for_a_spreadsheet_runs_nothing():
    with Isp() as isp:
        cash = paid(isp)
        rows = {row["receipt"]: row for row in rows_of(isp, "list")}
        assert len(rows) == 4 and rows["SKL51ZDR01"]["amount"] == "2500.00", rows
        assert rows[cash]["reason"] == "at the desk, by hand" and rows[cash]["by"], rows
        # What a payer typed is no formula, and its comma and quotes are no end of a field.
        assert rows["SKL51ZDR02"]["reference"] == "'=1+1, \"mama\" jane", rows
        assert [row["receipt"] for row in rows_of(isp, "list", "-n", "1")] == [cash]


def test_a_day_is_summed_by_channel_and_hand():
    with Isp() as isp:
        cash = paid(isp)
        totals = isp.run("payment", "totals", "--since", "2020-01-01", code=0)[1]
        hands = [row for row in totals if row["channel"] == "cash"]
        assert len(hands) == 1 and hands[0]["amount"] == "1500.00" and hands[0]["by"] == isp.payment(cash)["by"], totals
        lines = [row for row in totals if row["channel"] == "main"]
        assert sum(row["count"] for row in lines) == 2 and all(row["by"] is None for row in lines), totals
        assert sum(float(row["amount"]) for row in lines) == 2540, totals
        assert sum(float(row["unmatched_amount"]) for row in lines) == 1234.5, totals
        text = isp.run("payment", "totals", "--since", "2020-01-01", code=0, json_output=False)[1]
        assert "credited in all: 3 payments, 4040.00 KES" in text, text
        isp.run("payment", "refund", cash, "--reason", "by mistake", code=0)
        after = next(row for row in isp.run("payment", "totals", code=0)[1] if row["channel"] == "cash")
        assert after["by"] == hands[0]["by"], after
        assert (after["count"], after["reversed_count"], after["reversed_amount"]) == (0, 1, "1500.00"), after
        assert rows_of(isp, "totals")[0].keys() >= {"day", "channel", "by", "count", "amount", "currency"}
        status, said = isp.page("/payments/totals")
        assert status == 200 and b"credited in all" in said and b"1 of 1500.00" in said, said


if __name__ == "__main__":
    main(globals())
