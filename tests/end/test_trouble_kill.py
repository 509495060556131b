"""`kill -9` of the controller and of the webhook at every named point before and after a commit, an answer and a write.

What the webhook answered with 2xx is in the books, once; what was answered with nothing was sent again by the payer's
provider, as it would be; the store verifies; the routers end as they should; a second plan is empty.
"""

import http.client
import os
import re

from isp import PACKAGES, TENANT, TOKEN, Isp, has_failpoints, main, wait_for

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONTROLLER = {
    "store.before_commit", "store.after_commit", "street.before_commit", "street.after_commit",
    "follow-before-commit", "follow-after-commit", "teller-before-commit", "teller-after-commit",
    "reconcile-before-intention", "reconcile-written", "reconcile-before-outcome", "reconcile-after-outcome",
    "reconcile-before-write", "reconcile-before-learnt", "reconcile-after-learnt",
}
# These need a provider that answers, or its statement: test_stk, test_verified, test_pull_kill, test_statement_twice, test_reversal.
ELSEWHERE = {"asker-before-push", "asker-after-push", "asker-before-question", "asker-after-question",
             "pull-after-answer", "pull-before-commit", "pull-after-commit", "statement-before-commit",
             "statement-after-commit", "asker-before-order", "asker-before-reversal", "asker-after-reversal"}
WEBHOOK = {"inbox.before_commit", "inbox.after_commit", "webhook.before_bell"}


def named_in_the_tree():
    names = set()
    for folder in ("controller", "state", "webhook"):
        for where, _, files in os.walk(os.path.join(TREE, folder)):
            for file in files:
                if file.endswith(".c"):
                    text = open(os.path.join(where, file)).read()
                    names |= set(re.findall(r'failpoint\("([^"]+)"\)', text))
                    names |= set(re.findall(r'"((?:store|inbox|street)\.(?:before|after)_commit)"', text))
    return names


def people(count):
    return "---\n".join(Isp.subscriber("P-%d" % i, username="p%d" % i, phone="07000%05d" % i) for i in range(count))


def people(count):
    return "---\n".join(Isp.subscriber("P-%d" % i, username="p%d" % i, phone="07000%05d" % i) for i in range(count))


def package(speed):
    return PACKAGES.replace("speed: {down: 10M, up: 5M}", "speed: {down: %dM, up: 5M}" % speed)


def is_answered(isp, number):
    try:
        return isp.http("POST", isp.public, "/pay/kasinet/main/%s/confirmation" % TOKEN,
                        isp.confirmation("SKLKILL%03d" % number, "2500.00", "P-%d" % number,
                                         phone="254799999999"))[0] == 200
    except (OSError, http.client.HTTPException):
        return False


def deaths(isp):
    return open(os.path.join(isp.folder, "wavu.log"), errors="replace").read().count("signal=9")


def check(isp, count):
    """The first `count` people have paid once each."""
    rows = wait_for("all is booked", lambda: (lambda rows: len(rows) >= count and rows)(
        isp.run("payment", "list", "-n", "1000", code=0)[1]))
    assert len(rows) == count and all(row["status"] == "credited" for row in rows), rows
    assert len({row["receipt"] for row in rows}) == count
    wait_for("all have access", lambda: len(isp.routers.rows("/ppp/secret")) == count)
    isp.settle()
    people = {one["account"]: one for one in isp.run("subscriber", "list", code=0)[1]}
    for number in range(count):
        shown = people["P-%d" % number]
        assert shown["state"] == "active" and shown["balance"] == "0.00", shown
        assert isp.routers.row("/ppp/secret", "p%d" % number)["profile"] == "wavu-home-10"
    assert isp.run("verify", code=0)[1]["ok"] is True


def test_the_list_is_whole():
    """A new point is killed at here too, or says where else."""
    known = CONTROLLER | WEBHOOK | ELSEWHERE
    assert named_in_the_tree() <= known and CONTROLLER | WEBHOOK <= named_in_the_tree(), named_in_the_tree() ^ known


def test_killed_everywhere():
    if not has_failpoints():
        return
    points = sorted(WEBHOOK) + sorted(CONTROLLER)
    acknowledged = 0
    channels = ""
    with Isp(start=False, files={"subscribers.yaml": people(len(points))}) as isp:
        isp.start()
        for number, point in enumerate(points):
            isp.stop()
            before = deaths(isp)
            isp.start(environment={"WAVU_FAILPOINT": point}, wait=False)
            isp.write("packages.yaml", package(11 + number))
            if point.startswith("street"):  # what the street may know is written when it is another
                isp.secret("c%d.token" % number, "Another0Token%08d" % number)
                channels += ("  - {name: c%d, provider: daraja, environment: sandbox, shortcode: \"600639\", "
                             "type: till, token: {file: c%d.token}}\n" % (number, number))
                isp.write("tenant.yaml", TENANT + channels)
            head = isp.commit(point)
            heard = False
            def has_died():
                nonlocal heard
                heard = heard or is_answered(isp, number)
                return deaths(isp) > before
            wait_for(point + " is passed", has_died)
            acknowledged += heard
            # As after a power cut: all gone at once, and started again with nothing in its way.
            isp.kill()
            isp.start()
            if not heard:
                wait_for("it is taken now", lambda: is_answered(isp, number))
            wait_for("the commit is in force", lambda: isp.status()["tenants"][0]["commit"] == head)
            check(isp, number + 1)
            wait_for("the newest speed", lambda: isp.routers.row("/ppp/profile", "wavu-home-10")["rate-limit"]
                     .split(" ")[0] in ("5M/%dM" % (11 + number), "5000000/%d000000" % (11 + number)))
    print("        %d points, %d payments acknowledged while something died" % (len(points), acknowledged))
    assert acknowledged > 0


if __name__ == "__main__":
    main(globals())
