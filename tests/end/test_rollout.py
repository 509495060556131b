"""A commit goes through the fleet in waves: one router first, then a tenth, then all. A refusal stops it, and stops it for
sweeps and payments too; a newer commit or a person goes on."""

import time

from isp import Isp, main, wait_for
from waves import (ROUTERS, person, people, faster, rate, may_enter, rates, rollout, stopped, fleet, name, refuse,
                   stop_at_the_canary, sweep_all)


def test_a_canary_that_refuses_stops_it_until_a_commit_mends_it():
    with fleet(sweep="2s") as isp:
        stop_at_the_canary(isp)
        assert rates(isp)[1:] == ["10M"] * (ROUTERS - 1), rates(isp)
        sweep_all(isp)
        sweep_all(isp)
        assert rates(isp)[1:] == ["10M"] * (ROUTERS - 1), "a sweep overtook the canary: %s" % rates(isp)
        text = isp.run("status", code=0, json_output=False)[1]
        assert "STOPPED" in text and "wavu apply" in text, text
        assert sum(" waits " in line and "kept at" in line for line in text.splitlines()) == ROUTERS - 1, text
        kept = [router["name"] for router in isp.status()["routers"] if router["kept_at"]]
        assert len(kept) == ROUTERS - 1 and "r1" not in kept, kept
        assert not any(router["in_sync"] for router in isp.status()["routers"]), "what is kept back is not what git says"
        assert b"STOPPED" in isp.page()[1] and b"kept at" in isp.page()[1]
        line = next(line for line in isp.run("history", "--router", "r1", code=0)[1]
                    if "the roll-out" in (line["because"] or ""))
        assert line["outcome"] == "refused" and line["cause"] == "commit" and "19 routers" in line["error"], line
        for state in isp.status()["routers"][1:]:
            assert state["generation"] == state["applied_generation"], state
        # A plan is by the newest commit, whatever the waves say.
        code, plan = isp.plan("--router", "r5")
        assert code == 2 and plan["totals"]["set"] >= 1, plan["totals"]
        isp.routers.ask("clear", name(isp, 1))
        faster(isp, "15M", "mended", wait=True)
        wait_for("all have the mended speed", lambda: rates(isp) == ["15M"] * ROUTERS)
        assert rollout(isp) is None
        isp.settle()


def test_a_payment_opens_a_router_that_waits():
    with fleet() as isp:
        isp.write("late.yaml", person("LATE", 7, paid=False))
        isp.commit("one more", wait=True)
        isp.settle()
        stop_at_the_canary(isp)
        isp.pay("SKLROLL001", "2500.00", "LATE", phone="254799999999")
        wait_for("he is in", lambda: isp.routers.row("/ppp/secret", "late", 6))
        assert rate(isp, 7) == "10M", "his payment overtook the canary"
        assert stopped(isp)
        # What was moved by hand goes on alone.
        isp.routers.ask("clear", name(isp, 1))
        # Whoever writes first, the pass or a worker that it woke: the answer tells of it.
        code, said = isp.run("apply", "--router", "r7")
        [moved] = said["routers"]
        assert code == 0, said
        assert moved["in_sync"] is True, moved
        assert moved["changes"] or "a moment before" in moved["notes"][0], moved
        assert rate(isp, 7) == "12M" and rate(isp, 8) == "10M" and stopped(isp)["waiting"] == ROUTERS - 2
        assert isp.run("apply")[0] == 0
        assert rates(isp) == ["12M"] * ROUTERS and rollout(isp) is None
        isp.settle()


def test_who_comes_while_it_stands_is_let_in():
    """A customer added while the roll-out is stopped has paid: he is in on a router that waits, at the speed that holds
    there, also after a restart; his time ends on time; and the canary is not overtaken for him."""
    with fleet(sweep="3s") as isp:
        stop_at_the_canary(isp)
        soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 25))
        heir = person("P-5", 5, paid=False).replace("name: P-5\n", "name: NEWEST\n")
        isp.write("subscribers.yaml", people(ROUTERS).replace(person("P-5", 5), heir))
        isp.write("late.yaml", person("LATE", 7, paid=False) + "---\n" + person("OPENED", 9) + "---\n" +
                  Isp.subscriber("SHORT", router="r8", username="short", phone="0711111003",
                                 more="opening: {paid_until: %s}\n" % soon))
        isp.commit("late ones", wait=True)
        wait_for("who was opened is in", lambda: may_enter(isp, "opened", 9) and may_enter(isp, "short", 8))
        isp.pay("SKLCOME001", "2500.00", "LATE", phone="254799999999")
        wait_for("who paid is in", lambda: may_enter(isp, "late", 7))
        wait_for("still stopped", lambda: stopped(isp))
        assert rates(isp)[1:] == ["10M"] * (ROUTERS - 1), "they overtook the canary: %s" % rates(isp)
        wait_for("whose time ends is shut off", lambda: not may_enter(isp, "short", 8), 90)
        # Whose username is somebody else's by the former commit waits, and the way out is said.
        isp.pay("SKLCOME002", "2500.00", "NEWEST", phone="254799999998")
        def says_the_way_out():
            said = isp.run("explain", "NEWEST", json_output=False)[1]
            return "wavu apply --router r5" in said and "no longer in git" not in said
        wait_for("it says what he waits for", says_the_way_out)
        before = isp.routers.row("/ppp/secret", "late", 6)
        isp.kill()
        isp.start()
        sweep_all(isp)
        assert isp.routers.row("/ppp/secret", "late", 6) == before, "he was touched"
        assert rates(isp)[1:] == ["10M"] * (ROUTERS - 1), rates(isp)
        isp.routers.ask("clear", name(isp, 1))
        assert isp.run("apply")[0] == 0
        assert rates(isp) == ["12M"] * ROUTERS, rates(isp)
        assert isp.routers.row("/ppp/secret", "late", 6) == before
        assert may_enter(isp, "p-5", 5)
        assert "no longer in git" not in isp.run("explain", "SKLCOME002", json_output=False)[1]
        isp.settle()


def test_a_canary_that_falls_silent_proves_nothing():
    """r1's line is cut as the commit comes to it, and it cannot be reached again: r10, the next by name, goes in its
    place, alone."""
    with fleet() as isp:
        isp.routers.ask("fault", name(isp, 1), "refuse", "times=0")
        isp.routers.ask("fault", name(isp, 1), "cut-received", "after=1", "times=0")
        refuse(isp, 10)
        faster(isp, "12M", wait=True)
        state = wait_for("the one in its place stops the roll-out", lambda: stopped(isp))
        assert "r10" in state["stopped"], state
        assert rates(isp)[1:] == ["10M"] * (ROUTERS - 1), rates(isp)
        isp.routers.ask("clear", name(isp, 1))
        isp.routers.ask("clear", name(isp, 10))
        assert isp.run("apply")[0] == 0
        wait_for("all have the new speed", lambda: rates(isp) == ["12M"] * ROUTERS)


def test_a_kill_in_the_middle_is_made_up_for():
    with fleet() as isp:
        isp.routers.ask("fault", name(isp, 1), "mute", "times=0")
        isp.stop()
        isp.start()  # no session is held any more: the canary does not answer the next one
        isp.routers.ask("clear", name(isp, 1))
        isp.settle()
        isp.routers.ask("latency", name(isp, 1), 1500)
        head = faster(isp, "12M", wait=True)
        state = rollout(isp)
        assert state and state["commit"] == head and state["wave"] == 1 and not state["stopped"], state
        isp.kill()
        assert rates(isp)[1:] == ["10M"] * (ROUTERS - 1), rates(isp)
        isp.routers.ask("latency", name(isp, 1), 0)
        isp.start()
        wait_for("all have the new speed", lambda: rates(isp) == ["12M"] * ROUTERS)
        isp.settle()
        assert rollout(isp) is None


def test_a_stop_outlives_a_kill():
    with fleet(sweep="2s") as isp:
        stop_at_the_canary(isp)
        isp.kill()
        isp.git("commit", "-q", "--allow-empty", "--amend", "-m", "forced away")
        isp.git("reflog", "expire", "--expire=now", "--all")
        isp.git("gc", "-q", "--prune=now")
        isp.start()
        wait_for("still stopped, at the newer commit or the former", lambda: stopped(isp))
        sweep_all(isp)
        assert rates(isp)[1:] == ["10M"] * (ROUTERS - 1), rates(isp)
        isp.routers.ask("clear", name(isp, 1))
        assert isp.run("apply")[0] == 0
        assert rates(isp) == ["12M"] * ROUTERS, rates(isp)
        isp.settle()


if __name__ == "__main__":
    main(globals())
