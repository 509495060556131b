"""A router that others filled by hand, taken over: observe, import, commit, adopt, manage. No customer's session drops."""

import json
import subprocess

from isp import PASSWORD, WAVU, Isp, main, wait_for

PPP_PROFILES = [("10M Home", "5M/10M", "yes"), ("20M-Family", "8M/20M 10M/30M 6M/16M 16/16", "default"),
                ("Biashara_50", "50M/50M", "no")]
HOTSPOT_PROFILES = [("Daily 5M", "2M/5M", "2"), ("Weekly-3M", "1M/3M", "1")]


def fill(routers):
    """300 rows in five styles; gives what each style is expected to become."""
    hand = routers.hand
    hand("/ip/pool/add", "=name=dhcp_pool7", "=ranges=10.50.0.10-10.50.3.250")
    for name, rate, one in PPP_PROFILES:
        hand("/ppp/profile/add", "=name=" + name, "=rate-limit=" + rate, "=only-one=" + one,
             "=local-address=10.50.0.1", "=remote-address=dhcp_pool7", "=comment=made by the installer")
    hand("/ppp/profile/add", "=name=no-rate", "=local-address=10.50.0.1", "=remote-address=dhcp_pool7")
    hand("/ppp/profile/add", "=name=scripted", "=rate-limit=4M/4M", "=on-up=:log info up")
    for name, rate, shared in HOTSPOT_PROFILES:
        hand("/ip/hotspot/user/profile/add", "=name=" + name, "=rate-limit=" + rate, "=shared-users=" + shared)
    # 1: WinBox secrets that serve `any`, the person in the comment
    for i in range(110):
        hand("/ppp/secret/add", "=name=house%03d" % i, "=password=p%03d" % i, "=profile=10M Home",
             "=comment=Wanjiru %d 07220%05d" % (i, i))
    # 2: careful ones: PPPoE only, one MAC, one address, odd names
    for i in range(60):
        hand("/ppp/secret/add", "=name=flat %d@kasi.net" % i, "=password=q%d" % i, "=service=pppoe",
             "=profile=20M-Family", "=caller-id=02:00:00:00:01:%02X" % i, "=remote-address=10.60.0.%d" % (i + 10))
    # 3: hotspot users whose name is a phone
    for i in range(60):
        hand("/ip/hotspot/user/add", "=name=07110%05d" % i, "=password=w%d" % i,
             "=profile=" + HOTSPOT_PROFILES[i % 2][0], *(("=server=hotspot1",) if i % 3 == 0 else ()))
    # 4: switched off, for they did not pay
    for i in range(40):
        if i < 30:
            hand("/ppp/secret/add", "=name=off-%02d" % i, "=password=o", "=profile=Biashara_50", "=disabled=yes")
        else:
            hand("/ip/hotspot/user/add", "=name=off-%02d" % i, "=password=o", "=profile=Daily 5M", "=disabled=yes")
    # 5: what is not for us: tunnels, technicians, no rate, no password, scripts
    for i in range(30):
        more = [("=service=l2tp", "=profile=10M Home"), ("=profile=default",), ("=profile=no-rate",),
                ("=profile=scripted",), ("=profile=10M Home", "=password=")][i % 5]
        hand("/ppp/secret/add", "=name=odd%02d" % i, *(() if "=password=" in more else ("=password=x",)), *more)
    return {"taken": 270, "left": 30, "disabled": 40}


def call(isp, *words):
    done = subprocess.run([WAVU, "-c", isp.config, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def sessions(isp):
    """Who is online, by the id that the router gave each session."""
    ppp = {(row["name"], row[".id"], row.get("session-id")) for row in isp.routers.rows("/ppp/active")}
    hotspot = {(row["user"], row[".id"], row["mac-address"]) for row in isp.routers.rows("/ip/hotspot/active")}
    return ppp, hotspot


def rows_but_comments(isp):
    return {menu: sorted(json.dumps({key: value for key, value in row.items() if key != "comment"}, sort_keys=True)
                         for row in isp.routers.rows(menu) if row.get("dynamic") != "true")
            for menu in ("/ppp/secret", "/ppp/profile", "/ip/hotspot/user", "/ip/hotspot/user/profile", "/ip/pool")}


def set_mode(isp, mode):
    isp.mode = mode
    isp.write("routers.yaml", isp.router_yaml(0).replace(
        "pppoe: {local_address: 10.10.0.1, pool: wavu-pppoe, ranges: [10.10.1.0/24]}\n", "pppoe: {}\n"))
    return isp.commit(mode, wait=True)


def is_quiet(isp):
    router = isp.router_status()
    return router["reachable"] and router["generation"] == router["applied_generation"]


def test_a_brownfield_router_is_taken_over():
    with Isp(start=False, mode="observe", files={"subscribers.yaml": "# nobody yet\n"}) as isp:
        expected = fill(isp.routers)
        isp.start()
        set_mode(isp, "observe")
        isp.routers.ask("dial-all", isp.routers.names[0])
        for i in range(60):
            isp.routers.ask("dial", isp.routers.names[0], "flat %d@kasi.net" % i, "q%d" % i, "02:00:00:00:01:%02X" % i)
            mac = "02:00:00:00:02:%02X" % i
            isp.routers.ask("arrive", isp.routers.names[0], mac)
            isp.routers.ask("login", isp.routers.names[0], mac, "07110%05d" % i, "w%d" % i)
        before = sessions(isp)
        assert len(before[0]) >= 170 and len(before[1]) == 60, (len(before[0]), len(before[1]))
        rows = rows_but_comments(isp)

        # observe: the router is only looked at, by the controller and by the import
        code, yaml, said = call(isp, "import", "router", "r1", "--price", "2500", "--paid-until", "2030-01-01")
        assert code == 0, said
        assert yaml.count("kind: Subscriber") == expected["taken"], (yaml.count("kind: Subscriber"), said)
        assert said.count("not taken:") == expected["left"], said
        assert yaml.count("disabled on the router") == expected["disabled"]
        assert yaml.count("kind: Package") == 5 and "keep: true" in yaml
        for word in ("serves l2tp", "built in", "no rate-limit", "runs a script", "has no password"):
            assert word in said, (word, said)
        assert isp.routers.counters()["writes"] == 0
        isp.write("taken/r1.yaml", yaml)
        isp.git("add", "-A")
        isp.git("commit", "-q", "-m", "what r1 had")
        assert isp.plan()[0] == 0, isp.plan()[1]
        isp.commit("in force", wait=True)
        isp.run("apply")
        code, plan = isp.plan()
        verbs = {change["verb"] for router in plan["routers"] for change in router["changes"]}
        assert code == 0 and verbs == {"conflict"}, (code, verbs)
        assert all(c["reason"] == "not_ours" for r in plan["routers"] for c in r["changes"]), plan
        assert isp.routers.counters()["writes"] == 0

        # a second import finds nobody new
        code, again, said = call(isp, "import", "router", "r1")
        assert code == 0 and "kind: Subscriber" not in again and "kind: Package" not in again, again

        # adopt: equal rows get a mark, and nothing else changes
        set_mode(isp, "adopt")
        wait_for("adopted", lambda: is_quiet(isp) and isp.plan()[0] == 0)
        assert rows_but_comments(isp) == rows
        marked = [row for row in isp.routers.rows("/ppp/secret") if row.get("comment", "").startswith("wavu:kasinet/")]
        assert len(marked) == 200, len(marked)
        assert any(row["comment"].endswith("Wanjiru 7 0722000007") for row in marked)

        # manage: nothing to do, nobody dropped
        set_mode(isp, "manage")
        wait_for("managed", lambda: isp.router_status()["mode"] == "manage" and is_quiet(isp))
        isp.settle()
        assert rows_but_comments(isp) == rows
        assert sessions(isp) == before, "a session was dropped"

        # from here on it is a router like any other: who pays gets on, a new speed reaches the old profile
        code, owner = isp.run("explain", "off-03")
        isp.pay("SKL51ZDR4F", reference="off-03")
        wait_for("paid is on", lambda: isp.routers.row("/ppp/secret", "off-03")["disabled"] == "false")
        isp.settle()
        assert sessions(isp)[1] == before[1]


def test_an_import_says_what_is_wrong_with_the_call():
    with Isp(start=False, mode="observe") as isp:
        assert call(isp, "import", "router", "nowhere")[0] == 1
        assert call(isp, "import", "router")[0] == 64
        assert call(isp, "import", "router", "r1", "--price", "0")[0] == 64
        assert call(isp, "import", "router", "r1", "--paid-until", "soon")[0] == 64
        code, document = isp.run("import", "router", "r1", code=0)
        assert document["subscribers"] == 0 and document["left"] == [], document


PEOPLE = """\
kind: Subscriber
name: KN-1
package: home-10
router: r1
username: jane   # at the corner
opening: {paid_until: 2030-01-01}
---
kind: Subscriber
name: KN-2
package: home-10
router: r1
username: peter
mac: "AA:BB:CC:00:00:02"
opening: {paid_until: 2030-01-01}
---
{kind: Subscriber, name: KN-3, package: home-10, router: r1, username: amina, opening: {paid_until: 2030-01-01}}
---
kind: Subscriber
name: KN-4
package: home-10
router: r1
username: late
"""


def test_ghosts_and_leaks_are_told():
    with Isp(files={"subscribers.yaml": PEOPLE}) as isp:
        isp.settle()
        assert isp.run("drift", "--foreign", code=0)[1]["foreign"] == []
        hand = isp.routers.hand
        hand("/ppp/secret/add", "=name=technician", "=password=x", "=profile=wavu-home-10", "=comment=just for a day")
        hand("/ppp/secret/add", "=name=asleep", "=password=x", "=disabled=yes")
        hand("/ppp/secret/add", "=name=late", "=password=x")
        hand("/ip/hotspot/user/add", "=name=free", "=password=x")
        hand("/ip/hotspot/ip-binding/add", "=mac-address=AA:BB:CC:00:00:99", "=type=bypassed", "=comment=the boss")
        hand("/ip/hotspot/ip-binding/add", "=mac-address=AA:BB:CC:00:00:98", "=type=blocked")
        hand("/ppp/secret/add", "=name=ghost", "=password=x", "=profile=wavu-home-10")
        for name in ("technician", "ghost"):
            isp.routers.ask("dial", isp.routers.names[0], name, "x")
        hand("/ppp/secret/remove", "=.id=ghost")
        isp.run("pause", "r1", "--until", "2h", "--reason", "so that nothing is healed")
        hand("/ppp/secret/remove", "=.id=amina")
        hand("/ppp/secret/set", "=.id=peter", "=disabled=yes")
        writes = isp.routers.counters()["writes"]
        code, found = isp.run("drift", "--foreign")
        told = {(line["kind"], line["key"]): line for line in found["foreign"]}
        assert code == 2 and set(told) == {("row", "technician"), ("row", "late"), ("row", "free"), ("session", "ghost"),
                                           ("binding", "AA:BB:CC:00:00:99")}, found
        assert told["row", "technician"]["online"] and told["row", "technician"]["comment"] == "just for a day"
        assert told["row", "late"]["subscriber"] == "KN-4" and not told["row", "late"]["online"]
        assert {line["subscriber"] for line in found["without_access"]} == {"KN-2", "KN-3"}, found
        assert isp.routers.counters()["writes"] == writes
        code, text = isp.run("drift", "--foreign", json_output=False)
        assert code == 2 and "Access that nobody pays for" in text and "technician" in text, text


def test_drift_becomes_a_patch():
    with Isp(files={"subscribers.yaml": PEOPLE, "sites.yaml": "kind: Site\nname: kasarani\ndrift: report\n"}) as isp:
        isp.settle()
        assert call(isp, "drift", "--adopt")[:2] == (0, ""), call(isp, "drift", "--adopt")
        hand = isp.routers.hand
        hand("/ppp/secret/set", "=.id=jane", "=caller-id=AA:BB:CC:00:00:01", "=remote-address=10.10.9.1")
        hand("/ppp/secret/set", "=.id=peter", "=caller-id=")
        hand("/ppp/secret/set", "=.id=amina", "=disabled=yes", "=remote-address=10.10.9.3")
        hand("/ppp/profile/set", "=.id=wavu-home-10", "=rate-limit=6M/12M")
        isp.run("apply")
        done = subprocess.run([WAVU, "-c", isp.config, "drift", "--adopt"], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=60)
        patch, said = done.stdout.decode(), done.stderr.decode()
        assert done.returncode == 2, (patch, said)
        assert "amina disabled: who has access follows from payments" in said, said
        assert "amina remote-address: `address` stands in a way" in said, said
        subprocess.run(["git", "-C", isp.repository, "apply", "-"], input=done.stdout, check=True)
        text = open(isp.repository + "/subscribers.yaml").read()
        assert 'mac: "AA:BB:CC:00:00:01"' in text and "address: 10.10.9.1" in text and "00:00:02" not in text, text
        assert "username: jane   # at the corner" in text
        assert "speed: {down: 12M, up: 6M}" in open(isp.repository + "/packages.yaml").read()
        hand("/ppp/secret/set", "=.id=amina", "=disabled=no", "=!remote-address")
        isp.commit("as the technician left it", wait=True)
        isp.run("apply")
        isp.settle()
        assert call(isp, "drift", "--adopt")[:2] == (0, ""), call(isp, "drift", "--adopt")


WALLED = """\
kind: DunningPolicy
name: wall
steps: [{at: 2d, do: suspend}]
suspend: {how: walled, address_list: not-paid}
---
kind: Package
name: wall-10
service: pppoe
price: 2500
period: 1 month
speed: {down: 10M, up: 5M}
dunning: wall
---
kind: Subscriber
name: KN-9
package: wall-10
router: r1
username: nine
opening: {paid_until: 2030-01-01}
"""


def advice(isp):
    code, document = isp.run("router", "check", "r1")
    return code, {check["what"]: check for check in document["checks"]}, [
        check["what"] for check in document["checks"] if not check["ok"]]


def test_router_check_says_what_stands_in_the_way():
    with Isp(files={"subscribers.yaml": "# nobody\n", "wall.yaml": WALLED}) as isp:
        isp.settle()
        code, checks, bad = advice(isp)
        assert code == 0 and bad == ["the list not-paid has a wall"], bad
        assert "src-address-list=not-paid" in checks[bad[0]]["remedy"] and checks[bad[0]]["advice"]
        hand = isp.routers.hand
        hand("/ip/firewall/filter/add", "=chain=forward", "=action=drop", "=src-address-list=not-paid")
        assert advice(isp)[2] == []
        hand("/ip/firewall/filter/add", "=chain=forward", "=action=fasttrack-connection")
        hand("/ppp/aaa/set", "=use-radius=yes")
        hand("/ip/hotspot/profile/add", "=name=hs9", "=use-radius=yes")
        hand("/ppp/profile/add", "=name=unshaped")
        hand("/ppp/profile/add", "=name=unused")
        hand("/ppp/secret/add", "=name=old", "=password=x", "=profile=unshaped")
        hand("/system/device-mode/set", "=scheduler=no")
        isp.routers.ask("clock-error", isp.routers.names[0], "-86400")
        code, checks, bad = advice(isp)
        assert code == 0, bad
        said = {word: next((checks[what]["remedy"] for what in bad if word in what), None)
                for word in ("fasttrack", "PPP logins", "hs9", "/ppp/profile", "scheduler", "clock")}
        assert all(said.values()) and len(bad) == 6, (bad, said)
        assert said["/ppp/profile"].startswith("unshaped:") and "two accept rules" in said["fasttrack"], said
        writes = isp.routers.counters()["writes_done"]
        hand("/system/device-mode/set", "=hotspot=no")
        code, checks, bad = advice(isp)
        assert code == 1 and any("allows the hotspot" in what for what in bad), bad
        assert isp.routers.counters()["writes_done"] == writes
        text = isp.run("router", "check", "r1", json_output=False)[1]
        assert "warn " in text and "FAIL " in text, text
        # two accept rules before it keep the subscribers' traffic from fasttrack
        rule = isp.routers.row("/ip/firewall/filter", "fasttrack-connection", field="action")
        for word in ("src-address", "dst-address"):
            hand("/ip/firewall/filter/add", "=chain=forward", "=action=accept", "=%s=10.10.1.0/24" % word)
            added = isp.routers.rows("/ip/firewall/filter")[-1]
            hand("/ip/firewall/filter/move", "=numbers=" + added[".id"], "=destination=" + rule[".id"])
        assert not any("fasttrack" in what for what in advice(isp)[2])


def test_old_routers_are_checked_and_bootstrapped():
    with Isp(start=False, version="6.49.17") as isp:
        isp.start()
        wait_for("it was seen", lambda: isp.router_status()["reachable"])
        code, checks, bad = advice(isp)
        assert code == 0 and bad == [], bad
        code, script, said = call(isp, "router", "bootstrap", "r1")
        assert code == 0 and "RouterOS 6.49" in script and "server-dns-names" in script, (script, said)
        assert PASSWORD not in script
        assert call(isp, "router", "bootstrap", "r1", "--version", "6.40")[0] == 4
        assert call(isp, "router", "bootstrap", "r1", "--tunnel", "a b")[0] == 64
        code, document = isp.run("router", "bootstrap", "r1", "--tunnel", "vpn.kasi.net", "--version", "7.20", code=0)
        assert "wireguard" in document["script"] and "AllowedIPs" in document["host"], document


if __name__ == "__main__":
    main(globals())
