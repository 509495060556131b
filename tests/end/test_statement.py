"""Money whose callback was lost, found by the provider's statement: `wavu payment reconcile FILE --credit`."""

from isp import Isp, main, wait_for
from shop import Shop
from statements import eat, line, reconcile, told


def test_a_lost_callback_is_credited_once_and_opens_the_door():
    with Shop() as isp:
        lost = line("UKL00LOST1", '"2,500.00"')
        code, answer = reconcile(isp, lost, credit=False)
        assert code == 2 and "credited" not in answer and isp.payments() == [], answer
        code, answer = reconcile(isp, lost, lost)
        assert code == 0 and answer["ok"] and answer["differences"] == answer["not_credited"] == [], answer
        assert [(one["receipt"], one["account"], one["status"], one["amount"]) for one in answer["credited"]] == \
            [("UKL00LOST1", "KN-0042", "credited", "2500.00")], answer
        isp.online()
        booked = isp.payment("UKL00LOST1")
        assert booked["status"] == "credited" and booked["channel"] == "main", booked
        # The confirmation that comes after all, and the statement once more, count nothing.
        isp.pay("UKL00LOST1", "2500.00")
        isp.quiet()
        code, answer = reconcile(isp, lost)
        assert answer["credited"] == answer["not_credited"] == [], answer
        assert "UKL00LOST1" not in [one["receipt"] for one in answer["differences"]], answer
        assert len(isp.credited()) == 1 and isp.show()["balance"] == "0.00", isp.payments()
        isp.run("verify", code=0)


def test_an_empty_statement_proves_nothing():
    with Isp() as isp:
        code, answer = reconcile(isp, credit=False)
        assert code == 0 and answer["lines"] == 0 and "nothing was compared" in answer["message"], answer


def test_what_is_not_to_be_taken_is_listed_and_credits_nothing():
    with Shop() as isp:
        code, answer = reconcile(
            isp, line("UKL0000001", "10.00"), line("UKL0000001", "11.00"), line("UKL0000002", "20.00"),
            line("UKL0000003", "", "-20.00", linked="UKL0000002"), line("UKL0000004", "x"),
            line("UKL0000005", "30.00", at="soon"), line("UKL0000006", "40.00", status="Declined"),
            line("UKL0000007", "", "-5.00"), line("UKL0000008", "50.00", account="NOBODY"),
            "UKL0000009,%s,%s,Pay Bill,Completed,25" % (eat(), eat()))
        why = told(answer)
        assert code == 2 and set(why) == {"UKL000000%d" % i for i in (1, 2, 4, 5, 9)}, answer
        assert "two amounts" in why["UKL0000001"] and "taken back" in why["UKL0000002"], why
        assert "cut off" in why["UKL0000009"] and all(one["line"] > 3 for one in answer["not_credited"]), answer
        assert [(one["receipt"], one["status"]) for one in answer["credited"]] == [("UKL0000008", "unmatched")], answer
        assert [one["receipt"] for one in isp.payments()] == ["UKL0000008"], isp.payments()
        assert "statement" in isp.payment("UKL0000008")["reason"]
        code, answer = reconcile(isp, line("UKL000000A", "10.00"), shortcode="600999")
        assert code == 2 and "600999" in told(answer)["UKL000000A"], answer
        code, answer = reconcile(isp, line("UKL000000A", "10.00"), shortcode="")
        assert code == 2 and "short code" in told(answer)["UKL000000A"], answer
        assert len(isp.payments()) == 1


def test_held_money_is_released_only_where_a_person_may():
    with Shop() as isp:
        isp.pay("UKL0WRONG1", "2500.00", BusinessShortCode="600999")
        isp.pay("UKL0OTHER1", "1.00")
        wait_for("both are booked", lambda: len(isp.payments()) == 2)
        code, answer = reconcile(isp, line("UKL0WRONG1", "2500.00"), line("UKL0OTHER1", "2.00"))
        assert code == 2 and answer["credited"] == [], answer
        assert "600999" in told(answer)["UKL0WRONG1"], answer
        assert ("UKL0OTHER1", "another amount") in [(one["receipt"], one["what"]) for one in answer["differences"]]
        assert isp.payment("UKL0WRONG1")["status"] == "held"
        # What the statement says of the other one is kept beside it, for a person.
        beside = [one for one in isp.payments() if one["receipt"] not in ("UKL0WRONG1", "UKL0OTHER1")]
        assert [(one["status"], one["amount"]) for one in beside] == [("held", "2.00")], beside


def test_money_held_because_nobody_was_asked_is_released():
    with Shop(trust="verified") as isp:
        isp.pay("UKL0ASKED1", "2500.00")
        wait_for("it is held", lambda: isp.payment("UKL0ASKED1"))
        assert isp.payment("UKL0ASKED1")["status"] == "held"
        code, answer = reconcile(isp, line("UKL0ASKED1", "2500.00"))
        assert code == 0 and [one["receipt"] for one in answer["credited"]] == ["UKL0ASKED1"], answer
        isp.online()
        assert len(isp.payments()) == 1 and isp.show()["balance"] == "0.00"


def test_what_was_paid_before_wavu_took_over_is_listed_and_never_credited():
    with Shop() as isp:
        old, new = line("UKL0BEFOR1", "2500.00", at=eat(48)), line("UKL00AFTER", "10.00")
        code, answer = reconcile(isp, old, new)
        assert code == 2 and set(told(answer)) == {"UKL0BEFOR1"}, answer
        assert "before the opening" in told(answer)["UKL0BEFOR1"], answer
        assert [one["receipt"] for one in answer["credited"]] == ["UKL00AFTER"], answer
        assert [one["receipt"] for one in isp.payments()] == ["UKL00AFTER"] and isp.show()["state"] == "new"
        # --since narrows what is looked at, and widens nothing.
        code, answer = reconcile(isp, old, new, since=eat(1).replace(" ", "T"))
        assert code == 0 and answer["lines"] == 1 and answer["not_credited"] == [], answer
        code, answer = reconcile(isp, old, new, since="2020-01-01")
        assert code == 2 and set(told(answer)) == {"UKL0BEFOR1"}, answer
        assert len(isp.payments()) == 1
        # A wrong word for a time is said to be one.
        assert reconcile(isp, old, since="soon")[0] == 4


def test_what_was_paid_before_an_opening_was_booked_is_part_of_it():
    with Shop() as isp:
        paid = eat()
        wait_for("a second later", lambda: eat() > paid)
        isp.write("more.yaml", Isp.subscriber("KN-0050", username="new", phone="0799000050",
                                              more="opening: {paid_until: 2099-01-01, balance: 0}\n"))
        head = isp.commit("taken over")
        wait_for("it is in force", lambda: isp.status()["tenants"][0]["commit"] == head)
        code, answer = reconcile(isp, line("UKL0PART01", "2500.00", at=paid, account="KN-0050"))
        assert code == 2 and "opening of KN-0050" in told(answer)["UKL0PART01"], answer
        assert isp.payments() == [] and isp.show("KN-0050")["balance"] == "0.00"
        code, answer = reconcile(isp, line("UKL0AFTER1", "2500.00", at=eat(-0.01), account="KN-0050"))
        assert [one["receipt"] for one in answer["credited"]] == ["UKL0AFTER1"], answer


def test_without_a_controller_many_lines_and_a_second_run():
    with Shop() as isp:
        isp.stop()
        lines = [line("UKM%07d" % i, "1.00", party="254712345678 - A. PAYER", account="") for i in range(250)]
        code, answer = reconcile(isp, *lines[:120])
        assert code == 0 and len(answer["credited"]) == 120, answer
        isp.start()
        code, answer = reconcile(isp, *lines)
        assert code == 0 and len(answer["credited"]) == 130, answer
        assert {one["account"] for one in answer["credited"]} == {"KN-0042"}, answer["credited"][:3]
        assert isp.show()["balance"] == "250.00", isp.show()


def test_property_33_a_payment_that_the_statement_contradicts_is_alarmed_and_not_doubled():
    with Shop() as isp:
        # Whoever has the token says what he likes; under `trust: token` it counts.
        isp.pay("UKK00L0WED", "1.00")
        wait_for("it is credited", lambda: (isp.payment("UKK00L0WED") or {}).get("status") == "credited")
        for _ in range(2):
            code, answer = reconcile(isp, line("UKK00L0WED", '"2,500.00"'))
            assert "another amount" in told(answer)["UKK00L0WED"], answer
        payments = isp.status()["tenants"][0]["payments"]
        assert payments["denied_count"] == 1 and payments["denied_receipt"] == "UKK00L0WED", payments
        assert payments["held_count"] == 1 and payments["held_amount"] == "2500.00", payments
        text = isp.run("status", code=0, json_output=False)[1]
        assert "contradicts" in text and "wavu explain UKK00L0WED" in text, text
        chain = isp.run("explain", "UKK00L0WED", code=0)[1]["chain"]
        assert any("payment refund UKK00L0WED" in (one["because"] or "") for one in chain), chain
        # A person who believes the provider: the lie out, the truth in.
        held = next(one["receipt"] for one in isp.payments() if one["status"] == "held")
        isp.run("payment", "refund", "UKK00L0WED", "--reason", "it was a lie", code=0)
        isp.run("payment", "record", "KN-0042", "2500", "--held", held, "--reason", "the statement has it", code=0)
        isp.online()
        payments = isp.status()["tenants"][0]["payments"]
        assert payments["denied_count"] == payments["held_count"] == 0, payments
        assert isp.run("payment", "list", "--status", "held", code=0)[1] == [], "what was settled waits no longer"
        assert isp.show()["balance"] == "0.00"
        isp.run("verify", code=0)


if __name__ == "__main__":
    main(globals())
