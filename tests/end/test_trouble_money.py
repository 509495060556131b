"""Callbacks through the whole chain: what the street says, and what ends up on an account, on a router, on a list."""

import hashlib
import json

from isp import Isp, TENANT, TOKEN, main, wait_for

PEOPLE = "---\n".join((
    Isp.subscriber(),
    Isp.subscriber("KN-0043", username="juma", phone="0722000043", more="aliases: [\"0043\"]\n"),
    Isp.subscriber("KN-0044", username="twin1", phone="0733000044"),
    Isp.subscriber("KN-0045", username="twin2", phone="0733000044"),
))


def channel(more="", type="paybill"):
    return TENANT.replace("type: paybill", "type: %s%s" % (type, more and ", " + more))


def payments(isp, status=None):
    rows = isp.run("payment", "list", "-n", "1000", code=0)[1]
    return [row for row in rows if status in (None, row["status"])]


def booked(isp, count):
    """All payments, as soon as there are so many."""
    return wait_for("%d payments are booked" % count, lambda: len(payments(isp)) >= count and payments(isp))


def the_last(isp, reference="LASTONE"):
    """A payment after the others: when it is booked, so are they (one inbox, one reader, in order)."""
    isp.pay("ZZZ%07d" % the_last.count, "1.00", reference, phone="254799999999")
    wait_for("the last one is booked", lambda: isp.payment("ZZZ%07d" % the_last.count))
    the_last.count += 1


the_last.count = 1


def balance(isp, account="KN-0042"):
    return isp.show(account)["balance"]


def test_property_14_what_is_wrong_is_never_credited_and_never_lost():
    with Isp(files={"subscribers.yaml": PEOPLE}) as isp:
        isp.settle()
        writes = isp.routers.counters()["writes"]
        good = json.loads(isp.confirmation("SKL51ZDR00"))

        def with_amount(receipt, literal):
            return json.dumps({**good, "TransID": receipt, "TransAmount": "@"}).replace('"@"', literal).encode()

        held = {  # what is sent: the receipt it is then listed under (None: held-N)
            "SKLHELD001": with_amount("SKLHELD001", "1e3"),
            "SKLHELD002": with_amount("SKLHELD002", '"1e3"'),
            "SKLHELD003": with_amount("SKLHELD003", "-2500"),
            "SKLHELD004": with_amount("SKLHELD004", '"2500.000"'),
            "SKLHELD005": with_amount("SKLHELD005", "2500.001"),
            "SKLHELD006": with_amount("SKLHELD006", "null"),
            "SKLHELD007": isp.confirmation("SKLHELD007", shortcode="600639"),
            "SKLHELD008": with_amount("SKLHELD008", '"0"'),
            "SKLHELD009": with_amount("SKLHELD009", '"99999999999999999999"'),
        }
        nameless = [
            b"{\"TransID\": \"SKLNOT0001\", ",
            b"",
            b"\xff\xfe not json at all \x00",
            b"[" * 2000 + b"]" * 2000,
            b"{" + b"\"a\":{" * 2000 + b"}" * 2001,
            json.dumps(good).replace("\"TransAmount\"", "\"TransAmount\": \"1.00\", \"TransAmount\"").encode(),
            json.dumps({**good, "TransID": None}).encode(),
            json.dumps({**good, "TransID": "A" * 33}).encode(),
            json.dumps({**good, "TransID": "HELD-1"}).encode(),
            json.dumps({**good, "TransID": "CASH-AAAAAAAAAA"}).encode(),
            json.dumps({**good, "TransID": "a b\nc"}).encode(),
            json.dumps([good]).encode(),
            b"\xef\xbb\xbf{}",
        ]
        for body in list(held.values()) + nameless:
            isp.pay("", body=body)
        rows = booked(isp, len(held) + len(nameless))
        assert len(rows) == len(held) + len(nameless), rows
        assert all(row["status"] == "held" and row["reason"] for row in rows), rows
        assert all(row["receipt"] in held or row["receipt"].startswith("held-") for row in rows), rows
        assert len({row["receipt"] for row in rows}) == len(rows), rows
        assert next(r for r in rows if r["receipt"] == "SKLHELD001")["amount"] is None
        assert next(r for r in rows if r["receipt"] == "SKLHELD007")["amount"] == "2500.00"
        status = isp.status()["tenants"][0]["payments"]
        assert status["held_count"] == len(rows) and status["unmatched_count"] == 0, status
        assert balance(isp) == "0.00" and isp.show()["state"] == "new"
        assert isp.routers.row("/ppp/secret", "jane") is None
        assert isp.routers.counters()["writes"] == writes
        isp.run("verify", code=0)
        # The same once more: nothing is doubled that has a name.
        for body in held.values():
            isp.pay("", body=body)
        the_last(isp)
        assert len(payments(isp, "held")) == len(rows), payments(isp, "held")
        isp.settle()


def test_property_01_and_24_what_does_not_reach_the_inbox_leaves_no_trace():
    with Isp() as isp:
        isp.pay("SKL51ZDR4F", token="AAAAAAAAAAAAAAAAAAAA", code=404)
        isp.pay("SKL51ZDR4F", token=TOKEN[:-1], code=404)
        isp.pay("", body=b"{" + b" " * (70 * 1024) + b"}", code=413)
        path = "/pay/kasinet/main/%s/validation" % TOKEN
        status, answer = isp.http("POST", isp.public, path, isp.confirmation("SKL51ZDR4F"))
        assert status == 200 and json.loads(answer)["ResultCode"] == "0", answer
        the_last(isp)
        assert [row["receipt"] for row in payments(isp)] == ["ZZZ%07d" % (the_last.count - 1)]


def test_property_10_replays_and_another_amount():
    with Isp() as isp:
        for _ in range(5):
            isp.pay("SKL51ZDR4F")
        isp.pay("skl51zdr4f")
        isp.pay(" SKL51ZDR4F ")
        for _ in range(3):
            isp.pay("SKL51ZDR4F", "9000.00")
        isp.pay("SKL51ZDR4F", "9001.00")
        isp.pay("", body=isp.confirmation("SKL51ZDR4F", "1e3"))
        the_last(isp)
        rows = payments(isp)
        assert sorted(row["status"] for row in rows) == ["credited", "held", "held", "held", "unmatched"], rows
        assert all("SKL51ZDR4F" in row["reason"] for row in rows if row["status"] == "held"), rows
        wait_for("access", lambda: isp.routers.row("/ppp/secret", "jane"))
        assert balance(isp) == "0.00"
        # A restart reads the inbox no second time.
        until = isp.show()["paid_until"]
        isp.stop()
        isp.start()
        the_last(isp)
        assert isp.show()["paid_until"] == until and len(payments(isp)) == 6
        isp.run("verify", code=0)
        isp.settle()


def test_matching_by_everything_that_names_a_subscriber():
    hashed = hashlib.sha256(b"254722000043").hexdigest()
    cases = [  # reference, phone, whose
        ("kn 00-42", "254700000001", "KN-0042"),
        ("0043", "254700000001", "KN-0043"),
        ("0712 345 678", "254700000001", "KN-0042"),
        ("+254722000043", "254700000001", "KN-0043"),
        ("KN-0042", "254722000043", "KN-0042"),       # the reference decides before the payer
        ("nonsense", "254722000043", "KN-0043"),
        ("nonsense", hashed, "KN-0043"),
        ("nonsense", hashed.upper(), "KN-0043"),
        ("", "254712345678", "KN-0042"),
        ("nonsense", "2547 ***** 678", None),
        ("nonsense", "254733000044", None),           # two have this phone
        ("0733000044", "254712345678", None),         # the first step with any hit decides
        ("nonsense", hashed[:40], None),
        ("", "", None),
    ]
    with Isp(files={"subscribers.yaml": PEOPLE, "tenant.yaml": channel(type="till")}) as isp:
        for number, (reference, phone, _) in enumerate(cases):
            isp.pay("SKLMATCH%02d" % number, "10.00", reference, phone=phone, TransactionType="Buy Goods")
        got = {row["receipt"]: row for row in booked(isp, len(cases))}
        for number, (reference, phone, whose) in enumerate(cases):
            row = got["SKLMATCH%02d" % number]
            assert row["account"] == whose, (reference, phone, whose, row)
            assert row["status"] == ("credited" if whose else "unmatched"), row
            assert whose or row["reason"], row
        assert balance(isp) == "40.00" and balance(isp, "KN-0043") == "50.00"
        assert isp.status()["tenants"][0]["payments"]["unmatched_count"] == 5
        isp.run("verify", code=0)


def test_match_payer_false():
    with Isp(files={"subscribers.yaml": PEOPLE, "tenant.yaml": channel(type="till") + "match_payer: false\n"}) as isp:
        isp.pay("SKL51ZDR01", "10.00", "")
        isp.pay("SKL51ZDR02", "10.00", "nonsense")
        isp.pay("SKL51ZDR03", "10.00", "0712345678", phone="254722000043")
        rows = {row["receipt"]: (row["status"], row["account"]) for row in booked(isp, 3)}
        assert rows == {"SKL51ZDR01": ("unmatched", None), "SKL51ZDR02": ("unmatched", None),
                        "SKL51ZDR03": ("credited", "KN-0042")}, rows


def test_sources_and_trust():
    with Isp(files={"tenant.yaml": channel("sources: [196.201.214.200]")}) as isp:
        isp.pay("SKL51ZDR4F")
        row = booked(isp, 1)[0]
        assert row["status"] == "held" and "127.0.0.1" in row["reason"] and row["account"] is None, row
        assert isp.show()["state"] == "new"
        # A person who looked it up may release it: amount and short code are right.
        isp.run("payment", "assign", "SKL51ZDR4F", "KN-0042", code=0)
        wait_for("access", lambda: isp.routers.row("/ppp/secret", "jane"))
        assert isp.payment("SKL51ZDR4F")["status"] == "credited"
        isp.pay("SKL51ZDR4F")
        isp.pay("SKL51ZDR5F")
        booked(isp, 2)
        assert isp.payment("SKL51ZDR4F")["status"] == "credited"
        isp.write("tenant.yaml", channel("trust: verified"))
        isp.commit("ask first", wait=True)
        isp.pay("SKL51ZDR6F")
        booked(isp, 3)
        row = isp.payment("SKL51ZDR6F")
        assert row["status"] == "held" and row["reason"], row
        # Heard again in a way that counts, the held one is released, once.
        isp.write("tenant.yaml", channel())
        isp.commit("trust the URL", wait=True)
        isp.pay("SKL51ZDR6F")
        isp.pay("SKL51ZDR6F")
        wait_for("released", lambda: isp.payment("SKL51ZDR6F")["status"] == "credited")
        the_last(isp)
        assert len(payments(isp, "credited")) == 2 and len(payments(isp)) == 4, payments(isp)
        isp.run("verify", code=0)
        isp.settle()


def test_property_27_sources_see_through_a_proxy_only_when_it_is_one():
    with Isp(start=False, files={"tenant.yaml": channel("sources: [196.201.214.200]")}) as isp:
        def pay_from(receipt, address):
            status, answer = isp.http("POST", isp.public, "/pay/kasinet/main/%s/confirmation" % TOKEN,
                                      isp.confirmation(receipt), {"X-Forwarded-For": address})
            assert status == 200, answer
        isp.start()
        pay_from("SKL51ZDR01", "196.201.214.200")
        assert booked(isp, 1)[0]["status"] == "held", "anybody may send that header"
        isp.stop()
        with open(isp.config, "a") as file:
            file.write("proxies: [127.0.0.1]\n")
        isp.start()
        pay_from("SKL51ZDR02", "196.201.214.200")
        pay_from("SKL51ZDR03", "196.201.214.200, 10.0.0.9")
        booked(isp, 3)
        assert isp.payment("SKL51ZDR02")["status"] == "credited"
        assert isp.payment("SKL51ZDR03")["status"] == "held", "the last one is who spoke to the proxy"


def test_assign_and_record():
    with Isp(files={"subscribers.yaml": PEOPLE}) as isp:
        isp.pay("SKL51ZDR01", "2500.00", "nobody", phone="254799999999")
        isp.pay("", body=isp.confirmation("SKL51ZDR02", "1e3"))
        isp.pay("SKL51ZDR03", shortcode="600639")
        isp.pay("", body=b"{")
        booked(isp, 4)
        nameless = next(row["receipt"] for row in payments(isp) if row["receipt"].startswith("held-"))
        for receipt in ("SKL51ZDR02", "SKL51ZDR03", nameless):
            code, answer = isp.run("payment", "assign", receipt, "KN-0042", code=1)
            way = "wavu explain " + receipt if receipt == nameless else "record"
            assert answer["ok"] is False and way in answer["message"], answer
            told = isp.run("explain", receipt, code=0)[1]["verdict"]
            assert "wavu payment record" in told and (receipt != nameless or "refund that one first" in told), told
            assert isp.payment(receipt)["status"] == "held"
        assert isp.run("payment", "assign", "SKL51ZDR01", "KN-9999", code=1)[1]["ok"] is False
        assert isp.run("payment", "assign", "NOSUCHONE1", "KN-0042", code=1)[1]["ok"] is False
        assert isp.payment("SKL51ZDR01")["status"] == "unmatched"
        code, answer = isp.run("payment", "assign", "skl51zdr01", "kn 0042", code=0)
        assert answer["ok"] is True and "KN-0042" in answer["message"], answer
        wait_for("access", lambda: isp.routers.row("/ppp/secret", "jane"))
        row = isp.payment("SKL51ZDR01")
        assert row["status"] == "credited" and row["account"] == "KN-0042", row
        code, answer = isp.run("payment", "assign", "SKL51ZDR01", "KN-0043", code=1)
        assert "already" in answer["message"] and isp.show("KN-0043")["state"] == "new", answer
        isp.pay("SKL51ZDR01", "2500.00", "nobody", phone="254799999999")
        # Cash, with a reason.
        code, answer = isp.run("payment", "record", "KN-0043", "2500.50", "--reason", "cash for " + nameless, code=0)
        assert answer["ok"] is True and answer["receipt"].startswith("CASH-"), answer
        wait_for("access", lambda: isp.routers.row("/ppp/secret", "juma"))
        assert balance(isp, "KN-0043") == "0.50"
        cash = isp.payment(answer["receipt"])
        assert cash["amount"] == "2500.50" and nameless in cash["reason"] and cash["account"] == "KN-0043", cash
        for amount in ("1e3", "0", "2500.555", "abc", "", "NaN", "99999999999999999999"):
            code, answer = isp.run("payment", "record", "KN-0043", amount, "--reason", "x")
            assert code == 4, (amount, code, answer)
        code, answer = isp.run("payment", "record", "--reason", "x", "--", "KN-0043", "-5", json_output=False)
        assert code == 4, answer
        isp.run("payment", "record", "KN-0043", "5", code=64)
        isp.run("payment", "record", "KN-0043", "5", "--reason", " ", code=64)
        isp.run("payment", "record", "KN-9999", "5", "--reason", "x", code=1)
        assert balance(isp, "KN-0043") == "0.50"
        the_last(isp)
        assert isp.show()["balance"] == "0.00" and len(payments(isp, "held")) == 3
        explained = json.dumps(isp.run("explain", "SKL51ZDR01", code=0)[1])
        assert "KN-0042" in explained, explained
        isp.run("verify", code=0)
        isp.settle()


def test_a_channel_that_is_closed_says_so():
    with Isp() as isp:
        isp.secret("main.token", "short")
        isp.commit("again")
        wait_for("404", lambda: isp.http("POST", isp.public, "/pay/kasinet/main/%s/confirmation" % TOKEN,
                                         isp.confirmation("SKL51ZDR4F"))[0] == 404)
        isp.pay("SKL51ZDR4F", token="short", code=404)
        note = wait_for("status says it", lambda: isp.status()["tenants"][0]["notes"])
        assert "main" in note and "closed" in note and "short" not in note, note
        isp.secret("main.token", TOKEN)
        isp.commit("mended")
        wait_for("open again", lambda: isp.http("POST", isp.public, "/pay/kasinet/main/%s/confirmation" % TOKEN,
                                                isp.confirmation("SKL51ZDR4F"))[0] == 200)
        wait_for("access", lambda: isp.routers.row("/ppp/secret", "jane"))
        wait_for("no complaint", lambda: isp.status()["tenants"][0]["notes"] is None)


def test_a_huge_reference_is_kept_short():
    with Isp() as isp:
        isp.pay("SKL51ZDRHG", reference="x" * 40000, phone="2547 ***** 126")
        payment = wait_for("it is booked", lambda: isp.payment("SKL51ZDRHG"))
        assert payment["status"] == "unmatched" and len(payment["reference"]) <= 255, payment["status"]
        isp.pay("SKL51ZDRHS", shortcode="9" * 40000)
        payment = wait_for("it is held", lambda: isp.payment("SKL51ZDRHS"))
        assert payment["status"] == "held" and len(payment["reason"]) < 600, len(payment["reason"])


if __name__ == "__main__":
    main(globals())
