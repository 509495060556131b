"""What a commit costs: sessions wait for the maintenance window, and the plan says what it is worth a month."""

import datetime

from isp import Isp, PACKAGES, SITE, main, wait_for


def window(from_minutes, to_minutes):
    """A window, as so many minutes from now in the tenant's zone."""
    now = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=3)))
    ends = [(now + datetime.timedelta(minutes=one)).strftime("%H:%M") for one in (from_minutes, to_minutes)]
    return SITE + 'maintenance: {from: "%s", to: "%s"}\n' % tuple(ends)


def online(isp, name="jane"):
    now = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=3)))
    isp.pay("SKL51ZDR4F", TransTime=now.strftime("%Y%m%d%H%M%S"))  # just paid, whatever day it is
    wait_for("the secret is there", lambda: isp.routers.row("/ppp/secret", name))
    isp.settle()
    isp.routers.ask("dial", isp.routers.names[0], name, isp.password(), "AA:BB:CC:DD:EE:FF")
    got = isp.routers.access(name)
    assert got["open"] and got["download"] == 10000000, got
    return got["began_at"]


def test_a_new_speed_waits_for_the_window():
    with Isp(files={"sites.yaml": window(600, 660)}) as isp:
        began_at = online(isp)
        isp.write("packages.yaml", PACKAGES.replace("down: 10M, up: 5M", "down: 12M, up: 6M"))
        isp.commit(wait=True)
        wait_for("the profile is faster", lambda: isp.routers.row("/ppp/profile", "wavu-home-10")["rate-limit"]
                 .startswith(("6M/12M", "6000000/12000000")))
        # Just paid for: it does not wait.
        wait_for("his session is renewed", lambda: isp.routers.access("jane")["sessions"] == 0)
        assert began_at


def test_who_paid_long_ago_keeps_the_session_until_the_window():
    person = Isp.subscriber(more="opening: {paid_until: 2099-01-01}\n")
    with Isp(files={"sites.yaml": window(600, 660), "subscribers.yaml": person}) as isp:
        wait_for("the secret is there", lambda: isp.routers.row("/ppp/secret", "jane"))
        isp.settle()
        isp.routers.ask("dial", isp.routers.names[0], "jane", isp.password(), "AA:BB:CC:DD:EE:FF")
        began_at = isp.routers.access("jane")["began_at"]
        isp.write("packages.yaml", PACKAGES.replace("down: 10M, up: 5M", "down: 12M, up: 6M"))
        head = isp.commit(wait=True)
        wait_for("the profile is faster", lambda: isp.routers.row("/ppp/profile", "wavu-home-10")["rate-limit"]
                 .startswith(("6M/12M", "6000000/12000000")))
        code, plan = isp.plan()
        changes = plan["routers"][0]["changes"]
        assert code == 2 and [one["verb"] for one in changes] == ["disconnect"], changes
        assert changes[0]["held"] and "maintenance window" in changes[0]["because"], changes
        isp.run("apply", code=0)
        assert isp.routers.access("jane")["began_at"] == began_at, "the session lives on"
        assert plan["tenants"][0]["commit"] == head and plan["tenants"][0]["monthly"] is None
        isp.write("sites.yaml", window(-60, 60))
        isp.commit(wait=True)
        wait_for("now it is renewed", lambda: isp.routers.access("jane")["sessions"] == 0)
        isp.settle()


def test_a_plan_says_what_a_commit_is_worth_a_month():
    person = Isp.subscriber(more="opening: {paid_until: 2099-01-01}\n")
    with Isp(files={"subscribers.yaml": person}) as isp:
        wait_for("the secret is there", lambda: isp.routers.row("/ppp/secret", "jane"))
        isp.settle()
        isp.stop()
        isp.write("subscribers.yaml", Isp.subscriber(package="home-20", more="opening: {paid_until: 2099-01-01}\n"))
        isp.commit()
        monthly = isp.plan()[1]["tenants"][0]["monthly"]
        assert monthly == {"currency": "KES", "gained": "1500.00", "lost": "0.00", "change": "1500.00"}, monthly
        assert "KES 1500.00" in isp.run("plan", json_output=False)[1]
        isp.write("subscribers.yaml", "# nobody\n")
        isp.commit()
        monthly = isp.plan()[1]["tenants"][0]["monthly"]
        assert monthly == {"currency": "KES", "gained": "0.00", "lost": "2500.00", "change": "-2500.00"}, monthly


if __name__ == "__main__":
    main(globals())
