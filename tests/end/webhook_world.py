"""The real wavu-webhook on a port of its own, in a folder of its own; what the scripts test_webhook_*.py share."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

BUILD = os.environ.get("WAVU_BUILD", "")
PROGRAM = os.path.join(BUILD, "wavu-webhook")
STREET = os.path.join(BUILD, "tests", "end_street")
TOKEN = "b7Kd9Qw2Zr5Tn8Xc"
GIT_TOKEN = "hJ4mV6pL1sD3fG9k"
CHANNELS = ["main:daraja:" + TOKEN, "old:nobody:" + TOKEN[::-1], "hook hook:git:" + GIT_TOKEN]


def skip_unless_built():
    for path in (PROGRAM, STREET):
        if not os.path.exists(path):
            print("skipped: %s has not been built" % path)
            sys.exit(77)


def confirmation(receipt, amount="10.00"):
    return json.dumps({"TransactionType": "Pay Bill", "TransID": receipt, "TransTime": "20261122121325",
                       "TransAmount": amount, "BusinessShortCode": "600638", "BillRefNumber": "KN-0042",
                       "MSISDN": "2547 ***** 126", "FirstName": "JANE"}).encode()


class World:
    def __init__(self, publish=True, parent=None, **options):
        self.folder = tempfile.mkdtemp(prefix="wavu-webhook-", dir=parent)
        self.state = options.pop("state", os.path.join(self.folder, "state"))
        os.makedirs(self.state, exist_ok=True)
        self.before = options.pop("before", [])
        self.options = options
        self.process = None
        self.reader = None
        self.lines = []
        tenants = "".join("  - name: %s\n    repository: %s\n" % (name, self.folder)
                          for name in options.pop("tenants", ["kasinet"]))
        with open(os.path.join(self.folder, "wavu.yaml"), "w") as file:
            file.write('state: %s\ntenants:\n%s'
                       'listen: { public: "127.0.0.1:0", status: "127.0.0.1:0" }\n'
                       'proxies: [127.0.0.1]\n' % (self.state, tenants))
        if publish:
            self.publish()

    def publish(self, channels=CHANNELS, tenant="kasinet"):
        subprocess.run([STREET, "publish", self.state, tenant] + list(channels), check=True)

    def start(self):
        command = self.before + [PROGRAM, "-c", os.path.join(self.folder, "wavu.yaml")]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **self.options)
        self.port = None
        for line in self.process.stderr:
            self.lines.append(line)
            if "listening public=" in line:
                self.port = int(line.rsplit(":", 1)[1])
                break
        if self.port is None:
            raise AssertionError("it did not start: " + "".join(self.lines))
        # Somebody has to read the rest, or a full pipe would stop the program.
        self.reader = threading.Thread(target=lambda pipe: self.lines.extend(pipe),
                                       args=(self.process.stderr,))
        self.reader.start()
        return self

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.ended()

    def ended(self):
        """Its exit code; waits until it ends by itself."""
        code = self.process.wait(timeout=30)
        if self.reader:
            self.reader.join()
        self.process.stderr.close()
        self.process = None
        self.reader = None
        return code

    def close(self):
        if self.process:
            self.stop(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def request(self, method="POST", path=None, body=b"", headers=None, chunked=False, timeout=20):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            headers = dict(headers or {})
            if chunked:
                connection.request(method, path, iter(body), headers, encode_chunked=True)
            else:
                connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def pay(self, body, **options):
        return self.request("POST", "/pay/kasinet/main/%s/confirmation" % TOKEN, body, **options)

    def raw(self, data, timeout=20, half_close=False):
        """Sends bytes as they are, and gives all that came back until the end."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as line:
            line.sendall(data)
            if half_close:
                try:
                    line.shutdown(socket.SHUT_WR)
                except OSError:
                    pass  # it has answered and closed already
            got = b""
            try:
                while part := line.recv(65536):
                    got += part
            except ConnectionResetError:
                pass
            return got

    def raw_status(self, data, **options):
        got = self.raw(data, **options)
        return int(got.split(b" ", 2)[1]) if got else None

    def inbox(self, tenant="kasinet"):
        """[(id, channel, kind, source, headers, body)]"""
        text = subprocess.run([STREET, "inbox", self.state, tenant], check=True, text=True,
                              stdout=subprocess.PIPE).stdout
        rows = []
        for line in text.splitlines():
            number, channel, kind, source, headers, body = line.split(" ")
            rows.append((int(number), channel, kind, source,
                         b"" if headers == "-" else bytes.fromhex(headers),
                         b"" if body == "-" else bytes.fromhex(body)))
        return rows

    def wait_for(self, status, path="/healthz", within=10):
        until = time.monotonic() + within
        while time.monotonic() < until:
            if self.request("GET", path)[0] == status:
                return
            time.sleep(0.1)
        raise AssertionError("%s did not become %d" % (path, status))
