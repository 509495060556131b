"""The status page: every path of product.md section 5, hostile names, methods, metrics, and a real browser at 360 px."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
from html.parser import HTMLParser

from isp import PASSWORD, WAVU, Isp, main, wait_for

HOSTILE = "<script>alert('x')</script>&\"quoted\""
PEOPLE = Isp.subscriber() + "---\n" + Isp.subscriber("KN-0043", username="<img src=x onerror=alert(1)>", phone="0722000043",
                                                     more="aliases: [\"0043\"]\n").replace(
    "title: Jane Wanjiru", "title: " + json.dumps(HOSTILE))
PATHS = ("/", "/routers/r1", "/drift", "/history", "/payments/unmatched", "/payments", "/payments/held",
         "/payments/waiting", "/payments/prompts")
# Nothing on any page changes anything; this one has a field to ask in.
ASKS = ("/explain", "/explain?thing=KN-0042", "/explain?thing=SKL51ZDR03",
        "/explain?thing=%3Cscript%3Ealert%282%29%3C%2Fscript%3E")


class Page(HTMLParser):
    """Fails on what a browser would have to guess about."""
    VOID = {"meta", "link", "br", "hr", "img", "input"}

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.links, self.text = [], [], [], ""
        self.feed(text)
        self.close()
        assert self.open == [], "never closed: %r" % self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        assert not any(name.startswith("on") for name, _ in attributes), attributes
        if tag == "a":
            self.links.append(dict(attributes).get("href"))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (self.open, tag)
        self.open.pop()

    def handle_data(self, data):
        self.text += data


def page(isp, path):
    status, body = isp.page(path)
    assert status == 200, (path, status, body)
    return Page(body.decode("utf-8"))


def hostile_isp(**options):
    isp = Isp(files={"subscribers.yaml": PEOPLE, "routers.yaml": ""}, start=False, **options)
    isp.write("routers.yaml", isp.router_yaml(0) + "pause: {until: 2020-01-01, reason: \"%s\"}\n" % "<b>works</b>")
    isp.commit("routers")
    isp.start()
    return isp


def trouble(isp):
    """Makes each page have something to show, with markup wherever a person or the street may put it."""
    isp.pay("SKL51ZDR01")
    isp.pay("SKL51ZDR02", "2500", "0043")
    isp.pay("SKL51ZDR03", "10", "<script>alert(2)</script>", phone="254799999999", FirstName="<b>BOLD</b>")
    wait_for("access", lambda: len(isp.routers.rows("/ppp/secret")) == 2)
    wait_for("booked", lambda: isp.payment("SKL51ZDR03"))
    isp.settle()
    isp.write("sites.yaml", "kind: Site\nname: kasarani\ntitle: \"<i>Kasarani</i>\"\ndrift: report\n")
    isp.commit("only report", wait=True)
    isp.routers.hand("/ppp/secret/set", "=.id=jane", "=profile=default")
    isp.run("apply")
    isp.run("pause", "r1", "--until", "2h", "--reason", "<script>alert(3)</script>", code=0)


def test_every_path_and_nothing_hostile_gets_through():
    with hostile_isp() as isp:
        trouble(isp)
        for path in PATHS:
            shown = page(isp, path)
            assert not set(shown.tags) & {"script", "img", "i", "iframe", "form", "input", "button"}, (path, shown.tags)
            assert "html" in shown.tags and "title" in shown.tags and "main" in shown.tags, shown.tags
            for link in shown.links:
                assert link and link.startswith("/") and isp.page(link)[0] == 200, (path, link)
        for path in ASKS:
            shown = page(isp, path)
            assert not set(shown.tags) & {"script", "img", "i", "iframe"} and shown.tags.count("form") == 1, path
        assert "<script>alert(2)</script>" in page(isp, ASKS[-1]).text, "what a payer typed is found by it"
        assert "r1" in page(isp, "/").text and "<script>alert(3)</script>" in page(isp, "/").text
        assert "<script>alert(2)</script>" in page(isp, "/payments/unmatched").text
        assert "jane" in page(isp, "/drift").text
        assert "SKL51ZDR01" in page(isp, "/history").text or "payment" in page(isp, "/history").text
        for path, words in (("/api/status", ["status"]), ("/api/drift", ["drift"]), ("/api/history", ["history"])):
            status, body = isp.page(path)
            code, document = isp.run(*words)
            assert status == 200 and json.loads(body) == document, (path, body, document)
        assert isp.page("/healthz") == (200, b"ok\n")
        assert isp.page("/readyz")[0] == 200
        for path in ("/nowhere", "/routers/", "/routers/r9", "/routers/<script>", "/routers/..%2f..%2fetc", "/api/",
                     "/api/nowhere", "/../../etc/passwd", "/routers/r1/x", "/explain?thing=<script>alert(9)</script>",
                     "/explain?thing=nobody-knows", "/api/explain", "/api/explain?thing=nobody-knows"):
            status, body = isp.page(path)
            assert status in (400, 404), (path, status)
            assert b"<script>" not in body, (path, body)
        text = b"".join(isp.page(path)[1] for path in (*PATHS, "/api/status", "/api/history", "/metrics")).decode()
        assert isp.password() not in text and PASSWORD not in text and "b7Kd9Qw2Zr5Tn8Xc" not in text


def test_what_to_tell_a_caller_is_two_taps_away():
    with Isp(routers=2, files={"subscribers.yaml": PEOPLE + "---\n" + Isp.subscriber(
            "KN-0044", router="r2", username="dead", phone="0722000044")}) as isp:
        isp.settle()
        isp.routers.ask("fault", isp.routers.names[1], "refuse", "times=0")
        isp.routers.ask("reboot", isp.routers.names[1])
        for number in range(50):
            isp.pay("SKLUNM%04d" % number, "50", "mama njeri wa duka la kona ya %d" % number, phone="254799999999")
        isp.pay("SKLHELD001", "1e3")
        isp.pay("SKLLESS001", "100", "KN-0043")
        isp.pay("SKLGOOD001")
        isp.pay("SKLDEAD001", "2500", "KN-0044")
        wait_for("the router is away", lambda: "unreachable since" in page(isp, "/payments/waiting").text)
        wait_for("online", lambda: isp.payment("SKLGOOD001")["access"]["state"] == "online")
        wait_for("who waits is an alarm", lambda: "1 paid and waits for a router" in page(isp, "/").text)
        front = page(isp, "/")
        assert {"/explain", "/payments", "/payments/unmatched", "/payments/held", "/payments/waiting"} <= set(front.links)
        assert "50 payments have no owner, 2500.00 KES" in front.text, front.text
        assert "1 payment is held" in front.text and "money: last payment" in front.text, front.text
        assert front.text.index("r2 unreachable") < front.text.index("r1 in sync"), "what hurts stands first"
        unmatched = page(isp, "/payments/unmatched")
        assert unmatched.text.count("wavu payment assign SKLUNM") == 50, unmatched.text
        assert "mama njeri wa duka la kona ya 7" in unmatched.text
        assert "--held SKLHELD001" in page(isp, "/payments/held").text
        assert "r2" in page(isp, "/payments/waiting").text and "SKLDEAD001" in page(isp, "/payments/waiting").text
        latest = page(isp, "/payments?n=3").text
        assert latest.count("SKL") == 3 and "SKLDEAD001" in latest, latest
        assert "the payer (JANE, phone 254799999999) wrote" in page(isp, "/explain?thing=SKLUNM0003").text
        for thing, words in (("SKLGOOD001", "is credited to KN-0042. KN-0042 is active"),
                             ("0712345678", "the payment is not why"),
                             ("KN-0044", "Router r2 does not answer since"),
                             ("kn 0043", "has no access (new): a balance of 100.00 does not reach"),
                             ("SKLUNM0003", "is nobody's yet"), ("0799999999", "came and has no owner"),
                             ("mama njeri wa duka la kona ya 7", "SKLUNM0007 came and has no owner"),
                             ("SKLHELD001", "is held, nobody was credited"), ("r2", "does not answer since")):
            shown = page(isp, "/explain?thing=" + urllib.parse.quote_plus(thing)).text
            assert words in shown, (thing, shown)
            code, document = isp.run("explain", thing, code=0)
            assert words in document["verdict"] and document["chain"], document
            api = json.loads(isp.page("/api/explain?thing=" + urllib.parse.quote_plus(thing))[1])
            assert words in api["verdict"] and api["thing"] == thing, api


def test_methods_and_heads():
    with Isp() as isp:
        before = isp.status()
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
            for path in ("/", "/api/status", "/nowhere", "/metrics"):
                status, body = isp.http(method, isp.status_port, path, b"x=1")
                assert status == 405, (method, path, status)
        for path in (*PATHS, "/api/status", "/metrics"):
            status, body = isp.http("HEAD", isp.status_port, path)
            assert status == 200 and body == b"", (path, status, body)
        connection = socket.create_connection(("127.0.0.1", isp.status_port))
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = b""
        while got := connection.recv(65536):
            answer += got
        head = answer.split(b"\r\n\r\n")[0].lower()
        assert b"content-security-policy: default-src 'none'" in head and b"nosniff" in head, head
        assert b"cache-control: no-store" in head and b"text/html; charset=utf-8" in head, head
        assert isp.status()["tenants"] == before["tenants"]


def check_metrics(text):
    """OpenMetrics, as far as it matters here: families in one piece, HELP and TYPE before samples, no doubles, EOF."""
    assert text.endswith("# EOF\n") and text.count("# EOF") == 1 and "\r" not in text and "\n\n" not in text
    families, current, samples = {}, None, set()
    for line in text.splitlines()[:-1]:
        meta = re.fullmatch(r"# (HELP|TYPE|UNIT) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)", line)
        if meta:
            kind, name, rest = meta.groups()
            if name != current:
                assert name not in families, "the family %s is in two pieces" % name
                families[name] = set()
                current = name
            assert kind not in families[name], line
            families[name].add(kind)
            histogram = rest == "histogram" if kind == "TYPE" else False
            assert kind != "TYPE" or rest in ("gauge", "counter", "info", "stateset", "unknown", "histogram", "summary")
            continue
        sample = re.fullmatch(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\n"])*"(?:,(?!\}))?)*\})? '
                              r'(-?\d+(?:\.\d+)?)', line)
        assert sample, "no sample: %r" % line
        name, labels, _ = sample.groups()
        parts = (current + "_bucket", current + "_count", current + "_sum") if histogram else (current,)
        assert name in parts, (name, current)
        assert (name, labels) not in samples, line
        samples.add((name, labels))
    assert all({"HELP", "TYPE"} <= kinds for kinds in families.values()), families
    return {name + (labels or "") for name, labels in samples}


def test_metrics():
    with Isp(routers=2) as isp:
        isp.settle()
        isp.pay("SKL51ZDR03", "10", "nobody", phone="254799999999")
        wait_for("booked", lambda: isp.payment("SKL51ZDR03"))
        status, body = isp.page("/metrics")
        samples = check_metrics(body.decode())
        text = body.decode()
        assert 'wavu_router_reachable{tenant="kasinet",router="r2"}' in samples, samples
        assert 'wavu_payments_unmatched{tenant="kasinet"} 1\n' in text, text
        assert 'wavu_source_ok{tenant="kasinet"} 1\n' in text
        isp.write("x.yaml", "kind: Nothing\nname: x\n")
        isp.commit("bad")
        wait_for("shown", lambda: 'wavu_source_ok{tenant="kasinet"} 0\n' in isp.page("/metrics")[1].decode())
        check_metrics(isp.page("/metrics")[1].decode())


def test_ready_after_the_first_commit_and_up_without_a_controller():
    with Isp(start=False) as isp:
        isp.write("x.yaml", "kind: Nothing\nname: x\n")
        isp.commit("bad from the beginning")
        isp.start(wait=False)
        wait_for("the page is up", lambda: answers(isp, "/healthz") == 200)
        wait_for("refused", lambda: "x.yaml" in (isp.status()["tenants"][0]["error"] or ""))
        assert isp.page("/readyz")[0] == 503 and isp.page("/")[0] == 200
        assert "x.yaml" in page(isp, "/").text
        check_metrics(isp.page("/metrics")[1].decode())
        isp.git("rm", "-q", "x.yaml")
        isp.commit("good")
        wait_for("ready", lambda: isp.page("/readyz")[0] == 200)
        isp.settle()
        isp.pay("SKL51ZDR4F")
        wait_for("access", lambda: isp.routers.row("/ppp/secret", "jane"))
        isp.stop()
        log = open(os.path.join(isp.folder, "wavu.log"), "ab")
        alone = subprocess.Popen([WAVU, "-c", isp.config, "page"], stdout=log, stderr=log)
        try:
            wait_for("the page is up alone", lambda: answers(isp, "/healthz") == 200)
            for path in (*PATHS, "/api/status", "/api/history", "/metrics", "/readyz"):
                assert isp.page(path)[0] == 200, path
            assert "r1" in page(isp, "/").text
        finally:
            alone.send_signal(signal.SIGTERM)
            assert alone.wait(timeout=20) == 0


def answers(isp, path):
    try:
        return isp.page(path)[0]
    except OSError:
        return None


class Browser:
    """chromedriver over plain HTTP: no library is needed for five calls."""

    def __init__(self, width):
        self.folder = tempfile.mkdtemp(prefix="wavu-browser-")
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = one.getsockname()[1]
        self.process = subprocess.Popen(["chromedriver", "--port=%d" % self.port], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, env={**os.environ, "HOME": self.folder,
                                                                        "TMPDIR": self.folder})
        wait_for("chromedriver is ready", self.is_ready)
        self.session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "goog:loggingPrefs": {"browser": "ALL"},
            "goog:chromeOptions": {"binary": "/usr/bin/chromium", "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--disable-background-networking", "--user-data-dir=" + os.path.join(self.folder, "profile")],
                "mobileEmulation": {"deviceMetrics": {"width": width, "height": 740, "pixelRatio": 2.0}}}}}})["sessionId"]

    def is_ready(self):
        try:
            return self.call("GET", "/status")["ready"]
        except OSError:
            return False

    def call(self, method, path, body=None):
        request = urllib.request.Request("http://127.0.0.1:%d%s" % (self.port, path), method=method,
                                         data=json.dumps(body).encode() if body is not None else None,
                                         headers={"Content-Type": "application/json"})
        return json.load(urllib.request.urlopen(request, timeout=60))["value"]

    def open(self, url):
        self.call("POST", "/session/%s/url" % self.session, {"url": url})

    def run(self, script):
        return self.call("POST", "/session/%s/execute/sync" % self.session, {"script": script, "args": []})

    def complaints(self):
        return [one for one in self.call("POST", "/session/%s/se/log" % self.session, {"type": "browser"})
                if one["level"] in ("SEVERE", "WARNING")]

    def close(self):
        try:
            self.call("DELETE", "/session/" + self.session)
        except (OSError, AttributeError):
            pass
        self.process.terminate()
        self.process.wait()
        time.sleep(0.2)
        shutil.rmtree(self.folder, ignore_errors=True)


def test_in_a_browser_at_360_px():
    if not os.path.exists("/usr/bin/chromium") or not shutil.which("chromedriver"):
        print("        (no chromium or no chromedriver here)")
        return
    with hostile_isp() as isp:
        trouble(isp)
        browser = Browser(360)
        try:
            isp.pay("SKLLONG001", "2500", "x" * 200, phone="254799999999")
            wait_for("booked", lambda: isp.payment("SKLLONG001"))
            for path in PATHS + ASKS:
                browser.open("http://127.0.0.1:%d%s" % (isp.status_port, path))
                width, seen, text = browser.run("return [document.documentElement.scrollWidth, window.innerWidth, "
                                                "document.body.innerText];")
                assert seen == 360 and width <= seen, "%s is %d px wide at %d" % (path, width, seen)
                assert text.strip(), path
                wide = browser.run("return [...document.querySelectorAll('body *')].filter(e => "
                                   "e.getBoundingClientRect().right > window.innerWidth + 1).map(e => e.outerHTML)")
                assert wide == [], (path, wide)
                assert browser.complaints() == [], (path, browser.complaints())
        finally:
            browser.close()


if __name__ == "__main__":
    main(globals())
