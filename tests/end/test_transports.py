"""Every transport on every version, in one network: commit, pay, be online, run out, be off; then nothing is left to do."""

import hashlib
import os
import shutil
import ssl
import subprocess
import tempfile

from isp import Isp, main, skip, wait_for

VERSIONS = ["6.49.19", "7.9", "7.16.2", "7.20.8", "7.24"]
SHORT = """\
kind: Package
name: blink
title: A few seconds
service: pppoe
price: 10
period: 15s
speed: {down: 10M, up: 5M}
"""


def certificate(folder):
    """(certificate file, key file, its text, its fingerprint) of a router at 127.0.0.1 that signs for itself."""
    files = [os.path.join(folder, name) for name in ("router.pem", "router.key")]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "2", "-subj", "/CN=router", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-out", files[0], "-keyout", files[1]], check=True, stderr=subprocess.DEVNULL)
    with open(files[0]) as file:
        text = file.read()
    return (*files, text, "sha256:" + hashlib.sha256(ssl.PEM_cert_to_DER_cert(text)).hexdigest())


def fleet(fingerprint):
    """One router for each transport on each version that has it: (name, version, port, YAML)."""
    transports = [
        ("api", "port", "", 0),
        ("api-ssl", "tls_port", "transport: api-ssl\ntls: {ca: {file: ca.pem}}\n", 0),
        ("rest", "rest_tls_port", 'transport: rest\ntls: {fingerprint: "%s"}\n' % fingerprint, 1),
        ("rest, plain", "rest_port", "transport: rest\nrest: {plain: true}\n", 1),
    ]
    return [(name, version, port, text) for name, port, text, first in transports for version in VERSIONS[first:]]


class Network(Isp):
    """All of that fleet, one subscriber each."""

    def __init__(self, **more):
        if not shutil.which("openssl"):
            skip("openssl is not installed")
        self.certificates = tempfile.mkdtemp(prefix="wavu-tls-")
        pem, key, text, fingerprint = certificate(self.certificates)
        self.fleet = fleet(fingerprint)
        count = len(self.fleet)
        files = {"short.yaml": SHORT,
                 "subscribers.yaml": "---\n".join(
                     self.subscriber("KN-%02d" % i, "blink", "r%d" % (i + 1), "jane", "07120000%02d" % i)
                     for i in range(count))}
        super().__init__(routers=count, version=",".join(version for _, version, _, _ in self.fleet), files=files,
                         transports=[(port, yaml) for _, _, port, yaml in self.fleet],
                         world=["--rest", "0", "--rest-tls", "0", "--tls-cert", pem, "--tls-key", key],
                         secrets={"ca.pem": text.strip()}, **more)

    def __exit__(self, *why):
        shutil.rmtree(self.certificates, ignore_errors=True)
        return super().__exit__(*why)

    def everywhere(self, what, condition):
        """The condition comes true on each router; else the message says on which it did not."""
        for index, (name, version, _, _) in enumerate(self.fleet):
            wait_for("%s over %s on %s" % (what, name, version), lambda: condition(index))


def test_pay_be_online_run_out_on_every_transport_and_version():
    with Network() as isp:
        hands = "=name=hand", "=password=h", "=comment=by Otieno, 2019"
        for index in range(len(isp.fleet)):
            isp.routers.hand("/ppp/secret/add", *hands, router=index)
        foreign = [isp.routers.row("/ppp/secret", "hand", index) for index in range(len(isp.fleet))]
        for index in range(len(isp.fleet)):
            isp.pay("SKL51ZD%03d" % index, "10", "KN-%02d" % index)
        isp.everywhere("the secret is there", lambda index: isp.routers.row("/ppp/secret", "jane", index))
        for index in range(len(isp.fleet)):
            isp.routers.ask("dial", isp.routers.names[index], "jane", isp.password("KN-%02d" % index))
            row = isp.routers.row("/ppp/profile", "wavu-blink", index)
            assert row["rate-limit"].split(" ")[0] in ("5M/10M", "5000000/10000000"), row
        seen = sum(isp.routers.access("jane", index)["open"] for index in range(len(isp.fleet)))
        assert seen > 0, "nobody was online before the first ran out"
        isp.everywhere("the secret is disabled",
                       lambda index: isp.routers.row("/ppp/secret", "jane", index)["disabled"] == "true")
        isp.everywhere("the session is gone", lambda index: isp.routers.rows("/ppp/active", index) == [])
        isp.settle()
        writes = [isp.routers.counters(index)["writes"] for index in range(len(isp.fleet))]
        code, done = isp.run("apply", code=0)
        assert sum(done["totals"].values()) == 0, done
        assert writes == [isp.routers.counters(index)["writes"] for index in range(len(isp.fleet))]
        assert foreign == [isp.routers.row("/ppp/secret", "hand", index) for index in range(len(isp.fleet))]
        for index in range(len(isp.fleet)):
            assert isp.routers.counters(index)["writes_idle"] == 0, isp.fleet[index]


def test_a_router_without_rest_says_what_it_needs():
    with Isp(version="6.49.19", transports=[("rest_port", "transport: rest\nrest: {plain: true}\n")],
             world=["--rest", "0"], start=False) as isp:
        code, plan = isp.plan()
        router = plan["routers"][0]
        assert code == 1 and router["reachable"] is False, plan
        assert "needs RouterOS 7.1" in router["error"], router


def test_odd_bytes_are_reported_and_nothing_is_written():
    with Isp(transports=[("rest_port", "transport: rest\nrest: {plain: true}\n")], world=["--rest", "0"]) as isp:
        isp.pay("SKL51ZDR4F")
        isp.settle()
        isp.routers.hand("/ppp/secret/set", "=.id=jane", "=disabled=yes")
        isp.routers.hand("/ppp/secret/add", "=name=hand", "=comment=a tab\tin it")
        writes = isp.routers.counters()["writes"]
        code, done = isp.run("apply")
        error = done["routers"][0]["error"]
        assert code == 1 and "/ppp/secret" in error and "transport api" in error, done
        assert "/ppp/secret" in isp.router_status()["error"], isp.status()
        assert isp.routers.counters()["writes"] == writes, "nothing is written on half a look"
        isp.routers.hand("/ppp/secret/set", "=.id=hand", "=comment=tea")
        isp.run("apply", code=0)
        assert isp.routers.row("/ppp/secret", "jane")["disabled"] == "false"
        isp.settle()


if __name__ == "__main__":
    main(globals())
