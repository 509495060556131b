#!/usr/bin/python3
"""Breaks wavu on purpose, one property of safe payments after another, and demands that the named test sees it.

    tests/sabotage/sabotage.py                  every row: copies the tree, builds it, breaks it, runs the tests
    tests/sabotage/sabotage.py --only 11,15     the rows of these properties
    tests/sabotage/sabotage.py --check          no build: every row still applies, every property has one
    tests/sabotage/sabotage.py --quick          the rows marked `quick`, which need little of wavu
    tests/sabotage/sabotage.py --list           what is broken, and by which test it must be seen
    tests/sabotage/sabotage.py --unseen         the tests named for a property that no row names

The rows are in *.rows beside this file; README.md there says how one is written. Ends with 0 when every row was seen
to fail, with 1 when one survived or is stale, with 77 when something that it needs is missing.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PROPERTIES = range(1, 37)
TEST_WAIT_S = 200  # a test that a broken wavu keeps from ending was seen to fail, too
E2E_WAIT_S = 15  # how long a state may take to come, of which the broken wavu waits all (tests/end/isp.py)
PROGRAMS = ["wavu", "wavu-webhook", "world-router", "end_street"]


class Stale(Exception):
    """The row does not say what it means any more."""


class Test:
    def __init__(self, path, name):
        self.path, self.name = path, name

    def __str__(self):
        return "%s %s" % (self.path, self.name)

    def targets(self):
        if self.path.endswith(".py"):
            return PROGRAMS
        return [self.program()]

    def program(self):
        part = self.path.split("/")
        module = os.path.splitext(part[-1])[0]
        if part[1] == "unit":
            return re.sub("^test_", "test_%s_" % part[2], module)
        return re.sub("^test_", part[1] + "_", module)


class Row:
    def __init__(self, number, title, place):
        self.number, self.title, self.place = number, title, place
        self.changes = []  # [path, old, new]
        self.tests = []
        self.quick = False

    def __str__(self):
        return "%02d %s" % (self.number, self.title)


def read_rows(folder):
    rows = []
    for name in sorted(os.listdir(folder)):
        if name.endswith(".rows"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                rows += read_table(name, file.read())
    return rows


def read_table(name, text):
    rows, row = [], None
    for count, line in enumerate(text.split("\n"), 1):
        place = "%s:%d" % (name, count)
        head = re.match(r"== (\d\d) (.+)$", line)
        if head:
            row = Row(int(head.group(1)), head.group(2), place)
            rows.append(row)
        elif line.startswith("#") or not line.strip():
            continue
        elif row is None:
            raise Stale("%s: a row begins with `== NN what is broken`" % place)
        elif line.startswith("in: "):
            row.changes.append([line[4:].strip(), [], []])
        elif line[0] in "-+" and row.changes:
            if line[0] == "-" and row.changes[-1][2]:
                row.changes.append([row.changes[-1][0], [], []])
            row.changes[-1][1 if line[0] == "-" else 2].append(line[1:])
        elif line.startswith("seen by: ") and len(line.split()) == 4:
            row.tests.append(Test(*line.split()[2:]))
        elif line == "quick":
            row.quick = True
        else:
            raise Stale("%s: neither `in:`, `-`, `+`, `seen by: FILE NAME` nor `quick`: %s" % (place, line))
    for row in rows:
        for change in row.changes:
            change[1], change[2] = "\n".join(change[1]), "\n".join(change[2])
        if not row.changes or not row.tests or not all(old for _, old, _ in row.changes):
            raise Stale("%s: %s: a row has `in:`, at least one `-` and `seen by:`" % (row.place, row))
    return rows


def broken_texts(row, root):
    """{path: (bytes as they are, bytes broken)}"""
    texts = {}
    for path, old, new in row.changes:
        if path not in texts:
            try:
                with open(os.path.join(root, path), "rb") as file:
                    before = file.read()
            except OSError:
                raise Stale("%s: there is no %s" % (row.place, path))
            texts[path] = (before, before)
        before, text = texts[path]
        count = text.count(old.encode())
        if count != 1:
            first = old.split("\n")[0].strip()
            raise Stale("%s: stands %d times in %s, not once: %s" % (row.place, count, path, first))
        texts[path] = (before, text.replace(old.encode(), new.encode()))
    return texts


def check_test(row, test, root):
    numbers = re.search(r"property((_and)?_\d\d)+", test.name)
    if not numbers or "%02d" % row.number not in re.findall(r"\d\d", numbers.group(0)):
        raise Stale("%s: %s does not name property %02d" % (row.place, test.name, row.number))
    try:
        with open(os.path.join(root, test.path), encoding="utf-8") as file:
            text = file.read()
    except OSError:
        raise Stale("%s: there is no %s" % (row.place, test.path))
    if not re.search(r"\b%s\(" % re.escape(test.name), text):
        raise Stale("%s: %s has no %s" % (row.place, test.path, test.name))


def check(rows, root):
    """What is wrong with the table, without a build."""
    wrong = []
    for row in rows:
        try:
            broken_texts(row, root)
            for test in row.tests:
                check_test(row, test, root)
        except Stale as stale:
            wrong.append((row, str(stale)))
    return wrong


def unbroken_properties(rows):
    return ["no row breaks property %d" % number for number in PROPERTIES
            if not any(row.number == number for row in rows)]


def unseen_tests(rows, root):
    """Tests that carry a property's number and were never seen to fail by a row."""
    named = set()
    for folder, _, names in os.walk(os.path.join(root, "tests")):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), root)
            if not name.endswith((".c", ".py")) or path.startswith("tests/sabotage"):
                continue
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                found = re.findall(r"^(?:static void|    def|def) ((?:test_)?property_\d\d\w*)\(", file.read(), re.M)
            named |= {"%s %s" % (path, test) for test in found}
    return sorted(named - {str(test) for row in rows for test in row.tests})


# ---- the copy ----


class Copy:
    """The tracked tree in a folder of its own, built there."""

    def __init__(self, source, commit, folder, jobs, verbose):
        self.source, self.jobs, self.verbose = source, jobs, verbose
        self.is_mine = folder is None
        self.folder = folder or tempfile.mkdtemp(prefix="wavu-sabotage-")
        self.root = os.path.join(self.folder, "wavu")
        self.build = os.path.join(self.folder, "build")
        os.makedirs(self.root, exist_ok=True)
        if commit:
            self.unpack(commit)
        else:
            self.copy()
        self.environment = dict(os.environ)
        self.environment.update({
            "WAVU_SOURCE": self.root, "WAVU_BUILD": self.build, "WAVU_WAIT_S": str(E2E_WAIT_S),
            "LSAN_OPTIONS": "suppressions=%s/tests/leaks.txt:print_suppressions=0" % self.root,
            "ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0", "TZ": "UTC", "LC_ALL": "C.UTF-8",
            "CCACHE_BASEDIR": self.folder, "CCACHE_NOHASHDIR": "1"})
        self.environment.setdefault("WAVU_SHARED", os.path.normpath(os.path.join(source, "..", "shared")))
        for name in ("WAVU_CONFIG", "WAVU_FAILPOINT", "NO_COLOR", "WAVU_UPDATE"):
            self.environment.pop(name, None)

    def put(self, path, content, mode):
        """Only what differs is written: a folder that was kept is not built again for nothing."""
        at = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(at), exist_ok=True)
        if os.path.isfile(at):
            with open(at, "rb") as file:
                if file.read() == content:
                    return
        with open(at, "wb") as file:
            file.write(content)
        os.chmod(at, mode)

    def copy(self):
        listed = subprocess.run(["git", "-C", self.source, "ls-files", "-z"], stdout=subprocess.PIPE)
        if listed.returncode != 0:
            print("skipped: the tracked files are asked of git, and this is no clone")
            sys.exit(77)
        paths = set(listed.stdout.decode().split("\0")) - {""}
        for path in sorted(paths):
            whole = os.path.join(self.source, path)
            if os.path.isfile(whole):
                with open(whole, "rb") as file:
                    self.put(path, file.read(), os.stat(whole).st_mode & 0o777)
        self.forget(paths)

    def unpack(self, commit):
        listed = subprocess.run(["git", "-C", self.source, "ls-tree", "-r", "-z", commit], check=True,
                                stdout=subprocess.PIPE).stdout.decode()
        paths = {}
        for entry in filter(None, listed.split("\0")):
            meta, path = entry.split("\t", 1)
            paths[path] = meta.split()
        blobs = subprocess.run(["git", "-C", self.source, "cat-file", "--batch"], check=True, stdout=subprocess.PIPE,
                               input="".join(meta[2] + "\n" for meta in paths.values()).encode()).stdout
        at = 0
        for path, meta in paths.items():
            end = blobs.index(b"\n", at)
            size = int(blobs[at:end].split()[2])
            self.put(path, blobs[end + 1:end + 1 + size], int(meta[0], 8) & 0o777)
            at = end + 1 + size + 1
        self.forget(paths)

    def forget(self, paths):
        for folder, _, names in os.walk(self.root):
            for name in names:
                whole = os.path.join(folder, name)
                if os.path.relpath(whole, self.root) not in paths:
                    os.remove(whole)

    def configure(self):
        command = ["cmake", "-S", self.root, "-B", self.build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
                   "-DWAVU_SANITIZE=address", "-DWAVU_WERROR=OFF"]
        if shutil.which("ccache"):
            command.append("-DCMAKE_C_COMPILER_LAUNCHER=ccache")
        return self.quiet(command)

    def make(self, targets):
        return self.quiet(["ninja", "-C", self.build, "-j", str(self.jobs), *sorted(set(targets))])

    def quiet(self, command):
        done = subprocess.run(command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return "" if done.returncode == 0 else done.stdout.decode(errors="replace")[-3000:]

    def write(self, path, content):
        with open(os.path.join(self.root, path), "wb") as file:
            file.write(content)

    def run(self, test):
        """(passed, failed, skipped or lost; what it said)"""
        if test.path.endswith(".py"):
            with open(os.path.join(self.root, test.path), encoding="utf-8") as file:
                words = ["-k", test.name] if "unittest.main" in file.read() else [test.name]
            command = ["/usr/bin/python3", "-B", os.path.join(self.root, test.path), *words]
        else:
            command = [os.path.join(self.build, "tests", test.program())]
        process = subprocess.Popen(command, cwd=self.root, env=self.environment, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT)
        try:
            said = process.communicate(timeout=TEST_WAIT_S)[0].decode(errors="replace")
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return "failed", "it did not end within %d s" % TEST_WAIT_S
        if process.returncode == 77:
            return "skipped", said
        if test.path.endswith(".py"):
            return self.script_result(process.returncode, said)
        return self.program_result(test, said)

    @staticmethod
    def script_result(code, said):
        ran = re.search(r"^(ok      |FAILED  |Ran [1-9]|.*\.\.\. )", said, re.M)
        if not ran:
            return "lost", said
        if "skipped: " in said or "... skipped" in said:
            return "skipped", said
        return "passed" if code == 0 else "failed", said

    @staticmethod
    def program_result(test, said):
        # What a thread logs may share the line.
        name = re.escape(test.name)
        if re.search(r"\[ +FAILED +\] %s\b" % name, said):
            return "failed", said
        if re.search(r"\[ +OK +\] %s\b" % name, said):
            return "passed", said
        # It began and the program ended in the middle of it: an invariant or a sanitizer.
        if re.search(r"\[ +RUN +\] %s\b" % name, said):
            return "failed", said
        return "lost", said

    def remove(self):
        if self.is_mine:
            shutil.rmtree(self.folder, ignore_errors=True)


def why(test, said):
    """The one line of what a failing test said that names the reason best."""
    if not test.path.endswith(".py"):
        own = re.search(r"^\[ +RUN +\] %s$(.*?)(^\[ +FAILED +\]|\Z)" % re.escape(test.name), said, re.M | re.S)
        said = own.group(1) if own else said
    for pattern in (r"^.*(?:runtime error|Sanitizer:|invariant).*$", r"^((?:\w+\.)*\w*(?:Error|Expired)\b.*)$",
                    r"^it did not end.*$", r"^\[ +ERROR +\] --- (?!\[)(.*)$", r"([^/\s]+:\d+): error: Failure!$"):
        found = re.findall(pattern, said, re.M)
        if found:
            return found[-1][:160]
    return (said.strip().split("\n")[-1])[:160]


# ---- breaking ----


def break_one(row, copy):
    """(seen to fail, SURVIVED or an error; a line about it)"""
    try:
        texts = broken_texts(row, copy.root)
        for test in row.tests:
            check_test(row, test, copy.root)
    except Stale as stale:
        return "STALE", str(stale)
    try:
        for path, (_, broken) in texts.items():
            copy.write(path, broken)
        flaw = copy.make([target for test in row.tests for target in test.targets()])
        if flaw:
            return "NO BUILD", flaw
        lines = []
        for test in row.tests:
            result, said = copy.run(test)
            if result == "passed":
                return "SURVIVED", str(test)
            if result != "failed":
                return result.upper(), "%s: %s" % (test, said[-1500:])
            lines.append("%s: %s" % (test.name, why(test, said)))
        return "seen to fail", "; ".join(lines)
    finally:
        for path, (before, _) in texts.items():
            copy.write(path, before)


def unbroken(rows, copy, say):
    """Every named test passes while nothing is broken; else its failing says nothing."""
    seen, wrong = {}, 0
    for test in [test for row in rows for test in row.tests]:
        if str(test) in seen:
            continue
        result, said = copy.run(test)
        if result == "failed" and test.path.endswith(".py"):
            result, said = copy.run(test)
        seen[str(test)] = result
        if copy.verbose:
            say("unbroken     %-8s %s" % (result, test))
        if result != "passed":
            wrong += 1
            say("%s unbroken: %s\n%s" % (result.upper(), test, said[-1500:]))
    return wrong


def run(rows, options):
    began = time.monotonic()

    def say(text):
        print(text, flush=True)
    copy = Copy(options.source, options.commit, options.work, options.jobs, options.verbose)
    results = []
    try:
        targets = {target for row in rows for test in row.tests for target in test.targets()}
        flaw = copy.configure() or copy.make(targets)
        if flaw:
            say("what is not broken does not build:\n" + flaw)
            return 1
        say("built in %.0f s" % (time.monotonic() - began))
        wrong = 0 if options.broken_only else unbroken(rows, copy, say)
        for row in rows:
            start = time.monotonic()
            result, words = break_one(row, copy)
            results.append({"property": row.number, "broken": row.title, "result": result, "said": words,
                            "tests": [str(test) for test in row.tests], "took_s": round(time.monotonic() - start, 1)})
            say("%-12s %s" % (result, row))
            if options.verbose or result != "seen to fail":
                say("             " + words)
    finally:
        copy.remove()
    bad = sum(one["result"] != "seen to fail" for one in results)
    took = time.monotonic() - began
    say("%d properties, %d rows: %d seen to fail, %d not; %d tests did not pass unbroken; %d min %d s"
        % (len({row.number for row in rows}), len(rows), len(rows) - bad, bad, wrong, took // 60, took % 60))
    if options.json:
        with open(options.json, "w") as file:
            json.dump({"rows": results, "unbroken_failures": wrong, "took_s": round(took)}, file, indent=1)
    return 1 if bad or wrong else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="N,N", help="properties, or words of a row's sentence")
    parser.add_argument("--check", action="store_true", help="no build: is any row stale?")
    parser.add_argument("--quick", action="store_true", help="the rows marked `quick`")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--unseen", action="store_true", help="named tests without a row")
    parser.add_argument("--verbose", action="store_true", help="say of every row how its test failed")
    parser.add_argument("--broken-only", action="store_true", help="do not run the tests unbroken first")
    parser.add_argument("--json", metavar="FILE", help="write the results there, too")
    parser.add_argument("--commit", metavar="COMMIT", help="that commit instead of the files as they are")
    parser.add_argument("--source", metavar="FOLDER", default=os.path.normpath(os.path.join(HERE, "..", "..")))
    parser.add_argument("--work", metavar="FOLDER", help="keep the copy and its build there, for the next time")
    parser.add_argument("--jobs", type=int, default=int(os.environ.get("WAVU_JOBS", "2")))
    options = parser.parse_args()
    try:
        rows = read_rows(HERE)
    except Stale as stale:
        print("stale: %s" % stale)
        return 1
    wanted = rows
    if options.only:
        words = [word.strip() for word in options.only.split(",")]
        wanted = [row for row in wanted if any(word.isdigit() and int(word) == row.number or
                                               not word.isdigit() and word in row.title for word in words)]
    if options.quick:
        wanted = [row for row in wanted if row.quick]
    if options.list:
        for row in wanted:
            print("%s\n     %s" % (row, "\n     ".join(str(test) for test in row.tests)))
        return 0
    if options.unseen:
        for test in unseen_tests(rows, options.source):
            print(test)
        return 0
    if options.check:
        wrong = check(wanted, options.source)
        for row, flaw in wrong:
            print("stale: %s: %s" % (row, flaw))
        missing = [] if options.only else unbroken_properties(rows)
        for line in missing:
            print(line)
        print("%d rows, %d stale" % (len(wanted), len(wrong)))
        return 1 if wrong or missing else 0
    if not wanted:
        print("no such row")
        return 1
    return run(wanted, options)


if __name__ == "__main__":
    sys.exit(main())
