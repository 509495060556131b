"""Providers that sign, one that is only a hint, and validations: as the provider, the payer and a forger see them."""

import base64
import hashlib
import hmac
import http.server
import json
import os
import signal
import subprocess
import threading

from isp import Isp, TENANT, TOKEN, main, wait_for

PAYSTACK, KOPOKOPO, FLUTTERWAVE = "sk_live_made-up-1", "made-up-2", "made-up-hash-3"
CHANNELS = """\
  - {name: ps, provider: paystack, shortcode: "100001", type: till, token: {file: main.token}, secret: {file: ps.key}}
  - {name: kk, provider: kopokopo, shortcode: "512345", type: till, token: {file: main.token}, secret: {file: kk.key}}
  - {name: bank, provider: kcb, shortcode: "150151", type: till, token: {file: main.token}, public_key: {file: kcb.pem}}
"""


def key_pair(folder):
    private = os.path.join(folder, "kcb.private")
    subprocess.run(["openssl", "genrsa", "-out", private, "2048"], check=True, stderr=subprocess.DEVNULL)
    public = subprocess.run(["openssl", "rsa", "-in", private, "-pubout"], check=True, stderr=subprocess.DEVNULL,
                            stdout=subprocess.PIPE).stdout.decode()
    return private, public


def signature(private, body):
    return base64.b64encode(subprocess.run(["openssl", "dgst", "-sha256", "-sign", private], input=body, check=True,
                                           stdout=subprocess.PIPE).stdout).decode()


def paystack(reference, cents, account):
    return json.dumps({"event": "charge.success", "data": {
        "reference": reference, "amount": cents, "currency": "KES", "status": "success", "domain": "live",
        "metadata": {"account": account}}}).encode()


def kopokopo(receipt, amount):
    return json.dumps({"topic": "buygoods_transaction_received", "event": {"resource": {
        "amount": amount, "status": "Received", "system": "Lipa Na M-PESA", "currency": "KES", "reference": receipt,
        "till_number": "512345", "sender_phone_number": "+254712345678",
        "origination_time": "2026-11-22T12:15:30+03:00"}}}).encode()


def kcb(reference, amount):
    return json.dumps({"transactionReference": reference, "transactionAmount": amount, "currency": "KES",
                       "customerReference": "KN-0042", "tillNumber": "150151"}).encode()


def say(isp, channel, body, headers, code=200):
    got, answer = isp.http("POST", isp.public, "/pay/kasinet/%s/%s" % (channel, TOKEN), body, headers)
    assert got == code, "%d: %r" % (got, answer)


def credited(isp, receipt):
    return wait_for("payment %s is credited" % receipt,
                    lambda: (isp.payment(receipt) or {}).get("status") == "credited")


def test_signed_callbacks_count_once_and_forged_ones_never():
    with Isp(start=False, files={"tenant.yaml": TENANT + CHANNELS}) as isp:
        private, public = key_pair(isp.folder)
        for name, text in (("ps.key", PAYSTACK), ("kk.key", KOPOKOPO), ("kcb.pem", public)):
            isp.secret(name, text)
        isp.start()
        isp.settle()
        urls = {one["channel"]: one for one in isp.run("payment", "urls", code=0)[1]}
        assert urls["ps"]["callback"].endswith("/pay/kasinet/ps/" + TOKEN), urls["ps"]
        assert urls["ps"]["validation"] is None and urls["ps"]["confirmation"] is None, urls["ps"]
        body = paystack("T1", 250000, "KN-0042")
        good = {"x-paystack-signature": hmac.new(PAYSTACK.encode(), body, hashlib.sha512).hexdigest()}
        # Forged first: the genuine one must not find its receipt taken.
        for _ in range(3):
            say(isp, "ps", body, {"x-paystack-signature": "00" * 64})
        say(isp, "ps", body + b" ", good)
        say(isp, "ps", body, {})
        wait_for("the forgeries are held, as one",
                 lambda: [one for one in isp.run("payment", "list", "--status", "held")[1]
                          if "(came 5 times)" in (one["reason"] or "")])
        assert len(isp.run("payment", "list", code=0)[1]) == 1
        for _ in range(2):
            say(isp, "ps", body, good)
        credited(isp, "PAYSTACK-T1")
        wait_for("the row is on the router", lambda: isp.routers.row("/ppp/secret", "jane"))
        body = kopokopo("UKM1A2B3C4", "2500.0")
        say(isp, "kk", body, {"X-KopoKopo-Signature": hmac.new(KOPOKOPO.encode(), body, hashlib.sha256).hexdigest()})
        # The same money, heard of by Daraja too, is the same receipt.
        isp.pay("UKM1A2B3C4")
        body = kcb("FT26326ABC1Z", "20,000.00")
        say(isp, "bank", body, {"Signature": signature(private, body)})
        credited(isp, "UKM1A2B3C4")
        assert credited(isp, "KCB-FT26326ABC1Z")
        assert isp.payment("KCB-FT26326ABC1Z")["amount"] == "20000.00"
        listed = isp.run("payment", "list", code=0)[1]
        assert sorted(one["status"] for one in listed) == ["credited"] * 3 + ["held"], listed
        assert isp.status()["tenants"][0]["payments"]["held_count"] == 1
        # No channel of these can prompt: said, not tried.
        code, answer = isp.run("payment", "request", "KN-0042")
        for words in ("channel ps has no `email`", "channel kk has no `consumer_key`",
                      "channel bank has no `consumer_key`"):
            assert code == 1 and words in answer["message"], answer
        isp.run("verify", code=0)


def test_missing_keys_are_errors_that_name_the_remedy():
    bad = TENANT + ("  - {name: ps, provider: paystack, shortcode: \"100001\", type: till, token: {file: main.token}, trust: "
                    "verified}\n"
                    "  - {name: fw, provider: flutterwave, shortcode: \"100002\", type: till, token: {file: "
                    "main.token}, secret: {file: fw}, validation: refuse}\n")
    with Isp(start=False, files={"tenant.yaml": bad}) as isp:
        code, answer = isp.run("validate", isp.repository)
        assert code == 4, answer
        errors = {one["path"]: one for one in answer["errors"]}
        assert sorted(errors) == ["payments[1].secret", "payments[1].trust", "payments[2].consumer_secret",
                                  "payments[2].validation"], errors
        assert "add `secret: { file: NAME }`" in errors["payments[1].secret"]["message"], errors
        assert errors["payments[1].secret"]["line"] == 8, errors


def test_a_key_that_cannot_be_read_is_said_before_money_comes():
    with Isp(files={"tenant.yaml": TENANT + CHANNELS},
             secrets={"ps.key": "sk_test_made-up", "kk.key": KOPOKOPO, "kcb.pem": "no key at all"}) as isp:
        note = wait_for("status says it", lambda: isp.status()["tenants"][0]["notes"])
        for words in ("channel ps: its `secret`: a key of the test system",
                      "channel bank: its `public_key`: no RSA public key"):
            assert words in note, note
        assert "channel kk" not in note and "made-up" not in note, note
        # What comes meanwhile is kept, and held.
        say(isp, "bank", kcb("FT1", "100"), {"Signature": "AAAA"})
        wait_for("it is held", lambda: [one for one in isp.run("payment", "list", "--status", "held")[1]
                                        if one["channel"] == "bank" and "public_key" in one["reason"]])


class Flutterwave(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("Authorization")))
        status, body = self.server.answer
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *words):
        pass


def test_a_hint_counts_when_the_provider_says_so():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Flutterwave)
    server.asked, server.answer = [], (500, {"status": "error"})
    threading.Thread(target=server.serve_forever, daemon=True).start()
    channel = ("  - {name: fw, provider: flutterwave, environment: sandbox, endpoint: \"http://127.0.0.1:%d\", "
               "shortcode: \"100002\", type: till, token: {file: main.token}, secret: {file: fw.hash}, "
               "consumer_secret: {file: fw.key}}\n" % server.server_address[1])
    try:
        with Isp(files={"tenant.yaml": TENANT + channel},
                 secrets={"fw.hash": FLUTTERWAVE, "fw.key": "FLWSECK_TEST-made-up"}) as isp:
            data = {"id": 285959875, "tx_ref": "KN-0042=91aa", "amount": 2500, "currency": "KES",
                    "status": "successful"}
            body = json.dumps({"event": "charge.completed", "data": data}).encode()
            say(isp, "fw", body, {"verif-hash": "wrong"})
            say(isp, "fw", body, {"verif-hash": FLUTTERWAVE})
            wait_for("the provider was asked", lambda: server.asked)
            assert server.asked[0] == ("/v3/transactions/285959875/verify", "Bearer FLWSECK_TEST-made-up")
            assert isp.payment("FLUTTERWAVE-285959875")["status"] == "held"
            assert isp.run("explain", "FLUTTERWAVE-285959875", code=0)[1]["chain"], "it is found before the answer, too"
            assert isp.routers.row("/ppp/secret", "jane") is None
            server.answer = (200, {"status": "success", "data": data})
            credited(isp, "FLUTTERWAVE-285959875")
            # What was held for the hint waits no longer.
            assert isp.status()["tenants"][0]["payments"]["held_count"] == 1, "only the forgery"
            wait_for("the row is on the router", lambda: isp.routers.row("/ppp/secret", "jane"))
            # The hint's secret lies in no file of the street: only its digest does.
            for name in os.listdir(os.path.join(isp.folder, "state")):
                path = os.path.join(isp.folder, "state", name)
                if os.path.isfile(path):
                    with open(path, "rb") as file:
                        assert FLUTTERWAVE.encode() not in file.read(), name
    finally:
        server.shutdown()
        server.server_close()


def code_of(isp, reference, amount, **more):
    got, answer = isp.http("POST", isp.public, "/pay/kasinet/main/%s/validation" % TOKEN,
                           isp.confirmation("UKM9Z9Z9Z9", amount, reference, **more))
    assert got == 200, answer
    return json.loads(answer)["ResultCode"]


def controller_of(isp):
    """The part that decides, below the supervisor."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/cmdline" % pid, "rb") as file:
                words = file.read().split(b"\0")
            with open("/proc/%s/stat" % pid) as file:
                parent = int(file.read().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        if parent == isp.process.pid and b"controller" in words:
            return int(pid)
    raise AssertionError("no controller is running")


def test_validation_refuses_what_nobody_expects():
    refusing = TENANT.replace("token: {file: main.token}", "token: {file: main.token}, validation: refuse")
    masked = {"phone": "2547 ***** 126"}
    with Isp(files={"tenant.yaml": refusing}) as isp:
        wait_for("a stranger is refused", lambda: code_of(isp, "KN-9999", "2500.00", **masked) == "C2B00012")
        assert code_of(isp, "kn 0042", "2500.00", **masked) == "0"
        assert code_of(isp, "KN-0042", "2499.00", **masked) == "C2B00013"
        assert code_of(isp, "whoever", "2500.00", phone="254712345678") == "0"
        assert code_of(isp, "KN-0042", "2500.00", shortcode="600639", **masked) == "C2B00015"
        assert isp.run("payment", "list", code=0)[1] == [], "a validation stores nothing"
        # Half is paid (it was confirmed all the same): the other half is now enough.
        isp.pay("UKM1A2B3C4", "1500.00")
        wait_for("the rest is enough", lambda: code_of(isp, "KN-0042", "1000.00", **masked) == "0")
        assert code_of(isp, "KN-0042", "999.00", **masked) == "C2B00013"
        isp.write("more.yaml", isp.subscriber("KN-9999", username="joe", phone="0712345999"))
        isp.commit("one more")
        wait_for("the stranger is a customer", lambda: code_of(isp, "KN-9999", "2500.00", **masked) == "0")
        # The controller hangs and the routers are gone: the street still answers, by what it knows.
        controller = controller_of(isp)
        os.kill(controller, signal.SIGSTOP)
        try:
            isp.routers.stop()
            assert code_of(isp, "KN-9998", "2500.00", **masked) == "C2B00012"
            assert code_of(isp, "KN-0042", "2500.00", **masked) == "0"
            isp.pay("UKM1A2B3C5", "2500.00")
        finally:
            os.kill(controller, signal.SIGCONT)


if __name__ == "__main__":
    main(globals())
