"""The proof that paid means online, as a person sees it: every payment has an end, waiting ones an age."""

import json
import subprocess

from isp import Isp, main, wait_for


def end_of(isp, receipt):
    row = isp.payment(receipt)
    return row["access"] if row else None


def wait_end(isp, receipt, state):
    return wait_for("%s is %s" % (receipt, state),
                    lambda: (lambda end: end if end and end["state"] == state else None)(end_of(isp, receipt)))


def metrics(isp):
    lines = isp.page("/metrics")[1].decode().splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))


def chain_words(isp, thing):
    code, answer = isp.run("explain", thing, code=0)
    return ["%s: %s" % (link["what"], link["because"]) for link in answer["chain"]]


def test_a_payment_ends_online_as_read_back():
    with Isp() as isp:
        isp.settle()
        isp.pay("SKL51ZDR01")
        end = wait_end(isp, "SKL51ZDR01", "online")
        assert end["router"] == "r1" and end["session"] is False and end["at"] and end["why"] is None, end
        assert isp.routers.row("/ppp/secret", "jane")["disabled"] == "false"
        words = chain_words(isp, "SKL51ZDR01")
        assert any(line.startswith("the end of SKL51ZDR01: online: read back from router r1 at") for line in words), words
        assert any(line.startswith("the end of SKL51ZDR01: online") for line in chain_words(isp, "KN-0042"))
        seen = metrics(isp)
        assert seen['wavu_payment_access_seconds_count{tenant="kasinet"}'] == "1", seen
        assert seen['wavu_payment_access_seconds_bucket{tenant="kasinet",le="+Inf"}'] == "1"
        assert float(seen['wavu_payment_access_quantile_seconds{tenant="kasinet",quantile="0.99"}']) > 0
        assert seen['wavu_payments_waiting{tenant="kasinet"}'] == "0"
        assert seen['wavu_payments_silence_alarm{tenant="kasinet"}'] == "0"
        money = isp.status()["tenants"][0]["payments"]
        assert money["access_p99_ms"] is not None and money["waiting_count"] == 0 and money["silence"] is None, money
        isp.run("verify", code=0)


def test_property_33_who_waits_and_for_what_is_exported():
    with Isp() as isp:
        isp.settle()
        isp.routers.ask("fault", isp.routers.names[0], "refuse", "times=0")
        isp.routers.ask("reboot", isp.routers.names[0])
        isp.pay("SKL51ZDR01")
        end = wait_for("the router is away", lambda: (lambda end: end if end and end["tries"] else None)(
            end_of(isp, "SKL51ZDR01")))
        assert end["state"] == "waiting" and end["since"] and end["why"] and end["tries"] >= 2, end
        assert "router r1 is unreachable since" in end["text"], end
        body = isp.page("/")[1].decode()
        assert "Paid and waiting" in body and "SKL51ZDR01" in body, body
        assert "SKL51ZDR01" in isp.page("/payments/waiting")[1].decode()
        seen = metrics(isp)
        assert seen['wavu_payments_waiting{tenant="kasinet"}'] == "1", seen
        assert isp.status()["tenants"][0]["payments"]["waiting_count"] == 1
        isp.routers.ask("clear", isp.routers.names[0])
        wait_end(isp, "SKL51ZDR01", "online")
        words = chain_words(isp, "SKL51ZDR01")
        assert any(line.startswith("SKL51ZDR01 waited for its router") for line in words), words
        assert "SKL51ZDR01" not in isp.page("/payments/waiting")[1].decode()


def test_money_that_gives_no_access_says_why():
    with Isp() as isp:
        isp.settle()
        isp.pay("SKL51ZDR01", "1000.00")
        end = wait_end(isp, "SKL51ZDR01", "none")
        assert "underpaid: 1000.00 of 2500.00 KES" in end["why"], end
        isp.pay("SKL51ZDR02", "10.00", "nobody", phone="254799999999")
        assert wait_end(isp, "SKL51ZDR02", "none")["why"].startswith("unmatched: "), end_of(isp, "SKL51ZDR02")
        isp.pay("SKL51ZDR03", "1e3")
        assert wait_end(isp, "SKL51ZDR03", "none")["why"].startswith("held: "), end_of(isp, "SKL51ZDR03")
        assert metrics(isp)['wavu_payments_unmatched_amount{tenant="kasinet",currency="KES"}'] == "10.00"
        isp.pay("SKL51ZDR04", "1500.00")
        wait_end(isp, "SKL51ZDR01", "online")
        wait_end(isp, "SKL51ZDR04", "online")


def test_held_money_is_settled_by_what_is_recorded():
    with Isp() as isp:
        isp.settle()
        isp.pay("SKL51ZDR03", "1e3")
        wait_end(isp, "SKL51ZDR03", "none")
        assert isp.status()["tenants"][0]["payments"]["held_count"] == 1
        code, answer = isp.run("payment", "record", "KN-0042", "2500", "--reason", "seen on the phone", "--held", "NOPE")
        assert code == 1 and not isp.run("payment", "list", "--status", "credited")[1], answer
        isp.run("payment", "record", "KN-0042", "2500", "--reason", "seen on the phone", "--held", "SKL51ZDR03", code=0)
        assert isp.status()["tenants"][0]["payments"]["held_count"] == 0
        assert any(line.startswith("it was settled: CASH-") for line in chain_words(isp, "SKL51ZDR03"))
        end = next(line for line in chain_words(isp, "SKL51ZDR03") if line.startswith("the end of SKL51ZDR03"))
        assert "settled: CASH-" in end and "held" not in end, end
        code, answer = isp.run("payment", "record", "KN-0042", "2500", "--reason", "again", "--held", "SKL51ZDR03")
        assert code != 0 and len(isp.run("payment", "list", "--status", "credited")[1]) == 1, answer
        isp.run("verify", code=0)


def test_assign_remembers_what_the_payer_typed():
    with Isp() as isp:
        isp.settle()
        isp.pay("SKL51ZDR01", "2500.00", "mama jane", phone="254799999999")
        wait_end(isp, "SKL51ZDR01", "none")
        code, patch = isp.run("payment", "assign", "SKL51ZDR01", "KN-0042", "--alias", json_output=False, code=0)
        assert patch.startswith("--- a/") and '+aliases: ["mama jane"]' in patch, patch
        subprocess.run(["git", "-C", isp.repository, "apply", "-"], input=patch.encode(), check=True)
        isp.commit("remember", wait=True)
        isp.pay("SKL51ZDR02", "2500.00", "Mama Jane", phone="254799999999")
        wait_end(isp, "SKL51ZDR02", "online")
        assert isp.payment("SKL51ZDR02")["account"] == "KN-0042"
        # Known already, or unspeakable: the money has its owner all the same.
        isp.pay("SKL51ZDR03", "10.00", "", phone="254799999999")
        wait_end(isp, "SKL51ZDR03", "none")
        code, answer = isp.run("payment", "assign", "SKL51ZDR03", "KN-0042", "--alias", code=0)
        assert answer["patch"] == "" and isp.payment("SKL51ZDR03")["status"] == "credited", answer


if __name__ == "__main__":
    main(globals())
