"""The command line as words: help, usage, exit codes, options before and after, two tenants, the manual, completion."""

import json
import os
import pty
import re
import shutil
import subprocess
import tempfile

from isp import TENANT, WAVU, Isp, main, skip_unless_built, wait_for

COMMANDS = ("apply", "completion", "controller", "drift", "explain", "history", "init", "manual", "page", "pause",
            "payment assign", "payment list", "payment record", "payment urls", "plan", "resume", "router check", "run",
            "schema", "status", "subscriber list", "subscriber show", "validate", "verify")


def wavu(*words, environment=None, **options):
    done = subprocess.run([WAVU, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                          env={**os.environ, **(environment or {})}, **options)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_help_of_everything():
    code, text, error = wavu("--help")
    assert code == 0 and error == "", (code, error)
    for command in COMMANDS:
        assert "\n  " + command + " " in text, command
        for words in ([*command.split(), "--help"], ["--help", *command.split()]):
            code, help_text, error = wavu(*words)
            assert code == 0 and error == "", (words, code, error)
            assert help_text.startswith("wavu %s:" % command) and "usage: wavu " + command in help_text, help_text
            assert "example: wavu" in help_text and "-c FILE" in help_text, help_text
    code, group, error = wavu("payment", "--help")
    assert code == 0 and "  payment list " in group and "subscriber list" not in group, group
    assert wavu("nonsense", "--help")[1] == text
    for code_name in ("0", "1", "2", "3", "4", "64"):
        assert re.search(r"(^|\W)%s\W" % code_name, text.split("exit codes")[1]), text
    assert all(len(line) <= 110 for line in text.splitlines()), max(text.splitlines(), key=len)


def test_wrong_usage_is_64_and_says_what():
    for words, parts in (
            ([], ("which command",)),
            (["paln"], ("unknown command paln", "plan")),
            (["payment"], ("unknown command payment", "payment list, ", "payment record")),
            (["payment", "bring"], ("unknown command payment bring", "payment list, ")),
            (["payment", "lst"], ("unknown command payment lst", "payment list")),
            (["plan", "--nonsense"], ("unknown option --nonsense", "wavu plan --help")),
            (["--nonsense", "plan"], ("unknown option --nonsense",)),
            (["plan", "extra"], ("too many words: extra",)),
            (["explain"], ("it needs THING",)),
            (["payment", "assign", "ONE"], ("it needs RECEIPT ACCOUNT",)),
            (["history", "-n"], ("-n needs a value",)),
            (["history", "-n", "many"], ("-n takes a whole number",)),
            (["history", "-n", "0"], ("-n takes a whole number",)),
            (["status", "--output", "xml"], ("--output takes text or json",)),
            (["payment", "list", "--status", "lost"], ("credited, unmatched, held or reversed",)),
            (["plan", "--router", "a", "--router", "b"], ("given twice",)),
            (["subscriber", "show", "x", "--password=1"], ("takes no value",)),
            (["pause", "r1"], ("--until", "--reason")),
            (["schema", "Nonsense"], ("Nonsense",)),
            (["completion", "tcsh"], ("bash",))):
        code, out, error = wavu(*words)
        assert code == 64, (words, code, out, error)
        assert out == "" and all(part in error for part in parts), (words, out, error)
        assert error.startswith("wavu: "), error


def test_no_settings_and_bad_settings():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "wavu.yaml")
        code, out, error = wavu("-c", path, "status")
        assert code == 4 or code == 1, (code, error)
        assert path in error, error
        for text, where in (("tenants: [{name: a, repository: r}]\nstat: x\n", ":2:1"),
                            ("tenants: []\n", ""), ("", ""), ("state: x\n", ""),
                            ("tenants: [{name: A B, repository: r}]\n", ":1:18"),
                            ("tenants: [{name: a, repository: r, poll: soon}]\n", ":1:42")):
            with open(path, "w") as file:
                file.write(text)
            code, out, error = wavu("-c", path, "status", "--output", "json")
            assert code == 4 and path + where in error, (text, code, error)
            assert json.loads(out)["ok"] is False, out
        code, out, error = wavu("status", environment={"WAVU_CONFIG": path})
        assert code == 4 and path in error, "WAVU_CONFIG is read"


def test_options_stand_anywhere_and_exit_codes():
    with Isp() as isp:
        isp.settle()
        config = ["-c", isp.config]
        documents = [wavu(*words) for words in (
            [*config, "--output", "json", "subscriber", "list"], ["subscriber", "list", *config, "--output", "json"],
            ["--output=json", "subscriber", "list", *config], ["--tenant", "kasinet", "subscriber", "list", "--output",
                                                               "json", *config])]
        assert all(one == documents[0] and one[0] == 0 and json.loads(one[1]) for one in documents), documents
        assert wavu(*config, "plan")[0] == 0
        assert wavu(*config, "drift")[0] == 0
        isp.stop()
        isp.routers.ask("fault", isp.routers.names[0], "refuse", "times=0")
        assert wavu(*config, "plan")[0] == 1 and wavu(*config, "apply")[0] == 1
        assert "No changes where the routers could be read." in wavu(*config, "plan")[1], "it was not read"
        isp.run("pause", "r1", "--until", "1h", "--reason", "works", code=0)
        assert wavu(*config, "plan")[0] == 0 and wavu(*config, "apply")[0] == 0, "paused and away is no failure"
        isp.run("resume", "r1", code=0)
        isp.routers.ask("clear", "all")
        assert wavu(*config, "apply")[0] == 0
        isp.write("packages.yaml", open(os.path.join(isp.repository, "packages.yaml")).read().replace("10M", "11M"))
        isp.commit("faster")
        code, out, error = wavu(*config, "plan")
        assert code == 2 and "wavu-home-10" in out, (code, out, error)
        isp.write("x.yaml", "kind: Nothing\nname: x\n")
        isp.commit("wrong")
        code, out, error = wavu(*config, "plan")
        assert code == 4 and "x.yaml:1" in out + error, (code, out, error)
        assert wavu(*config, "validate", isp.repository)[0] == 4
        assert wavu("validate", "--rev", "HEAD~1", isp.repository)[0] == 0
        assert wavu(*config, "plan", "--rev", "HEAD~1")[0] == 2
        assert wavu(*config, "plan", "--rev", "no-such-rev")[0] in (1, 4)
        for words in (["subscriber", "show", "nobody"], ["explain", "nobody"], ["router", "check", "r9"],
                      ["plan", "--router", "r9", "--rev", "HEAD~1"], ["resume", "r9"]):
            code, out, error = wavu(*config, *words, "--output", "json")
            assert code == 1 and error and json.loads(out), (words, code, out, error)


def test_colour_only_on_a_terminal():
    with Isp() as isp:
        isp.settle()
        for environment, coloured in (({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False),
                                      ({"TERM": "dumb"}, False)):
            leader, follower = pty.openpty()
            subprocess.run([WAVU, "-c", isp.config, "status"], stdout=follower, stderr=subprocess.PIPE, timeout=60,
                           env={**{k: v for k, v in os.environ.items() if k != "NO_COLOR"}, **environment}, check=True)
            os.close(follower)
            got = b""
            try:
                while part := os.read(leader, 65536):
                    got += part
            except OSError:
                pass
            os.close(leader)
            assert (b"\x1b[" in got) == coloured, (environment, got)
        assert "\x1b[" not in wavu("-c", isp.config, "status")[1]


def test_two_tenants():
    with Isp(start=False) as isp:
        other = os.path.join(isp.folder, "other.git")
        shutil.copytree(isp.repository, other)
        path = os.path.join(other, "tenant.yaml")
        text = TENANT.replace("kasinet", "othernet").replace("main.token", "other.token")
        with open(path, "w") as file:
            file.write(text)
        with open(os.path.join(other, "subscribers.yaml"), "w") as file:
            file.write(isp.subscriber() + "---\n" + isp.subscriber("ON-7", username="seven", phone="0777000007"))
        isp.secret("other.token", "Oth3rT0kenOfTheOtherNet")
        subprocess.run(["git", "-C", other, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qam", "other"],
                       check=True)
        text = open(isp.config).read().replace(
            "tenants: [", "tenants: [{name: othernet, repository: other.git}, ")
        with open(isp.config, "w") as file:
            file.write(text)
        isp.start()
        wait_for("both are in force", lambda: all(tenant["commit"] for tenant in isp.status()["tenants"]))
        assert [t["name"] for t in isp.status()["tenants"]] == ["othernet", "kasinet"] or \
            sorted(t["name"] for t in isp.status()["tenants"]) == ["kasinet", "othernet"]
        assert len(isp.run("subscriber", "list", code=0)[1]) == 3
        assert len(isp.run("--tenant", "othernet", "subscriber", "list", code=0)[1]) == 2
        assert {u["tenant"] for u in isp.run("payment", "urls", code=0)[1]} == {"kasinet", "othernet"}
        # What could be of two says so; what is of one only, or named, is done.
        for words in (["payment", "record", "KN-0042", "10", "--reason", "x"],
                      ["pause", "r1", "--until", "1h", "--reason", "x"], ["resume", "r1"],
                      ["router", "bootstrap", "r1"], ["import", "router", "r1"]):
            code, answer = isp.run(*words)
            assert code == 64 and "--tenant" in answer["message"], (words, code, answer)
        code, answer = isp.run("payment", "record", "ON-7", "10", "--reason", "x", code=0)
        isp.run("--tenant", "kasinet", "payment", "record", "KN-0042", "10", "--reason", "x", code=0)
        balances = {(s["tenant"], s["account"]): s["balance"] for s in isp.run("subscriber", "list", code=0)[1]}
        assert balances == {("kasinet", "KN-0042"): "10.00", ("othernet", "KN-0042"): "0.00",
                            ("othernet", "ON-7"): "10.00"}, balances
        code, answer = isp.run("subscriber", "show", "KN-0042")
        assert code == 64 and "--tenant" in answer["message"], (code, answer)
        assert isp.run("subscriber", "show", "KN-0042", "--tenant", "othernet", code=0)[1]["balance"] == "0.00"
        code, answer = isp.run("status", "--tenant", "nobody")
        assert code != 0 and "nobody" in answer["message"], (code, answer)
        for words in (["plan", "--rev", "nowhere"], ["plan", "--rev", "nowhere", "--tenant", "othernet"]):
            code, answer = isp.run(*words)
            assert code == 4 and answer["ok"] is False and "nowhere" in answer["message"], (code, answer)
            assert "good" not in isp.run(*words, json_output=False)[1]
        code, plan = isp.run("plan", "--tenant", "othernet")
        assert {r["tenant"] for r in plan["routers"]} == {"othernet"}, plan
        isp.run("verify", code=0)


def test_init_validates():
    skip_unless_built()
    with tempfile.TemporaryDirectory() as folder:
        made = os.path.join(folder, "isp")
        environment = {"HOME": folder, "GIT_CONFIG_NOSYSTEM": "1"}
        code, out, error = wavu("init", made, environment=environment)
        assert code == 0, (code, out, error)
        count = subprocess.run(["git", "-C", made, "rev-list", "--count", "HEAD"], stdout=subprocess.PIPE, check=True)
        assert count.stdout.strip() == b"1"
        clean = subprocess.run(["git", "-C", made, "status", "--porcelain"], stdout=subprocess.PIPE, check=True)
        assert clean.stdout == b"", clean.stdout
        for words in (["validate", made], ["validate", "--rev", "HEAD", made]):
            code, out, error = wavu(*words, "--output", "json")
            assert code == 0 and json.loads(out)["errors"] == [], (code, out, error)
        assert wavu("validate", cwd=made)[0] == 0
        code, out, error = wavu("init", made)
        assert code in (1, 4) and made in error, (code, error)
        os.makedirs(os.path.join(folder, "empty"))
        assert wavu("init", os.path.join(folder, "empty"))[0] == 0
        code, out, error = wavu("validate", os.path.join(folder, "nowhere"))
        assert code in (1, 4) and "nowhere" in out + error, (code, out, error)
        for kind in ("Tenant", "Site", "Router", "Package", "DunningPolicy", "Subscriber"):
            code, out, error = wavu("schema", kind)
            assert code == 0 and json.loads(out)["type"] == "object", (kind, code, out[:200])


def test_the_manual_and_completion():
    skip_unless_built()
    code, out, error = wavu("manual")
    source = os.environ.get("WAVU_SOURCE")
    if source:
        with open(os.path.join(source, "docs", "wavu.1")) as file:
            assert file.read() == out, "docs/wavu.1 is stale: wavu manual > docs/wavu.1"
    assert code == 0 and out.startswith(".TH"), out[:100]
    for command in COMMANDS:
        assert command.replace("-", "\\-") in out, command
    if shutil.which("man"):
        done = subprocess.run(["man", "--warnings", "-l", "-"], input=out.encode(), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8"})
        assert done.returncode == 0 and b"payment" in done.stdout, done
        assert done.stderr == b"", done.stderr
    code, script, error = wavu("completion", "bash")
    assert code == 0
    def complete(*words):
        ask = "%s\nCOMP_WORDS=(%s); COMP_CWORD=%d; COMP_LINE='%s'; COMP_POINT=${#COMP_LINE}\n" \
              "f=$(complete -p wavu | sed 's/.*-F \\([^ ]*\\).*/\\1/'); $f wavu '%s' '%s'; printf '%%s\\n' \"${COMPREPLY[@]}\"" \
              % (script, " ".join(words), len(words) - 1, " ".join(words), words[-1], words[-2])
        done = subprocess.run(["bash", "--norc", "-euc", ask], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert done.returncode == 0 and done.stderr == b"", done
        return done.stdout.decode().split()
    got = complete("wavu", "pa")
    assert "payment" in got and "pause" in got and "plan" not in got, got
    for shell in ("zsh", "fish"):
        code, script, error = wavu("completion", shell)
        assert code == 0 and "payment" in script, (shell, error)
        if shutil.which(shell):
            assert subprocess.run([shell, "-n"], input=script.encode()).returncode == 0


if __name__ == "__main__":
    main(globals())
