"""Other people's hands and the operator's own mistakes: drift, conflicts, adoption, pause, the guard, bad commits."""

import fcntl
import json
import os
import threading

from isp import Isp, main, wait_for


def people(count, package="home-10", paid=True):
    opening = "opening: {paid_until: 2030-01-01, balance: 0}\n" if paid else ""
    return "---\n".join(Isp.subscriber("P-%03d" % i, package, username="p%03d" % i, phone="07000%05d" % i,
                                       more=opening) for i in range(count))


def test_drift_is_shown_and_healed():
    with Isp(files={"subscribers.yaml": people(3)}, deaf=True) as isp:
        isp.settle()
        isp.routers.hand("/ppp/secret/set", "=.id=p001", "=profile=default")
        isp.routers.hand("/ppp/secret/remove", "=.id=p002")
        code, plan = isp.plan()
        reasons = {(c["key"], c["verb"]): c["reason"] for r in plan["routers"] for c in r["changes"]}
        assert code == 2 and reasons == {("p001", "set"): "drift", ("p002", "add"): "drift"}, plan
        isp.run("apply", code=0)
        assert isp.routers.row("/ppp/secret", "p001")["profile"] == "wavu-home-10"
        assert isp.routers.row("/ppp/secret", "p002")
        isp.settle()


def test_drift_report_is_not_healed():
    with Isp(files={"subscribers.yaml": people(3), "sites.yaml": "kind: Site\nname: kasarani\ndrift: report\n"}) as isp:
        isp.settle()
        isp.routers.hand("/ppp/secret/set", "=.id=p001", "=profile=default")
        isp.run("apply")
        assert isp.routers.row("/ppp/secret", "p001")["profile"] == "default"
        code, rows = isp.run("drift")
        assert code == 2 and rows[0]["key"] == "p001" and rows[0]["policy"] == "report", rows


def test_foreign_rows_stay_byte_for_byte():
    with Isp(start=False, files={"subscribers.yaml": people(2)}) as isp:
        isp.routers.hand("/ppp/secret/add", "=name=p000", "=password=his-own", "=comment=by hand")
        isp.routers.hand("/ppp/secret/add", "=name=stranger", "=password=x", "=profile=default-encryption")
        isp.routers.hand("/ppp/profile/add", "=name=old-10M", "=rate-limit=10M/10M")
        foreign = [json.dumps(isp.routers.row(menu, name), sort_keys=True) for menu, name in
                   (("/ppp/secret", "p000"), ("/ppp/secret", "stranger"), ("/ppp/profile", "old-10M"))]
        isp.start()
        wait_for("ours is there", lambda: isp.routers.row("/ppp/secret", "p001"))
        isp.run("apply")
        code, plan = isp.plan()
        changes = [c for r in plan["routers"] for c in r["changes"]]
        assert code == 0 and [c["verb"] for c in changes] == ["conflict"] and changes[0]["key"] == "p000", plan
        assert isp.router_status()["in_sync"] is False
        now = [json.dumps(isp.routers.row(menu, name), sort_keys=True) for menu, name in
               (("/ppp/secret", "p000"), ("/ppp/secret", "stranger"), ("/ppp/profile", "old-10M"))]
        assert now == foreign, (foreign, now)


def test_observe_writes_nothing_and_adopt_only_marks():
    with Isp(start=False, mode="observe",
             files={"subscribers.yaml": people(2).replace("username: p000",
                                                          "username: p000\npassword: {keep: true}")}) as isp:
        isp.routers.hand("/ppp/profile/add", "=name=wavu-home-10", "=rate-limit=5M/10M",
                         "=local-address=10.10.0.1", "=only-one=yes")
        isp.start()
        wait_for("it was looked at", lambda: isp.router_status()["reachable"])
        code, plan = isp.run("apply")
        assert isp.routers.counters()["writes"] == 0, isp.routers.ask("log", isp.routers.names[0])
        code, plan = isp.plan()
        assert code == 2 and plan["totals"]["add"] > 0, plan
        isp.write("routers.yaml", isp.router_yaml(0).replace("mode: observe", "mode: adopt"))
        isp.commit("adopt", wait=True)
        isp.run("apply")
        assert isp.routers.counters()["writes"] <= 1, isp.routers.ask("log", isp.routers.names[0])
        assert isp.routers.row("/ppp/secret", "p000") is None, "adopt adds nothing"


def test_pause_and_resume():
    with Isp() as isp:
        isp.settle()
        isp.run("pause", "r1", "--until", "2h", "--reason", "tower works", code=0)
        assert isp.router_status()["paused"]["reason"] == "tower works"
        isp.pay("SKL51ZDR4F")
        wait_for("it is credited", lambda: isp.payment("SKL51ZDR4F"))
        isp.run("apply")
        assert isp.routers.row("/ppp/secret", "jane") is None, "paused is paused"
        isp.run("resume", "r1", code=0)
        wait_for("caught up", lambda: isp.routers.row("/ppp/secret", "jane"))
        isp.settle()


def test_a_command_waits_while_the_lease_changes_hands():
    with Isp() as isp:
        isp.settle()
        isp.stop()
        # As a controller does that has just taken its lease and does not answer yet.
        with open(os.path.join(isp.folder, "state", "controller.lock"), "r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            free = threading.Timer(1.5, fcntl.flock, (lock, fcntl.LOCK_UN))
            free.start()
            isp.run("pause", "r1", "--until", "2h", "--reason", "tower works", code=0)
            free.join()
        assert isp.router_status()["paused"]["reason"] == "tower works"


def test_a_pause_made_shorter():
    with Isp() as isp:
        isp.settle()
        isp.run("pause", "r1", "--until", "2h", "--reason", "tower works", code=0)
        isp.pay("SKL51ZDR4F")
        wait_for("it is credited", lambda: isp.payment("SKL51ZDR4F"))
        isp.run("pause", "r1", "--until", "2s", "--reason", "done sooner", code=0)
        wait_for("caught up", lambda: isp.routers.row("/ppp/secret", "jane"))
        isp.settle()


def test_a_pause_in_git_outlives_a_resume():
    with Isp() as isp:
        isp.settle()
        isp.write("routers.yaml", isp.router_yaml(0, "pause: {until: 2099-01-01, reason: tower works}\n"))
        isp.commit("paused in git", wait=True)
        message = isp.run("resume", "r1", code=0)[1]["message"]
        assert "stays paused" in message and "2099-01-01" in message, message
        assert isp.router_status()["paused"]["reason"] == "tower works"
        isp.write("routers.yaml", isp.router_yaml(0))
        isp.commit("and on again", wait=True)
        assert isp.run("resume", "r1", code=0)[1]["message"] == "r1 is resumed"


def test_a_commit_that_cuts_many_waits_for_a_person():
    with Isp(files={"subscribers.yaml": people(30)}) as isp:
        isp.settle()
        isp.write("subscribers.yaml", people(15) + "---\n" + Isp.subscriber("NEW-1", username="new1",
                  phone="0711111111", more="opening: {paid_until: 2030-01-01, balance: 0}\n"))
        isp.commit("half of them gone", wait=True)
        wait_for("the gain went through", lambda: isp.routers.row("/ppp/secret", "new1"))
        guarded = wait_for("guarded", lambda: isp.router_status()["guarded"])
        assert guarded["losses"] == 15 and guarded["digest"] in guarded["why"], guarded
        assert len(isp.routers.rows("/ppp/secret")) == 31
        code, plan = isp.plan()
        assert code == 3 and plan["routers"][0]["guarded"]["digest"] == guarded["digest"], (code, plan["routers"][0]["guarded"])
        isp.pay("SKL51ZDR4F", reference="P-001")
        wait_for("a payment in between", lambda: isp.payment("SKL51ZDR4F"))
        assert isp.run("apply", "--allow", "000000000000")[0] == 3
        assert len(isp.routers.rows("/ppp/secret")) == 31
        isp.run("apply", "--allow", guarded["digest"], code=0)
        assert len(isp.routers.rows("/ppp/secret")) == 16
        isp.settle()


def test_a_bad_commit_is_refused_whole():
    with Isp() as isp:
        isp.settle()
        good = isp.status()["tenants"][0]["commit"]
        isp.write("packages2.yaml", "kind: Package\nname: broken\nservice: pppoe\npirce: 10\nperiod: 1 month\n"
                                    "speed: {down: 1M, up: 1M}\n")
        isp.write("subscribers.yaml", Isp.subscriber(package="home-20"))
        isp.commit("broken")
        tenant = wait_for("it is refused", lambda: isp.status()["tenants"][0]["error"] and isp.status()["tenants"][0])
        assert tenant["commit"] == good and "packages2.yaml:" in tenant["error"], tenant
        code, findings = isp.plan()
        assert code == 4, findings
        unknown = next(e for e in findings["errors"] if e["line"] == 4)
        assert unknown["column"] == 1 and "did you mean" in unknown["message"] and "price" in unknown["message"], unknown
        isp.pay("SKL51ZDR4F")
        row = wait_for("payments go on", lambda: isp.routers.row("/ppp/secret", "jane"))
        assert row["profile"] == "wavu-home-10", row
        isp.git("rm", "-q", "packages2.yaml")
        isp.commit("mended", wait=True)
        wait_for("the rest is in force", lambda: isp.routers.row("/ppp/secret", "jane")["profile"] == "wavu-home-20")
        isp.settle()


def test_an_empty_tree_is_no_empty_fleet():
    with Isp(files={"subscribers.yaml": people(3)}) as isp:
        isp.settle()
        isp.git("rm", "-q", "-r", ".")
        isp.commit("oops")
        wait_for("it is refused", lambda: isp.status()["tenants"][0]["error"])
        isp.run("apply")
        assert len(isp.routers.rows("/ppp/secret")) == 3


def test_a_forge_rings_with_the_token_of_the_hook():
    with Isp(start=False) as isp:
        isp.secret("git.hook", "h7Kd9Qw2Zr5Tn8Xc")
        with open(isp.config) as file:
            settings = file.read()
        with open(isp.config, "w") as file:
            file.write(settings.replace("poll: 30s", "poll: 30s, hook: {file: git.hook}"))
        isp.start()
        assert isp.http("POST", isp.public, "/git/kasinet/h7Kd9Qw2Zr5Tn8Xc", b"{}")[0] in (200, 202, 204)
        assert isp.http("POST", isp.public, "/git/kasinet/b7Kd9Qw2Zr5Tn8Xc", b"{}")[0] == 404


def test_a_copied_row_is_not_ours():
    with Isp(files={"subscribers.yaml": people(2)}) as isp:
        isp.settle()
        ours = isp.routers.row("/ppp/secret", "p001")
        isp.routers.hand("/ppp/secret/add", "=name=friend", "=password=x", "=profile=wavu-home-10",
                         "=comment=" + ours["comment"])
        isp.routers.hand("/ppp/secret/set", "=.id=p000", "=comment=wiped by a person")
        isp.run("apply", code=0)
        assert isp.routers.row("/ppp/secret", "friend"), "a copy is its maker's"
        comment = isp.routers.row("/ppp/secret", "p000")["comment"]
        assert comment.startswith("wavu:kasinet/") and comment.endswith("wiped by a person"), comment
        isp.settle()


def test_a_watched_router_that_is_away_is_no_failure():
    with Isp(mode="observe") as isp:
        wait_for("it was looked at", lambda: isp.router_status()["reachable"])
        isp.routers.ask("fault", isp.routers.names[0], "refuse", "times=0")
        code, plan = isp.plan()
        assert code == 0 and plan["routers"][0]["reachable"] is False and plan["routers"][0]["error"], (code, plan)
        isp.write("routers.yaml", isp.router_yaml(0).replace("mode: observe", "mode: manage"))
        isp.commit("manage", wait=True)
        assert isp.plan()[0] == 1


def test_waiting_money_says_what_to_do_once():
    with Isp() as isp:
        isp.pay("SKL51ZDR4F", reference="KN-9999", phone="2547 ***** 126")
        wait_for("it is booked", lambda: isp.payment("SKL51ZDR4F"))
        assert "payment assign SKL51ZDR4F" in json.dumps(isp.run("explain", "SKL51ZDR4F", code=0)[1])
        code, out = isp.run("payment", "assign", "NOPE", "KN-0042", json_output=False)
        assert code == 1 and out == "", "a failure is said on standard error, and there alone: %r" % out


if __name__ == "__main__":
    main(globals())
