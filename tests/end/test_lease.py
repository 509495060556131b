"""The lease: rows end alone, at the right minute, while wavu is gone; and nobody is cut by a clock that nobody believes."""

import time

import isp as world
from isp import Isp, main, wait_for
from test_transports import Network

DAY = 86400
VERSIONS = {"6.49.19": 0, "7.9": 10800, "7.16.2": -19800, "7.20.8": 10800, "7.24": 0}  # and the zone their clocks show
PHONE = "AA:BB:CC:00:00:07"
LEASED = {"tenant.yaml": world.TENANT + "lease: on\n"}
TWO = Isp.subscriber() + "---\n" + Isp.subscriber("KN-7", "day-5", username="juma", phone="0712345679")


def leased(**more):
    files = {**LEASED, "subscribers.yaml": TWO, **more.pop("files", {})}
    return Isp(files=files, **more)


def pay_both(isp):
    """jane for a month over PPPoE, juma for a day on the hotspot; both are online."""
    isp.run("payment", "record", "KN-0042", "2500", "--reason", "cash", code=0)
    isp.run("payment", "record", "KN-7", "50", "--reason", "cash", code=0)
    wait_for("the rows", lambda: isp.routers.row("/ppp/secret", "jane") and
             isp.routers.row("/ip/hotspot/user", "juma"))
    isp.settle()
    assert isp.routers.ask("dial", "router1", "jane", isp.password("KN-0042"))["ok"]
    assert isp.routers.ask("login", "router1", PHONE, "juma", isp.password("KN-7"))["ok"]


def is_off(isp, menu, name, router=0):
    return isp.routers.row(menu, name, router)["disabled"] == "true"


def hotspot_traces(isp, router=0):
    return [row for menu in ("active", "cookie", "host") for row in isp.routers.rows("/ip/hotspot/" + menu, router)]


def protection(isp):
    return isp.router_status()["lease"]


def wait_protected(isp, wanted, word=""):
    def is_so():
        lease = protection(isp)
        return lease is not None and lease["protected"] == wanted and word in (lease["why"] or "") and lease
    return wait_for("protected is %s, %r" % (wanted, word), is_so)


def fleet(count, **more):
    """That many routers, each with its own jane and juma, paid and online."""
    people = "---\n".join(
        Isp.subscriber("J-%d" % i, router="r%d" % (i + 1), username="jane", phone="07110000%02d" % i) + "---\n" +
        Isp.subscriber("D-%d" % i, "day-5", "r%d" % (i + 1), "juma", "07220000%02d" % i) for i in range(count))
    return Isp(routers=count, files={**LEASED, "subscribers.yaml": people}, **more)


def all_online(isp):
    count = len(isp.routers.names)
    for i in range(count):
        isp.run("payment", "record", "J-%d" % i, "2500", "--reason", "cash", code=0)
        isp.run("payment", "record", "D-%d" % i, "50", "--reason", "cash", code=0)
    for i in range(count):
        wait_for("the rows", lambda: isp.routers.row("/ppp/secret", "jane", i) and
                 isp.routers.row("/ip/hotspot/user", "juma", i))
    isp.settle()
    for i, name in enumerate(isp.routers.names):
        assert isp.routers.ask("dial", name, "jane", isp.password("J-%d" % i))["ok"]
        assert isp.routers.ask("login", name, PHONE, "juma", isp.password("D-%d" % i))["ok"]


def test_rows_end_alone_on_every_form_of_date():
    with fleet(len(VERSIONS), version=",".join(VERSIONS)) as isp:
        for name, zone in zip(isp.routers.names, VERSIONS.values()):
            isp.routers.ask("gmt-offset", name, zone)
        all_online(isp)
        isp.run("apply", code=0)
        assert all(router["lease"]["protected"] for router in isp.status()["routers"]), isp.status()
        isp.kill()
        everywhere = range(len(VERSIONS))
        janes = [isp.routers.row("/ppp/secret", "jane", i) for i in everywhere]
        isp.routers.ask("advance", DAY - 900)
        for i in everywhere:
            assert not is_off(isp, "/ip/hotspot/user", "juma", i), "before the time is over nothing happens"
            assert isp.routers.access("juma", i)["open"]
        isp.routers.ask("advance", 960)
        for i in everywhere:
            assert is_off(isp, "/ip/hotspot/user", "juma", i), "router %d" % i
            assert hotspot_traces(isp, i) == [], "the login, its cookie and its host are gone"
            assert isp.routers.row("/ppp/secret", "jane", i) == janes[i] and isp.routers.access("jane", i)["open"]
        isp.routers.ask("advance", 31 * DAY)
        for i in everywhere:
            assert is_off(isp, "/ppp/secret", "jane", i)
            assert isp.routers.rows("/ppp/active", i) == []


def test_nobody_is_cut_by_a_clock_that_nobody_believes():
    errors = -int(time.time()), -400 * DAY, 400 * DAY
    with fleet(len(errors)) as isp:
        all_online(isp)
        isp.kill()
        for name, error in zip(isp.routers.names, errors):
            isp.routers.ask("clock-error", name, error)
        runs = [int(isp.routers.row("/system/script", "wavu-lease", i)["run-count"]) for i in range(len(errors))]
        isp.routers.ask("advance", 40 * DAY)
        for i in range(len(errors)):
            assert int(isp.routers.row("/system/script", "wavu-lease", i)["run-count"]) > runs[i]
            assert not is_off(isp, "/ppp/secret", "jane", i) and not is_off(isp, "/ip/hotspot/user", "juma", i)
        # The right time again: what is over ends.
        for name in isp.routers.names:
            isp.routers.ask("clock-error", name, 0)
        isp.routers.ask("advance", 60)
        for i in range(len(errors)):
            assert is_off(isp, "/ppp/secret", "jane", i) and is_off(isp, "/ip/hotspot/user", "juma", i)


def test_device_mode_that_forbids_it_is_shown_and_costs_nothing():
    with leased(start=False, version="7.20.8", sweep="30s") as isp:
        isp.routers.hand("/system/device-mode/set", "=scheduler=no")
        isp.start()
        pay_both(isp)
        wait_protected(isp, False, "device-mode")
        assert isp.routers.rows("/system/scheduler") == [] and isp.routers.rows("/system/script") == []
        assert isp.router_status()["error"] is None, "nothing was tried in vain"
        assert "UNPROTECTED" in isp.run("status", code=0, json_output=False)[1]
        assert b"UNPROTECTED" in isp.page()[1]
        assert b'wavu_routers_unprotected{tenant="kasinet"} 1' in isp.page("/metrics")[1]
        said = isp.run("router", "check", "r1", json_output=False)[1]
        assert "scheduler" in said, said
        isp.routers.hand("/system/device-mode/set", "=scheduler=yes")
        isp.run("apply", code=0)
        wait_protected(isp, True)
        assert b'wavu_routers_unprotected{tenant="kasinet"} 0' in isp.page("/metrics")[1]
        isp.settle()


def test_a_board_without_device_mode_is_protected_too():
    with leased(version="7.0.9") as isp:
        pay_both(isp)
        isp.run("apply", code=0)
        wait_protected(isp, True)


def test_a_clock_that_is_wrong_disarms_the_lease_until_it_is_right():
    with leased() as isp:
        pay_both(isp)
        isp.routers.ask("clock-error", "router1", 2 * DAY)
        isp.run("apply", code=0)
        wait_protected(isp, False, "ahead")
        assert is_off(isp, "/system/scheduler", "wavu-lease")
        isp.settle()
        isp.routers.ask("clock-error", "router1", -int(time.time()))
        isp.run("apply", code=0)
        wait_protected(isp, False, "behind")
        isp.settle()
        isp.routers.ask("clock-error", "router1", 0)
        isp.run("apply", code=0)
        wait_protected(isp, True)
        isp.settle()
        assert not is_off(isp, "/ppp/secret", "jane") and not is_off(isp, "/ip/hotspot/user", "juma")


BLINK = {"packages.yaml": world.PACKAGES + "---\nkind: Package\nname: blink\nservice: pppoe\nprice: 10\nperiod: 5s\n"
         "speed: {down: 10M, up: 5M}\n",
         "subscribers.yaml": Isp.subscriber("KN-0042", "blink") + "---\n" +
         Isp.subscriber("KN-7", "blink", username="juma", phone="0712345679")}


def test_wavu_comes_back_to_what_the_lease_did():
    """Two whose time is over while wavu is dead; one of them pays meanwhile. One write is all that is left to do."""
    with leased(files=BLINK) as isp:
        isp.settle()
        isp.run("payment", "record", "KN-0042", "10", "--reason", "cash", code=0)
        isp.run("payment", "record", "KN-7", "10", "--reason", "cash", code=0)
        wait_for("both rows", lambda: len(isp.routers.rows("/ppp/secret")) == 2)
        isp.kill()
        # On a slow machine wavu may have ended them itself, and a row that was never open says no end.
        ends = [int(row["comment"].split("until=")[1].split()[0]) for row in isp.routers.rows("/ppp/secret")
                if "until=" in row["comment"]]
        time.sleep(max([0] + [end - time.time() for end in ends]))
        isp.routers.ask("advance", 61)
        assert is_off(isp, "/ppp/secret", "jane") and is_off(isp, "/ppp/secret", "juma")
        isp.run("payment", "record", "KN-0042", "5000000", "--reason", "cash", code=0)
        isp.routers.ask("counters-reset", "router1")
        isp.start()
        wait_for("who paid is on again", lambda: not is_off(isp, "/ppp/secret", "jane"))
        isp.settle()
        assert is_off(isp, "/ppp/secret", "juma")
        assert isp.routers.counters()["writes_done"] == 1, isp.routers.ask("log", "router1")
        assert isp.run("drift", code=0)[1] == []
        assert all(event["cause"] != "drift" for event in isp.run("history", code=0)[1])


def test_a_payment_is_one_write_and_moves_the_end():
    with leased() as isp:
        pay_both(isp)
        before = isp.routers.row("/ppp/secret", "jane")["comment"]
        isp.routers.hand("/ppp/secret/set", "=.id=jane", "=comment=" + before + " roof, 2nd floor")
        isp.routers.ask("counters-reset", "router1")
        isp.pay("QGH7LEASE1")
        wait_for("the end moves", lambda: isp.routers.row("/ppp/secret", "jane")["comment"].split(" roof")[0] != before)
        isp.settle()
        after = isp.routers.row("/ppp/secret", "jane")["comment"]
        assert after.endswith(" roof, 2nd floor") and "until=" in after, after
        assert isp.routers.counters()["writes_done"] == 1
        # What the router tells of the write may have been looked at since, and found nothing to do.
        change = next(event for event in isp.run("history", code=0)[1] if event["changes"])["changes"][0]
        assert change["effect"] == "neutral" and change["reason"] == "changed" and "alone until" in change["because"]
        assert isp.routers.access("jane")["open"], "and no session was dropped"


def test_what_others_keep_there_is_theirs():
    with leased(start=False, sweep="30s") as isp:
        isp.routers.hand("/system/script/add", "=name=backup", "=source=:log info x")
        isp.routers.hand("/system/scheduler/add", "=name=nightly", "=interval=1d", "=on-event=backup")
        isp.routers.hand("/system/script/add", "=name=wavu-lease", "=source=:log info theirs")
        foreign = isp.routers.rows("/system/script"), isp.routers.rows("/system/scheduler")
        isp.start()
        wait_protected(isp, False, "is not wavu's")
        assert isp.routers.rows("/system/script") == foreign[0]
        assert isp.routers.row("/system/scheduler", "nightly") == foreign[1][0]
        assert any(change["verb"] == "conflict" and change["menu"] == "/system/script"
                   for change in isp.plan()[1]["routers"][0]["changes"])
        isp.routers.hand("/system/script/remove", "=.id=wavu-lease")
        isp.run("apply", code=0)
        wait_protected(isp, True)
        # A hand in ours is healed.
        isp.routers.hand("/system/script/set", "=.id=wavu-lease", "=source=:log info hand")
        isp.run("apply", code=0)
        assert ":foreach" in isp.routers.row("/system/script", "wavu-lease")["source"]
        assert isp.routers.row("/system/script", "backup") == foreign[0][0]
        isp.settle()


def test_a_copied_row_is_not_shut():
    """A person who copies or renames a row takes wavu's comment along: the router's script leaves it alone."""
    with leased() as isp:
        pay_both(isp)
        isp.kill()
        mine = isp.routers.row("/ppp/secret", "jane")
        for name in ("jane-1", "jan", "janet"):
            isp.routers.hand("/ppp/secret/add", "=name=" + name, "=password=x", "=comment=" + mine["comment"])
        user = isp.routers.row("/ip/hotspot/user", "juma")
        isp.routers.hand("/ip/hotspot/user/set", "=.id=juma", "=name=juma2")
        isp.routers.ask("advance", 40 * DAY)
        assert is_off(isp, "/ppp/secret", "jane"), "the script ran"
        for name in ("jane-1", "jan", "janet"):
            assert not is_off(isp, "/ppp/secret", name), name
        assert not is_off(isp, "/ip/hotspot/user", "juma2"), user


def test_fail_open_and_off_again():
    files = {"packages.yaml": world.PACKAGES.replace("price: 50\n", "price: 50\nfail_open: 6h\n")}
    with leased(files=files) as isp:
        pay_both(isp)
        isp.kill()
        isp.routers.ask("advance", DAY + 5 * 3600)
        assert not is_off(isp, "/ip/hotspot/user", "juma"), "six hours of grace without wavu"
        isp.routers.ask("advance", 3600 + 120)
        assert is_off(isp, "/ip/hotspot/user", "juma")
        isp.write("tenant.yaml", world.TENANT)
        isp.commit("no lease any more")
        isp.start()
        wait_for("nothing of it is left", lambda: not isp.routers.rows("/system/script") and
                 not isp.routers.rows("/system/scheduler") and
                 "until=" not in isp.routers.row("/ppp/secret", "jane")["comment"])
        isp.settle()
        assert isp.router_status()["lease"] is None


class Leased(Network):
    def write(self, name, text):
        super().write(name, text + "lease: on\n" if name == "tenant.yaml" else text)


def test_the_second_plan_is_empty_on_every_transport_and_version():
    with Leased() as isp:
        for index in range(len(isp.fleet)):
            isp.run("payment", "record", "KN-%02d" % index, "1000000", "--reason", "cash", code=0)
        isp.everywhere("a row with its end", lambda i: "until=" in (isp.routers.row("/ppp/secret", "jane", i) or
                                                                    {"comment": ""})["comment"])
        isp.everywhere("script and schedule", lambda i: isp.routers.row("/system/scheduler", "wavu-lease", i))
        isp.settle()
        assert all(router["lease"]["protected"] for router in isp.status()["routers"]), isp.status()["routers"]


if __name__ == "__main__":
    main(globals())
