"""A commit goes through the fleet in waves: one router first, then a tenth, then all. A refusal stops it, and stops it for
sweeps and payments too; a newer commit or a person goes on."""

import json
import time

from isp import PACKAGES, TENANT, Isp, main, wait_for

ROUTERS = 20
PAID = "opening: {paid_until: 2030-01-01, balance: 0}\n"


def person(account, router, package="home-10", paid=True):
    return Isp.subscriber(account, package=package, router="r%d" % router, username=account.lower(),
                          phone="07%08d" % (hash_of(account)), more=PAID if paid else "")


def hash_of(account):
    number = 0
    for letter in account:
        number = (number * 31 + ord(letter)) % 100000000
    return number


def people(routers):
    return "---\n".join(person("P-%d" % (router + 1), router + 1) for router in range(routers))


def faster(isp, speed, why="faster", wait=False):
    isp.write("packages.yaml", PACKAGES.replace("speed: {down: 10M, up: 5M}", "speed: {down: %s, up: 5M}" % speed))
    return isp.commit(why, wait=wait)


def rate(isp, router):
    row = isp.routers.row("/ppp/profile", "wavu-home-10", router - 1)
    bits = row["rate-limit"].split("/")[1].split(" ")[0] if row else "0"
    return "%dM" % (int(bits) // 1000000) if bits.isdigit() else bits


def may_enter(isp, username, router):
    row = isp.routers.row("/ppp/secret", username, router - 1)
    return bool(row) and row["disabled"] != "true"


def rates(isp, routers=ROUTERS):
    return [rate(isp, router + 1) for router in range(routers)]


def rollout(isp):
    return isp.status()["tenants"][0]["rollout"]


def stopped(isp):
    state = rollout(isp)
    return state if state and state["stopped"] else None


def fleet(**more):
    isp = Isp(routers=ROUTERS, files={"subscribers.yaml": people(ROUTERS)}, **more)
    isp.settle()
    assert rates(isp) == ["10M"] * ROUTERS, rates(isp)
    return isp


def name(isp, router):
    return isp.routers.names[router - 1]


def refuse(isp, router):
    isp.routers.ask("fault", name(isp, router), "trap", "times=0")


def stop_at_the_canary(isp):
    """r1 is the canary: nobody has fewer people, and its name is the first."""
    refuse(isp, 1)
    head = faster(isp, "12M", wait=True)
    state = wait_for("the canary stops the roll-out", lambda: stopped(isp))
    assert state["commit"] == head and state["wave"] == 1 and state["waves"] == 3, state
    assert state["waiting"] == ROUTERS - 1 and state["done"] == 1 and "r1" in state["stopped"], state
    return head


def reconciled_since(isp, moment):
    return all(router["last_reconcile_at"] > moment for router in isp.status()["routers"] if router["name"] != "r1")


def sweep_all(isp):
    """Every router but the canary has been looked at as a whole after this was called."""
    before = max(router["last_reconcile_at"] for router in isp.status()["routers"])
    wait_for("all others are swept", lambda: reconciled_since(isp, before), 60)


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
