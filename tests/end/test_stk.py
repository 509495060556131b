"""Prompts (STK push), end to end: wavu run, a simulated Daraja, simulated routers. The names say which property of safe
payment callbacks each test is about."""

import json
import os

from isp import TOKEN, has_failpoints, main, wait_for
from shop import Shop, own_path, post, result


def test_a_prompt_is_paid_and_opens_the_door():
    with Shop(registered=True) as isp:
        isp.daraja.ask("set", "confirm", "on")
        answer = isp.request()
        assert answer["status"] in ("created", "prompted"), answer
        prompt = isp.daraja.prompt()
        assert prompt["amount"] == 2500 and prompt["phone"] == "254712345678", prompt
        assert prompt["account"] == "KN-0042" and prompt["type"] == "CustomerPayBillOnline", prompt
        isp.becomes("prompted")
        isp.quiet()
        assert isp.show()["state"] == "new", "property 5: a prompt that was accepted is not paid"
        assert isp.daraja.ask("pay", prompt["id"])["told"] == [200, 200]
        isp.online()
        paid = isp.becomes("paid", answer["attempt"])
        receipt = isp.daraja.prompts()[0]["receipt"]
        assert paid["receipt"] == receipt and paid["amount"] == "2500.00" and paid["reason"] is None, paid
        isp.quiet()
        assert [one["receipt"] for one in isp.credited()] == [receipt], isp.credited()
        assert isp.show()["balance"] == "0.00" and isp.show()["state"] == "active"
        assert receipt in json.dumps(isp.run("explain", receipt, code=0)[1])
        isp.settle()


def test_property_15_cancelled_stays_shut_and_a_late_success_revives():
    with Shop() as isp:
        isp.request()
        prompt = isp.daraja.prompt()
        isp.daraja.ask("fail", prompt["id"], 1032)
        failed = isp.becomes("failed")
        assert "1032" in failed["reason"] and failed["receipt"] is None, failed
        isp.quiet()
        assert isp.show()["state"] == "new" and isp.credited() == []
        assert post(isp, own_path(prompt), result(prompt)) == 200
        isp.becomes("paid")
        assert post(isp, own_path(prompt), result(prompt, code=1037)) == 200
        isp.online()
        isp.quiet()
        assert isp.attempt()["status"] == "paid", "paid is final"
        assert len(isp.credited()) == 1


def test_property_11_doubled_results_and_confirmations_count_once():
    with Shop(registered=True) as isp:
        isp.daraja.ask("set", "callback", "twice")
        isp.daraja.ask("set", "confirm", "on")
        isp.request()
        prompt = isp.daraja.prompt()
        assert isp.daraja.ask("pay", prompt["id"])["told"] == [200, 200, 200]
        for _ in range(2):
            isp.daraja.ask("confirm", prompt["id"])
            isp.daraja.ask("tell", prompt["id"])
        isp.becomes("paid")
        isp.online()
        isp.quiet()
        assert len(isp.credited()) == 1 and isp.status()["tenants"][0]["payments"]["held_count"] == 0, isp.payments()


def test_property_11_a_confirmation_before_the_result_counts_once():
    with Shop(registered=True) as isp:
        isp.daraja.ask("set", "callback", "never")
        isp.daraja.ask("set", "confirm", "on")
        isp.request()
        prompt = isp.daraja.prompt()
        isp.daraja.ask("pay", prompt["id"])
        isp.online()
        isp.daraja.ask("tell", prompt["id"])
        paid = isp.becomes("paid")
        isp.quiet()
        assert [one["receipt"] for one in isp.credited()] == [paid["receipt"]]


def test_property_16_a_result_before_the_answer_of_the_push():
    with Shop() as isp:
        isp.daraja.ask("set", "push", "early")
        isp.request()
        paid = isp.becomes("paid")
        isp.online()
        isp.quiet()
        assert paid["receipt"] == isp.daraja.prompts()[0]["receipt"] and len(isp.credited()) == 1
        assert isp.attempt()["status"] == "paid", "the answer of the push takes nothing back"


def test_property_18_a_lost_answer_sends_no_second_push():
    with Shop() as isp:
        isp.daraja.ask("set", "push", "lost")
        first = isp.request()
        prompt = isp.daraja.prompt()
        wait_for("it is said that nobody knows", lambda: isp.attempt()["reason"])
        isp.daraja.ask("set", "push", "ok")
        isp.stop()
        isp.start()
        assert isp.request()["attempt"] == first["attempt"], "property 19: the second click is the same attempt"
        assert isp.attempt()["status"] == "created" and isp.show()["state"] == "new"
        assert len(isp.daraja.prompts()) == 1, "one push, whatever became of its answer"
        isp.daraja.ask("pay", prompt["id"])
        isp.becomes("paid")
        isp.online()
        isp.quiet()
        assert len(isp.daraja.prompts()) == 1 and len(isp.credited()) == 1


def test_property_18_killed_around_the_push():
    if not has_failpoints():
        return
    for point, pushes in (("asker-before-push", 0), ("asker-after-push", 1)):
        with Shop() as isp:
            isp.stop()
            isp.start(environment={"WAVU_FAILPOINT": point})
            isp.run("payment", "request", "KN-0042")
            isp.dies_at(point)
            isp.start()
            wait_for("it is known again", lambda: isp.attempts())
            isp.quiet()
            assert isp.attempt()["status"] == "created" and len(isp.daraja.prompts()) == pushes, point
            if pushes:
                isp.daraja.ask("pay", isp.daraja.prompts()[0]["id"])
                isp.becomes("paid")
                isp.online()
            isp.quiet()
            assert len(isp.daraja.prompts()) == pushes, "what may have been sent is never sent again"
            assert len(isp.credited()) == pushes


def test_property_06_what_is_no_answer_is_no_failure():
    with Shop() as isp:
        isp.daraja.ask("set", "push", "busy")
        isp.request("100", "--phone", "0700000001")
        isp.daraja.ask("set", "push", "garbage")
        wait_for("the first has its answer", lambda: isp.attempt()["reason"])
        isp.request("100", "--phone", "0700000002")
        wait_for("the second has its answer", lambda: isp.attempt()["reason"])
        assert {one["status"] for one in isp.attempts()} == {"created"}, isp.attempts()
        isp.daraja.ask("set", "push", "refuse")
        isp.request("100", "--phone", "0700000003")
        assert "400.002.02" in isp.becomes("failed")["reason"]
        # A limit did nothing: it is said again, soon.
        isp.daraja.ask("set", "push", "spike")
        isp.request("100", "--phone", "0700000004")
        wait_for("the limit is told", lambda: isp.attempt()["reason"])
        isp.daraja.ask("set", "push", "ok")
        isp.becomes("prompted")
        assert len([one for one in isp.daraja.prompts() if one["phone"] == "254700000004"]) == 1


def samples():
    """What providers were seen to send, where those facts are at hand."""
    bodies = []
    for folder, _, names in os.walk(os.path.join(os.environ.get("WAVU_SHARED", ""), "samples", "payments")):
        for name in names:
            if name.endswith(".json"):
                with open(os.path.join(folder, name), "rb") as file:
                    bodies.append(file.read())
    print("%d recorded payloads" % len(bodies))
    return bodies


def test_property_01_and_02_forged_results_grant_nothing():
    with Shop() as isp:
        isp.request()
        prompt = isp.daraja.prompt()
        isp.becomes("prompted")
        path = own_path(prompt)
        token = path.rsplit("/", 1)[1]
        assert len(token) >= 26, "property 2: at least 128 bits"
        forged, recorded = result(prompt), samples()
        for wrong in ("/pay/kasinet/main/a/" + "x" * len(token), "/pay/kasinet/main/a/" + token[:-1],
                      "/pay/kasinet/main/a/" + prompt["id"], "/pay/kasinet/other/a/" + token,
                      "/pay/nobody/main/a/" + token, "/pay/kasinet/main/%s/a" % TOKEN,
                      "/pay/kasinet/main/%s/attempt" % TOKEN, "/pay/kasinet/main/" + token,
                      "/pay/kasinet/main/%s/confirmation" % token, "/pay/kasinet/main/%s/confirmation" % TOKEN[::-1],
                      "/pay/kasinet/main/%s/confirmation" % TOKEN[:-1]):
            assert post(isp, wrong, forged) == 404, wrong
            assert post(isp, wrong, isp.confirmation("UKLF0RGED1")) == 404, wrong
            for body in recorded:
                assert post(isp, wrong, body) == 404, wrong
        # On the channel's C2B address, whose token is right, it is money that somebody must look at.
        assert post(isp, "/pay/kasinet/main/%s/confirmation" % TOKEN, forged) == 200
        isp.quiet()
        assert isp.credited() == [] and isp.attempt()["status"] == "prompted" and isp.show()["state"] == "new"
        assert isp.http("GET", isp.public, path)[0] == 405
        log = open(os.path.join(isp.folder, "wavu.log")).read()
        assert token not in log, "property 30: a token is never logged"


def test_property_03_and_07_what_is_doubtful_credits_nothing():
    with Shop() as isp:
        isp.request()
        prompt = isp.daraja.prompt()
        isp.becomes("prompted")
        path = own_path(prompt)
        doubtful = [
            result(prompt, amount=9000), result(prompt, amount=1), result(prompt, amount="1e3"),
            result(prompt, CheckoutRequestID="ws_CO_OTHER"), result(prompt, CheckoutRequestID=""),
            result(prompt, ResultCode="SFC_IC0003"), result(prompt, ResultCode=True), result(prompt, ResultCode=None),
            result(prompt, ResultCode=[0]), result(prompt, ResultCode="00"), result(prompt, ResultCode=0.5),
            result(prompt, CallbackMetadata={"Item": [{"Name": "Amount", "Value": 2500}]}),
            result(prompt, CallbackMetadata={"Item": [{"Name": "Amount", "Value": 2500}, {"Name": "Amount", "Value": 1},
                                                      {"Name": "MpesaReceiptNumber", "Value": "UKL0000001"}]}),
            result(prompt).replace(b'"ResultCode": 0', b'"ResultCode": 0, "ResultCode": 0'),
            b"{'Body': 1}", b"", b"\0", b"[" * 40]
        for body in doubtful:
            assert post(isp, path, body) == 200, body
        isp.quiet()
        assert isp.credited() == [] and isp.attempt()["status"] in ("prompted", "failed"), isp.attempt()
        assert isp.show()["state"] == "new"
        held = isp.status()["tenants"][0]["payments"]["held_count"]
        assert held >= 8, "what says paid and cannot be counted is shown: %d" % held
        assert post(isp, path, result(prompt)) == 200
        isp.becomes("paid")
        isp.online()


def test_property_19_and_what_a_person_may_ask():
    with Shop() as isp:
        first = isp.request()
        isp.daraja.prompt()
        assert isp.request()["attempt"] == first["attempt"]
        assert isp.request("100")["attempt"] == first["attempt"], "one open prompt per payer"
        assert isp.request("100", "--phone", "0700000009")["attempt"] != first["attempt"]
        for words, code in ((("0",), 4), (("12.50",), 4), (("300000",), 4), (("1e3",), 4), (("-5",), 64),
                            (("100", "--phone", "12"), 4)):
            isp.request(*words, code=code)
        isp.run("payment", "request", "KN-9999", code=1)
        wait_for("both are prompted", lambda: {one["status"] for one in isp.attempts()} == {"prompted"})
        assert len(isp.daraja.prompts()) == 2
        for one in isp.attempts():
            assert set(one) >= {"attempt", "account", "amount", "phone", "status", "reason", "receipt", "created_at"}


def test_register_makes_the_urls_known():
    with Shop() as isp:
        answer = isp.run("payment", "register", code=0)[1]
        assert answer["ok"] is True and "main" in answer["message"], answer
        receipt = isp.daraja.ask("c2b", 2500, "KN-0042", "254712345678")["receipt"]
        isp.online()
        assert isp.payment(receipt)["status"] == "credited"
        assert isp.run("payment", "register", code=1)[1]["ok"] is False, "a second time the provider refuses"


def test_property_35_a_statement_and_the_ledger_are_compared_to_the_cent():
    with Shop(registered=True) as isp:
        isp.daraja.ask("set", "confirm", "on")
        isp.request()
        isp.daraja.ask("pay", isp.daraja.prompt()["id"])
        isp.becomes("paid")
        other = isp.daraja.ask("c2b", 1200, "KN-0042", "254712345678")["receipt"]
        wait_for("it is credited", lambda: isp.payment(other))
        path = os.path.join(isp.folder, "statement.csv")

        def compare(*lines):
            head = ("Organization Short Code:,600638\n\n\"Receipt No.\",Completion Time,Initiation Time,Details,"
                    "Transaction Status,Paid In,Withdrawn,Balance,Linked Transaction ID,A/C No.\r\n")
            with open(path, "w") as file:
                file.write("\ufeff" + head + "".join(lines))
            return isp.run("payment", "reconcile", path)

        def line(receipt, paid_in="", out="", status="Completed", linked="", at="2026-11-20 12:13:25"):
            return "%s,%s,%s,\"Pay Bill, from \"\"254712345678\"\"\",%s,%s,%s,1.00,%s,KN-0042\r\n" % (
                receipt, at, at, status, paid_in, out, linked)
        first = isp.attempt()["receipt"]
        times = {one["receipt"]: one["at"][:19].replace("T", " ") for one in isp.payments()}
        both = line(first, '"2,500.00"', at=times[first]) + line(other, '"1,200.00"', at=times[other])
        code, answer = compare(both)
        assert code == 0 and answer["differences"] == [] and answer["statement"] == answer["ledger"] == "3700.00", answer
        code, answer = compare(both, line("UKL00GHOST", "99.00", at=times[other]),
                               line("UKL00NEVER", "5.00", status="Declined"))
        assert code == 2 and [(one["receipt"], one["what"]) for one in answer["differences"]] == \
            [("UKL00GHOST", "not in the ledger")], answer
        code, answer = compare(both.replace("1,200.00", "1,200.01"), line("UKL00BACK1", "", '"-2,500.00"', linked=first))
        assert code == 2 and {(one["receipt"], one["what"]) for one in answer["differences"]} == {
            (other, "another amount"), (first, "taken back at the provider, credited here")}, answer
        isp.pay("UKL00EXTRA", "10.00", TransTime=times[other].replace("-", "").replace(":", "").replace(" ", ""))
        wait_for("it is booked", lambda: isp.payment("UKL00EXTRA"))
        code, answer = compare(both)
        assert code == 2 and answer["differences"][0]["receipt"] == "UKL00EXTRA", answer
        assert compare("x")[0] in (0, 2)
        with open(path, "w") as file:
            file.write("no statement\n")
        assert isp.run("payment", "reconcile", path)[0] == 4
        assert isp.run("payment", "reconcile", path + ".none")[0] == 1


if __name__ == "__main__":
    main(globals())
