"""What was answered 2xx is on the disk exactly once, whatever happens to the program or to the disk."""

import collections
import os
import random
import resource
import signal
import subprocess
import tempfile
import threading
import time
import unittest

from webhook_world import World, confirmation, skip_unless_built

IS_ROOT = os.geteuid() == 0


class Load:
    """Clients that post one receipt after another until they are told to stop."""

    def __init__(self, world, count, name):
        self.world, self.answers, self.over = world, [], threading.Event()
        self.threads = [threading.Thread(target=self.client, args=(name, i)) for i in range(count)]
        for thread in self.threads:
            thread.start()

    def client(self, name, number):
        turn = 0
        while not self.over.is_set():
            receipt = "%s%02dN%d" % (name, number, turn)
            turn += 1
            try:
                self.answers.append((receipt, self.world.pay(confirmation(receipt), timeout=10)[0]))
            except OSError:
                self.answers.append((receipt, None))
                time.sleep(0.01)

    def end(self):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def receipts(self, status):
        return [receipt for receipt, answer in self.answers if answer == status]


def kept_times(world):
    """How often each body is in the inbox."""
    return collections.Counter(row[5] for row in world.inbox())


class Kill(unittest.TestCase):
    def test_property_20_kill_under_load_loses_and_doubles_nothing(self):
        world = World()
        self.addCleanup(world.close)
        chance = random.Random(7)
        acknowledged = []
        for turn in range(8):
            world.start()
            load = Load(world, 8, "UKMT%d" % turn)
            time.sleep(chance.uniform(0.1, 0.5))
            world.stop(signal.SIGKILL)
            load.end()
            acknowledged += load.receipts(200)
            self.assertEqual({status for _, status in load.answers} - {200, 503, None}, set())
        times = kept_times(world)
        self.assertGreater(len(acknowledged), 50)
        for receipt in acknowledged:
            self.assertEqual(times[confirmation(receipt)], 1, receipt)
        self.assertEqual(set(times.values()), {1})
        ids = [row[0] for row in world.inbox()]
        self.assertEqual(ids, list(range(1, len(ids) + 1)))
        print("%d kills, %d acknowledged, %d kept" % (8, len(acknowledged), len(ids)))

    def test_property_20_kill_at_named_points(self):
        for point in ("inbox.before_commit", "inbox.after_commit", "webhook.before_bell"):
            world = World()
            self.addCleanup(world.close)
            world.options["env"] = {**os.environ, "WAVU_FAILPOINT": point + ":3"}
            world.start()
            answers = []
            for i in range(6):
                try:
                    answers.append(world.pay(confirmation("UKMPOINT%d" % i))[0])
                except OSError:
                    answers.append(None)
                    break
            if None not in answers:
                self.skipTest("this build has no failpoints")
            self.assertEqual(world.ended(), -signal.SIGKILL)
            times = kept_times(world)
            for i, answer in enumerate(answers):
                if answer == 200:
                    self.assertEqual(times[confirmation("UKMPOINT%d" % i)], 1, point)
            # Not acknowledged: kept or not, but at the commit itself it is certain.
            last = times[confirmation("UKMPOINT%d" % (len(answers) - 1))]
            if point != "webhook.before_bell":
                self.assertEqual(last, 0 if point == "inbox.before_commit" else 1, point)
            del world.options["env"]
            world.start()
            self.assertEqual(world.pay(confirmation("UKMAGAIN01"))[0], 200)
            self.assertEqual(world.stop(), 0)


class Broken(unittest.TestCase):
    def test_property_20_a_write_that_fails_ends_it_and_loses_nothing(self):
        world = World()
        self.addCleanup(world.close)
        world.start()
        self.assertEqual(world.pay(confirmation("UKMBEFORE1"))[0], 200)
        # No file may grow any more: to SQLite that is no full disk but a failed write.
        limits = resource.prlimit(world.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(world.process.pid, resource.RLIMIT_FSIZE, (1, limits[1]))
        answers = []
        try:
            for i in range(100):
                answers.append(world.pay(confirmation("UKMBROKEN%d" % i))[0])
        except OSError:
            pass
        self.assertEqual(set(answers), {503})
        self.assertEqual(world.ended(), 1)
        world.start()
        world.wait_for(200)
        self.assertEqual(world.pay(confirmation("UKMAFTER01"))[0], 200)
        self.assertEqual(kept_times(world), {confirmation("UKMBEFORE1"): 1, confirmation("UKMAFTER01"): 1})
        self.assertEqual(world.stop(), 0)


@unittest.skipUnless(IS_ROOT, "needs root to mount a small disk")
class SmallDisk(unittest.TestCase):
    def mounted(self, size):
        folder = tempfile.mkdtemp(prefix="wavu-disk-")
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%d" % size, "none", folder],
                              stderr=subprocess.PIPE)
        if done.returncode:
            os.rmdir(folder)
            self.skipTest("a tmpfs cannot be mounted here")
        self.addCleanup(os.rmdir, folder)
        self.addCleanup(subprocess.run, ["umount", folder], check=True)
        return folder

    def test_property_20_a_full_disk_is_503_and_recovers_by_itself(self):
        disk = self.mounted(6 << 20)
        state = os.path.join(disk, "state")
        world = World(state=state).start()
        self.addCleanup(world.close)
        world.wait_for(200)
        self.assertEqual(world.pay(confirmation("UKMBEFORE1"))[0], 200)
        filler = os.path.join(disk, "filler")
        with open(filler, "wb", buffering=0) as file:
            try:
                while file.write(b"x" * 4096):
                    pass
            except OSError:
                pass
        load = Load(world, 8, "UKMF")
        until = time.monotonic() + 20
        while not load.receipts(503) and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.5)
        load.end()
        self.assertEqual({status for _, status in load.answers} - {200, 503}, set())
        self.assertGreater(len(load.receipts(503)), 0)
        world.wait_for(503)
        self.assertIsNone(world.process.poll())
        os.unlink(filler)
        world.wait_for(200)
        after = Load(world, 4, "UKMG")
        until = time.monotonic() + 20
        while not after.receipts(200) and time.monotonic() < until:
            time.sleep(0.05)
        after.end()
        self.assertGreater(len(after.receipts(200)), 0)
        times = kept_times(world)
        acknowledged = ["UKMBEFORE1"] + load.receipts(200) + after.receipts(200)
        self.assertEqual(times, collections.Counter({confirmation(receipt): 1 for receipt in acknowledged}))
        self.assertEqual(world.stop(), 0)
        log = "".join(world.lines)
        self.assertEqual(log.count("inbox-full"), 1)
        self.assertEqual(log.count("inbox-recovered"), 1)

    def test_a_disk_full_from_the_start_ends_and_is_told(self):
        disk = self.mounted(64 << 10)
        world = World(publish=False, state=os.path.join(disk, "state"))
        self.addCleanup(world.close)
        with open(os.path.join(disk, "filler"), "wb", buffering=0) as file:
            try:
                while file.write(b"x" * 512):
                    pass
            except OSError:
                pass
        with self.assertRaises(AssertionError) as caught:
            world.start()
        self.assertIn("no-state", str(caught.exception))
        self.assertEqual(world.ended(), 1)


@unittest.skipUnless(IS_ROOT, "needs root to give it up")
class Rights(unittest.TestCase):
    """In a mount namespace of its own, where the user wavu-webhook exists."""

    def started(self, state_group):
        world = World(publish=False)
        self.addCleanup(world.close)
        files = {}
        for name, line in (("passwd", "wavu-webhook:x:64123:64123::/nonexistent:/usr/sbin/nologin\n"),
                           ("group", "wavu-webhook:x:64123:\n")):
            files[name] = os.path.join(world.folder, name)
            with open("/etc/" + name) as old, open(files[name], "w") as new:
                new.write("".join(l for l in old if not l.startswith("wavu-webhook:")) + line)
        world.before = ["unshare", "--mount", "sh", "-c", "mount --bind '%s' /etc/passwd && "
                        "mount --bind '%s' /etc/group && exec \"$@\"" % (files["passwd"], files["group"]), "sh"]
        if subprocess.run(world.before + ["true"], stderr=subprocess.DEVNULL).returncode:
            self.skipTest("no mount namespace can be made here")
        os.chmod(world.folder, 0o755)
        os.chown(world.state, 0, state_group)
        os.chmod(world.state, 0o2770)
        world.publish()
        world.start()
        world.wait_for(200)
        return world

    def owners(self, world):
        with open("/proc/%d/status" % world.process.pid) as file:
            fields = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
        return fields

    def test_it_becomes_its_user(self):
        world = self.started(64123)
        fields = self.owners(world)
        self.assertEqual(fields["Uid"].split(), ["64123"] * 4)
        self.assertEqual(fields["Gid"].split(), ["64123"] * 4)
        self.assertEqual(fields["Groups"].split(), ["64123"])
        self.assertEqual(fields["NoNewPrivs"], "1")
        for capabilities in ("CapEff", "CapPrm", "CapInh"):
            self.assertEqual(int(fields[capabilities], 16), 0)
        self.assertIn("rights-dropped", "".join(world.lines))
        self.assertEqual(world.pay(b"{}")[0], 200)
        self.assertEqual(len(world.inbox()), 1)
        # A controller that publishes later, as root, is still understood.
        world.publish([])
        until = time.monotonic() + 10
        while world.pay(b"{}")[0] != 404:
            self.assertLess(time.monotonic(), until)
        self.assertEqual(world.stop(), 0)

    def test_it_stays_root_where_the_user_cannot_reach_the_files_and_says_so(self):
        world = self.started(0)
        self.assertEqual(self.owners(world)["Uid"].split(), ["0"] * 4)
        self.assertIn("rights-kept", "".join(world.lines))
        self.assertEqual(world.pay(b"{}")[0], 200)
        self.assertEqual(world.stop(), 0)


if __name__ == "__main__":
    skip_unless_built()
    unittest.main(verbosity=2)
