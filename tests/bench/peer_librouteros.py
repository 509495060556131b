"""The peer: provisions PPP secrets with Debian's python3-librouteros, in the form one writes naturally.

    peer_librouteros.py PORT[,PORT…] USER PASSWORD DESIRED.json

One print of everything, a comparison by name, one add or update for each difference, one remove for all that is left
over; then the live sessions of those who are shut, in one remove. Several routers are done one after the other, and one
that fails is said and passed over. DESIRED.json is {"profiles": [...], "secrets": [...]} of RouterOS properties.
Prints what it did as JSON; `wall_s` is from the connect to the last answer, without Python's own start.

Its words are read raw: the library's own parse_word in this version casts values (0712345678 becomes a number, and a
login that looks like one is never found again), which would be a difference in correctness and not one of speed.
"""

import json
import sys
import time

import librouteros
import librouteros.api

TIMEOUT_S = 15  # of a silent router: as long as wavu bears it


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


def disconnect(api, desired):
    shut = {secret["name"] for secret in desired if secret.get("disabled") == "true"}
    if not shut:
        return 0
    path = api.path("ppp", "active")
    ids = [row[".id"] for row in path if row["name"] in shut]
    if ids:
        path.remove(*ids)
    return len(ids)


def provision(port, user, password, desired):
    api = librouteros.connect("127.0.0.1", user, password, port=port, timeout=TIMEOUT_S)
    done = {"profiles": sync(api, "/ppp/profile", desired["profiles"]),
            "secrets": sync(api, "/ppp/secret", desired["secrets"]),
            "sessions": disconnect(api, desired["secrets"])}
    api.close()
    return done


def main():
    ports, user, password, file = sys.argv[1:]
    with open(file) as opened:
        desired = json.load(opened)
    librouteros.api.parse_word = parse_word
    start = time.perf_counter()
    done = {"errors": 0}
    for port in ports.split(","):
        try:
            done.update(provision(int(port), user, password, desired))
        except (librouteros.exceptions.LibRouterosError, OSError) as error:
            print("%s: %s" % (port, error), file=sys.stderr)
            done["errors"] += 1
    done["wall_s"] = time.perf_counter() - start
    print(json.dumps(done))


main()
