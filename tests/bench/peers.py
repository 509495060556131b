"""The tools that provision the same rows: wavu, and those it is compared with, each in its own natural form.

A peer that is not on this machine is skipped, which is said. python3-librouteros and npm's node-routeros are found (or
fetched) here; $WAVU_PEER_PHPNUXBILL is a checkout of phpnuxbill (it needs php-cli and php-sqlite3) and
$WAVU_PEER_COMMUNITY_ROUTEROS one of Ansible's community.routeros 2.16 or later (it needs ansible-core).
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

from ground import HERE, SOURCE, WAIT_S
from isp import PASSWORD, WAVU

DEBIAN_PYTHON = "/usr/bin/python3"  # python3-librouteros is installed for that one


class Spent:
    """What a process took: its own clock where it has one, else ours; CPU and the most memory with its children's."""

    def __init__(self, command, environment=None, timeout_s=WAIT_S * 20):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
            start = time.perf_counter()
            process = subprocess.Popen(command, stdout=out, stderr=errors, env={**os.environ, **(environment or {})})
            _, status, usage = os.wait4(process.pid, 0)
            self.process_s = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            errors.seek(0)
            self.out, self.errors = out.read().decode(), errors.read().decode()
        self.code = process.returncode
        self.cpu_s = usage.ru_utime + usage.ru_stime
        self.memory_mib = usage.ru_maxrss / 1024
        self.wall_s = self.process_s
        self.reported = 0 if self.code == 0 else 1

    def by_its_clock(self):
        """A script's own time, from its connect to its last answer, and how many errors it tells of."""
        if self.code != 0:
            raise AssertionError("a peer ended with %d: %s" % (self.code, self.errors[-2000:]))
        done = json.loads(self.out.strip().splitlines()[-1])
        self.wall_s, self.reported = done["wall_s"], done["errors"]
        return self


class Wavu:
    """`wavu apply`, the whole process: it reads the commit, looks, writes, looks again, records."""
    name = "wavu"

    def run(self, isp, port, desired):
        spent = Spent([WAVU, "-c", isp.config, "apply", "--output", "json"])
        if spent.code != 0:
            raise AssertionError("apply ended with %d: %s %s" % (spent.code, spent.out[-2000:], spent.errors[-2000:]))
        return spent


class Librouteros:
    name = "python3-librouteros"

    @staticmethod
    def missing():
        found = subprocess.run([DEBIAN_PYTHON, "-c", "import librouteros"], stderr=subprocess.DEVNULL)
        return None if found.returncode == 0 else "python3-librouteros is not installed"

    def run(self, isp, port, desired):
        return Spent([DEBIAN_PYTHON, "-B", os.path.join(HERE, "peer_librouteros.py"), str(port), "wavu", PASSWORD,
                      desired]).by_its_clock()


class NodeRouteros:
    name = "node-routeros"
    folder = None

    @classmethod
    def missing(cls):
        """Fetched once, as tests/world/test_node_routeros.py does it."""
        sys.path.insert(0, os.path.join(SOURCE, "tests", "world"))
        import test_node_routeros
        if cls.folder is None:
            cls.folder = tempfile.TemporaryDirectory(prefix="wavu-node-")
            try:
                test_node_routeros.fetch(cls.folder.name)
            except SystemExit:
                return "it could not be fetched"
        return None

    def run(self, isp, port, desired):
        return Spent(["node", os.path.join(HERE, "peer_node_routeros.js"), str(port), "wavu", PASSWORD, desired],
                     {"NODE_PATH": os.path.join(self.folder.name, "node_modules")}).by_its_clock()


class Phpnuxbill:
    name = "phpnuxbill"

    @staticmethod
    def missing():
        if not os.environ.get("WAVU_PEER_PHPNUXBILL"):
            return "WAVU_PEER_PHPNUXBILL names no checkout"
        return None if shutil.which("php") else "php is not installed"

    def run(self, isp, port, desired):
        return Spent(["php", os.path.join(HERE, "peer_phpnuxbill.php"), str(port), "wavu", PASSWORD,
                      desired]).by_its_clock()


class ApiModify:
    """One playbook of three tasks. It has no word for live sessions, and takes a process's start for the whole."""
    name = "api_modify"

    @staticmethod
    def missing():
        if not os.environ.get("WAVU_PEER_COMMUNITY_ROUTEROS"):
            return "WAVU_PEER_COMMUNITY_ROUTEROS names no checkout"
        return None if shutil.which("ansible-playbook") else "ansible-playbook is not installed"

    def run(self, isp, port, desired):
        with tempfile.TemporaryDirectory(prefix="wavu-ansible-") as folder, open(desired) as file:
            want = json.load(file)
            for secret in want["secrets"]:
                secret["disabled"] = secret["disabled"] == "true"  # else it writes each row every time
            os.makedirs(os.path.join(folder, "ansible_collections", "community"))
            os.symlink(os.environ["WAVU_PEER_COMMUNITY_ROUTEROS"],
                       os.path.join(folder, "ansible_collections", "community", "routeros"))
            login = {"hostname": "127.0.0.1", "username": "wavu", "password": PASSWORD, "port": port, "tls": False}
            tasks = [{"community.routeros.api_modify": {**login, "path": path, "data": rows,
                                                        "handle_absent_entries": absent}}
                     for path, rows, absent in (("ppp profile", want["profiles"], "ignore"),
                                                ("ppp secret", want["secrets"], "remove"))]
            book = os.path.join(folder, "book.json")
            with open(book, "w") as out:
                json.dump([{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}], out)
            return Spent(["ansible-playbook", "-i", "localhost,", "-e", "ansible_python_interpreter=" + DEBIAN_PYTHON,
                          book], {"ANSIBLE_COLLECTIONS_PATH": folder, "ANSIBLE_COLLECTIONS_PATHS": folder,
                                  "ANSIBLE_LOCALHOST_WARNING": "false", "HOME": folder})


PEERS = (Librouteros, NodeRouteros, Phpnuxbill, ApiModify)
