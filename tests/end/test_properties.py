"""Properties of safe payments that need the whole of wavu: the numbers are those of the table in tests/README.md."""

import json
import os
import socket
import ssl
import subprocess
import threading

from isp import PASSWORD, TENANT, TOKEN, Isp, main, skip, wait_for
from shop import QUERY_WAIT_S, Shop


def rows_of(isp):
    return sorted(json.dumps({name: row.get(name) for name in ("name", "profile", "disabled", "service")}, sort_keys=True)
                  for row in isp.routers.rows("/ppp/secret"))


def test_property_05_an_accepted_prompt_is_not_paid_for_ever():
    with Shop() as isp:
        isp.daraja.ask("set", "query", "processing")
        answer = isp.request()
        isp.daraja.prompt()
        isp.becomes("prompted", answer["attempt"])
        wait_for("it was asked about", lambda: "4999" in (isp.attempt(answer["attempt"])["reason"] or ""), QUERY_WAIT_S)
        # Every kick there is: another payer's money, a commit, a restart, a pass by hand.
        isp.quiet()
        isp.write("sites.yaml", "kind: Site\nname: kasarani\ntitle: Kasarani\n")
        isp.commit("a title", wait=True)
        isp.stop()
        isp.start()
        isp.run("apply")
        assert isp.show()["state"] == "new" and not isp.credited(), isp.payments()
        assert isp.routers.row("/ppp/secret", "jane") is None
        isp.run("verify", code=0)


def test_property_21_answers_need_no_controller_and_no_router():
    with Isp() as isp:
        isp.settle()
        isp.routers.ask("fault", isp.routers.names[0], "silent", "times=0")
        isp.routers.ask("reboot", isp.routers.names[0], "600000")
        for i in range(20):
            isp.pay("SKL51ZDA%02d" % i)
        isp.kill()
        webhook = subprocess.Popen([os.path.join(os.environ["WAVU_BUILD"], "wavu-webhook"), "-c", isp.config],
                                   stderr=subprocess.DEVNULL)
        try:
            wait_for("the webhook alone listens", isp.is_healthy)
            for i in range(20):
                isp.pay("SKL51ZDB%02d" % i)
        finally:
            webhook.terminate()
            webhook.wait()
        isp.routers.ask("clear", isp.routers.names[0])
        isp.start(wait=False)
        wait_for("all are booked", lambda: len(isp.run("payment", "list", "--status", "credited")[1]) == 40)
        isp.run("verify", code=0)


def test_property_22_access_derives_from_the_ledger():
    with Isp() as isp:
        isp.settle()
        isp.routers.ask("fault", isp.routers.names[0], "refuse", "times=0")
        isp.routers.ask("reboot", isp.routers.names[0])
        isp.pay("SKL51ZDR01")
        wait_for("it is credited", lambda: isp.payment("SKL51ZDR01"))
        isp.kill()
        isp.start(wait=False)
        isp.routers.ask("clear", isp.routers.names[0])
        wait_for("he is online", lambda: isp.routers.row("/ppp/secret", "jane"))
        isp.settle()
        paid = rows_of(isp)
        # The router is replaced by an empty one: the same rows come back, and no more.
        isp.routers.ask("factory-reset", isp.routers.names[0], 300)
        wait_for("nobody is let in", lambda: isp.run("apply")[0] == 1)
        isp.routers.hand("/user/add", "=name=wavu", "=password=" + PASSWORD, "=group=full")
        wait_for("the new router is filled", lambda: isp.run("apply")[0] == 0 and rows_of(isp) == paid)
        isp.settle()
        assert rows_of(isp) == paid, (rows_of(isp), paid)
        isp.stop()
        isp.start()
        isp.settle()
        assert rows_of(isp) == paid
        until = isp.show()["paid_until"]
        isp.run("apply")
        assert isp.show()["paid_until"] == until and len(isp.run("payment", "list")[1]) == 1


MESSAGES = """\
messages:
  sms: {provider: africastalking, username: kasinet, sender: KASINET, key: {file: nobody-has.key}}
  email: {url: "smtp://127.0.0.1:%d", from: "billing@kasi.example", username: billing, password: {file: nobody-has.pw}}
"""


def what_became_of(messages):
    """Money for somebody, for nobody, twice and of another amount, with and without messages declared."""
    with Isp(files={"tenant.yaml": TENANT + messages}) as isp:
        isp.settle()
        for receipt, amount, account in (("SKL51ZDM01", "2500.00", "KN-0042"), ("SKL51ZDM02", "100.00", "nobody"),
                                         ("SKL51ZDM01", "2500.00", "KN-0042"), ("SKL51ZDM01", "9.00", "KN-0042"),
                                         ("SKL51ZDM03", "700.00", "KN-0042")):
            isp.pay(receipt, amount, account)
        wait_for("the last is booked", lambda: isp.payment("SKL51ZDM03"))
        wait_for("he is online", lambda: isp.routers.row("/ppp/secret", "jane"))
        isp.settle()
        isp.run("verify", code=0)
        payments = sorted((one["receipt"], one["status"], one["amount"] or "", one["account"] or "", one["reason"] or "")
                          for one in isp.run("payment", "list", code=0)[1])
        shown = isp.show()
        warnings = isp.run("validate", isp.repository, code=0)[1]["warnings"]
        return (payments, shown["state"], shown["balance"], rows_of(isp)), [one["path"] for one in warnings]


def test_property_23_messages_change_nothing():
    # wavu sends none yet: a gateway that lets everybody wait and a key that nobody has must be nobody's concern.
    with socket.create_server(("127.0.0.1", 0)) as gateway:
        gateway.settimeout(0)
        without, quiet = what_became_of("")
        declared, warned = what_became_of(MESSAGES % gateway.getsockname()[1])
        assert declared == without, (declared, without)
        assert quiet == [] and "messages" in warned, (quiet, warned)
        try:
            raise AssertionError("somebody spoke to the gateway: %r" % (gateway.accept(),))
        except BlockingIOError:
            pass


def certificate(folder):
    made = subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                           "-keyout", os.path.join(folder, "k.pem"), "-out", os.path.join(folder, "c.pem"), "-days", "1",
                           "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
                          stderr=subprocess.DEVNULL)
    return made.returncode == 0


def test_property_29_a_provider_is_not_spoken_to_without_a_certificate_that_holds():
    with Isp(start=False) as isp:
        if not certificate(isp.folder):
            skip("openssl makes no certificate here")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(isp.folder, "c.pem"), os.path.join(isp.folder, "k.pem"))
        listener = socket.create_server(("127.0.0.1", 0))
        came, heard = threading.Event(), []

        def impostor():
            while True:
                try:
                    plain, _ = listener.accept()
                except OSError:
                    return
                try:
                    with context.wrap_socket(plain, server_side=True) as line:
                        heard.append(line.recv(4096))
                except OSError:
                    pass
                came.set()
        threading.Thread(target=impostor, daemon=True).start()
        for name in ("main.key", "main.secret", "main.passkey"):
            isp.secret(name, "made-up-" + name)
        isp.write("tenant.yaml", TENANT.replace(
            "token: {file: main.token}}", "token: {file: main.token}, endpoint: \"https://127.0.0.1:%d\",\n"
            "     consumer_key: {file: main.key}, consumer_secret: {file: main.secret}, passkey: {file: main.passkey}}"
            % listener.getsockname()[1]))
        isp.commit("an impostor")
        isp.start()
        isp.run("payment", "request", "KN-0042", code=0)
        assert came.wait(30), "the provider was called"
        reason = wait_for("it says why", lambda: isp.run("payment", "attempts")[1][0]["reason"])
        assert not any(heard), "nothing was said to the impostor: %r" % heard
        assert "certificate" in reason.lower() or "ssl" in reason.lower() or "tls" in reason.lower(), reason
        assert isp.show()["state"] == "new"
        listener.close()


def test_property_32_an_odd_receipt_or_date_decides_nothing_by_itself():
    odd = (("ZZZ", {"TransTime": "20261120121325"}), ("SKL51ZDR4F", {"TransTime": "19990101000000"}),
           ("0000000001", {"TransTime": "20991231235959"}), ("SKL51ZDR5G", {"TransTime": "soon"}))
    for trust, state in (("token", "credited"), ("verified", "held")):
        tenant = TENANT.replace("token: {file: main.token}}", "token: {file: main.token}, trust: %s}" % trust)
        with Isp(files={"tenant.yaml": tenant}) as isp:
            for receipt, more in odd:
                isp.pay(receipt, **more)
            rows = wait_for("all are booked", lambda: (lambda rows: rows if len(rows) == len(odd) else None)(
                isp.run("payment", "list")[1]))
            assert {row["receipt"]: row["status"] for row in rows} == {receipt: state for receipt, _ in odd}, rows
            isp.run("verify", code=0)


def test_property_30_logs_name_no_secret_and_no_phone():
    with Isp() as isp:
        isp.settle()
        isp.pay("SKL51ZDR01")
        isp.pay("SKL51ZDR02", body=b"{\"TransID\": broken 254712345678 " + TOKEN.encode())
        isp.pay("SKL51ZDR03", reference="0799 888777", phone="254799888777")
        isp.pay("SKL51ZDR03", "2501.00", reference="254799888777")
        isp.http("POST", isp.public, "/pay/kasinet/main/%s/nothing" % TOKEN, b"{}")
        wait_for("they are booked", lambda: len(isp.run("payment", "list")[1]) == 4)
        isp.settle()
        password = isp.password()
        isp.stop()
        said = b""
        for name in os.listdir(isp.folder):
            if name.endswith(".log") and name != "routers.log":
                with open(os.path.join(isp.folder, name), "rb") as file:
                    said += file.read()
        assert b"SKL51ZDR01" in said, "the log was found"
        assert b"SKL51ZDR03" in said
        for secret in (TOKEN, "254712345678", "0712345678", "0799 888777", "888777", password):
            assert secret.encode() not in said, "the log says %s" % secret


if __name__ == "__main__":
    main(globals())
