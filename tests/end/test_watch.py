"""Idle sessions: one login a router, what a person changes on a router is healed within seconds although the sweep is
far away, a dead line is noticed, and a router that tells nothing is none the worse."""

import signal
import time

from isp import Isp, main, wait_for

SECONDS = 12  # two of quiet, a pause after a look in vain, and a slow machine


def people(count, router="r1", first=0):
    return "---\n".join(Isp.subscriber("P-%03d" % i, router=router, username="p%03d" % i, phone="07000%05d" % i,
                                       more="opening: {paid_until: 2030-01-01, balance: 0}\n")
                        for i in range(first, first + count))


def listens(isp, router=0):
    return isp.routers.ask("counter", isp.routers.names[router], "any", "listen")["count"]


def looks(isp, router=0):
    """Complete looks; a keyed one of a payment is one, too."""
    return isp.routers.ask("counter", isp.routers.names[router], "/ppp/secret", "print")["count"]


def settled(isp):
    isp.settle()
    wait_for("the session listens", lambda: listens(isp) >= 2)


def profile_of(isp, name, router=0):
    row = isp.routers.row("/ppp/secret", name, router)
    return row and row["profile"]


def test_a_row_edited_by_hand_is_healed_within_seconds():
    with Isp(files={"subscribers.yaml": people(3)}, sweep="1h") as isp:
        settled(isp)
        logins = isp.routers.counters()["logins"]
        rate = isp.routers.row("/ppp/profile", "wavu-home-10")["rate-limit"]
        isp.routers.hand("/ppp/secret/set", "=.id=p001", "=profile=default")
        wait_for("it is healed", lambda: profile_of(isp, "p001") == "wavu-home-10")
        isp.routers.hand("/ppp/secret/remove", "=.id=p002")
        wait_for("it is back", lambda: profile_of(isp, "p002") == "wavu-home-10")
        isp.routers.hand("/ppp/profile/set", "=.id=wavu-home-10", "=rate-limit=1M/1M")
        wait_for("the rate is back", lambda: isp.routers.row("/ppp/profile", "wavu-home-10")["rate-limit"] == rate)
        wait_for("history says who it was", lambda: [
            event for event in isp.run("history", "--router", "r1", code=0)[1] if event["cause"] == "drift"])
        assert isp.routers.counters()["logins"] == logins, "the session that was held did all of it"


def test_a_session_that_may_not_be_is_ended_within_seconds():
    with Isp(files={"subscribers.yaml": people(2)}, sweep="1h") as isp:
        settled(isp)
        # Somebody opens a row that is shut and its owner dials in: nobody pays for that.
        isp.run("subscriber", "pause", "P-001", code=0)
        wait_for("his row is shut", lambda: isp.routers.row("/ppp/secret", "p001")["disabled"] == "true")
        isp.settle()
        password = isp.password("P-001")
        isp.routers.hand("/ppp/secret/set", "=.id=p001", "=disabled=no")
        isp.routers.ask("dial", isp.routers.names[0], "p001", password)
        wait_for("he is off again", lambda: isp.routers.access("p001")["sessions"] == 0)
        wait_for("and shut", lambda: isp.routers.row("/ppp/secret", "p001")["disabled"] == "true")


def test_one_login_over_many_jobs():
    with Isp(files={"subscribers.yaml": people(2)}, sweep="2s") as isp:
        settled(isp)
        before = isp.routers.counters()["logins"]
        swept = looks(isp)
        for i in range(3):
            isp.pay("SKL51ZD%03d" % i, reference="P-000")
            wait_for("it is booked", lambda: isp.payment("SKL51ZD%03d" % i))
        isp.run("apply", code=0)
        wait_for("some sweeps have been", lambda: looks(isp) >= swept + 10)
        counters = isp.routers.counters()
        # `wavu plan` of settle() has sessions of its own; the controller has one, once.
        assert counters["logins"] == before, counters
        assert counters["tags_max"] <= 16, counters


def test_a_quiet_router_stays_quiet():
    with Isp(files={"subscribers.yaml": people(2)}, sweep="1h") as isp:
        settled(isp)
        isp.pay("SKL51ZDR4F", reference="P-000")
        wait_for("it is booked", lambda: isp.payment("SKL51ZDR4F"))
        isp.settle()
        isp.routers.hand("/ppp/secret/set", "=.id=p001", "=profile=default")
        wait_for("it is healed", lambda: profile_of(isp, "p001") == "wavu-home-10")
        wait_for("all is written", lambda: isp.router_status()["in_sync"])
        # What our own hand did may cost one more look, never one after the other.
        time.sleep(SECONDS)
        before = looks(isp)
        time.sleep(SECONDS)
        assert looks(isp) == before, (before, looks(isp))


def test_a_router_that_was_rebooted_is_noticed():
    with Isp(files={"subscribers.yaml": people(2)}, sweep="1h") as isp:
        settled(isp)
        isp.routers.ask("reboot", isp.routers.names[0], 3000)
        wait_for("it is away", lambda: isp.router_status()["reachable"] is False)
        wait_for("it is back", lambda: isp.router_status()["reachable"] is True, 60)
        before = listens(isp)
        assert before > 2, before
        isp.routers.hand("/ppp/secret/set", "=.id=p001", "=profile=default")
        wait_for("the new session listens too", lambda: profile_of(isp, "p001") == "wavu-home-10")


def test_a_refused_listen_is_harmless():
    with Isp(files={"subscribers.yaml": people(2)}, sweep="3s", deaf=True) as isp:
        isp.settle()
        asked = wait_for("it was asked once", lambda: listens(isp))
        swept = looks(isp)
        isp.routers.hand("/ppp/secret/set", "=.id=p001", "=profile=default")
        wait_for("the sweep heals", lambda: profile_of(isp, "p001") == "wavu-home-10")
        wait_for("more sweeps", lambda: looks(isp) >= swept + 6)
        assert listens(isp) == asked, "a refusal is remembered"
        assert isp.router_status()["error"] is None, isp.router_status()
        assert isp.routers.counters()["sessions"] == 1


def test_only_watched_routers_are_not_listened_to():
    with Isp(files={"subscribers.yaml": people(2)}, mode="observe", sweep="1s") as isp:
        wait_for("it was swept", lambda: looks(isp) > 6)
        assert listens(isp) == 0


def test_every_transport():
    """TLS hides bytes from whoever waits for the socket; REST has no such thing as a listen."""
    with Isp(routers=3, transports=[("port", ""), ("tls_port", "transport: api-ssl\ntls: {anonymous: true}\n"),
                                    ("rest_port", "transport: rest\nrest: {plain: true}\n")],
             world=["--tls-anonymous", "--rest", "0"], sweep="1h",
             files={"subscribers.yaml": "---\n".join(people(2, "r%d" % (i + 1), 10 * i) for i in range(3))}) as isp:
        settled(isp)
        wait_for("the second listens", lambda: listens(isp, 1) >= 2)
        for index in range(3):
            isp.routers.hand("/ppp/secret/set", "=.id=p%03d" % (10 * index), "=profile=default", router=index)
        for index in range(2):
            wait_for("router %d is healed" % index, lambda: profile_of(isp, "p%03d" % (10 * index), index) == "wavu-home-10")
        assert listens(isp, 2) == 0 and profile_of(isp, "p020", 2) == "default", "the sweep covers it"
        isp.run("apply", code=0)
        assert profile_of(isp, "p020", 2) == "wavu-home-10"


def test_a_silent_router_does_not_hold_up_the_end():
    with Isp(files={"subscribers.yaml": people(2)}) as isp:
        settled(isp)
        before = looks(isp)
        isp.routers.ask("fault", isp.routers.names[0], "delay", "times=0", "delay=60000")
        isp.routers.hand("/ppp/secret/set", "=.id=p001", "=profile=default")
        wait_for("a job waits for its answer", lambda: looks(isp) > before)
        begin = time.monotonic()
        isp.process.send_signal(signal.SIGTERM)
        assert isp.process.wait(timeout=30) == 0
        took_s = time.monotonic() - begin
        # The supervisor kills after 10 s, a router may be silent for 15: neither was waited for.
        assert took_s < 9, "%.1f s" % took_s
        assert isp.router_status()["error"] is None, "what was cut short says nothing about the router"


if __name__ == "__main__":
    main(globals())
