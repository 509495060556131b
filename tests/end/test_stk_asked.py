"""Prompts whose end wavu learns by asking the provider: the first question comes 25 seconds after the push."""

import json

from isp import main, wait_for
from shop import QUERY_WAIT_S, Shop, own_path, post, result


def test_property_17_a_lost_callback_is_found_by_asking_and_merged_with_its_receipt():
    with Shop(registered=True) as isp:
        isp.daraja.ask("set", "callback", "never")
        isp.request()
        prompt = isp.daraja.prompt()
        isp.becomes("prompted")
        isp.daraja.ask("pay", prompt["id"])
        isp.daraja.ask("expire")
        paid = isp.becomes("paid", wait_s=QUERY_WAIT_S)
        isp.online()
        assert paid["receipt"] is None, "an answered question has no receipt"
        chain = isp.run("explain", "a-1", code=0)[1]["chain"]
        assert any("asked by wavu" in link["what"] and "STK-1" in link["because"] for link in chain), chain
        assert len(isp.credited()) == 1
        assert isp.daraja.ask("confirm", prompt["id"])["told"] == [200]
        receipt = isp.daraja.prompts()[0]["receipt"]
        wait_for("the receipt is merged", lambda: isp.attempt()["receipt"] == receipt)
        isp.daraja.ask("confirm", prompt["id"])
        isp.daraja.ask("tell", prompt["id"])
        isp.quiet()
        assert [one["receipt"] for one in isp.credited()] == [receipt], "property 11: merged, not doubled"
        for thing in ("a-1", "STK-1", receipt):
            verdict = isp.run("explain", thing, code=0)[1]["verdict"]
            assert verdict.startswith(receipt + " of 2500.00 KES is credited to KN-0042"), (thing, verdict)
        # Property 12: another payment of the same payer and amount is another payment.
        other = isp.daraja.ask("c2b", 2500, "KN-0042", "254712345678")["receipt"]
        wait_for("it is credited too", lambda: (isp.payment(other) or {}).get("status") == "credited")
        assert len(isp.credited()) == 2
        counters = isp.daraja.ask("counters")
        assert counters["limited"] == 0 and counters["pushes"] == 1, counters
        assert counters["logins"] <= 3, counters
        isp.run("verify", code=0)


def test_property_03_verified_waits_for_the_answer():
    with Shop(trust="verified") as isp:
        isp.request()
        prompt = isp.daraja.prompt()
        isp.becomes("prompted")
        assert post(isp, own_path(prompt), result(prompt, receipt="UKL0F0RGED")) == 200
        wait_for("it was asked about", lambda: isp.daraja.ask("counters")["queries"] > 0)
        isp.quiet()
        assert isp.credited() == [] and isp.attempt()["status"] == "prompted", "said, but not so"
        isp.daraja.ask("pay", prompt["id"])
        paid = isp.becomes("paid", wait_s=QUERY_WAIT_S)
        isp.online()
        receipt = isp.daraja.prompts()[0]["receipt"]
        assert paid["receipt"] == receipt, paid
        assert [one["receipt"] for one in isp.credited()] == ["STK-1"], "its receipt is only said, by the result"
        told = isp.run("explain", receipt, code=0)[1]
        assert "credited to KN-0042" in told["verdict"] and receipt in json.dumps(told["chain"]), told
        assert post(isp, own_path(prompt), result(prompt, receipt="UKL0F0RGED")) == 200
        isp.quiet()
        assert [one["receipt"] for one in isp.credited()] == ["STK-1"], "a forgery brings nothing"


if __name__ == "__main__":
    main(globals())
