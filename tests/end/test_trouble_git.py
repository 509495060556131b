"""What can happen to the operator's repository: the last good commit stays in force, and status says what is wrong."""

import os
import subprocess

from isp import TENANT, Isp, main, wait_for


def trouble(isp, *parts):
    """The words that status has for it, when all of these are among them."""
    def told():
        error = isp.status()["tenants"][0]["error"] or ""
        return all(part in error for part in parts) and error
    return wait_for("status says %s" % (parts,), told)


def in_force(isp):
    return isp.status()["tenants"][0]["commit"]


def mended(isp, head):
    wait_for("the newest is in force", lambda: in_force(isp) == head)
    wait_for("and nothing is wrong", lambda: isp.status()["tenants"][0]["error"] is None)


def lives_on(isp, receipt):
    """Payments and routers do not mind."""
    isp.pay(receipt, "10.00")
    wait_for("it is booked", lambda: isp.payment(receipt))
    code, done = isp.run("apply")
    assert code in (0, 1, 4) and done["routers"][0]["reachable"] is True and not done["routers"][0]["error"], (code, done)


def bare(isp):
    """Moves the repository behind a bare one, as a forge has it; pushes are by hand."""
    subprocess.run(["git", "clone", "-q", "--bare", isp.repository, isp.repository + ".bare"], check=True)
    text = open(isp.config).read().replace("repository: isp.git,", "repository: isp.git.bare, path: ./net/isp,")
    with open(isp.config, "w") as file:
        file.write(text)
    return isp.repository + ".bare"


def push(isp, *words):
    isp.git("push", "-q", *words, isp.repository + ".bare", "main")


def test_a_bare_repository_and_a_subfolder():
    with Isp(start=False) as isp:
        os.makedirs(os.path.join(isp.repository, "net"))
        isp.git("mv", "tenant.yaml", "sites.yaml", "packages.yaml", "routers.yaml", "subscribers.yaml", "net/")
        os.rename(os.path.join(isp.repository, "net"), os.path.join(isp.repository, "isp"))
        os.makedirs(os.path.join(isp.repository, "net"))
        os.rename(os.path.join(isp.repository, "isp"), os.path.join(isp.repository, "net", "isp"))
        isp.write("README.yaml", "this: is not: for wavu\n")
        isp.write("net/isp/.hidden/x.yaml", "kind: Nonsense\n")
        isp.write("net/isp/.x.yaml", "kind: Nonsense\n")
        isp.commit("in a folder")
        origin = bare(isp)
        isp.start()
        isp.settle()
        isp.write("net/isp/packages.yaml", open(os.path.join(isp.repository, "net/isp/packages.yaml")).read()
                  .replace("10M", "12M"))
        head = isp.commit("faster")
        push(isp)
        mended(isp, head)
        isp.pay("SKL51ZDR4F")
        wait_for("at the new speed", lambda: (isp.routers.row("/ppp/profile", "wavu-home-10") or {}).get("rate-limit", "")
                 .startswith(("5M/12M", "5000000/12000000")))
        # Rewritten and collected: what is in force lives in wavu's own mirror.
        isp.git("checkout", "-q", "--orphan", "fresh")
        isp.write("net/isp/packages.yaml", "kind: Package\nname: broken\n")
        isp.git("add", "-A")
        isp.git("commit", "-q", "-m", "another history, and broken")
        isp.git("branch", "-q", "-M", "fresh", "main")
        push(isp, "--force")
        subprocess.run(["git", "-C", origin, "reflog", "expire", "--expire=now", "--all"], check=True)
        subprocess.run(["git", "-C", origin, "gc", "-q", "--prune=now"], check=True)
        trouble(isp, "packages.yaml")
        assert in_force(isp) == head
        lives_on(isp, "SKL51ZDR01")
        isp.stop()
        isp.start()
        assert in_force(isp) == head and isp.show()["state"] == "active"
        lives_on(isp, "SKL51ZDR02")
        # The subfolder is renamed away: an error, not an empty fleet.
        isp.git("mv", "net", "elsewhere")
        isp.commit("moved")
        push(isp)
        trouble(isp, "net/isp")
        assert in_force(isp) == head and isp.routers.row("/ppp/secret", "jane")


def test_the_branch_and_the_repository_go_away():
    with Isp() as isp:
        isp.pay("SKL51ZDR4F")
        wait_for("access", lambda: isp.routers.row("/ppp/secret", "jane"))
        head = in_force(isp)
        isp.git("branch", "-m", "main", "other")
        trouble(isp, "main")
        lives_on(isp, "SKL51ZDR01")
        assert in_force(isp) == head
        assert isp.run("plan")[0] in (1, 4)
        isp.git("branch", "-m", "other", "main")
        mended(isp, head)
        os.rename(isp.repository, isp.repository + ".away")
        isp.stop()
        isp.start()
        trouble(isp, "isp.git")
        lives_on(isp, "SKL51ZDR02")
        assert in_force(isp) == head and isp.routers.row("/ppp/secret", "jane")
        os.rename(isp.repository + ".away", isp.repository)
        isp.run("apply", code=0)
        mended(isp, head)
        isp.settle()


def test_objects_that_are_not_whole():
    with Isp() as isp:
        isp.settle()
        head = in_force(isp)
        isp.write("packages.yaml", open(os.path.join(isp.repository, "packages.yaml")).read().replace("10M", "11M"))
        isp.git("add", "-A")
        blob = isp.git("rev-parse", ":packages.yaml")
        path = os.path.join(isp.repository, ".git", "objects", blob[:2], blob[2:])
        whole = open(path, "rb").read()
        os.chmod(path, 0o600)
        with open(path, "wb") as file:
            file.write(whole[:len(whole) // 2])
        isp.git("commit", "-q", "-m", "half written")
        new = isp.git("rev-parse", "HEAD")
        wait_for("status says it", lambda: isp.status()["tenants"][0]["error"])
        assert in_force(isp) == head
        lives_on(isp, "SKL51ZDR01")
        os.unlink(path)
        isp.run("apply")
        assert in_force(isp) == head and isp.status()["tenants"][0]["error"]
        with open(path, "wb") as file:
            file.write(whole)
        isp.run("apply", code=0)
        mended(isp, new)
        # A ref that names nothing, and one that is no id.
        ref = os.path.join(isp.repository, ".git", "refs", "heads", "main")
        for text in ("1" * 40 + "\n", "", "not an id\n"):
            with open(ref, "w") as file:
                file.write(text)
            isp.run("apply")
            assert isp.status()["tenants"][0]["error"] and in_force(isp) == new, text
        with open(ref, "w") as file:
            file.write(new + "\n")
        isp.run("apply", code=0)
        mended(isp, new)
        isp.run("verify", code=0)


def test_files_that_are_not_what_they_should_be():
    bad = {
        "large.yaml": (b"# " + b"x" * (16 << 20) + b"\nkind: Site\nname: s\n", "large.yaml"),
        "tabs.yaml": (b"kind: Site\n\tname: tabs\n", "tabs.yaml:2"),
        "latin.yaml": (b"kind: Site\nname: latin\ntitle: caf\xe9\n", "latin.yaml:3"),
        "conflict.yaml": (b"kind: Site\nname: c\n<<<<<<< HEAD\ntitle: a\n=======\ntitle: b\n>>>>>>> theirs\n",
                          "conflict.yaml:3"),
        "nul.yaml": (b"kind: Site\nname: nul\x00\n", "nul.yaml"),
        "deep.yaml": (b"kind: Site\nname: deep\ntitle: " + b"[" * 5000 + b"]" * 5000 + b"\n", "deep.yaml:3"),
        "anchor.yaml": (b"kind: Site\nname: &a anchored\ntitle: *a\n", "anchor.yaml:2"),
        "empty-mapping.yaml": (b"{}\n", "empty-mapping.yaml:1"),
        "list.yaml": (b"- kind: Site\n", "list.yaml:1"),
        "everybody.yaml": (Isp.subscriber("KN-0099", username="").encode(), "everybody.yaml"),
    }
    with Isp() as isp:
        isp.pay("SKL51ZDR4F")
        wait_for("access", lambda: isp.routers.row("/ppp/secret", "jane"))
        head = in_force(isp)
        for name, (content, where) in bad.items():
            with open(os.path.join(isp.repository, name), "wb") as file:
                file.write(content)
            code, found = isp.run("validate", isp.repository, code=4)
            assert any("%s:%d" % (e["file"], e["line"]) == where or e["file"] == where for e in found["errors"]), \
                (name, found["errors"][:3])
            isp.commit(name)
            trouble(isp, name)
            assert in_force(isp) == head
            if name == "large.yaml":
                isp.git("rm", "-q", name)
                isp.commit("gone")
                mended(isp, isp.git("rev-parse", "HEAD"))
                head = in_force(isp)
            elif name != "everybody.yaml":
                isp.git("rm", "-q", "--cached", name)
                os.unlink(os.path.join(isp.repository, name))
        assert in_force(isp) == head
        lives_on(isp, "SKL51ZDR01")
        os.unlink(os.path.join(isp.repository, "everybody.yaml"))
        mended(isp, isp.commit("all mended"))
        isp.settle()


def test_all_errors_of_a_commit_at_once():
    with Isp() as isp:
        isp.write("a.yaml", "kind: Site\nname: a\ntitel: x\n---\nkind: Site\nname: A B\n")
        isp.write("b.yaml", "kind: Site\nname: b\n\tx: 1\n")
        isp.write("c.yaml", Isp.subscriber("KN-0042", username="other"))
        isp.write("d.yaml", Isp.subscriber("KN-0050", package="home-1", username="fifty", phone="0700000050"))
        isp.commit("four mistakes")
        code, found = isp.plan()
        assert code == 4, found
        files = {error["file"] for error in found["errors"]}
        assert files >= {"a.yaml", "b.yaml", "d.yaml"}, found
        assert any("c.yaml" in (error["file"] + error["message"]) for error in found["errors"]), found
        assert sum(error["file"] == "a.yaml" for error in found["errors"]) >= 2, found
        nearest = next(e for e in found["errors"] if e["file"] == "d.yaml" and "`home-1`" in e["message"])
        assert "home-10" in nearest["message"] and nearest["line"] == 5 and nearest["column"] == 10, nearest


def test_a_tenant_of_another_name():
    with Isp() as isp:
        head = in_force(isp)
        isp.write("tenant.yaml", TENANT.replace("name: kasinet", "name: othernet"))
        isp.commit("renamed")
        trouble(isp, "othernet", "kasinet")
        assert in_force(isp) == head


if __name__ == "__main__":
    main(globals())
