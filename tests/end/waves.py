"""What the tests of a roll-out in waves share: a fleet of routers with one person each, and a canary that refuses."""

from isp import PACKAGES, Isp, wait_for

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
