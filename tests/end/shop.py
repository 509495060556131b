"""An ISP that can prompt for money: a simulated Daraja beside the ISP of isp.py, and what its tests share."""

import json
import os
import socket
import subprocess
import sys

from isp import TENANT, Isp, wait_for

DARAJA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "world", "daraja.py")
KEY, SECRET, PASSKEY = "consumer-key-1", "consumer-secret-1", "pass-key-1"
INITIATOR, CREDENTIAL = "initiator-1", "credential-1"
QUERY_WAIT_S = 90  # the first question is asked 25 s after the push, the next at least 12 s later


class Played:
    """A simulated provider in a process of its own, and the line by which a test plays it."""

    def __init__(self, folder, name, *command):
        ports = os.path.join(folder, name + ".json")
        self.process = subprocess.Popen(
            [sys.executable, "-B", *command, "--ports-file", ports, "--die-with-parent"], stdout=subprocess.DEVNULL,
            stderr=open(os.path.join(folder, name + ".log"), "ab"))

        def read_ports():
            try:
                return json.load(open(ports))
            except (OSError, ValueError):
                return None
        self.ports = wait_for("the simulated %s starts" % name, read_ports)
        self.socket = socket.create_connection(("127.0.0.1", self.ports["control"]))
        self.file = self.socket.makefile("rwb")

    def ask(self, *words):
        self.file.write(" ".join(str(word) for word in words).encode() + b"\n")
        self.file.flush()
        answer = json.loads(self.file.readline())
        assert "error" not in answer, answer
        return answer

    def prompts(self):
        return self.ask("prompts")["prompts"]

    def prompt(self, state="waiting"):
        """The newest one in that state: it lies on a handset."""
        return wait_for("a prompt arrives", lambda: next(
            (one for one in reversed(self.prompts()) if one["state"] == state), None))

    def stop(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait()


class Daraja(Played):
    def __init__(self, folder):
        Played.__init__(self, folder, "daraja", DARAJA, "--key", KEY, "--secret", SECRET, "--passkey", PASSKEY,
                        "--shortcode", "600638", "--initiator", INITIATOR, "--credential", CREDENTIAL)


class Shop(Isp):
    """An ISP whose channel can prompt. `trust` as the channel's; `more` goes into it, too."""

    def __init__(self, trust="token", registered=False, files=None, more=""):
        self.daraja = None
        self.trust = trust
        super().__init__(start=False, files=files)
        self.daraja = Daraja(self.folder)
        self.secret("main.key", KEY)
        self.secret("main.secret", SECRET)
        self.secret("main.passkey", PASSKEY)
        self.secret("main.credential", CREDENTIAL)
        self.write("tenant.yaml", TENANT.replace(
            "token: {file: main.token}}",
            "token: {file: main.token}, endpoint: \"http://127.0.0.1:%d\", consumer_key: {file: main.key},\n"
            "     consumer_secret: {file: main.secret}, passkey: {file: main.passkey}, trust: %s%s}"
            % (self.daraja.ports["http"], trust, more)))
        self.commit("prompts")
        self.start()
        if registered:
            self.run("payment", "register", code=0)

    def __exit__(self, *what):
        try:
            return super().__exit__(*what)
        finally:
            if self.daraja:
                self.daraja.stop()

    def request(self, *words, code=0):
        return self.run("payment", "request", "KN-0042", *words, code=code)[1]

    def attempts(self):
        return self.run("payment", "attempts", code=0)[1]

    def attempt(self, name=None):
        return next(one for one in self.attempts() if name in (None, one["attempt"]))

    def becomes(self, status, name=None, wait_s=30):
        return wait_for("the attempt is " + status,
                        lambda: (lambda one: one if one["status"] == status else None)(self.attempt(name)), wait_s)

    def payments(self):
        return self.run("payment", "list", "-n", "1000", code=0)[1]

    def credited(self):
        return [one for one in self.payments() if one["status"] == "credited"]

    def online(self):
        return wait_for("the secret is there", lambda: self.routers.row("/ppp/secret", "jane"))

    def quiet(self):
        """Everything that was said is booked, and the books are in order."""
        newest = "Q" + str(len(self.payments()))
        self.pay("NOISE" + newest, "1.00", reference="nobody", phone="254799999999")
        wait_for("the teller is done", lambda: self.payment("NOISE" + newest))
        self.run("verify", code=0)


def result(prompt, receipt="UKL0000001", code=0, amount=None, **more):
    """What Daraja would post for a prompt."""
    body = {"MerchantRequestID": prompt["merchant"], "CheckoutRequestID": prompt["id"], "ResultCode": code,
            "ResultDesc": "-"}
    if code == 0:
        body["CallbackMetadata"] = {"Item": [
            {"Name": "Amount", "Value": prompt["amount"] if amount is None else amount},
            {"Name": "MpesaReceiptNumber", "Value": receipt},
            {"Name": "PhoneNumber", "Value": int(prompt["phone"])}]}
    body.update(more)
    return json.dumps({"Body": {"stkCallback": body}}).encode()


def post(isp, path, body):
    return isp.http("POST", isp.public, path, body, {"Content-Type": "application/json"})[0]


def own_path(prompt):
    return "/" + prompt["url"].split("/", 3)[3]
