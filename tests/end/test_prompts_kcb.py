"""Prompts through KCB: the result is unsigned and nobody can be asked, so the bank's signed notice of the money pays."""

import os
import subprocess
import tempfile

from isp import main, skip, wait_for
from shop import own_path, post
from test_prompts_other import CHANNELS, KEYS, PHONES, SECRETS, Street


class Bank(Street):
    """An ISP with a till of KCB."""

    def __init__(self):
        self.keys = tempfile.TemporaryDirectory()
        private = os.path.join(self.keys.name, "private.pem")
        try:
            subprocess.run(["openssl", "genrsa", "-out", private, "2048"], check=True, stderr=subprocess.DEVNULL)
        except OSError:
            skip("openssl is not installed")
        SECRETS["kb.pem"] = subprocess.run(["openssl", "rsa", "-in", private, "-pubout"], check=True,
                                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
        KEYS["kb"] = ("kcb", "bank-key-1", "bank-secret-1", private)
        SECRETS.update({"kb.key": KEYS["kb"][1], "kb.secret": KEYS["kb"][2]})
        CHANNELS["kb"] = ("provider: kcb, shortcode: \"512345\", consumer_key: {file: kb.key}, "
                          "consumer_secret: {file: kb.secret}, public_key: {file: kb.pem}")
        PHONES["kb"] = "254712345674"
        super().__init__("kb")
        self.bank = self.at["kb"]

    def __exit__(self, *what):
        try:
            return super().__exit__(*what)
        finally:
            self.keys.cleanup()

    def open_money(self):
        """What waits for a person."""
        return [one for one in self.payments() if one["status"] in ("held", "unmatched") and
                not one["reason"].startswith("settled by") and not one["receipt"].startswith("NOISE")]


def test_a_prompt_is_paid_by_the_signed_notice_and_counts_once():
    for reference in ("account", "invoice", "till"):
        with Bank() as isp:
            isp.bank.ask("set", "callback", "twice")
            isp.bank.ask("set", "reference", reference)
            isp.bank.ask("set", "noloc", "off" if reference == "account" else "on")
            attempt = isp.ask_for_money("kb")
            prompt = isp.bank.prompt()
            assert (prompt["phone"], prompt["amount"], prompt["account"]) == (PHONES["kb"], 2500, "KN-kb"), prompt
            isp.becomes("prompted", attempt)
            assert isp.bank.ask("pay", prompt["id"])["told"] == [200, 200]
            wait_for("its result is known", lambda: "it counts with" in (isp.attempt(attempt)["reason"] or ""))
            assert isp.attempt(attempt)["status"] == "prompted" and isp.credited() == [] and isp.open_money() == []
            for _ in range(2):
                assert isp.bank.ask("notice", prompt["id"])["told"] == [200]
            paid = isp.becomes("paid", attempt)
            assert paid["receipt"] == "KCB-FT%d" % prompt["number"], paid
            isp.is_online("kb")
            isp.bank.ask("tell", prompt["id"])
            isp.quiet()
            assert [one["receipt"] for one in isp.credited()] == [paid["receipt"]], isp.credited()
            assert isp.open_money() == [], isp.open_money()
            assert isp.attempt(attempt)["status"] == "paid"
            assert isp.bank.ask("counters")["pushes"] == 1 and isp.bank.ask("counters")["logins"] == 1


def test_property_01_an_unsigned_result_pays_nothing():
    with Bank() as isp:
        attempt = isp.ask_for_money("kb")
        prompt = isp.bank.prompt()
        isp.becomes("prompted", attempt)
        forged = ('{"Body":{"stkCallback":{"CheckoutRequestID":"%s","ResultCode":0,"CallbackMetadata":{"Item":['
                  '{"Name":"Amount","Value":2500},{"Name":"MpesaReceiptNumber","Value":"UKL51ZDR4F"}]}}}}' % prompt["id"])
        for body in (forged, "{}", "x", forged.replace(":0,", ":null,")):
            assert post(isp, own_path(prompt), body.encode()) == 200
        wait_for("it is known as a word", lambda: "UKL51ZDR4F" in (isp.attempt(attempt)["reason"] or ""))
        isp.quiet()
        assert isp.credited() == [] and isp.open_money() == [] and isp.attempt(attempt)["status"] == "prompted"
        # It ends, and the next one is paid.
        assert isp.bank.ask("fail", prompt["id"], "1032")["told"] == [200]
        assert "1032" in isp.becomes("failed", attempt)["reason"]
        isp.bank.ask("set", "notice", "on")
        again = isp.run("payment", "request", "KN-kb", "2000", "--channel", "kb", code=0)[1]["attempt"]
        second = isp.bank.prompt()
        assert second["id"] != prompt["id"] and isp.bank.ask("pay", second["id"])["told"] == [200, 200]
        assert isp.becomes("paid", again)["receipt"] == "KCB-FT%d" % second["number"]
        assert [one["amount"] for one in isp.credited()] == ["2000.00"], isp.credited()


def test_property_09_money_for_another_account_pays_no_prompt():
    with Bank() as isp:
        isp.bank.ask("set", "reference", "other")
        isp.bank.ask("set", "notice", "on")
        attempt = isp.ask_for_money("kb")
        prompt = isp.bank.prompt()
        isp.bank.ask("pay", prompt["id"])
        wait_for("it is his for whom it was typed", lambda: [one["account"] for one in isp.credited()] == ["KN-0042"])
        isp.quiet()
        assert isp.attempt(attempt)["status"] == "prompted" and isp.open_money() == []


def test_property_06_a_refusal_is_said_and_no_answer_is_no_failure():
    with Bank() as isp:
        isp.bank.ask("set", "push", "refuse")
        attempt = isp.ask_for_money("kb")
        assert "Invalid Remarks" in isp.becomes("failed", attempt)["reason"]
        isp.bank.ask("set", "push", "lost")
        attempt = isp.run("payment", "request", "KN-kb", "1000", "--channel", "kb", code=0)[1]["attempt"]
        prompt = isp.bank.prompt()
        wait_for("nobody knows", lambda: "nobody knows" in (isp.attempt(attempt)["reason"] or ""))
        isp.bank.ask("set", "callback", "never")
        isp.bank.ask("set", "notice", "on")
        isp.bank.ask("pay", prompt["id"])
        isp.becomes("paid", attempt)
        assert isp.bank.ask("counters")["pushes"] == 2, "never twice"


if __name__ == "__main__":
    main(globals())
