"""Expiry, grace, throttle, walled, hotspot cookies: whoever did not pay is off, and it has been read back."""

from isp import Isp, main, wait_for

SHORT = """\
kind: Package
name: blink
title: Six seconds
service: pppoe
price: 10
period: 6s
speed: {down: 10M, up: 5M}
---
kind: Package
name: wink
title: Six seconds in town
service: hotspot
price: 10
period: 6s
speed: {down: 5M, up: 2M}
devices: 2
"""
STEPS = """\
kind: Package
name: stepped
title: Four seconds, then steps
service: pppoe
price: 10
period: 4s
speed: {down: 10M, up: 5M}
dunning: quick
---
kind: DunningPolicy
name: quick
steps:
  - {at: 0s, notify: sms, template: due}
  - {at: 4s, do: throttle, speed: {down: 512k, up: 256k}}
  - {at: 8s, do: suspend}
  - {at: 14s, do: terminate}
suspend: {how: %s, address_list: wavu-suspended}
"""
MAC = "02:00:00:00:00:42"


def online(isp, name):
    return isp.routers.access(name)["open"]


def test_expiry_drops_the_session_and_a_payment_brings_it_back():
    with Isp(files={"short.yaml": SHORT, "subscribers.yaml": Isp.subscriber(package="blink")}) as isp:
        isp.pay("SKL51ZDR01", "10")
        wait_for("the secret", lambda: isp.routers.row("/ppp/secret", "jane"))
        isp.routers.ask("dial", isp.routers.names[0], "jane", isp.password())
        assert online(isp, "jane")
        wait_for("the secret is disabled", lambda: isp.routers.row("/ppp/secret", "jane")["disabled"] == "true")
        wait_for("the session is gone", lambda: isp.routers.rows("/ppp/active") == [])
        assert not online(isp, "jane") and isp.show()["state"] == "expired"
        causes = [event["cause"] for event in isp.run("history", code=0)[1]]
        assert "expiry" in causes, causes
        isp.settle()
        isp.pay("SKL51ZDR02", "1000")
        wait_for("the secret is enabled", lambda: isp.routers.row("/ppp/secret", "jane")["disabled"] == "false")
        isp.routers.ask("dial", isp.routers.names[0], "jane", isp.password())
        isp.settle()
        assert online(isp, "jane")


def test_hotspot_expiry_leaves_no_cookie_and_no_host():
    with Isp(files={"short.yaml": SHORT, "subscribers.yaml": Isp.subscriber(package="wink")}) as isp:
        isp.pay("SKL51ZDR01", "10")
        user = wait_for("the user", lambda: isp.routers.row("/ip/hotspot/user", "jane"))
        assert user["profile"] == "wavu-wink" and user["server"] == "hotspot1", user
        profile = isp.routers.row("/ip/hotspot/user/profile", "wavu-wink")
        assert profile["shared-users"] == "2", profile
        router = isp.routers.names[0]
        for mac in (MAC, "02:00:00:00:00:43"):
            isp.routers.ask("arrive", router, mac)
            isp.routers.ask("login", router, mac, "jane", isp.password())
            assert isp.routers.ask("is-open", router, mac)["ok"], mac
        wait_for("nobody is logged in", lambda: isp.routers.rows("/ip/hotspot/active") == [])
        wait_for("no cookie is left", lambda: isp.routers.rows("/ip/hotspot/cookie") == [])
        wait_for("no host is left", lambda: isp.routers.rows("/ip/hotspot/host") == [])
        for mac in (MAC, "02:00:00:00:00:43"):
            isp.routers.ask("arrive", router, mac)
            isp.routers.ask("browse", router, mac)
            assert not isp.routers.ask("is-open", router, mac)["ok"], mac
        isp.settle()


def test_grace_throttle_suspend_terminate():
    with Isp(files={"short.yaml": STEPS % "disable", "subscribers.yaml": Isp.subscriber(package="stepped")}) as isp:
        isp.pay("SKL51ZDR01", "10")
        wait_for("the secret", lambda: isp.routers.row("/ppp/secret", "jane"))
        router = isp.routers.names[0]
        isp.routers.ask("cpe", router, "jane", isp.password(), MAC)
        wait_for("she is online", lambda: online(isp, "jane"))
        wait_for("grace", lambda: isp.show()["state"] == "grace")
        assert online(isp, "jane"), "grace changes nothing"
        wait_for("a throttled profile", lambda: "throttled" in isp.routers.row("/ppp/secret", "jane")["profile"])
        wait_for("the slow session", lambda: isp.routers.access("jane")["download"] == 512000)
        wait_for("disabled", lambda: isp.routers.row("/ppp/secret", "jane")["disabled"] == "true")
        wait_for("no session", lambda: isp.routers.rows("/ppp/active") == [])
        assert isp.show()["state"] == "suspended"
        wait_for("the row is removed", lambda: isp.routers.row("/ppp/secret", "jane") is None)
        isp.pay("SKL51ZDR02", "10")
        wait_for("a terminated account's payment is unmatched",
                 lambda: (isp.payment("SKL51ZDR02") or {}).get("status") == "unmatched")
        isp.settle()


def test_walled_needs_a_rule_that_was_seen():
    with Isp(files={"short.yaml": STEPS % "walled", "subscribers.yaml": Isp.subscriber(package="stepped")}) as isp:
        isp.routers.hand("/ip/firewall/filter/add", "=chain=forward", "=src-address-list=wavu-suspended",
                         "=action=drop")
        isp.run("apply")
        isp.pay("SKL51ZDR01", "10")
        wait_for("the secret", lambda: isp.routers.row("/ppp/secret", "jane"))
        isp.routers.ask("cpe", isp.routers.names[0], "jane", isp.password(), MAC)
        wait_for("suspended", lambda: isp.show()["state"] == "suspended")
        wait_for("a walled profile", lambda: isp.routers.row("/ppp/secret", "jane")["profile"].endswith("walled"))
        assert isp.routers.row("/ppp/secret", "jane")["disabled"] == "false"
        wait_for("she is walled", lambda: isp.routers.access("jane")["walled"])


def test_a_package_changed_in_git_renews_the_session_once():
    with Isp() as isp:
        isp.pay("SKL51ZDR01", "2500")
        wait_for("the secret", lambda: isp.routers.row("/ppp/secret", "jane"))
        isp.routers.ask("cpe", isp.routers.names[0], "jane", isp.password(), MAC)
        wait_for("10 Mbps", lambda: isp.routers.access("jane")["download"] == 10000000)
        until = isp.show()["paid_until"]
        isp.write("subscribers.yaml", Isp.subscriber(package="home-20"))
        isp.commit("faster", wait=True)
        wait_for("20 Mbps", lambda: isp.routers.access("jane")["download"] == 20000000)
        assert isp.show()["paid_until"] == until
        isp.settle()
        began = isp.routers.access("jane")["began_at"]
        isp.run("apply", code=0)
        assert isp.routers.access("jane")["began_at"] == began, "renewed once, not again"


def test_expiry_while_the_controller_was_off():
    with Isp(files={"short.yaml": SHORT, "subscribers.yaml": Isp.subscriber(package="blink")}) as isp:
        isp.pay("SKL51ZDR01", "10")
        wait_for("the secret", lambda: isp.routers.row("/ppp/secret", "jane"))
        isp.kill()
        import time
        time.sleep(7)
        isp.start()
        wait_for("disabled at start", lambda: isp.routers.row("/ppp/secret", "jane")["disabled"] == "true")
        isp.settle()


if __name__ == "__main__":
    main(globals())
