"""Commits that are easily overlooked: they change what somebody has, and not what his lines in git say of rows."""

import time

from isp import SITE, TENANT, Isp, main, wait_for

OPENING = "opening: {paid_until: 2030-01-01, balance: 0}\n"


def test_an_opening_that_comes_later():
    with Isp() as isp:
        isp.settle()
        assert isp.routers.row("/ppp/secret", "jane") is None
        isp.write("subscribers.yaml", isp.subscriber(more=OPENING))
        isp.commit("she was a customer before", wait=True)
        assert isp.show()["state"] == "active"
        wait_for("and is online", lambda: isp.routers.row("/ppp/secret", "jane"))
        isp.settle()


def test_an_opening_before_the_first_day():
    later = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 20 * 86400))
    with Isp(start=False) as isp:
        isp.write("subscribers.yaml", isp.subscriber(more="start: %s\n%s" % (later, OPENING)))
        isp.commit("she comes later")
        foretold = isp.plan()[1]["totals"]
        isp.start()
        wait_for("looked at", lambda: isp.router_status()["in_sync"])
        assert isp.show()["state"] == "new", isp.show()
        assert isp.routers.row("/ppp/secret", "jane") is None, "plan had said so, too: %s" % foretold
        isp.settle()


def test_a_price_that_falls_below_the_balance():
    with Isp() as isp:
        isp.pay("SKL51ZDR01", "2000.00")
        wait_for("booked", lambda: isp.payment("SKL51ZDR01"))
        isp.settle()
        assert isp.show()["state"] == "new" and isp.show()["balance"] == "2000.00"
        isp.write("packages.yaml", "kind: Package\nname: home-10\nservice: pppoe\nprice: 1500\nperiod: 1 month\n"
                                   "speed: {down: 10M, up: 5M}\n")
        isp.commit("cheaper", wait=True)
        # Credit buys with the next payment, at the price of that moment.
        isp.pay("SKL51ZDR02", "1.00")
        wait_for("access", lambda: isp.routers.row("/ppp/secret", "jane"))
        assert isp.show()["balance"] == "501.00", isp.show()
        isp.settle()


def test_a_first_day_taken_back():
    with Isp(files={"subscribers.yaml": Isp.subscriber(more="start: 2099-01-01\n")}) as isp:
        isp.pay("SKL51ZDR01")
        wait_for("booked", lambda: isp.payment("SKL51ZDR01"))
        isp.settle()
        assert isp.show()["state"] == "new" and isp.routers.row("/ppp/secret", "jane") is None
        assert isp.status()["tenants"][0]["subscribers"]["new"] == 1


def test_a_subscriber_moves_to_another_router():
    with Isp(routers=2, files={"subscribers.yaml": Isp.subscriber(more=OPENING), "sites.yaml": SITE}) as isp:
        isp.settle()
        assert isp.routers.row("/ppp/secret", "jane", 0)
        isp.write("subscribers.yaml", isp.subscriber(router="r2", more=OPENING))
        isp.commit("she moved", wait=True)
        wait_for("there", lambda: isp.routers.row("/ppp/secret", "jane", 1))
        wait_for("and no longer here", lambda: isp.routers.row("/ppp/secret", "jane", 0) is None)
        isp.settle()


def test_the_currency_of_money_that_is_there():
    """Before the first payment a mistake is mended; after it, a commit would only give the money another name."""
    with Isp() as isp:
        isp.settle()
        isp.write("tenant.yaml", TENANT.replace("currency: KES", "currency: UGX"))
        isp.commit("a slip", wait=True)
        isp.write("tenant.yaml", TENANT)
        in_force = isp.commit("mended", wait=True)
        isp.pay("SKLCURR001", "10.00")
        wait_for("it is booked", lambda: isp.payment("SKLCURR001"))
        isp.write("tenant.yaml", TENANT.replace("currency: KES", "currency: UGX"))
        isp.commit("another currency")
        error = wait_for("it is refused", lambda: isp.status()["tenants"][0]["error"])
        assert error.startswith("tenant.yaml:") and "the money in the books is KES" in error, error
        assert isp.status()["tenants"][0]["commit"] == in_force
        [finding] = isp.run("plan", code=4)[1]["errors"]
        assert finding["path"] == "currency" and finding["column"] == len("currency: ") + 1, finding
        isp.write("tenant.yaml", TENANT)
        isp.commit("put back", wait=True)
        isp.settle()


def test_gone_and_back_again():
    with Isp() as isp:
        isp.pay("SKL51ZDR01")
        wait_for("access", lambda: isp.routers.row("/ppp/secret", "jane"))
        until, password = isp.show()["paid_until"], isp.password()
        isp.write("subscribers.yaml", isp.subscriber("KN-0099", username="other", phone="0799999999"))
        isp.commit("gone", wait=True)
        wait_for("the row is gone", lambda: isp.routers.row("/ppp/secret", "jane") is None)
        isp.pay("SKL51ZDR02")
        wait_for("a payment for nobody", lambda: isp.payment("SKL51ZDR02"))
        assert isp.payment("SKL51ZDR02")["status"] == "unmatched"
        isp.write("subscribers.yaml", isp.subscriber())
        isp.commit("back", wait=True)
        wait_for("access again", lambda: isp.routers.row("/ppp/secret", "jane"))
        assert isp.show()["paid_until"] == until and isp.password() == password, "the ledger was kept"
        isp.run("payment", "assign", "SKL51ZDR02", "KN-0042", code=0)
        assert isp.show()["paid_until"] > until
        isp.settle()
        isp.run("verify", code=0)


if __name__ == "__main__":
    main(globals())
