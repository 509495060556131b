"""A whole small ISP for a test: simulated routers, a repository, secrets, `wavu run`, people who pay.

Everything lives in one temporary folder and ends with the test. Tests look at the state of the world: at the simulated
routers (over their control port, or as any API client would), and at what the commands say.
"""

import datetime
import hashlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

BUILD = os.environ.get("WAVU_BUILD", "")
WAVU = os.path.join(BUILD, "wavu")
WEBHOOK = os.path.join(BUILD, "wavu-webhook")
ROUTERS = next((path for path in (os.path.join(BUILD, "world-router"),
                                  os.path.join(BUILD, "tests", "world", "world-router"))
                if os.path.exists(path)), "world-router")
TOKEN = "b7Kd9Qw2Zr5Tn8Xc"
# Of this process alone: a port that a refusing router lets go may become another test's router a moment later.
PASSWORD = "router-pass-%d" % os.getpid()
# How long anything may take before a test says that it never came; not a measure of speed.
WAIT_S = int(os.environ.get("WAVU_WAIT_S", "30"))
# When customers pay who say nothing else, as Daraja does: in Nairobi's zone. Not a date of its own: what was paid a moment
# ago is not treated as what was paid long ago.
PAID_AT = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=3))).replace(microsecond=0)

TENANT = """\
kind: Tenant
name: kasinet
title: Kasi Net
currency: KES
timezone: Africa/Nairobi
payments:
  - {name: main, provider: daraja, environment: sandbox, shortcode: "600638", type: paybill, token: {file: main.token}}
"""
SITE = "kind: Site\nname: kasarani\ntitle: Kasarani estate\n"
PACKAGES = """\
kind: Package
name: home-10
title: Home 10 Mbps
service: pppoe
price: 2500
period: 1 month
speed: {down: 10M, up: 5M}
---
kind: Package
name: home-20
title: Home 20 Mbps
service: pppoe
price: 4000
period: 1 month
speed: {down: 20M, up: 10M}
---
kind: Package
name: day-5
title: Day pass
service: hotspot
price: 50
period: 1d
speed: {down: 5M, up: 2M}
devices: 2
"""


def skip(why):
    print("skipped: " + why)
    sys.exit(77)


def skip_unless_built():
    for path in (WAVU, WEBHOOK, ROUTERS):
        if not os.path.exists(path):
            skip("%s has not been built" % path)


def wait_for(what, condition, wait_s=WAIT_S):
    """Asks again until the condition gives something true, and gives that back."""
    end = time.monotonic() + wait_s
    while True:
        got = condition()
        if got:
            return got
        if time.monotonic() > end:
            raise AssertionError("it never came true: %s (last: %r)" % (what, got))
        time.sleep(0.05)


def has_failpoints():
    """Debug builds have places where a test may have wavu killed; what needs them says else that it skips."""
    with open(WAVU, "rb") as file:
        if b"WAVU_FAILPOINT" in file.read():
            return True
    print("skipped: this build has no failpoints")
    return False


class Routers:
    """world-router, over its control port."""

    def __init__(self, folder, count=1, version="7.16.2", *more, host="127.0.0.1"):
        ports = os.path.join(folder, "ports.json")
        self.process = subprocess.Popen(
            [ROUTERS, "--routers", str(count), "--version", version, "--user", "wavu", "--password", PASSWORD,
             "--host", host, "--control", "0", "--ports-file", ports, "--die-with-parent", *more],
            stdout=subprocess.DEVNULL, stderr=open(os.path.join(folder, "routers.log"), "ab"))
        def read_ports():
            try:
                return json.load(open(ports))
            except (OSError, ValueError):
                return None
        self.ports = wait_for("the simulated routers start", read_ports)
        self.names = [router["name"] for router in self.ports["routers"]]
        self.socket = socket.create_connection((host, self.ports["control"]))
        self.file = self.socket.makefile("rwb")

    def port(self, index=0, kind="port"):
        """kind: port, tls_port, rest_port, rest_tls_port."""
        return self.ports["routers"][index][kind]

    def ask(self, verb, *words):
        """One control line; a word with spaces is quoted."""
        line = " ".join([verb, *('"%s"' % word if " " in str(word) or word == "" else str(word) for word in words)])
        self.file.write(line.encode() + b"\n")
        self.file.flush()
        answer = json.loads(self.file.readline())
        if "error" in answer:
            raise AssertionError("%s: %s" % (line, answer["error"]))
        return answer

    def rows(self, menu, router=0):
        return self.ask("rows", self.names[router], menu)["rows"]

    def row(self, menu, name, router=0, field="name"):
        return next((row for row in self.rows(menu, router) if row.get(field) == name), None)

    def hand(self, command, *words, router=0):
        return self.ask("hand", self.names[router], command, *words)

    def access(self, name, router=0):
        return self.ask("access", self.names[router], name)

    def counters(self, router=0):
        return self.ask("counters", self.names[router])

    def stop(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait()


class Isp:
    """`with Isp() as isp:` — stopped and removed at the end, whatever happened.

    `transports` says for each router which of its ports is spoken to, and the YAML for that; `world` are further
    options of world-router; `secrets` are files below the secrets folder; `deaf`: the routers refuse to tell of
    changes, so that a person's edit lies there until somebody asks.
    """

    def __init__(self, routers=1, version="7.16.2", files=None, start=True, sweep="15m", guard=None, mode="manage",
                 workers=8, transports=None, world=(), secrets=None, deaf=False):
        skip_unless_built()
        self.folder = tempfile.mkdtemp(prefix="wavu-isp-")
        self.process = None
        self.routers = Routers(self.folder, routers, version, *world)
        for name in self.routers.names if deaf else ():
            self.routers.ask("fault", name, "deaf", "times=0")
        self.transports = transports or [("port", "")] * routers
        self.repository = os.path.join(self.folder, "isp.git")
        self.guard = guard
        self.mode = mode
        self.secret("main.token", TOKEN)
        self.secret("router.pw", PASSWORD)
        for name, text in (secrets or {}).items():
            self.secret(name, text)
        os.makedirs(self.repository)
        self.git("init", "-q", "-b", "main")
        self.write("tenant.yaml", TENANT)
        self.write("sites.yaml", SITE)
        self.write("packages.yaml", PACKAGES)
        self.write("routers.yaml", "---\n".join(self.router_yaml(i) for i in range(routers)))
        self.write("subscribers.yaml", self.subscriber())
        for name, text in (files or {}).items():
            self.write(name, text)
        self.commit("first")
        self.config = os.path.join(self.folder, "wavu.yaml")
        with open(self.config, "w") as file:
            file.write("state: state\nsecrets: secrets\ntenants: [{name: kasinet, repository: isp.git, poll: 30s}]\n"
                       "listen: {public: \"127.0.0.1:%d\", status: \"127.0.0.1:%d\"}\nworkers: %d\nsweep: %s\n"
                       % (*self.free_ports(), workers, sweep))
        if start:
            self.start()

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        try:
            self.stop()
            if kind is None:
                self.check_log()
        except BaseException:
            self.show_logs()
            raise
        finally:
            self.routers.stop()
            if kind is not None:
                self.show_logs()
            shutil.rmtree(self.folder, ignore_errors=True)
        return False

    def free_ports(self):
        sockets = [socket.socket() for _ in range(2)]
        for one in sockets:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind(("127.0.0.1", 0))
        self.public, self.status_port = (one.getsockname()[1] for one in sockets)
        for one in sockets:
            one.close()
        return self.public, self.status_port

    def check_log(self):
        """What a sanitizer has to say is said in the log of a part, and nobody looks at its exit code."""
        path = os.path.join(self.folder, "wavu.log")
        text = open(path, errors="replace").read() if os.path.exists(path) else ""
        for word in ("Sanitizer", "runtime error:", "invariant"):
            assert word not in text, "wavu.log says: " + word

    def show_logs(self):
        for name in ("wavu.log", "routers.log"):
            path = os.path.join(self.folder, name)
            if os.path.exists(path):
                with open(path, errors="replace") as file:
                    print("---- %s\n%s" % (name, file.read()[-6000:]))

    # ---- what the operator does ----

    def router_yaml(self, index, more=""):
        guard = "guard: %s\n" % self.guard if self.guard else ""
        port, transport = self.transports[index]
        return ("kind: Router\nname: r%d\nsite: kasarani\naddress: 127.0.0.1:%d\nuser: wavu\n"
                "password: {file: router.pw}\nmode: %s\n%s"
                "pppoe: {local_address: 10.10.0.1, pool: wavu-pppoe, ranges: [10.10.1.0/24]}\n"
                "hotspot: {server: hotspot1}\n%s%s"
                % (index + 1, self.routers.port(index, port), self.mode, guard, transport, more))

    @staticmethod
    def subscriber(account="KN-0042", package="home-10", router="r1", username="jane", phone="0712345678", more=""):
        return ("kind: Subscriber\nname: %s\ntitle: Jane Wanjiru\nphone: %s\npackage: %s\nrouter: %s\nusername: %s\n%s"
                % (account, phone, package, router, username, more))

    def secret(self, name, text):
        folder = os.path.join(self.folder, "secrets")
        os.makedirs(folder, exist_ok=True)
        with open(os.open(os.path.join(folder, name), os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(text + "\n")

    def write(self, name, text):
        path = os.path.join(self.repository, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)

    def git(self, *words):
        return subprocess.run(["git", "-C", self.repository, "-c", "user.name=Op", "-c", "user.email=op@example.org",
                               *words], check=True, stdout=subprocess.PIPE).stdout.decode().strip()

    def commit(self, why="change", wait=False):
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", why)
        head = self.git("rev-parse", "HEAD")
        if wait:
            wait_for("the commit comes into force", lambda: self.status()["tenants"][0]["commit"] == head)
        return head

    def run(self, *words, code=None, json_output=True, timeout_s=120):
        """(exit code, JSON document or text)."""
        command = [WAVU, "-c", self.config, *words]
        if json_output:
            command += ["--output", "json"]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout_s)
        out = done.stdout.decode()
        if code is not None and done.returncode != code:
            raise AssertionError("%s ended with %d, not %d\n%s\n%s"
                                 % (" ".join(words), done.returncode, code, out, done.stderr.decode()))
        return done.returncode, (json.loads(out) if json_output and out.strip() else out)

    def status(self):
        return self.run("status", code=0)[1]

    def plan(self, *words):
        return self.run("plan", *words)

    def show(self, account="KN-0042"):
        return self.run("subscriber", "show", account, code=0)[1]

    def password(self, account="KN-0042"):
        return self.run("subscriber", "show", account, "--password", code=0)[1]["password"]

    def router_status(self, name="r1"):
        return next(router for router in self.status()["routers"] if router["name"] == name)

    # ---- the machine ----

    def start(self, command="run", environment=None, wait=True):
        path = os.path.join(self.folder, "wavu.log")
        log = open(path, "ab")
        before = os.path.getsize(path)
        self.process = subprocess.Popen([WAVU, "-c", self.config, command], stdout=log, stderr=log,
                                        env={**os.environ, **(environment or {})}, start_new_session=True)
        if command == "run" and wait:
            wait_for("the webhook listens", self.is_healthy)
            # A command that comes first does its work by itself, and the controller has to wait.
            wait_for("the controller runs, or cannot", lambda: self.has_begun(path, before))
            wait_for("the first commit is in force", lambda: self.status()["tenants"][0]["commit"])

    @staticmethod
    def has_begun(path, before):
        with open(path, "rb") as log:
            log.seek(before)
            said = log.read()
        return b"info running " in said or b"part-ended name=controller" in said

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
                self.process = None
                raise AssertionError("wavu did not end within 30 s of SIGTERM")
        self.process = None

    def dies_at(self, point, wait_s=WAIT_S):
        """Until the failpoint that it was started with has killed a part of it; then all goes."""
        log = os.path.join(self.folder, "wavu.log")
        wait_for(point + " is passed", lambda: "signal=9" in open(log, errors="replace").read(), wait_s)
        self.kill()

    def kill(self):
        """Power off: nothing is said to anybody."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None
        time.sleep(0.1)  # the parts die with their parent

    # ---- the street ----

    def http(self, method, port, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def is_healthy(self):
        try:
            return self.http("GET", self.public, "/healthz")[0] == 200
        except OSError:
            return False

    def page(self, path="/"):
        return self.http("GET", self.status_port, path)

    @staticmethod
    def confirmation(receipt, amount="2500.00", reference="KN-0042", phone="254712345678", shortcode="600638",
                     **more):
        body = {"TransactionType": "Pay Bill", "TransID": receipt, "TransTime": PAID_AT.strftime("%Y%m%d%H%M%S"),
                "TransAmount": amount, "BusinessShortCode": shortcode, "BillRefNumber": reference,
                "InvoiceNumber": "", "OrgAccountBalance": "49197.00", "ThirdPartyTransID": "", "MSISDN": phone,
                "FirstName": "JANE", "MiddleName": "", "LastName": ""}
        body.update(more)
        return json.dumps(body).encode()

    def pay(self, receipt, amount="2500.00", reference="KN-0042", code=200, body=None, token=TOKEN, **more):
        body = body if body is not None else self.confirmation(receipt, amount, reference, **more)
        got, answer = self.http("POST", self.public, "/pay/kasinet/main/%s/confirmation" % token, body,
                                {"Content-Type": "application/json;charset=UTF-8"})
        if got != code:
            raise AssertionError("the webhook answered %d, not %d: %r" % (got, code, answer))
        return answer

    def payment(self, receipt):
        return next((one for one in self.run("payment", "list", "-n", "1000", code=0)[1]
                     if one["receipt"] == receipt), None)

    # ---- what all tests want in the end ----

    def sits_online(self):
        """Jane has access, dials in, and stays."""
        wait_for("access", lambda: self.routers.row("/ppp/secret", "jane"))
        self.settle()
        self.routers.ask("dial", self.routers.names[0], "jane", self.password(), "AA:BB:CC:DD:EE:FF")
        wait_for("she is online", lambda: self.routers.access("jane")["sessions"] == 1)

    def is_shut(self):
        row = self.routers.row("/ppp/secret", "jane")
        return (row is None or row["disabled"] == "true") and self.routers.access("jane")["sessions"] == 0

    def settle(self):
        """Everything owed is done, and a second plan is empty."""
        def is_quiet():
            status = self.status()
            return all(router["in_sync"] and router["generation"] == router["applied_generation"]
                       for router in status["routers"])
        wait_for("all routers are in sync", is_quiet)
        code, plan = self.plan()
        changes = [change for router in plan["routers"] for change in router["changes"]
                   if change["verb"] != "conflict"]
        assert code == 0 and changes == [], "the second plan is not empty: %d %s" % (code, json.dumps(changes, indent=1))
        return plan


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def main(namespace):
    """Runs every test_… function of a script, says which, and ends with 1 when one failed."""
    import traceback
    failed = 0
    wanted = sys.argv[1:]
    for name, test in list(namespace.items()):
        if not name.startswith("test_") or not callable(test) or (wanted and name not in wanted):
            continue
        try:
            test()
            print("ok      " + name, flush=True)
        except Exception:
            failed += 1
            print("FAILED  " + name)
            traceback.print_exc(file=sys.stdout)
            sys.stdout.flush()
    sys.exit(1 if failed else 0)
