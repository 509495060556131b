"""Prompts through Kopo Kopo, Paystack and Flutterwave: one money, one credit, whoever says it first and however often."""

import json
import os

from isp import TENANT, TOKEN, Isp, main, wait_for
from shop import QUERY_WAIT_S, Played, Shop

AGGREGATORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "world", "aggregators.py")
KEYS = {"kk": ("kopokopo", "client-id-1", "client secret & 1", "api-key-1"),
        "ps": ("paystack", "", "sk_test_made-up-1", ""),
        "fw": ("flutterwave", "", "FLWSECK_TEST-made-up-1", "hash-made-up-1")}
SECRETS = {"kk.key": KEYS["kk"][1], "kk.secret": KEYS["kk"][2], "kk.api": KEYS["kk"][3], "ps.secret": KEYS["ps"][2],
           "fw.secret": KEYS["fw"][2], "fw.hash": KEYS["fw"][3]}
CHANNELS = {
    "kk": "provider: kopokopo, shortcode: \"512345\", prompt_till: K512345, consumer_key: {file: kk.key}, "
          "consumer_secret: {file: kk.secret}, secret: {file: kk.api}",
    "ps": "provider: paystack, shortcode: \"100001\", email: billing@kasinet.example, secret: {file: ps.secret}",
    "fw": "provider: flutterwave, shortcode: \"100002\", email: billing@kasinet.example, secret: {file: fw.hash}, "
          "consumer_secret: {file: fw.secret}"}
PHONES = {"kk": "254712345671", "ps": "254712345672", "fw": "254712345673"}


class Aggregator(Played):
    def __init__(self, folder, channel):
        provider, key, secret, sign = KEYS[channel]
        Played.__init__(self, folder, provider, AGGREGATORS, "--provider", provider, "--key", key or "-",
                        "--secret", secret, "--sign", sign or "-", "--till", "K512345")

    def newest(self):
        return self.prompts()[-1]


class Street(Shop):
    """An ISP with a channel of each of `names` (and Daraja's, which cannot prompt)."""

    def __init__(self, *names):
        self.daraja, self.at = None, {}
        Isp.__init__(self, start=False, secrets=SECRETS)
        self.at = {name: Aggregator(self.folder, name) for name in names}
        people = [self.subscriber()] + [
            self.subscriber("KN-%s" % name, username="of-" + name, phone="0" + PHONES[name][3:]) for name in names]
        self.write("subscribers.yaml", "---\n".join(people))
        self.write("tenant.yaml", TENANT + "".join(self.channel(name) for name in names))
        self.commit("channels")
        self.start()
        for name in names:
            if name == "kk":  # told over its API; the others in their dashboards
                answer = self.run("payment", "register", "kk", code=0)[1]
                assert "kk: registered" in answer["message"], answer
            else:
                self.at[name].ask("hook", "http://127.0.0.1:%d%s" % (self.public, self.path(name)))

    def channel(self, name):
        return ("  - {name: %s, environment: sandbox, endpoint: \"http://127.0.0.1:%d\", type: till, "
                "token: {file: main.token}, %s}\n" % (name, self.at[name].ports["http"], CHANNELS[name]))

    def __exit__(self, *what):
        try:
            return super().__exit__(*what)
        finally:
            for one in self.at.values():
                one.stop()

    @staticmethod
    def path(name):
        return "/pay/kasinet/%s/%s" % (name, TOKEN)

    def ask_for_money(self, name, code=0):
        """The attempt; the push has left, whatever became of it."""
        answer = self.run("payment", "request", "KN-" + name, "--channel", name, code=code)[1]
        return answer["attempt"]

    def of(self, name):
        """The one credit of that account."""
        mine = [one for one in self.credited() if one["account"] == "KN-" + name]
        assert len(mine) <= 1, mine
        return mine[0] if mine else None

    def is_online(self, name):
        wait_for("the row of %s is there" % name, lambda: self.routers.row("/ppp/secret", "of-" + name))

    def receipt_of(self, name):
        prompt = self.at[name].newest()
        return {"kk": prompt["receipt"], "ps": "PAYSTACK-" + prompt["id"].upper(),
                "fw": "FLUTTERWAVE-%d" % prompt["number"]}[name]


def test_a_request_is_paid_through_each_and_counts_once():
    with Street("kk", "ps", "fw") as isp:
        for name, world in isp.at.items():
            world.ask("set", "callback", "twice")
            attempt = isp.ask_for_money(name)
            prompt = world.prompt()
            assert (prompt["phone"], prompt["amount"], prompt["account"]) == (PHONES[name], 2500, "KN-" + name), prompt
            isp.becomes("prompted", attempt)
            if name == "kk":
                world.ask("set", "notice", "on")
            assert set(world.ask("pay", prompt["id"])["told"]) == {200}
            paid = isp.becomes("paid", attempt)
            assert paid["receipt"] == isp.receipt_of(name), paid
            isp.is_online(name)
            world.ask("tell", prompt["id"])
        isp.at["kk"].ask("notice", isp.at["kk"].newest()["id"])
        isp.quiet()
        assert sorted(one["account"] for one in isp.credited()) == ["KN-fw", "KN-kk", "KN-ps"], isp.credited()
        held = [one for one in isp.payments() if one["status"] == "held" and not one["reason"].startswith("settled by")]
        assert held == [], held
        assert all(one.ask("counters")["pushes"] == 1 for one in isp.at.values())
        assert isp.at["kk"].ask("counters")["logins"] == 1


def test_property_17_what_nobody_told_is_found_by_asking():
    """The callback is lost; where the provider takes our name for it, the answer to the push is, too."""
    with Street("kk", "ps", "fw") as isp:
        attempts = {}
        for name, world in isp.at.items():
            world.ask("set", "callback", "never")
            if name != "kk":
                world.ask("set", "push", "lost")
            attempts[name] = isp.ask_for_money(name)
            world.ask("pay", world.prompt()["id"])
        for name in ("ps", "fw"):
            assert "nobody knows yet" in wait_for("its push is over", lambda: isp.attempt(attempts[name])["reason"])
        for name, world in isp.at.items():
            paid = isp.becomes("paid", attempts[name], wait_s=QUERY_WAIT_S)
            assert paid["receipt"] == isp.receipt_of(name), "the answer names the receipt: %r" % paid
            isp.is_online(name)
            chain = isp.run("explain", paid["receipt"], code=0)[1]["chain"]
            assert any("asked by wavu" in link["what"] and paid["receipt"] in link["because"] for link in chain), chain
            # Then all the news that was late.
            assert world.ask("tell", world.newest()["id"])["told"] == [200]
        isp.at["kk"].ask("notice", isp.at["kk"].newest()["id"])
        isp.quiet()
        assert len(isp.credited()) == 3, isp.credited()
        assert all(one.ask("counters")["pushes"] == 1 for one in isp.at.values()), "property 18: one push each"


def test_property_18_a_lost_answer_of_kopokopo_ends_on_the_prompts_own_url():
    with Street("kk") as isp:
        world = isp.at["kk"]
        world.ask("set", "push", "lost")
        attempt = isp.ask_for_money("kk")
        prompt = world.prompt()
        wait_for("the push is over", lambda: isp.attempt(attempt)["reason"])
        assert isp.attempt(attempt)["status"] == "created"
        # The same phone is not asked again while nobody knows.
        assert isp.ask_for_money("kk") == attempt
        world.ask("pay", prompt["id"])
        isp.becomes("paid", attempt)
        isp.is_online("kk")
        isp.quiet()
        assert len(isp.credited()) == 1 and world.ask("counters")["pushes"] == 1


def test_property_16_the_end_may_come_before_the_answer_and_the_notice_before_the_result():
    with Street("kk", "ps") as isp:
        for name, world in isp.at.items():
            world.ask("set", "push", "early")
            attempt = isp.ask_for_money(name)
            isp.becomes("paid", attempt)
            assert isp.of(name)["receipt"] == isp.receipt_of(name)
        # The till's notice names neither prompt nor account: the phone that was asked for just that pays for whom it
        # was asked, not for its owner; and the result counts no second time.
        isp.write("more.yaml", isp.subscriber("KN-7", username="seven", phone="0712345677"))
        isp.commit("one more", wait=True)
        world = isp.at["kk"]
        for setting in (("push", "ok"), ("callback", "never"), ("notice", "on")):
            world.ask("set", *setting)
        attempt = isp.run("payment", "request", "KN-7", "--channel", "kk", "--phone", "0712345678", code=0)[1]["attempt"]
        prompt = world.prompt()
        isp.becomes("prompted", attempt)
        world.ask("pay", prompt["id"])
        assert wait_for("the notice is booked", lambda: isp.payment(world.newest()["receipt"]))["account"] == "KN-7"
        assert isp.becomes("paid", attempt)["receipt"] == world.newest()["receipt"]
        world.ask("tell", prompt["id"])
        world.ask("notice", prompt["id"])
        isp.quiet()
        assert len(isp.credited()) == 3, isp.credited()


def test_property_01_what_is_forged_or_unsigned_counts_for_nothing():
    with Street("kk", "ps") as isp:
        world = isp.at["kk"]
        attempt = isp.ask_for_money("kk")
        prompt = world.prompt()
        isp.becomes("prompted", attempt)
        own = "/" + prompt["url"].split("/", 3)[3]
        for status in ("Success", "Failed"):
            body = json.dumps({"data": {"id": prompt["id"], "type": "incoming_payment", "attributes": {
                "status": status, "event": {"errors": None, "resource": {
                    "reference": "UKL0F0RGED", "amount": "2500.0", "currency": "KES", "status": "Received",
                    "till_number": "K512345"}}}}}).encode()
            for headers in ({}, {"X-KopoKopo-Signature": "00" * 32}):
                assert isp.http("POST", isp.public, own, body, headers)[0] == 200
        paystack = isp.ask_for_money("ps")
        named = isp.at["ps"].prompt()["id"]
        body = json.dumps({"event": "charge.success", "data": {
            "reference": named, "amount": 250000, "currency": "KES", "status": "success"}}).encode()
        assert isp.http("POST", isp.public, isp.path("ps"), body, {"x-paystack-signature": "00" * 64})[0] == 200
        isp.quiet()
        assert isp.credited() == [] and isp.attempt(attempt)["status"] == "prompted", isp.attempts()
        assert isp.attempt(paystack)["status"] == "prompted"
        # What is genuine counts all the same.
        world.ask("pay", prompt["id"])
        isp.becomes("paid", attempt)
        assert isp.of("kk")["receipt"] == isp.receipt_of("kk")


def test_property_09_another_amount_is_held_for_a_person():
    with Street("kk", "ps") as isp:
        for name, world in isp.at.items():
            world.ask("set", "paid", "2000")
            attempt = isp.ask_for_money(name)
            prompt = world.prompt()
            isp.becomes("prompted", attempt)
            world.ask("pay", prompt["id"])
            failed = isp.becomes("failed", attempt)
            assert "2000.00" in failed["reason"] and "2500.00" in failed["reason"], failed
            receipt = isp.receipt_of(name)
            held = isp.payment(receipt)
            assert (held["status"], held["amount"]) == ("held", "2000.00"), held
            world.ask("tell", prompt["id"])
            isp.quiet()
            assert isp.credited() == []
            isp.run("payment", "assign", receipt, "KN-" + name, code=0)
            assert isp.of(name)["amount"] == "2000.00"
            world.ask("tell", prompt["id"])
            isp.quiet()
            isp.run("payment", "refund", receipt, "--reason", "a test", code=0)


def test_property_06_no_answer_is_no_failure_and_a_refusal_is_said():
    with Street("kk", "ps", "fw") as isp:
        phone = 254712346000
        for name, world in isp.at.items():
            world.ask("set", "push", "refuse")
            failed = isp.becomes("failed", isp.ask_for_money(name))
            assert failed["reason"], failed
            for how in ("busy", "broken", "garbage"):
                world.ask("set", "push", how)
                phone += 1
                attempt = isp.run("payment", "request", "KN-" + name, "--channel", name, "--phone", str(phone),
                                  code=0)[1]["attempt"]
                wait_for("its push is over", lambda: isp.attempt(attempt)["reason"])
                assert isp.attempt(attempt)["status"] == "created", isp.attempt(attempt)
        assert isp.credited() == []


def test_which_channel_prompts():
    with Street("ps") as isp:
        # The first that can: Daraja's has no keys.
        isp.run("payment", "request", "KN-0042", code=0)
        assert isp.at["ps"].prompt()["account"] == "KN-0042"
        code, answer = isp.run("payment", "request", "KN-ps", "--channel", "main")
        assert code == 1 and "channel main has no `consumer_key`" in answer["message"], answer
        code, answer = isp.run("payment", "request", "KN-ps", "--channel", "none")
        assert code == 4 and "no such channel" in answer["message"], (code, answer)


if __name__ == "__main__":
    main(globals())
