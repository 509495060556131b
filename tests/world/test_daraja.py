"""The simulated Daraja itself: it takes what Safaricom takes, and refuses what Safaricom refuses."""

import base64
import csv
import http.client
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))


class Isp(http.server.BaseHTTPRequestHandler):
    """Keeps what it hears; `answer` is what it says to a validation."""
    heard, answer = [], (200, '{"ResultCode":"0","ResultDesc":"Accepted"}')

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Isp.heard.append((self.path, body))
        status, text = Isp.answer if self.path.endswith("validation") else (200, '{"ResultCode":0}')
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *words):
        pass


class Daraja:
    def __init__(self, *options):
        self.folder = tempfile.mkdtemp(prefix="wavu-daraja-")
        self.ports_file = os.path.join(self.folder, "ports.json")
        self.process = subprocess.Popen([sys.executable, "-B", os.path.join(HERE, "daraja.py"), "--ports-file",
                                         self.ports_file, "--die-with-parent", *options], stdout=subprocess.PIPE)
        assert self.process.stdout.readline().startswith(b"ready")
        self.port = json.load(open(self.ports_file))["http"]
        self.token = json.loads(self.http("GET", "/oauth/v1/generate?grant_type=client_credentials", None, "Basic " +
                                          base64.b64encode(b"key:secret").decode())[1])["access_token"]

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        shutil.rmtree(self.folder)

    def http(self, method, path, body, authorization):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, json.dumps(body) if body else None, {"Authorization": authorization})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def register(self, base, kind="Completed"):
        return self.http("POST", "/mpesa/c2b/v2/registerurl", {
            "ShortCode": "600638", "ResponseType": kind, "ConfirmationURL": base + "/confirmation",
            "ValidationURL": base + "/validation"}, "Bearer " + self.token)

    def push(self, url):
        stamp = time.strftime("%Y%m%d%H%M%S", time.gmtime(time.time() + 3 * 3600))
        return self.http("POST", "/mpesa/stkpush/v1/processrequest", {
            "BusinessShortCode": "600638", "Timestamp": stamp, "Amount": "10", "PhoneNumber": "254700000043",
            "Password": base64.b64encode(("600638passkey" + stamp).encode()).decode(), "CallBackURL": url,
            "AccountReference": "KN-0043"}, "Bearer " + self.token)

    def phone(self, *words):
        command = [sys.executable, "-B", os.path.join(HERE, "phone.py"), "--ports", self.ports_file, *words]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout.decode()


def heard(kind):
    return [body for path, body in Isp.heard if path.endswith(kind)]


def test_a_customer_pays_and_may_be_turned_away(base):
    with Daraja() as one:
        assert one.register(base)[0] == 200
        code, said = one.phone("pay", "600638", "kn 0043", "1500", "0700000043", "Amina Otieno")
        assert code == 0 and "Ksh1500.00" in said and "answered 200" in said, said
        body = heard("confirmation")[-1]
        assert heard("validation") == [], "validation is off until it was asked for"
        assert body["BillRefNumber"] == "kn 0043" and body["TransAmount"] == "1500.00", body
        assert body["FirstName"] == "AMINA" and len(body["MSISDN"]) == 64 and body["TransID"] in said, body
        assert all(isinstance(value, str) for value in body.values()), body
        one.phone("set", "payer", "masked")
        one.phone("validation", "on")
        count = len(heard("confirmation"))
        Isp.answer = (200, '{"ResultCode":"C2B00012","ResultDesc":"Rejected"}')
        code, said = one.phone("pay", "600638", "nobody", "1500", "0700000043")
        assert code == 1 and "C2B00012" in said and "Nothing was taken" in said, said
        assert heard("validation")[-1]["MSISDN"] == "2547 ***** 043", heard("validation")
        assert heard("validation")[-1]["OrgAccountBalance"] == ""
        assert len(heard("confirmation")) == count, "who was turned away is not confirmed"
        for answer in ((500, "no"), (200, "no"), (200, '{"ResultCode":"C2B00099"}')):
            Isp.answer = answer
            assert one.phone("pay", "600638", "nobody", "1500", "0700000043")[0] == 0, "Completed is the default"
        Isp.answer = (200, '{"ResultCode":0}')
        assert one.phone("pay", "600638", "nobody", "10", "0700000043")[0] == 0
        for words in (("600639", "x", "10"), ("600638", "x", "0"), ("600638", "x", "250001"), ("600638", "x", "1.5"),
                      ("600638", "x" * 21, "10")):
            assert one.phone("pay", *words, "0700000043")[0] == 1, words
        one.phone("losing", "on")
        count = len(heard("confirmation"))
        assert "lost" in one.phone("pay", "600638", "kn 0043", "2000", "0700000043")[1]
        assert len(heard("confirmation")) == count
        path = os.path.join(one.folder, "statement.csv")
        assert one.phone("statement", path) == (0, "7 lines\n")
        rows = list(csv.reader(open(path, encoding="utf-8-sig", newline="")))
        assert rows[0] == ["Organization Short Code:", "600638"] and rows[4][5] == "2,000.00", rows[:6]
        assert [row[4] for row in rows[4:]].count("Declined") == 1, rows


def test_what_it_does_not_take(base):
    with Daraja() as one:
        for word in ("mpesa", "M-Pesa", "SafariCom", "exec", "cmd", "sql", "query"):
            assert one.register(base + "/" + word)[0] == 400, word
            assert one.push(base + "/" + word)[0] == 400, word
        assert one.register("here")[0] == 400 and one.register(base, "completed")[0] == 400
        one.phone("set", "register", "spike")
        assert one.register(base)[0] == 429
        one.phone("set", "register", "ok")
        assert one.register(base)[0] == 200
        status, body = one.register(base)
        assert status == 500 and b"already registered" in body, body
        assert one.push(base)[0] == 200
        assert one.phone("cancel", "0700000043")[0] == 0
        assert heard("/isp")[-1]["Body"]["stkCallback"]["ResultCode"] == 1032
        assert one.phone("pin", "0700000043") == (1, "there is no prompt on 254700000043\n")
    with Daraja("--environment", "production") as one:
        assert one.register(base)[0] == 400, "production takes https only"
        assert one.register("https://isp.ngrok.io")[0] == 400 and one.register("https://127.0.0.1:8480")[0] == 400
        assert one.register("https://pay.example.co.ke")[0] == 200


def test_a_till_has_no_account(base):
    with Daraja("--type", "till") as one:
        assert one.register(base, "Cancelled")[0] == 200
        assert one.phone("pay", "600638", "", "50", "0700000043")[0] == 0
        body = heard("confirmation")[-1]
        assert body["BillRefNumber"] is None and body["TransactionType"] == "Customer Merchant Payment", body
        one.phone("validation", "on")
        Isp.answer = (500, "")
        assert one.phone("pay", "600638", "", "50", "0700000043")[0] == 1, "Cancelled is what was registered"


def test_money_that_is_ordered_back(base):
    def order(**more):
        body = {"Initiator": "initiator-1", "SecurityCredential": "credential-1", "CommandID": "TransactionReversal",
                "TransactionID": receipt, "Amount": "1500", "ReceiverParty": "600638", "RecieverIdentifierType": "11",
                "ResultURL": base + "/result", "QueueTimeOutURL": base + "/late", "Remarks": "twice"}
        body.update(more)
        return one.http("POST", "/mpesa/reversal/v1/request", body, "Bearer " + one.token)[0]

    def result(kind="result"):
        count = len(heard(kind))
        return lambda: wait(lambda: heard(kind)[count:])[0]["Result"]

    with Daraja() as one:
        one.phone("pay", "600638", "kn 0043", "1500", "0700000043")
        path = os.path.join(one.folder, "statement.csv")
        one.phone("statement", path)
        receipt = list(csv.reader(open(path, encoding="utf-8-sig", newline="")))[4][0]
        for flaw in ({"RecieverIdentifierType": "4"}, {"ReceiverIdentifierType": "11"}, {"ReceiverParty": "600639"},
                     {"CommandID": "Reversal"}, {"Amount": "x"}, {"ResultURL": base + "/mpesa"}, {"TransactionID": ""}):
            assert order(**flaw) == 400, flaw
        for code, more in ((2001, {"Initiator": "x"}), ("R000002", {"TransactionID": "UKL0000000"}),
                           ("R000002", {"Amount": "1"})):
            come = result()
            assert order(**more) == 200 and come()["ResultCode"] == code, code
        come = result()
        assert order() == 200
        said = come()
        items = {item["Key"]: item.get("Value") for item in said["ResultParameters"]["ResultParameter"]}
        assert said["ResultCode"] == 0 and items["OriginalTransactionID"] == receipt != said["TransactionID"], said
        assert isinstance(items["Amount"], float) and isinstance(items["TransCompletedTime"], int), items
        come = result()
        assert order() == 200 and come()["ResultCode"] == "R000001", "once"
        one.phone("statement", path)
        row = list(csv.reader(open(path, encoding="utf-8-sig", newline="")))[4]
        assert row[6] == "-1,500.00" and row[11] == receipt, row


def wait(work):
    for _ in range(200):
        if work():
            return work()
        time.sleep(0.05)
    raise AssertionError("it never came")


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Isp)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            test("http://127.0.0.1:%d/isp" % server.server_address[1])
            print("ok      " + name)


if __name__ == "__main__":
    main()
