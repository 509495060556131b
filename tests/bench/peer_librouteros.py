"""The peer: provisions PPP secrets with Debian's python3-librouteros, in the form one writes naturally.

    peer_librouteros.py PORT USER PASSWORD DESIRED.json

One print of everything, a comparison by name, one add or update for each difference, one remove for all that is left
over. DESIRED.json is {"profiles": [...], "secrets": [...]} of RouterOS properties. Prints what it did as JSON; `wall_s`
is from the connect to the last answer, without Python's own start.

Its words are read raw: the library's own parse_word in this version casts values (0712345678 becomes a number, and a
login that looks like one is never found again), which would be a difference in correctness and not one of speed.
"""

import json
import sys
import time

import librouteros
import librouteros.api


def parse_word(word):
    """The lines one adds once the first phone number has been a login."""
    _, key, value = word.split("=", 2)
    return key, value


def sync(api, menu, desired):
    path = api.path(*menu.strip("/").split("/"))
    have = {row["name"]: row for row in path}
    adds = sets = 0
    for want in desired:
        row = have.pop(want["name"], None)
        if row is None:
            path.add(**want)
            adds += 1
            continue
        diff = {key: value for key, value in want.items() if row.get(key) != value}
        if diff:
            path.update(**{".id": row[".id"], **diff})
            sets += 1
    # Rows of the factory are nobody's to remove.
    leftovers = [row[".id"] for row in have.values() if row.get("default") != "true" and menu == "/ppp/secret"]
    if leftovers:
        path.remove(*leftovers)
    return {"add": adds, "set": sets, "remove": len(leftovers)}


def main():
    port, user, password, file = sys.argv[1:]
    desired = json.load(open(file))
    librouteros.api.parse_word = parse_word
    start = time.perf_counter()
    api = librouteros.connect("127.0.0.1", user, password, port=int(port), timeout=120)
    done = {"profiles": sync(api, "/ppp/profile", desired["profiles"]),
            "secrets": sync(api, "/ppp/secret", desired["secrets"])}
    done["wall_s"] = time.perf_counter() - start
    api.close()
    print(json.dumps(done))


main()
