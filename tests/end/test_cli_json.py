"""The JSON that others rely on, field by field, as product.md section 4 writes it."""

import json
import re

from isp import PAID_AT, PASSWORD, Isp, main, wait_for

PERSON = Isp.subscriber() + "---\n" + Isp.subscriber("KN-0043", "day-5", username="hotuser", phone="0722000043")
TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+03:00$")
MONEY = re.compile(r"^-?\d+\.\d\d$")


class Nullable:
    def __init__(self, kind):
        self.kind = kind


def is_time(value):
    return isinstance(value, str) and TIME.match(value)


def is_money(value):
    return isinstance(value, str) and MONEY.match(value)


def check(value, shape, where):
    """A shape is a type, a set of words, a predicate, a list of one shape, a dict of shapes, or Nullable of one."""
    if isinstance(shape, Nullable):
        if value is None:
            return
        shape = shape.kind
    if isinstance(shape, dict):
        assert isinstance(value, dict), (where, value)
        for key, inner in shape.items():
            assert key in value, "%s lacks `%s`: %r" % (where, key, value)
            check(value[key], inner, "%s.%s" % (where, key))
    elif isinstance(shape, list):
        assert isinstance(value, list), (where, value)
        for number, one in enumerate(value):
            check(one, shape[0], "%s[%d]" % (where, number))
    elif isinstance(shape, (set, frozenset)):
        assert value in shape, (where, value)
    elif isinstance(shape, type):
        assert isinstance(value, shape) and not (shape is int and isinstance(value, bool)), (where, value)
    else:
        assert shape(value), (where, value)


CHANGE = {"verb": {"add", "set", "remove", "disconnect", "adopt", "conflict"},
          "menu": lambda menu: isinstance(menu, str) and menu.startswith("/"), "key": str,
          "fields": [{"name": str, "have": Nullable(str), "want": Nullable(str)}],
          "reason": {"new", "changed", "drift", "gone", "stale_session", "not_ours", "conflict"},
          "effect": {"gain", "neutral", "loss"}, "subscriber": Nullable(str)}
PLAN = {"tenants": [{"name": str, "commit": lambda text: re.fullmatch("[0-9a-f]{40}", text)}],
        "routers": [{"tenant": str, "name": str, "mode": {"observe", "adopt", "manage"}, "reachable": Nullable(bool),
                     "error": Nullable(str), "guarded": Nullable({"digest": str, "losses": int, "why": str}),
                     "digest": Nullable(str), "changes": [CHANGE]}],
        "totals": {verb: int for verb in CHANGE["verb"]}}
STATES = ("new", "active", "grace", "throttled", "suspended", "expired", "paused")
STATUS = {"tenants": [{"name": str, "commit": Nullable(str), "error": Nullable(str),
                       "subscribers": {state: int for state in STATES},
                       "payments": {"today_count": int, "today_amount": is_money, "currency": Nullable(str),
                                    "unmatched_count": int, "held_count": int}}],
          "routers": [{"tenant": str, "name": str, "site": str, "mode": {"observe", "adopt", "manage"},
                       "reachable": Nullable(bool), "in_sync": Nullable(bool),
                       "guarded": Nullable({"digest": str, "losses": int, "why": str}),
                       "paused": Nullable({"until": is_time, "reason": str}), "drift": int, "contested": bool,
                       "generation": int, "applied_generation": int, "last_reconcile_at": Nullable(is_time),
                       "error": Nullable(str)}]}
SUBSCRIBER = {"account": str, "tenant": str, "title": str, "phone": Nullable(str), "package": str,
              "service": {"pppoe", "hotspot"}, "router": str, "username": str, "state": {*STATES, "terminated"},
              "paid_until": Nullable(is_time), "balance": is_money, "online": Nullable(bool),
              "last_payment": Nullable({"receipt": str, "amount": is_money, "at": is_time})}
PAYMENT = {"tenant": str, "receipt": str, "provider": str, "channel": str, "amount": Nullable(is_money),
           "currency": str, "account": Nullable(str), "reference": Nullable(str), "phone": Nullable(str), "at": is_time,
           "status": {"credited", "unmatched", "held", "reversed"}, "reason": Nullable(str)}
URLS = {"tenant": str, "channel": str, "provider": str, "validation": Nullable(str), "confirmation": Nullable(str),
        "callback": Nullable(str)}
DRIFT = {"tenant": str, "router": str, "menu": str, "key": str, "fields": [dict], "since": is_time,
         "subscriber": Nullable(str), "policy": {"heal", "report"}}
HISTORY = {"at": is_time, "tenant": str, "router": str, "commit": Nullable(str),
           "cause": {"commit", "payment", "expiry", "drift", "sweep", "person", "start"}, "writes": int,
           "duration_ms": int,
           "outcome": {"done", "nothing", "guarded", "unreachable", "refused", "denied", "unknown"}, "changes": [CHANGE]}
EXPLAIN = {"thing": str, "chain": [{"at": Nullable(is_time), "what": str, "because": Nullable(str)}]}
FINDING = {"file": str, "line": int, "column": int, "path": str, "message": str}
MESSAGE = {"ok": bool, "message": str}


def test_shapes():
    with Isp(start=False, files={"subscribers.yaml": PERSON}) as isp:
        code, plan = isp.plan()
        check(plan, PLAN, "plan")
        assert code == 2 and plan["totals"]["add"] == len(plan["routers"][0]["changes"]) > 0
        assert len(plan["tenants"]) == 1 and plan["routers"][0]["digest"]
        isp.start()
        check(isp.status(), STATUS, "status before all")
        isp.settle()
        isp.pay("SKL51ZDR01")
        isp.pay("SKL51ZDR02", "50", "KN-0043")
        isp.pay("SKL51ZDR03", "7.5", "nobody", phone="2547 ***** 126")
        isp.pay("", body=isp.confirmation("SKL51ZDR04", "1e3"))
        wait_for("access", lambda: isp.routers.row("/ppp/secret", "jane") and isp.routers.row("/ip/hotspot/user", "hotuser"))
        wait_for("all booked", lambda: len(isp.run("payment", "list", code=0)[1]) == 4)
        isp.settle()
        status = isp.status()
        check(status, STATUS, "status")
        assert status["tenants"][0]["subscribers"]["active"] == 2
        assert status["tenants"][0]["payments"] == {**status["tenants"][0]["payments"], "today_count": 2,
                                                    "today_amount": "2550.00", "currency": "KES", "unmatched_count": 1,
                                                    "held_count": 1}, status["tenants"][0]
        code, people = isp.run("subscriber", "list", code=0)
        check(people, [SUBSCRIBER], "subscriber list")
        assert [person["account"] for person in people] == ["KN-0042", "KN-0043"]
        shown = isp.show()
        check(shown, SUBSCRIBER, "subscriber show")
        assert "password" not in shown and shown["last_payment"]["receipt"] == "SKL51ZDR01"
        assert shown["last_payment"]["at"] == PAID_AT.isoformat() and shown["phone"] == "254712345678", shown
        assert isp.password() and "password" in isp.run("subscriber", "show", "KN-0042", "--password")[1]
        code, payments = isp.run("payment", "list", code=0)
        check(payments, [PAYMENT], "payment list")
        assert len(payments) == 4
        assert [one["status"] for one in isp.run("payment", "list", "--status", "held", code=0)[1]] == ["held"]
        assert len(isp.run("payment", "list", "-n", "2", code=0)[1]) == 2
        by = {one["receipt"]: one for one in payments}
        assert by["SKL51ZDR03"]["amount"] == "7.50" and by["SKL51ZDR03"]["phone"] is None
        assert by["SKL51ZDR04"]["amount"] is None and by["SKL51ZDR04"]["reason"]
        code, urls = isp.run("payment", "urls", code=0)
        check(urls, [URLS], "payment urls")
        assert urls[0]["confirmation"].endswith("/pay/kasinet/main/b7Kd9Qw2Zr5Tn8Xc/confirmation")
        assert urls[0]["validation"].endswith("/validation") and urls[0]["callback"] is None, urls
        code, history = isp.run("history", code=0)
        check(history, [HISTORY], "history")
        assert {line["cause"] for line in history} >= {"payment"}, history
        assert [line["at"] for line in history] == sorted((line["at"] for line in history), reverse=True)
        assert len(isp.run("history", "-n", "1", "--router", "r1", code=0)[1]) == 1
        text = json.dumps([history, plan, status, people])
        assert isp.password() not in text and PASSWORD not in text, "secrets are never shown"
        for thing in ("KN-0042", "0712345678", "jane", "SKL51ZDR01", "r1"):
            code, chain = isp.run("explain", thing, code=0)
            check(chain, EXPLAIN, "explain")
            assert chain["thing"] == thing and chain["chain"], chain


def test_shapes_of_trouble():
    with Isp(files={"subscribers.yaml": PERSON}, deaf=True) as isp:
        isp.pay("SKL51ZDR01")
        wait_for("access", lambda: isp.routers.row("/ppp/secret", "jane"))
        isp.settle()
        isp.routers.hand("/ppp/secret/set", "=.id=jane", "=profile=default", "=password=stolen")
        code, plan = isp.plan()
        check(plan, PLAN, "plan")
        change = plan["routers"][0]["changes"][0]
        fields = {field["name"]: field for field in change["fields"]}
        assert fields["profile"] == {"name": "profile", "have": "default", "want": "wavu-home-10"}, fields
        assert fields["password"]["have"] == fields["password"]["want"] == "(secret)", fields
        assert change["reason"] == "drift" and change["subscriber"] == "KN-0042" and code == 2, change
        code, done = isp.run("apply", code=0)
        check(done, PLAN, "apply")
        assert done["totals"]["set"] == 1, done
        assert isp.run("apply", code=0)[1]["totals"] == {verb: 0 for verb in CHANGE["verb"]}
        isp.write("sites.yaml", "kind: Site\nname: kasarani\ndrift: report\n")
        isp.commit("only report", wait=True)
        isp.routers.hand("/ppp/secret/set", "=.id=jane", "=profile=default")
        isp.run("apply")
        code, drift = isp.run("drift", code=2)
        check(drift, [DRIFT], "drift")
        assert len(drift) == 1 and drift[0]["key"] == "jane" and drift[0]["policy"] == "report", drift
        assert drift[0]["fields"][0]["name"] == "profile", drift
        isp.run("pause", "r1", "--until", "2h", "--reason", "tower", code=0)
        check(isp.status(), STATUS, "status of a pause")
        for words in (["pause", "r1", "--until", "2h", "--reason", "x"], ["resume", "r1"],
                      ["payment", "record", "KN-0042", "10", "--reason", "x"], ["verify"], ["router", "check", "r1"]):
            code, answer = isp.run(*words, code=0)
            check(answer, MESSAGE, " ".join(words))
            assert answer["ok"] is True, answer
        isp.write("bad.yaml", "kind: Site\nname: b\ntitel: x\n")
        code, found = isp.run("validate", isp.repository, code=4)
        check(found, {"errors": [FINDING], "warnings": [FINDING]}, "validate")
        assert found["errors"][0] == {**found["errors"][0], "file": "bad.yaml", "line": 3, "column": 1, "path": "titel"}
        isp.commit("bad")
        code, found = isp.plan()
        assert code == 4
        check(found, {"errors": [FINDING], "warnings": [FINDING]}, "plan of a bad commit")
        wait_for("status has it", lambda: isp.status()["tenants"][0]["error"])
        check(isp.status(), STATUS, "status of a bad commit")


if __name__ == "__main__":
    main(globals())
