"""The pace that the provider allows, counted where it is kept: a simulated Daraja that refuses what is too much."""

from isp import main, wait_for
from shop import Shop

ASKS = ", initiator: initiator-1, security_credential: {file: main.credential}, pull: true, nominated: \"0722000000\""


def counters(isp):
    return isp.daraja.ask("counters")


def test_property_17_one_budget_for_whatever_is_asked():
    """The fate of prompts, the truth of payments and the list: none of it is ever too soon."""
    with Shop(trust="verified", registered=True, more=ASKS) as isp:
        isp.daraja.ask("set", "callback", "never")
        for number in range(3):
            isp.request("--phone", "071234567%d" % number)
            isp.daraja.ask("pay", isp.daraja.prompt()["id"])
        isp.daraja.ask("c2b", 2500, "KN-0042", "254712345678")
        isp.daraja.ask("c2b", 2500, "KN-0042", "254712345679")
        wait_for("each kind had its turn, and again", lambda: (
            lambda now: now["queries"] + now["statuses"] + now["lists"] >= 5 and
            min(now["queries"], now["statuses"], now["lists"]) >= 1)(counters(isp)), 180)
        assert counters(isp)["limited"] == 0, counters(isp)
        assert counters(isp)["pushes"] == 3 and counters(isp)["logins"] == 1, counters(isp)


def test_property_17_a_refused_prompt_leaves_when_the_provider_says():
    with Shop() as isp:
        isp.daraja.ask("set", "limit", "all")
        isp.daraja.ask("set", "retry", "13")
        names = [isp.request("--phone", "071234567%d" % number)["attempt"] for number in range(3)]
        for _ in names:
            isp.daraja.ask("pay", isp.daraja.prompt()["id"])
        for name in names:
            isp.becomes("paid", name)
        # Each of the later two was refused once: whoever waits with it is not sent to be refused, too.
        assert counters(isp)["limited"] == 2 and counters(isp)["pushes"] == 5, counters(isp)
        assert len(isp.credited()) == 3
        isp.quiet()


def test_property_06_no_token_is_no_failure_and_no_storm():
    with Shop() as isp:
        isp.daraja.ask("set", "login", "spike")
        names = [isp.request("--phone", "071234567%d" % number)["attempt"] for number in range(5)]
        wait_for("a token is asked for again", lambda: counters(isp)["logins"] >= 2)
        assert counters(isp)["logins"] == 2, "one asks for all, and later than the last time"
        assert {isp.attempt(name)["status"] for name in names} == {"created"}
        isp.daraja.ask("set", "login", "ok")
        for name in names:
            isp.becomes("prompted", name, 60)
        assert counters(isp)["pushes"] == 5 and counters(isp)["limited"] == counters(isp)["logins"] - 1, counters(isp)


if __name__ == "__main__":
    main(globals())
