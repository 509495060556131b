"""The main job, as an operator and a subscriber see it: commit, pay, be online at the sold speed."""

import json

from isp import Isp, main, wait_for


def secret_of(isp, name="jane", router=0):
    return isp.routers.row("/ppp/secret", name, router)


def test_commit_and_payment_become_access():
    with Isp() as isp:
        isp.settle()
        assert secret_of(isp) is None, "nobody paid yet"
        assert isp.show()["state"] == "new"
        isp.pay("SKL51ZDR4F")
        row = wait_for("the secret is there", lambda: secret_of(isp))
        assert row["profile"] == "wavu-home-10" and row["service"] == "pppoe" and row["disabled"] == "false", row
        assert row["comment"].startswith("wavu:kasinet/"), row
        profile = isp.routers.row("/ppp/profile", "wavu-home-10")
        assert profile["rate-limit"].split(" ")[0] in ("5M/10M", "5000000/10000000"), profile
        shown = isp.show()
        assert shown["state"] == "active" and shown["balance"] == "0.00", shown
        assert shown["last_payment"]["receipt"] == "SKL51ZDR4F", shown
        isp.routers.ask("dial", isp.routers.names[0], "jane", isp.password(), "AA:BB:CC:DD:EE:FF")
        assert isp.routers.access("jane")["open"], isp.routers.access("jane")
        assert isp.show()["online"] is True
        isp.settle()
        assert isp.routers.access("jane")["open"], "a second look must not throw him out"


def test_plan_promises_what_librouteros_then_reads():
    try:
        import librouteros
    except ImportError:
        print("skipped: python3-librouteros is not installed")
        return
    from isp import PASSWORD
    with Isp(start=False) as isp:
        code, plan = isp.plan()
        assert code == 2, plan
        promised = {(c["menu"], c["key"]) for r in plan["routers"] for c in r["changes"] if c["verb"] == "add"}
        assert promised, plan
        before = isp.routers.counters()["writes"]
        isp.plan()
        assert isp.routers.counters()["writes"] == before, "a plan writes nothing"
        isp.start()
        isp.settle()
        api = librouteros.connect("127.0.0.1", "wavu", PASSWORD, port=isp.routers.port())
        for menu, key in promised:
            names = {str(row.get("name")) for row in api.path(*menu.strip("/").split("/"))}
            assert key in names, (menu, key, names)
        api.close()


def test_an_underpayment_is_kept_and_the_rest_buys():
    with Isp() as isp:
        isp.pay("SKL51ZDR01", "1000.00")
        wait_for("it is credited", lambda: (isp.payment("SKL51ZDR01") or {}).get("status") == "credited")
        assert isp.show()["balance"] == "1000.00" and isp.show()["state"] == "new"
        isp.pay("SKL51ZDR02", "1500")
        wait_for("the secret is there", lambda: secret_of(isp))
        assert isp.show()["balance"] == "0.00"
        isp.settle()


def test_the_same_receipt_counts_once():
    with Isp() as isp:
        for _ in range(3):
            isp.pay("SKL51ZDR4F")
        wait_for("the secret is there", lambda: secret_of(isp))
        until = isp.show()["paid_until"]
        isp.pay("skl51zdr4f")
        isp.pay("SKL51ZDR4F", "9000.00")
        wait_for("the other amount is held", lambda: any(
            one["status"] == "held" for one in isp.run("payment", "list", code=0)[1]))
        assert isp.show()["paid_until"] == until
        credited = [one for one in isp.run("payment", "list", code=0)[1] if one["status"] == "credited"]
        assert len(credited) == 1, credited


def test_explain_goes_from_receipt_to_row():
    with Isp() as isp:
        isp.pay("SKL51ZDR4F")
        wait_for("the secret is there", lambda: secret_of(isp))
        isp.settle()
        for thing in ("SKL51ZDR4F", "KN-0042", "0712345678", "jane", "r1"):
            chain = isp.run("explain", thing, code=0)[1]["chain"]
            assert chain and all(set(("at", "what", "because")) <= set(link) for link in chain), chain
        text = json.dumps(isp.run("explain", "SKL51ZDR4F", code=0)[1])
        assert "SKL51ZDR4F" in text and "home-10" in text and "/ppp/secret" in text, text
        assert isp.run("explain", "nobody-knows", code=1)


if __name__ == "__main__":
    main(globals())
