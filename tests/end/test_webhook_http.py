"""What the public listener answers, status by status, and what it keeps."""

import hashlib
import os
import signal
import socket
import threading
import time
import unittest

from webhook_world import GIT_TOKEN, TOKEN, World, confirmation, skip_unless_built

PAY = "/pay/kasinet/main/%s/" % TOKEN
WRONG = "/pay/kasinet/main/%s/confirmation" % ("x" * 16)


class Http(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World().start()

    @classmethod
    def tearDownClass(cls):
        code = cls.world.stop()
        cls.world.close()
        assert code == 0, code

    def kept(self):
        return len(self.world.inbox())

    def test_confirmation_is_kept_and_answered(self):
        body = confirmation("UKM1A2B3C4")
        status, answer = self.world.pay(body, headers={"Content-Type": "application/json"})
        self.assertEqual((status, answer), (200, b'{"ResultCode":0,"ResultDesc":"Success"}'))
        row = self.world.inbox()[-1]
        self.assertEqual(row[1:4], ("main", "confirmation", "127.0.0.1"))
        self.assertEqual(row[4], b"Content-Type: application/json\n")
        self.assertEqual(row[5], body)

    def test_property_24_validation_stores_nothing(self):
        before = self.kept()
        answer = self.world.request("POST", PAY + "validation", confirmation("UKM1A2B3C5"))
        self.assertEqual(answer, (200, b'{"ResultCode":"0","ResultDesc":"Accepted"}'))
        self.assertEqual(self.kept(), before)

    def test_property_25_whatever_comes_on_a_token_is_kept(self):
        for body in (b"", b"hello", b"\x00\xff{", b"[" * 60000, confirmation("A", "1e3")):
            before = self.kept()
            self.assertEqual(self.world.pay(body)[0], 200)
            rows = self.world.inbox()
            self.assertEqual(len(rows), before + 1)
            self.assertEqual(rows[-1][5], body)

    def test_property_02_strangers_see_404_whatever_they_do(self):
        before = self.kept()
        answers = set()
        for path in (WRONG, "/", "/pay", "/pay/kasinet", "/pay/other/main/%s/confirmation" % TOKEN,
                     "/pay/kasinet/other/%s/confirmation" % TOKEN, "/pay/kasinet/old/%s" % TOKEN[::-1],
                     "/pay/kasinet/main/%s" % TOKEN, "/pay/kasinet/main/%s/refund" % TOKEN,
                     "/pay/kasinet/main/%s/confirmation/" % TOKEN, "/pay/kasinet/main/%s/confirmation" %
                     TOKEN[:-1], "/pay/kasinet/main/%s/confirmation" % (TOKEN + "a"),
                     "/pay/kasinet/main/%s/confirmation" % TOKEN.swapcase(),
                     "/pay/kasinet/main/%s/confirmation" % ("a" * 5000),
                     "/pay/kasinet/hook%20hook/" + GIT_TOKEN + "/confirmation",
                     "/git/kasinet/" + TOKEN, "/git/other/" + GIT_TOKEN, "/nowhere", "/%70ay", "/healthz/x",
                     "//pay/kasinet/main/%s/confirmation" % TOKEN, "/x/../" + PAY[1:] + "confirmation"):
            for method in ("GET", "POST", "PUT", "DELETE"):
                answers.add((path, self.world.request(method, path, b"{}")))
            answers.add((path, self.world.request("POST", path, b"x" * 70000)))
            answers.add((path, self.world.request("POST", path, [b"x"], chunked=True)))
        self.assertEqual({answer for _, answer in answers}, {(404, b"Not Found\n")},
                         [a for a in answers if a[1][0] != 404])
        raw = self.world.raw_status
        head = "POST %s HTTP/1.1\r\nHost: x\r\n" % WRONG
        for lines in ("\r\n", "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", "Content-Length: -1\r\n\r\n",
                      "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
                      "Transfer-Encoding: gzip\r\n\r\n", "Content-Length: x\r\n\r\n"):
            self.assertEqual(raw((head + lines).encode()), 404, lines)
        self.assertEqual(raw(("BREW %s HTTP/1.1\r\nHost: x\r\n\r\n" % WRONG).encode()), 404)
        self.assertEqual(self.kept(), before)

    def test_methods(self):
        for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"):
            self.assertEqual(self.world.request(method, PAY + "confirmation", b"")[0], 405, method)
        for method in ("POST", "PUT", "DELETE"):
            self.assertEqual(self.world.request(method, "/healthz", b"{}")[0], 405, method)
        self.assertEqual(self.world.request("GET", "/git/kasinet/" + GIT_TOKEN)[0], 405)
        self.assertEqual(self.world.raw_status(b"BREW " + PAY.encode() +
                                               b"confirmation HTTP/1.1\r\nHost: x\r\n\r\n"), 405)
        # The method comes before the length.
        self.assertEqual(self.world.raw_status(b"PUT " + PAY.encode() +
                                               b"confirmation HTTP/1.1\r\nContent-Length: 99999\r\n\r\n"), 405)

    def test_lengths(self):
        before = self.kept()
        head = b"POST " + PAY.encode() + b"confirmation HTTP/1.1\r\nHost: x\r\n"
        raw = self.world.raw_status
        self.assertEqual(raw(head + b"\r\n"), 411)
        self.assertEqual(raw(head + b"\r\n{}"), 411)
        for lines in (b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
                      b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
                      b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                      b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                      b"Content-Length : 2\r\ncontent-length: 2\r\n\r\n{}",
                      b"Content-Length: -2\r\n\r\n{}", b"Content-Length: +2\r\n\r\n{}",
                      b"Content-Length: 2x\r\n\r\n{}", b"Content-Length: 2, 2\r\n\r\n{}",
                      b"Content-Length: \r\n\r\n{}", b"Content-Length: abc\r\n\r\n{}",
                      b"Transfer-Encoding: gzip, chunked\r\n\r\n", b"Transfer-Encoding: identity\r\n\r\n",
                      b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}0",
                      b"".join(b"X-%d: y\r\n" % i for i in range(80)) + b"Content-Length: 2\r\n\r\n{}"):
            self.assertEqual(raw(head + lines), 400, lines)
        self.assertEqual(raw(head + b"Content-Length: 65537\r\n\r\n"), 413)
        self.assertEqual(raw(head + b"Content-Length: 99999999999999999999999999\r\n\r\n"), 413)
        self.assertEqual(self.world.pay(b"x" * 71680)[0], 413)
        self.assertEqual(self.world.pay([b"x" * 1000] * 70, chunked=True)[0], 413)
        self.assertEqual(self.kept(), before)

    def test_a_refused_body_may_be_sent_to_its_end(self):
        # A reset while it is still sending would cost an honest client the answer.
        for path in (PAY + "confirmation", WRONG):
            with socket.create_connection(("127.0.0.1", self.world.port), timeout=10) as line:
                line.sendall(b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 71680\r\n\r\n" % path.encode())
                for _ in range(7):
                    line.sendall(b"x" * 10240)
                    time.sleep(0.05)
                self.assertIn(line.recv(100).split(b" ")[1], (b"413", b"404"))

    def test_just_within_the_limit(self):
        self.assertEqual(self.world.pay(b"x" * 65536)[0], 200)
        self.assertEqual(self.world.inbox()[-1][5], b"x" * 65536)
        self.assertEqual(self.world.pay([b"y" * 4096] * 16, chunked=True)[0], 200)
        self.assertEqual(self.world.inbox()[-1][5], b"y" * 65536)

    def test_chunked_alone_is_accepted(self):
        body = confirmation("UKMCHUNK01")
        self.assertEqual(self.world.pay([body[:7], body[7:8], body[8:]], chunked=True)[0], 200)
        self.assertEqual(self.world.inbox()[-1][5], body)

    def test_a_body_that_ends_early_is_not_kept(self):
        before = self.kept()
        head = b"POST " + PAY.encode() + b"confirmation HTTP/1.1\r\nHost: x\r\n"
        self.assertIn(self.world.raw_status(head + b"Content-Length: 50\r\n\r\n{}", half_close=True), (400, None))
        self.assertIn(self.world.raw_status(head + b"Transfer-Encoding: chunked\r\n\r\n9\r\n{}", half_close=True),
                      (400, None))
        self.assertEqual(self.kept(), before)

    def test_garbage(self):
        for data in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64, b"GET\r\n\r\n", b"\r\n\r\n\r\n",
                     b"POST /pay HTTP/9.9\r\n\r\n", b"POST " + b"/" * 15000 + b" HTTP/1.1\r\n\r\n",
                     b"GET /healthz HTTP/1.1\r\nX: " + b"a" * 20000 + b"\r\n\r\n", b"POST * HTTP/1.1\r\n\r\n"):
            self.world.raw(data, half_close=True)
        self.assertEqual(self.world.request("GET", "/healthz")[0], 200)

    def test_keep_alive_and_pipelines(self):
        before = self.kept()
        body = confirmation("UKMPIPE001")
        one = (b"POST " + PAY.encode() + b"confirmation HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" %
               len(body)) + body
        answer = self.world.raw(one * 20 + b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n")
        self.assertEqual(answer.count(b"HTTP/1.1 200 OK"), 21)
        self.assertEqual(self.kept(), before + 20)

    def test_expect_continue(self):
        body = confirmation("UKMEXPECT1")
        with socket.create_connection(("127.0.0.1", self.world.port), timeout=10) as line:
            line.sendall(b"POST " + PAY.encode() + b"confirmation HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                         b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body))
            self.assertTrue(line.recv(1000).startswith(b"HTTP/1.1 100"))
            line.sendall(body)
            self.assertTrue(line.recv(1000).startswith(b"HTTP/1.1 200"))

    def test_forwarded_for_counts_from_a_proxy(self):
        for value, source in (("196.201.214.200", "196.201.214.200"),
                              ("6.6.6.6, 196.201.214.206", "196.201.214.206"),
                              ("196.201.214.200, nonsense", "127.0.0.1")):
            self.assertEqual(self.world.pay(b"{}", headers={"X-Forwarded-For": value})[0], 200)
            self.assertEqual(self.world.inbox()[-1][3], source)

    def test_git_rings_the_bell(self):
        path = os.path.join(self.world.state, "bell")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bell:
            bell.bind(path)
            bell.settimeout(10)
            try:
                self.assertEqual(self.world.request("POST", "/git/kasinet/" + GIT_TOKEN, b"{}")[0], 200)
                self.assertEqual(bell.recv(10), b"git")
                self.assertEqual(self.world.pay(b"{}")[0], 200)
                self.assertEqual(bell.recv(10), b"inbox")
            finally:
                os.unlink(path)

    def test_property_25_slow_clients_are_ended_and_hold_nobody_up(self):
        before = self.kept()
        head = b"POST " + PAY.encode() + b"confirmation HTTP/1.1\r\nHost: x\r\n"
        starts = (b"", head, head + b"Content-Length: 60000\r\n\r\n",
                  head + b"Transfer-Encoding: chunked\r\n\r\n000",
                  b"POST /nowhere HTTP/1.1\r\nContent-Length: 60000\r\n\r\n")
        ended = []

        def drip(start):
            with socket.create_connection(("127.0.0.1", self.world.port), timeout=60) as line:
                began = time.monotonic()
                line.sendall(start)
                try:
                    while time.monotonic() - began < 40:
                        line.settimeout(0.4)
                        try:
                            while line.recv(1000):
                                pass
                            break
                        except socket.timeout:
                            line.sendall(b"0" if start else b"P")
                except OSError:
                    pass
                ended.append(time.monotonic() - began)

        threads = [threading.Thread(target=drip, args=(start,)) for start in starts * 4]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        for _ in range(20):
            self.assertEqual(self.world.pay(b"{}")[0], 200)
        for thread in threads:
            thread.join()
        # Forty seconds is where the drip gives up by itself: all were ended long before.
        self.assertEqual(len(ended), len(threads))
        self.assertLess(max(ended), 30)
        self.assertEqual(self.kept(), before + 20)

    def test_many_at_once(self):
        before = self.kept()
        statuses = []

        def client(number):
            for i in range(5):
                statuses.append(self.world.pay(confirmation("UKMAT%03dX%d" % (number, i)))[0])

        threads = [threading.Thread(target=client, args=(number,)) for number in range(64)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(statuses, [200] * 320)
        bodies = [row[5] for row in self.world.inbox()[before:]]
        self.assertEqual(len(bodies), 320)
        self.assertEqual(len(set(bodies)), 320)

    def test_property_30_no_token_in_the_log(self):
        self.world.pay(b"{}")
        self.world.raw(b"GET " + PAY.encode() + b"confirmation HTTP/3.0\r\n\r\n", half_close=True)
        log = "".join(self.world.lines)
        self.assertNotIn(TOKEN, log)
        self.assertNotIn(GIT_TOKEN, log)


class Life(unittest.TestCase):
    def world(self, **options):
        world = World(**options)
        self.addCleanup(world.close)
        return world

    def test_before_the_first_commit_it_is_503(self):
        world = self.world(publish=False).start()
        self.assertEqual(world.request("GET", "/healthz")[0], 503)
        self.assertEqual(world.pay(b"{}")[0], 503)
        self.assertEqual(world.request("POST", PAY + "validation", b"{}")[0], 503)
        self.assertEqual(world.request("POST", "/pay/other/main/%s/confirmation" % TOKEN, b"{}")[0], 404)
        self.assertEqual(world.inbox(), [])
        # Published by a controller that stops cleanly at once: seen without a restart.
        world.publish()
        world.wait_for(200)
        self.assertEqual(world.pay(b"{}")[0], 200)
        self.assertEqual(world.stop(), 0)

    def test_a_new_token_counts_and_the_old_does_not(self):
        world = self.world().start()
        self.assertEqual(world.pay(b"1")[0], 200)
        world.publish(["main:daraja:" + TOKEN[::-1]])
        until = time.monotonic() + 10
        while world.pay(b"2")[0] != 404:
            self.assertLess(time.monotonic(), until)
            time.sleep(0.05)
        self.assertEqual(world.request("POST", "/pay/kasinet/main/%s/confirmation" % TOKEN[::-1], b"3")[0], 200)
        self.assertEqual(world.inbox()[-1][5], b"3")
        world.publish([])
        while world.request("POST", "/pay/kasinet/main/%s/confirmation" % TOKEN[::-1], b"4")[0] != 404:
            self.assertLess(time.monotonic(), until)
            time.sleep(0.05)

    def test_lines_survive_restarts(self):
        world = self.world().start()
        self.assertEqual(world.pay(b"one")[0], 200)
        self.assertEqual(world.stop(), 0)
        world.start()
        self.assertEqual(world.pay(b"two")[0], 200)
        self.assertEqual(world.stop(signal.SIGKILL), -signal.SIGKILL)
        world.start()
        self.assertEqual(world.pay(b"three")[0], 200)
        self.assertEqual([(row[0], row[5]) for row in world.inbox()], [(1, b"one"), (2, b"two"), (3, b"three")])

    def test_tenants_share_nothing(self):
        world = self.world(tenants=["kasinet", "mtaani"]).start()
        other = "/pay/mtaani/main/%s/confirmation"
        # One is ready, the other is not: payments cannot all be stored.
        self.assertEqual(world.request("GET", "/healthz")[0], 503)
        self.assertEqual(world.pay(b"1")[0], 200)
        self.assertEqual(world.request("POST", other % TOKEN, b"2")[0], 503)
        world.publish(["main:daraja:" + TOKEN[::-1]], tenant="mtaani")
        world.wait_for(200)
        self.assertEqual(world.request("POST", other % TOKEN, b"3")[0], 404)
        self.assertEqual(world.request("POST", other % TOKEN[::-1], b"4")[0], 200)
        self.assertEqual(world.request("POST", "/pay/kasinet/main/%s/confirmation" % TOKEN[::-1], b"5")[0], 404)
        self.assertEqual([row[5] for row in world.inbox()], [b"1"])
        self.assertEqual([row[5] for row in world.inbox("mtaani")], [b"4"])
        self.assertEqual(world.stop(), 0)

    def test_two_of_them_do_not_share_an_inbox(self):
        world = self.world().start()
        other = self.world(publish=False, state=world.state)
        with self.assertRaises(AssertionError) as caught:
            other.start()
        self.assertIn("belongs to another process", str(caught.exception))
        self.assertEqual(other.ended(), 1)
        self.assertEqual(world.pay(b"{}")[0], 200)

    def test_a_stop_finishes_what_is_inside(self):
        world = self.world().start()
        results, stopping = [], threading.Event()

        def client(number):
            for i in range(1000):
                try:
                    body = b"%d/%d" % (number, i)
                    results.append((body, world.pay(body)[0]))
                except OSError:
                    if stopping.is_set():
                        return

        threads = [threading.Thread(target=client, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        stopping.set()
        code = world.stop()
        for thread in threads:
            thread.join()
        self.assertEqual(code, 0)
        answered = [body for body, status in results if status == 200]
        self.assertGreater(len(answered), 0)
        self.assertEqual({status for _, status in results} - {200, 503}, set())
        kept = [row[5] for row in world.inbox()]
        self.assertEqual(len(kept), len(set(kept)))
        self.assertEqual(set(answered) - set(kept), set())

    def test_a_path_of_any_length(self):
        parent = self.world(publish=False).folder
        long = os.path.join(parent, "a" * 200, "b" * 100)
        world = self.world(state=long).start()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bell:
            folder = os.open(long, os.O_PATH)
            bell.bind("/proc/self/fd/%d/bell" % folder)
            os.close(folder)
            bell.settimeout(10)
            self.assertEqual(world.pay(b"{}")[0], 200)
            self.assertEqual(bell.recv(10), b"inbox")

    @unittest.skipUnless(os.geteuid() == 0, "needs root to become another user")
    def test_another_user_keeps_after_a_clean_stop_of_the_controller(self):
        user, group = 65534, 65534
        world = self.world(publish=False, user=user, group=group, extra_groups=[])
        os.chmod(world.folder, 0o755)
        os.chown(world.state, 0, group)
        os.chmod(world.state, 0o2770)
        world.publish()
        world.start()
        world.wait_for(200)
        self.assertEqual(world.pay(b"{}")[0], 200)
        # The controller, being root, reads what that user wrote, and publishes again.
        self.assertEqual(len(world.inbox()), 1)
        world.publish(["main:daraja:" + TOKEN[::-1]])
        until = time.monotonic() + 10
        while world.pay(b"{}")[0] != 404:
            self.assertLess(time.monotonic(), until)
        self.assertEqual(world.stop(), 0)


class Signed(unittest.TestCase):
    """The bare path, for providers that sign: bytes and signature are kept as they came."""

    SIGNED = [("ps", "paystack", "X-Paystack-Signature"), ("kk", "kopokopo", "X-KopoKopo-Signature"),
              ("bank", "kcb", "Signature")]

    @classmethod
    def setUpClass(cls):
        cls.world = World(publish=False)
        cls.world.publish(["%s:%s:%s" % (name, provider, TOKEN) for name, provider, _ in cls.SIGNED] +
                          ["fw:flutterwave:" + TOKEN])
        cls.world.start()

    @classmethod
    def tearDownClass(cls):
        code = cls.world.stop()
        cls.world.close()
        assert code == 0, code

    def send(self, channel, body, headers=None, method="POST", more=""):
        return self.world.request(method, "/pay/kasinet/%s/%s%s" % (channel, TOKEN, more), body, headers=headers)[0]

    def test_property_26_body_and_signature_are_kept_byte_for_byte(self):
        for channel, provider, header in self.SIGNED:
            for body in (b'{"a" : 1}\r\n', b"\x00\xff{", b"", b"[" * 60000, b"x" * 65536):
                value = "aB3+/" * 150 + "=="
                self.assertEqual(self.send(channel, body, {header.lower(): value, "User-Agent": "u" * 1500,
                                                           "X-Other": "not kept"}), 200)
                row = self.world.inbox()[-1]
                self.assertEqual(row[1:3], (channel, ""))
                self.assertEqual(row[5], body)
                # A long name of a program does not crowd the signature out.
                self.assertIn(("%s: %s\n" % (header, value)).encode(), row[4])
                self.assertNotIn(b"not kept", row[4])
                self.assertLessEqual(len(row[4]), 2048)

    def test_property_30_a_static_secret_is_kept_as_its_digest(self):
        secret = "made-up-hash-3"
        self.assertEqual(self.send("fw", b"{}", {"verif-hash": secret}), 200)
        headers = self.world.inbox()[-1][4]
        self.assertNotIn(secret.encode(), headers)
        self.assertIn(hashlib.sha256(secret.encode()).hexdigest().encode(), headers)

    def test_property_25_the_edge_is_the_same_for_all(self):
        before = len(self.world.inbox())
        for channel in ("ps", "kk", "bank", "fw"):
            self.assertEqual(self.send(channel, b"x" * 65537), 413)
            for method in ("GET", "PUT", "DELETE", "HEAD"):
                self.assertEqual(self.send(channel, b"", method=method), 405)
            for more in ("/confirmation", "/validation", "/", "x"):
                self.assertEqual(self.send(channel, b"{}", more=more), 404)
        self.assertEqual(len(self.world.inbox()), before)


class Usage(unittest.TestCase):
    def test_exit_codes(self):
        import subprocess
        from webhook_world import PROGRAM

        def run(*words, **environment):
            return subprocess.run([PROGRAM, *words], env={**os.environ, **environment}, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=20)
        self.assertEqual(run("--nonsense").returncode, 64)
        self.assertEqual(run("-c").returncode, 64)
        self.assertEqual(run("--help").returncode, 0)
        self.assertNotEqual(run("-c", "/nonexistent/wavu.yaml").returncode, 0)
        self.assertNotEqual(run(WAVU_CONFIG="/nonexistent/wavu.yaml").returncode, 0)


if __name__ == "__main__":
    skip_unless_built()
    unittest.main(verbosity=2)
