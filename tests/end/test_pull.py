"""Money whose callbacks were lost, found by the provider's own list (channels with `pull: true`), each payment once."""

import os

from isp import Isp, main, wait_for
from lists import customer, known, listing, lose_all, pull
from shop import Shop


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
        assert known(isp)[0]["found_last_day"] == 7 and known(isp)[0]["differences"] == 0
        assert "list alone" in isp.run("status", json_output=False, code=0)[1]
        isp.settle()


def test_property_11_callback_pull_statement_and_query_are_one_credit():
    with listing() as isp:
        lose_all(isp)
        # The list was read before the payment, so that asking finds it first.
        pull(isp)
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


def test_without_pull_nobody_is_asked():
    with Shop(registered=True) as isp:
        assert known(isp) == [] and isp.daraja.ask("counters")["list_registrations"] == 0
        assert "pull: true" in isp.run("payment", "reconcile", "--pull", code=2)[1]["message"]
        isp.run("payment", "reconcile", code=64)
        assert isp.daraja.ask("counters")["lists"] == 0


if __name__ == "__main__":
    main(globals())
