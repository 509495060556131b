"""Who is known by a device, and what is reached without paying: DHCP leases, bindings, gardens, the page of the suspended."""

import json

from isp import Isp, main, wait_for
from test_transports import Network

PACKAGES = """\
kind: Package
name: wire
service: ipoe
price: 2500
period: 1 month
speed: {down: 20M, up: 10M}
---
kind: Package
name: day
service: hotspot
price: 50
period: 1d
speed: {down: 5M, up: 2M}
"""
WIRED, MAC, TV = "10.30.0.71", "AA:BB:CC:DD:EE:71", "AA:BB:CC:DD:EE:01"
MENUS = ("/ip/dhcp-server/lease", "/ip/hotspot/ip-binding", "/ip/hotspot/walled-garden", "/ip/hotspot/walled-garden/ip",
         "/ip/firewall/nat", "/ip/firewall/filter", "/ip/firewall/address-list", "/queue/simple")


def people(router, number, until="2099-01-01"):
    opening = "opening: {paid_until: %s}\n" % until
    return "---\n".join([
        Isp.subscriber("WR-%02d" % number, "wire", router, "asha", "07130000%02d" % number,
                       more='address: %s\nmac: "%s"\n%s' % (WIRED, MAC, opening)),
        Isp.subscriber("TV-%02d" % number, "day", router, "tv", "07140000%02d" % number,
                       more='bypass: true\nmac: "%s"\n%s' % (TV, opening))])


def with_gardens(yaml, more=""):
    return yaml.replace("hotspot: {server: hotspot1}",
                        "hotspot: {server: hotspot1, walled_garden: [pay.example.co.ke, \"*.example.org\"], "
                        "walled_garden_ip: [196.201.214.0/24]}\ndhcp: {server: dhcp1}") + more


class DeviceNetwork(Network):
    """Every transport on every version, with all of it."""

    def router_yaml(self, index, more=""):
        return with_gardens(super().router_yaml(index, more),
                            "firewall: manage\nwall: {page: \"10.66.0.1:8480\", garden: [196.201.214.0/24]}\n")


def hand_made(isp, index=0):
    """What somebody made, in each of the menus, and one row of each that must not be taken for wavu's."""
    hand = isp.routers.hand
    hand("/ip/dhcp-server/lease/add", "=address=10.30.0.9", "=mac-address=AA:BB:CC:DD:EE:09", router=index)
    hand("/ip/hotspot/ip-binding/add", "=mac-address=AA:BB:CC:DD:EE:99", "=type=bypassed", router=index)
    hand("/ip/hotspot/ip-binding/add", "=address=10.5.0.7", "=type=blocked", router=index)
    hand("/ip/hotspot/walled-garden/add", "=dst-host=news.example.com", router=index)
    hand("/ip/hotspot/walled-garden/add", "=action=deny", router=index)
    hand("/ip/hotspot/walled-garden/ip/add", "=dst-address=10.9.0.0/16", "=action=drop", router=index)
    hand("/ip/firewall/nat/add", "=chain=dstnat", "=action=dst-nat", "=protocol=tcp", "=dst-port=443",
         "=to-addresses=10.9.9.9", router=index)
    hand("/ip/firewall/filter/add", "=chain=forward", "=action=accept", "=connection-state=established", router=index)
    hand("/ip/firewall/address-list/add", "=list=wavu-garden", "=address=41.90.0.1", router=index)
    hand("/queue/simple/add", "=name=office", "=target=10.20.0.9", "=max-limit=50M/50M", router=index)


def theirs(isp, index=0):
    return json.dumps([[row for row in isp.routers.rows(menu, index) if not row.get("comment", "").startswith("wavu:")]
                       for menu in MENUS], sort_keys=True)


def ours(isp, menu, index=0):
    return [row for row in isp.routers.rows(menu, index) if row.get("comment", "").startswith("wavu:kasinet/")]


def test_every_menu_on_every_transport_and_version():
    with DeviceNetwork(start=False) as isp:
        count = len(isp.fleet)
        before = []
        for index in range(count):
            hand_made(isp, index)
            before.append(theirs(isp, index))
        isp.write("devices.yaml", PACKAGES + "".join("---\n" + people("r%d" % (index + 1), index) for index in range(count)))
        isp.commit()
        isp.start()
        isp.everywhere("the lease is there", lambda index: ours(isp, "/ip/dhcp-server/lease", index))
        isp.settle()
        for index in range(count):
            where = isp.fleet[index]
            lease = ours(isp, "/ip/dhcp-server/lease", index)[0]
            assert (lease["address"], lease["mac-address"], lease["server"]) == (WIRED, MAC, "dhcp1"), (where, lease)
            binding = ours(isp, "/ip/hotspot/ip-binding", index)[0]
            assert (binding["mac-address"], binding["type"], binding["disabled"]) == (TV, "bypassed", "false"), where
            # Before what denies, and HTTPS by the other garden.
            assert [row.get("dst-host") for row in isp.routers.rows("/ip/hotspot/walled-garden", index)] == [
                "news.example.com", "*.example.org", "pay.example.co.ke", None], where
            assert [row.get("dst-host", row.get("dst-address")) for row in
                    isp.routers.rows("/ip/hotspot/walled-garden/ip", index)] == [
                "196.201.214.0/24", "pay.example.co.ke", "10.9.0.0/16"], where
            assert [row["action"] for row in isp.routers.rows("/ip/firewall/filter", index)] == ["drop", "accept"], where
            nat = isp.routers.rows("/ip/firewall/nat", index)
            assert [row.get("to-ports") for row in nat] == ["8480", None], (where, nat)
            assert theirs(isp, index) == before[index], where
            assert isp.routers.counters(index)["writes_idle"] == 0, where
        # Empty second plans are what settle waits for. Gone from git: all of wavu's goes, and nothing else.
        isp.write("devices.yaml", PACKAGES)
        isp.commit()
        isp.everywhere("it waits for a person", lambda index: isp.router_status("r%d" % (index + 1))["guarded"])
        allow = []
        for router in isp.plan()[1]["routers"]:
            allow += ["--allow", router["guarded"]["digest"]]
        isp.run("apply", *allow)
        isp.everywhere("the lease is gone", lambda index: not ours(isp, "/ip/dhcp-server/lease", index))
        isp.settle()
        for index in range(count):
            assert theirs(isp, index) == before[index], isp.fleet[index]


def test_a_television_is_let_by_while_it_is_paid():
    with Isp(start=False, files={"devices.yaml": PACKAGES.replace("period: 1d", "period: 6s") + "---\n" + Isp.subscriber(
            "TV-1", "day", "r1", "tv", "0714000001", more='bypass: true\nmac: "%s"\n' % TV)}) as isp:
        router = isp.routers.names[0]
        isp.start()
        isp.settle()
        isp.routers.ask("arrive", router, TV)
        isp.pay("SKL51ZDR60", "50.00", "TV-1", phone="254714000001")
        wait_for("the binding is there", lambda: isp.routers.row("/ip/hotspot/ip-binding", TV, field="mac-address"))
        wait_for("the time is over", lambda: isp.show("TV-1")["state"] == "expired" and isp.routers.row(
            "/ip/hotspot/ip-binding", TV, field="mac-address")["disabled"] == "true")
        isp.settle()
        assert not [host for host in isp.routers.rows("/ip/hotspot/host") if host.get("bypassed") == "true"]


def test_fixed_addresses_are_imported_and_taken_over():
    with Isp(start=False, mode="manage") as isp:
        hand = isp.routers.hand
        hand("/queue/simple/add", "=name=shop one", "=target=10.20.0.5", "=max-limit=4M/8M", "=comment=Shop 0712345600")
        hand("/queue/simple/add", "=name=shop-2", "=target=10.20.0.6/32", "=max-limit=4M/8M",)
        hand("/queue/simple/add", "=name=wired", "=target=10.30.0.7/32", "=max-limit=10M/20M",
             "=burst-limit=15M/30M", "=burst-threshold=5M/10M", "=burst-time=16s/16s")
        hand("/queue/simple/add", "=name=all", "=target=10.20.0.0/24", "=max-limit=100M/100M")
        hand("/queue/simple/add", "=name=slow", "=target=10.20.0.8/32", "=max-limit=0/0")
        hand("/ip/dhcp-server/lease/add", "=address=10.30.0.7", "=mac-address=AA:BB:CC:DD:EE:07", "=server=dhcp1")
        hand("/ip/dhcp-server/lease/add", "=address=10.30.0.8", "=mac-address=AA:BB:CC:DD:EE:08", "=comment=printer")
        isp.write("routers.yaml", isp.router_yaml(0, "dhcp: {server: dhcp1}\n").replace("mode: manage", "mode: adopt"))
        isp.write("subscribers.yaml", "")
        isp.commit()
        queues, leases = isp.routers.rows("/queue/simple"), isp.routers.rows("/ip/dhcp-server/lease")
        code, found = isp.run("import", "router", "r1", code=0)
        assert (found["packages"], found["subscribers"]) == (2, 3), found
        assert [(one["key"]) for one in found["left"]] == ["slow"], found["left"]
        assert "service: ipoe" in found["yaml"] and "service: static" in found["yaml"], found["yaml"]
        isp.write("imported.yaml", found["yaml"])
        isp.commit()
        code, _ = isp.run("validate", isp.repository)
        assert code == 0
        isp.start()
        wait_for("all are marked", lambda: len(ours(isp, "/queue/simple")) == 3 and
                 len(ours(isp, "/ip/dhcp-server/lease")) == 1)
        changes = isp.plan()[1]["routers"][0]["changes"]
        assert not [change for change in changes if change["menu"] in ("/queue/simple", "/ip/dhcp-server/lease")], changes
        # Nothing but the mark is another.
        for was, now in ((queues, isp.routers.rows("/queue/simple")), (leases, isp.routers.rows("/ip/dhcp-server/lease"))):
            assert [{k: v for k, v in row.items() if k != "comment"} for row in was] == [
                {k: v for k, v in row.items() if k != "comment"} for row in now]
        isp.write("routers.yaml", isp.router_yaml(0, "dhcp: {server: dhcp1}\n"))
        isp.commit(wait=True)
        isp.settle()
        code, told = isp.run("drift", "--foreign")
        keys = {(one["kind"], one["key"]) for one in told["foreign"]}
        assert code == 2 and keys == {("row", "slow"), ("row", "10.30.0.8")}, told
        assert told["without_access"] == [], told


def test_a_payer_behind_somebody_elses_row_is_named():
    with Isp(start=False, files={"devices.yaml": PACKAGES + "---\n" + people("r1", 1)}) as isp:
        isp.routers.hand("/ppp/secret/add", "=name=jane", "=password=other", "=profile=default")
        isp.routers.hand("/ip/dhcp-server/lease/add", "=address=10.30.0.250", "=mac-address=" + MAC)
        isp.routers.hand("/ip/hotspot/ip-binding/add", "=mac-address=" + TV, "=type=regular")
        isp.start()
        isp.pay("SKL51ZDR60")
        wait_for("Jane has paid", lambda: isp.show()["state"] == "active")
        isp.run("apply", code=0)
        code, told = isp.run("drift", "--foreign")
        assert code == 2 and {one["subscriber"] for one in told["without_access"]} == {"KN-0042", "WR-01", "TV-01"}, told
        assert all("wavu" in one["why"] for one in told["without_access"]), told
        notes = isp.plan()[1]["routers"][0]["notes"]
        assert any(note.startswith("PAID, but") and "KN-0042" in note and "remove it on the router" in note
                   for note in notes), notes
        chain = isp.run("explain", "KN-0042", code=0)[1]["chain"]
        assert any("no row of wavu's" in link["what"] and "drift --foreign" in link["because"] for link in chain), chain


POLICY = ("kind: DunningPolicy\nname: strict\nsteps:\n  - {at: 3d, do: suspend}\n"
          "suspend: {how: disable, address_list: unpaid}\n---\n")


def test_the_check_says_exactly_which_rules_are_missing():
    with Isp(start=False, files={"devices.yaml": POLICY + PACKAGES.replace(
            "period: 1 month\n", "period: 1 month\ndunning: strict\n") + "---\n" + people("r1", 1)}) as isp:
        isp.routers.hand("/ip/firewall/filter/add", "=chain=input", "=action=accept")
        answer = isp.routers.hand("/ip/firewall/filter/add", "=chain=forward", "=action=fasttrack-connection")
        isp.start()
        isp.settle()

        def checks():
            return {check["what"]: check for check in isp.run("router", "check", "r1")[1]["checks"]}

        wall = checks()["the list unpaid has a wall"]
        assert not wall["ok"] and "src-address-list=unpaid dst-address-list=!wavu-garden place-before=*2" in wall["remedy"], wall
        assert not checks()["fixed addresses that never paid, or are let go of, are shut"]["ok"], answer
        isp.write("routers.yaml", isp.router_yaml(0, "firewall: manage\n"))
        isp.commit(wait=True)
        isp.settle()
        assert checks()["the list unpaid has a wall"]["ok"]
        assert checks()["fixed addresses that never paid, or are let go of, are shut"]["ok"]


if __name__ == "__main__":
    main(globals())
