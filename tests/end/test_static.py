"""Customers with a fixed address: shaped by a queue, shut off by a list and a rule, among the operator's own rows."""

from isp import Isp, main, wait_for
from test_transports import Network

PACKAGE = ("kind: Package\nname: shop-8\nservice: static\nprice: 5000\nperiod: 1 month\n"
           "speed: {down: 8M, up: 4M}\nburst: {down: 12M, up: 6M, threshold_down: 6M, threshold_up: 3M, time: 16s}\n")
FIXED = "10.20.0.60"


SHOP = "%s---\n" + Isp.subscriber("KN-0060", "shop-8", username="shop", phone="0712345660",
                                   more="address: %s\n" % FIXED)


def isp_with_shop(package=PACKAGE, **more):
    return Isp(files={"fixed.yaml": SHOP % package}, **more)


def queue(isp, name="shop"):
    return isp.routers.row("/queue/simple", name)


def listed(isp):
    return [row for row in isp.routers.rows("/ip/firewall/address-list") if row["address"] == FIXED]


def has(isp, address=FIXED):
    return isp.routers.ask("address", isp.routers.names[0], address)


def pay(isp, receipt):
    isp.pay(receipt, "5000.00", "KN-0060", phone="254712345660")


def test_a_payment_becomes_a_queue_at_the_end_of_the_operators_own():
    with isp_with_shop() as isp:
        isp.routers.hand("/queue/simple/add", "=name=office", "=target=10.20.0.9", "=max-limit=50M/50M")
        before = queue(isp, "office")
        isp.settle()
        assert queue(isp) is None, "nobody paid yet"
        pay(isp, "SKL51ZDR60")
        row = wait_for("the queue is there", lambda: queue(isp))
        assert row["target"] == FIXED + "/32" and row["max-limit"] == "4000000/8000000", row
        assert row["burst-limit"] == "6000000/12000000" and row["burst-time"] == "16s/16s", row
        assert row["comment"].startswith("wavu:kasinet/"), row
        got = has(isp)
        assert got["open"] and got["shaped"] and got["download"] == 8000000 and got["upload"] == 4000000, got
        assert [one["name"] for one in isp.routers.rows("/queue/simple")] == ["office", "shop"]
        assert isp.show("KN-0060")["state"] == "active" and isp.show("KN-0060")["online"] is None
        isp.settle()
        assert queue(isp, "office") == before, "somebody's own queue is not touched"


def test_the_end_of_the_time_shuts_off_by_the_list_and_is_loud_where_no_rule_is():
    with isp_with_shop(package=PACKAGE.replace("1 month", "4s")) as isp:
        pay(isp, "SKL51ZDR60")
        wait_for("the queue is there", lambda: queue(isp))
        wait_for("the address is on the list", lambda: listed(isp))
        isp.settle()
        assert isp.show("KN-0060")["state"] == "expired"
        assert has(isp)["open"], "a list alone stops nobody"
        notes = isp.plan()[1]["routers"][0]["notes"]
        assert any("STILL OPEN" in note and "KN-0060" in note and "wavu-suspended" in note for note in notes), notes
        isp.routers.hand("/ip/firewall/filter/add", "=chain=forward", "=action=drop",
                         "=src-address-list=wavu-suspended")
        assert not has(isp)["open"]
        isp.run("apply", code=0)
        isp.settle()
        assert not any("STILL OPEN" in note for note in isp.plan()[1]["routers"][0]["notes"])
        assert queue(isp), "who is shut off stays shaped"
        isp.write("fixed.yaml", SHOP % PACKAGE)
        isp.commit(wait=True)
        pay(isp, "SKL51ZDR61")
        wait_for("he is off the list", lambda: not listed(isp))
        assert has(isp)["open"] and has(isp)["shaped"]
        isp.settle()


def test_another_speed_changes_the_queue_in_place():
    with isp_with_shop() as isp:
        pay(isp, "SKL51ZDR60")
        row = wait_for("the queue is there", lambda: queue(isp))
        isp.write("fixed.yaml", SHOP % PACKAGE.replace("down: 8M, up: 4M", "down: 9M, up: 3M"))
        isp.commit(wait=True)
        wait_for("the new speed", lambda: has(isp)["download"] == 9000000)
        assert queue(isp)[".id"] == row[".id"], "changed, not made anew"
        isp.routers.hand("/queue/simple/set", "=.id=shop", "=max-limit=90M/90M")
        isp.run("apply", code=0)
        assert has(isp)["download"] == 9000000, "healed"
        isp.settle()


def test_a_hand_made_entry_of_the_list_is_shown_and_left():
    with isp_with_shop() as isp:
        pay(isp, "SKL51ZDR60")
        wait_for("the queue is there", lambda: queue(isp))
        isp.routers.hand("/ip/firewall/filter/add", "=chain=forward", "=action=drop",
                         "=src-address-list=wavu-suspended")
        isp.routers.hand("/ip/firewall/address-list/add", "=list=wavu-suspended", "=address=" + FIXED,
                         "=comment=owes for the mast")
        isp.run("apply")
        assert listed(isp)[0]["comment"] == "owes for the mast"
        notes = isp.plan()[1]["routers"][0]["notes"]
        assert any("shut although" in note and "KN-0060" in note for note in notes), notes


def test_wavu_makes_the_rule_before_what_lets_traffic_pass():
    with isp_with_shop(package=PACKAGE.replace("1 month", "4s"), start=False) as isp:
        for more in (("=chain=input", "=action=accept"),
                     ("=chain=forward", "=action=fasttrack-connection", "=connection-state=established,related"),
                     ("=chain=forward", "=action=accept", "=connection-state=established,related")):
            isp.routers.hand("/ip/firewall/filter/add", *more)
        theirs = isp.routers.rows("/ip/firewall/filter")
        isp.write("routers.yaml", isp.router_yaml(0, "firewall: manage\n"))
        isp.commit()
        isp.start()
        wait_for("who never paid is shut off", lambda: listed(isp))
        isp.settle()
        assert not has(isp)["open"], has(isp)
        pay(isp, "SKL51ZDR60")
        wait_for("the time is over", lambda: isp.show("KN-0060")["state"] == "expired" and listed(isp))
        isp.settle()
        rules = isp.routers.rows("/ip/firewall/filter")
        assert [rule["action"] for rule in rules] == ["accept", "drop", "fasttrack-connection", "accept"], rules
        assert rules[1]["src-address-list"] == "wavu-suspended" and rules[1]["dst-address-list"] == "!wavu-garden"
        assert rules[1]["comment"].startswith("wavu:kasinet/"), rules[1]
        got = has(isp)
        assert not got["open"] and not got["lingers"], got
        assert not any("STILL OPEN" in note for note in isp.plan()[1]["routers"][0]["notes"])
        isp.routers.hand("/ip/firewall/filter/set", "=.id=" + rules[1][".id"], "=disabled=yes")
        assert has(isp)["open"]
        isp.run("apply", code=0)
        assert not has(isp)["open"], "healed"
        isp.write("routers.yaml", isp.router_yaml(0))
        isp.commit(wait=True)
        wait_for("the rule is gone", lambda: len(isp.routers.rows("/ip/firewall/filter")) == 3)
        assert isp.routers.rows("/ip/firewall/filter") == theirs, "somebody's own rules are not touched"
        wait_for("what is missing is said", lambda: any(
            "/ip/firewall/filter/add chain=forward action=drop src-address-list=wavu-suspended" in note
            for note in isp.plan()[1]["routers"][0]["notes"]))


class FixedNetwork(Network):
    """Every transport on every version, and wavu makes the rules."""

    def router_yaml(self, index, more=""):
        return super().router_yaml(index, more + "firewall: manage\n")


def test_queue_list_and_rule_on_every_transport_and_version():
    with FixedNetwork(start=False) as isp:
        count = len(isp.fleet)
        for index in range(count):
            isp.routers.hand("/ip/firewall/filter/add", "=chain=forward", "=action=accept",
                             "=connection-state=established", router=index)
        isp.write("fixed.yaml", PACKAGE + "".join("---\n" + isp.subscriber(
            "FX-%02d" % index, "shop-8", "r%d" % (index + 1), "shop", "07130000%02d" % index,
            more="address: %s\nopening: {paid_until: 2026-01-01}\n" % FIXED) for index in range(count)))
        isp.commit()
        isp.start()
        isp.everywhere("the address is on the list",
                       lambda index: isp.routers.rows("/ip/firewall/address-list", index))
        isp.settle()
        for index in range(count):
            assert [rule["action"] for rule in isp.routers.rows("/ip/firewall/filter", index)] == ["drop", "accept"]
            got = isp.routers.ask("address", isp.routers.names[index], FIXED)
            assert not got["open"] and not got["lingers"] and got["download"] == 8000000, (isp.fleet[index], got)
            assert isp.routers.counters(index)["writes_idle"] == 0, isp.fleet[index]


def test_an_address_for_everybody_is_no_commit():
    with isp_with_shop(start=False) as isp:
        for text in ("", "address:\n", 'address: ""\n', "address: 0.0.0.0\n", "address: 0.0.0.0/0\n",
                     "address: 10.20.0.0/24\n", "address: ether2\n"):
            isp.write("fixed.yaml", PACKAGE + "---\n" + isp.subscriber(
                "KN-0060", "shop-8", username="shop", phone="0712345660", more=text))
            code, found = isp.run("validate", isp.repository)
            assert code == 4, (text, found)
            assert any("address" in (one["path"] or "") for one in found["errors"]), (text, found)


if __name__ == "__main__":
    main(globals())
