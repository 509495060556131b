"""Who comes, moves, ends or is paused while a roll-out stands; what the guard of the fleet holds and lets go."""

import json
import time

from isp import TENANT, Isp, main, wait_for
from waves import (ROUTERS, person, people, faster, rate, may_enter, rates, rollout, stopped, fleet, name, refuse,
                   stop_at_the_canary, sweep_all)


def test_who_is_only_added_waits_for_nobody():
    """Also while the canary cannot be written to: nothing of what was there changes."""
    with fleet() as isp:
        refuse(isp, 1)
        isp.write("more.yaml", "---\n".join(person("N-%d" % i, i) for i in range(2, ROUTERS + 1)))
        isp.commit("a new estate", wait=True)
        assert rollout(isp) is None
        wait_for("all are in", lambda: all(isp.routers.row("/ppp/secret", "n-%d" % i, i - 1)
                                           for i in range(2, ROUTERS + 1)))
        isp.routers.ask("clear", name(isp, 1))


def test_who_moves_has_access_somewhere_all_the_time():
    """P-20 moves from r20 to r1, the canary, which refuses: r20 keeps him, also after a sweep, and his payment opens there."""
    with fleet(sweep="2s") as isp:
        refuse(isp, 1)
        isp.write("subscribers.yaml", people(ROUTERS - 1) + "---\n" + person("P-20", 1))
        head = faster(isp, "12M", wait=True)
        wait_for("stopped", lambda: stopped(isp))
        sweep_all(isp)
        assert may_enter(isp, "p-20", 20), "he is on neither"
        isp.pay("SKLMOVE001", "2500.00", "P-20", phone="254799999999")
        wait_for("booked", lambda: isp.payment("SKLMOVE001"))
        assert may_enter(isp, "p-20", 20)
        isp.routers.ask("clear", name(isp, 1))
        faster(isp, "15M", "mended", wait=True)
        wait_for("he is where he moved to", lambda: may_enter(isp, "p-20", 1) and
                 not isp.routers.row("/ppp/secret", "p-20", 19))
        isp.settle()
        assert head


def test_expiry_keeps_its_time_on_a_router_that_waits():
    """Whose time runs out is shut off on time, also by the commit that his router is kept at, and gone from git or not."""
    with fleet() as isp:
        soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 25))
        isp.write("soon.yaml", "---\n".join(
            Isp.subscriber("S-%d" % i, router="r9", username="s-%d" % i, phone="0711111%03d" % i,
                           more="opening: {paid_until: %s}\n" % soon) for i in (1, 2)))
        isp.commit("two for a moment", wait=True)
        wait_for("both are in", lambda: may_enter(isp, "s-1", 9) and may_enter(isp, "s-2", 9))
        refuse(isp, 1)
        isp.write("soon.yaml", Isp.subscriber("S-1", router="r9", username="s-1", phone="0711111001",
                                              more="opening: {paid_until: %s}\n" % soon))
        faster(isp, "12M", wait=True)
        wait_for("stopped", lambda: stopped(isp))
        wait_for("both are shut off, each on time",
                 lambda: not may_enter(isp, "s-1", 9) and not may_enter(isp, "s-2", 9), 90)
        assert isp.routers.row("/ppp/secret", "s-2", 8), "the commit that takes his row has not come here"
        assert rate(isp, 9) == "10M"
        isp.routers.ask("clear", name(isp, 1))


def test_routers_come_and_go_meanwhile():
    with fleet() as isp:
        stop_at_the_canary(isp)
        isp.write("routers.yaml", "---\n".join(isp.router_yaml(i) for i in range(ROUTERS) if i != 11))
        isp.write("subscribers.yaml", "---\n".join(person("P-%d" % i, i) for i in range(1, ROUTERS + 1) if i != 12))
        isp.commit("r12 is given up", wait=True)
        wait_for("it is no longer ours", lambda: len(isp.status()["routers"]) == ROUTERS - 1 and stopped(isp))
        assert rate(isp, 12) == "10M" and rate(isp, 13) == "10M"
        isp.routers.ask("clear", name(isp, 1))
        isp.write("routers.yaml", "---\n".join(isp.router_yaml(i) for i in range(ROUTERS)))
        isp.write("subscribers.yaml", people(ROUTERS))
        isp.commit("and taken back", wait=True)
        wait_for("all have the new speed", lambda: rates(isp) == ["12M"] * ROUTERS)
        isp.settle()


def test_a_relaxed_guard_lets_go_what_it_held():
    """The Tenant's guard holds the losses of two routers; without it they are made at once, and nothing is left of its
    words. The routers' own guards say nothing to so few on each."""
    def crowd(count):
        return "---\n".join(person("C-%d-%d" % (router, i), router) for router in (1, 2, 3) for i in range(count))
    with Isp(routers=3, guard="{losses_max_percent: 100, losses_min: 1000}",
             files={"subscribers.yaml": crowd(8),
                    "tenant.yaml": TENANT + "guard: {losses_max_percent: 20, losses_min: 10}\n"}) as isp:
        isp.settle()
        isp.write("subscribers.yaml", crowd(4))
        isp.commit("half leaves", wait=True)
        wait_for("it is held", lambda: all(router["guarded"] for router in isp.status()["routers"]))
        assert isp.status()["tenants"][0]["fleet_guard"] and isp.routers.row("/ppp/secret", "c-1-7", 0)
        isp.write("tenant.yaml", TENANT + "guard: {losses_max_percent: 100, losses_min: 1000}\n")
        isp.commit("it is meant", wait=True)
        wait_for("they are gone", lambda: not any(isp.routers.row("/ppp/secret", "c-%d-7" % (i + 1), i) for i in range(3)))
        isp.settle()
        status = isp.status()
        assert status["tenants"][0]["fleet_guard"] is None, status["tenants"]
        assert not any(router["guarded"] for router in status["routers"]), status["routers"]


def test_a_plan_forgets_what_its_commit_gives_back():
    """A mistake is held; the commit that takes most of it back would be let go at once, and its plan says the same."""
    def crowd(count):
        return "---\n".join(person("C-%d" % i, 1) for i in range(count))
    with Isp(files={"subscribers.yaml": crowd(12)}, start=False) as isp:
        isp.run("apply", code=0)
        isp.write("subscribers.yaml", "")
        isp.commit("everybody is gone")
        assert isp.run("plan", code=3)[1]["routers"][0]["guarded"]["losses"] == 12
        isp.run("apply", code=3)
        isp.write("subscribers.yaml", crowd(11))
        isp.commit("one was meant")
        [router] = isp.run("plan", code=2)[1]["routers"]
        assert router["guarded"] is None and [change["key"] for change in router["changes"]] == ["c-11"], router
        isp.run("apply", code=0)
        assert len(isp.routers.rows("/ppp/secret")) == 11
        isp.run("plan", code=0)


def test_a_subscriber_is_paused_and_resumed():
    with Isp() as isp:
        code, said = isp.run("subscriber", "pause", "KN-0042", code=1)
        assert "never paid" in json.dumps(said), said
        isp.run("subscriber", "pause", "NOBODY", code=1)
        isp.pay("SKLPAUSE01")
        wait_for("she is in", lambda: may_enter(isp, "jane", 1))
        until = isp.show()["paid_until"]
        code, said = isp.run("subscriber", "pause", "kn 0042", "--reason", "moving house", code=0)
        wait_for("her row is shut", lambda: not may_enter(isp, "jane", 1))
        shown = isp.show()
        assert shown["state"] == "paused" and shown["paid_until"] == until, shown
        assert isp.run("subscriber", "pause", "KN-0042", code=0)[1]["ok"], "twice is once"
        isp.settle()
        assert any("moving house" in (line["because"] or "") for line in isp.run("history", code=0)[1])
        isp.run("subscriber", "resume", "KN-0042", code=0)
        wait_for("she is in again", lambda: may_enter(isp, "jane", 1))
        shown = isp.show()
        assert shown["state"] == "active" and shown["paid_until"] == until, shown
        isp.settle()
        assert isp.run("history", "--router", "NOPE")[0] == 1
        assert isp.run("history", "--router", "r1", code=0)[1]


if __name__ == "__main__":
    main(globals())
