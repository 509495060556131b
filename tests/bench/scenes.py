"""What happens to a router with PPPoE customers, by wavu and by each peer that is here, one after the other on routers
of their own in the same call: filled from empty, nothing to do, 1 % on another package, 10 % over with live sessions,
everything gone. Both at 0 and at 60 ms of reply latency (a pipe, not a service time).

Commands, connections, bytes, time, CPU and memory of each; and what is wrong in the end: somebody who should get in and
does not, somebody who should not and does, a wrong profile or password, a live session of somebody who is shut; and
refusals of the router that the tool did not tell of.
"""

import datetime
import os
import time

import peers
from ground import Ground, account, expect, less, phone, say, save, username
from isp import Isp

POOL = "10.64.0.0/14"
SECRET = ("name", "password", "service", "profile", "disabled", "comment")
PROFILE = ("name", "rate-limit", "local-address", "remote-address", "comment")
COUNTS = ("connections", "commands", "writes_done", "traps", "bytes_in", "bytes_out")
LEAD_S = 3  # how far ahead the end of ten per cent is when they are filled; doubled when the machine is too slow
LEAD_S_MAX = 200


def people(count, changed, ends):
    """`changed` of them have another package; the last tenth had paid until `ends`."""
    return "---\n".join(Isp.subscriber(
        account(i), "home-20" if i < changed else "home-10", "r1", username(i), phone(i),
        "opening: {paid_until: %s, balance: 0}\n" % (ends if i >= count - count // 10 else "2031-01-01"))
        for i in range(count))


class Stage:
    """An ISP with a router for each tool. wavu is first: what it makes is what the peers are asked to make."""

    def __init__(self, isp, tools, count, latency_ms, ends):
        self.isp, self.tools, self.count, self.latency_ms, self.ends = isp, tools, count, latency_ms, ends
        self.desired = os.path.join(isp.folder, "desired.json")
        self.profiles, self.secrets = set(), []
        isp.write("routers.yaml", isp.router_yaml(0).replace("10.10.1.0/24", POOL))
        isp.write("subscribers.yaml", people(count, 0, ends))
        isp.commit("one router")
        for router in range(1, len(tools)):
            isp.routers.hand("/ip/pool/add", "=name=wavu-pppoe", "=ranges=" + POOL, router=router)

    def want(self, scene, touched):
        isp = self.isp
        profiles = [{name: row[name] for name in PROFILE if name in row} for row in isp.routers.rows("/ppp/profile")
                    if row["name"].startswith("wavu-")]
        secrets = [{name: row[name] for name in SECRET} for row in isp.routers.rows("/ppp/secret")]
        fresh = [row for row in profiles if scene == "reset" or row["name"] not in self.profiles]
        save(self.desired, {"scene": scene, "touched": touched, "profiles": profiles, "fresh": fresh,
                            "secrets": secrets})
        self.profiles, self.secrets = {row["name"] for row in profiles}, secrets

    def wrong(self, router):
        """How many customers are not as they should be."""
        have = {row["name"]: row for row in self.isp.routers.rows("/ppp/secret", router)}
        live = {row["name"] for row in self.isp.routers.rows("/ppp/active", router)}
        count = len(have.keys() - {secret["name"] for secret in self.secrets})
        for secret in self.secrets:
            row = have.get(secret["name"])
            may = row is not None and row["disabled"] != "true"
            if secret["disabled"] == "true":
                count += may or secret["name"] in live
            else:
                count += not may or row["profile"] != secret["profile"] or row["password"] != secret["password"]
        return count

    def play(self, scene, touched, latency_ms=None):
        """{tool: what it took}"""
        isp, took = self.isp, {}
        latency_ms = self.latency_ms if latency_ms is None else latency_ms
        for router, tool in enumerate(self.tools):
            isp.routers.ask("latency", isp.routers.names[router], latency_ms)
            before = isp.routers.counters(router)
            spent = tool.run(isp, isp.routers.port(router), self.desired)
            counters = less(isp.routers.counters(router), before)
            isp.routers.ask("latency", isp.routers.names[router], 0)
            if router == 0:
                self.want(scene, touched)
            took[tool.name] = {"wall_s": spent.wall_s, "cpu_s": spent.cpu_s, "memory_mib": spent.memory_mib,
                               **{name: counters[name] for name in COUNTS}, "wrong": self.wrong(router),
                               "untold": counters["traps"] if not spent.reported else 0}
        return took

    def wipe(self):
        """Somebody pressed the button; the login and, for the peers, the pool are there again."""
        for router in range(len(self.tools)):
            for menu in ("/ppp/secret", "/ppp/profile"):
                ids = [row[".id"] for row in self.isp.routers.rows(menu, router) if row.get("default") != "true"]
                self.isp.routers.hand(menu + "/remove", "=.id=" + ",".join(ids), router=router)

    def dial(self):
        for router in range(len(self.tools)):
            self.isp.routers.ask("dial-all", self.isp.routers.names[router])
            live = len(self.isp.routers.rows("/ppp/active", router))
            expect(live == self.count, "%d of %d came in on router %d" % (live, self.count, router))


def ground(tools):
    return Ground({}, routers=len(tools), start=False)


def calm_scenes(tools, count, latency_ms):
    everybody = [username(i) for i in range(count)]
    one_percent = max(1, count // 100)
    with ground(tools) as isp:
        stage = Stage(isp, tools, count, latency_ms, "2031-01-01")
        yield "cold", stage.play("cold", everybody)
        yield "same", stage.play("same", everybody)
        isp.write("subscribers.yaml", people(count, one_percent, "2031-01-01"))
        isp.commit("one in a hundred gets more")
        yield "changed", stage.play("changed", everybody[:one_percent])
        stage.wipe()
        yield "reset", stage.play("reset", everybody)


def expired_scene(tools, count, latency_ms):
    """All are filled and dial in before the time of a tenth is over: on a slow machine, from further ahead."""
    over = [username(i) for i in range(count - count // 10, count)]
    lead_s = LEAD_S + count / 100
    while lead_s < LEAD_S_MAX:
        end_at = time.time() + lead_s
        ends = datetime.datetime.fromtimestamp(int(end_at), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        with ground(tools) as isp:
            stage = Stage(isp, tools, count, latency_ms, ends)
            stage.play("cold", [username(i) for i in range(count)], 0)
            if any(secret["disabled"] == "true" for secret in stage.secrets):
                lead_s *= 2
                continue
            stage.dial()
            time.sleep(max(0, end_at - time.time()) + 0.2)
            took = stage.play("expired", over)
            expect(sum(secret["disabled"] == "true" for secret in stage.secrets) == len(over), "not all are over")
            return took
    raise AssertionError("this machine is too slow to fill %d customers in %d s" % (count, LEAD_S_MAX))


def judge(scene, took, count):
    """wavu's counts are the least there can be."""
    ours = took["wavu"]
    tenth = count // 10
    fewest = {"cold": count + 2, "same": 0, "changed": max(1, count // 100) + 1, "expired": 2 * tenth,
              "reset": count + 2}
    expect(ours["wrong"] == 0 and ours["traps"] == 0, "%s: %r" % (scene, ours))
    expect(ours["writes_done"] <= fewest[scene], "%s: %d writes, %d are enough" %
           (scene, ours["writes_done"], fewest[scene]))


def measure(tools, count, latency_ms):
    result = []
    say("  %d secrets, %d ms" % (count, latency_ms))
    scenes = [*calm_scenes(tools, count, latency_ms), ("expired", expired_scene(tools, count, latency_ms))]
    for scene, took in scenes:
        judge(scene, took, count)
        for name, one in took.items():
            say("    %-8s %-20s %9.3f s  CPU %7.3f s  %4.0f MiB  %s" % (
                scene, name, one["wall_s"], one["cpu_s"], one["memory_mib"],
                "  ".join("%s %d" % (key, one[key]) for key in (*COUNTS, "wrong", "untold"))))
        result.append({"secrets": count, "latency_ms": latency_ms, "scene": scene, "tools": took})
    return result


def find_tools(short):
    """The short form takes what is on the machine; nothing is fetched for it."""
    tools = [peers.Wavu()]
    for peer in (peers.Librouteros,) if short else peers.PEERS:
        why = peer.missing()
        if why is None:
            tools.append(peer())
        else:
            say("  skipped: %s (%s)" % (peer.name, why))
    return tools


def run(short, long=False):
    say("What happens to a router: wavu's whole process, the peers by their own clock (api_modify: the whole process)")
    tools = find_tools(short)
    if short:
        plan = [(40, 0)]
    else:
        plan = [(1000, 0), (5000, 0), (1000, 60)] + ([(5000, 60)] if long else [])
    return {"scenes": [one for count, latency_ms in plan for one in measure(tools, count, latency_ms)]}
