"""The pre-receive hook that ships: a bad push is refused with its mistakes, a good one shows the plan and who is cut."""

import os
import shutil
import subprocess

from isp import WAVU, Isp, main, wait_for

SOURCE = os.environ.get("WAVU_SOURCE", os.path.join(os.path.dirname(__file__), "..", ".."))
PAID = "opening: {paid_until: 2030-01-01, balance: 0}\n"


class Clone:
    """The operator's clone of the bare repository that wavu follows."""

    def __init__(self, isp):
        self.isp = isp
        bare = isp.repository
        self.path = os.path.join(isp.folder, "clone")
        os.rename(bare, self.path)
        isp.repository = self.path
        subprocess.run(["git", "clone", "-q", "--bare", self.path, bare], check=True)
        hook = os.path.join(bare, "hooks", "pre-receive")
        os.makedirs(os.path.dirname(hook), exist_ok=True)
        shutil.copy(os.path.join(SOURCE, "examples", "hooks", "pre-receive"), hook)
        os.chmod(hook, 0o755)
        for key, value in (("wavu.program", WAVU), ("wavu.config", isp.config)):
            subprocess.run(["git", "-C", bare, "config", key, value], check=True)
        self.bare = bare
        isp.git("remote", "add", "origin", bare)

    def set(self, key, value):
        subprocess.run(["git", "-C", self.bare, "config", key, value], check=True)

    def push(self, *words):
        """(exit code, what was said)"""
        done = subprocess.run(["git", "-C", self.path, "push", "-q", *(words or ("origin", "HEAD:main"))],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout.decode()

    def head(self):
        return subprocess.run(["git", "-C", self.bare, "rev-parse", "main"], check=True,
                              stdout=subprocess.PIPE).stdout.decode().strip()


def test_a_bad_push_is_refused_and_a_good_one_shows_its_plan():
    with Isp(start=False, files={"subscribers.yaml": "---\n".join(
            Isp.subscriber("KN-%d" % i, username="kn%d" % i, phone="07000000%02d" % i, more=PAID)
            for i in range(3))}) as isp:
        clone = Clone(isp)
        isp.start()
        wait_for("all are in", lambda: len(isp.routers.rows("/ppp/secret")) >= 3)
        isp.settle()
        before = clone.head()
        isp.write("packages.yaml", "kind: Package\nname: home-10\nprise: 2500\n")
        isp.commit("a slip")
        code, said = clone.push()
        assert code != 0 and "packages.yaml:3:1" in said and "price" in said, said
        assert clone.head() == before and isp.status()["tenants"][0]["error"] is None
        isp.git("reset", "-q", "--hard", "HEAD~1")
        isp.write("subscribers.yaml", "---\n".join(
            Isp.subscriber("KN-%d" % i, username="kn%d" % i, phone="07000000%02d" % i, more=PAID) for i in range(2)))
        head = isp.commit("one leaves")
        code, said = clone.push()
        assert code == 0 and clone.head() == head, said
        assert "KN-2" in said and "loss" in said and "In a month:" in said, said
        wait_for("he is gone", lambda: not isp.routers.row("/ppp/secret", "kn2"))


def test_what_the_guard_would_hold_can_be_refused():
    with Isp(start=False, files={"subscribers.yaml": "---\n".join(
            Isp.subscriber("KN-%d" % i, username="kn%d" % i, phone="07000000%02d" % i, more=PAID)
            for i in range(3))}) as isp:
        clone = Clone(isp)
        isp.start()
        wait_for("all are in", lambda: len(isp.routers.rows("/ppp/secret")) >= 3)
        isp.settle()
        before = clone.head()
        clone.set("wavu.guarded", "refuse")
        isp.write("subscribers.yaml", Isp.subscriber("KN-9", username="kn9", phone="0700000099"))
        isp.commit("everybody leaves")
        code, said = clone.push()
        assert code != 0 and "GUARDED" in said and "KN-1" in said and clone.head() == before, said
        assert len(isp.routers.rows("/ppp/secret")) >= 3
        code, said = clone.push("origin", ":main")
        assert code != 0 and clone.head() == before, said
        code, said = clone.push("origin", "HEAD:refs/heads/draft")
        assert code == 0, "other branches are nobody's business: " + said


if __name__ == "__main__":
    main(globals())
