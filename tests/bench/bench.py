"""wavu's benchmarks: counts first, ratios second.

    bench.py [--short | --long] [--ahead] [--json FILE] [payment] [fill] [fleet] [street] [away] [scenes] [sweep]
             [ceiling] [burst] [kill]

--short is what ctest runs: small worlds, in which counts are judged and time is not. Without it the figures of
docs/bench.md are measured (an hour and more); --long adds the peer's ten thousand writes at 60 ms (ten minutes).
WAVU_BUILD names the build folder (default: build/release). An idle machine is best; where others work on it, --ahead
(as root, under setsid) lets wavu, the peer and the simulated routers go before them.
"""

import argparse
import json
import os
import sys
import traceback

import ground
from isp import main as _, skip_unless_built  # noqa: F401

import away
import fill
import fleet
import payment
import scenes
import street
import street_burst
import street_ceiling
import street_kill
import sweep

CASES = {"payment": payment.run, "fill": fill.run, "fleet": fleet.run, "street": street.run, "away": away.run,
         "scenes": scenes.run, "sweep": sweep.run,
         "ceiling": street_ceiling.run, "burst": street_burst.run, "kill": street_kill.run}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--ahead", action="store_true")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("cases", nargs="*", choices=[*CASES, []])
    wish = parser.parse_args()
    skip_unless_built()
    ground.ahead = wish.ahead
    ground.go_ahead(os.getpid())
    ground.say("build %s, %d cores, load %.1f %.1f %.1f" % (ground.BUILD, os.cpu_count(), *os.getloadavg()))
    results, failed = {}, []
    for name in wish.cases or CASES:
        try:
            more = {"long": True} if name in ("fill", "scenes") and wish.long else {}
            results.update(CASES[name](wish.short, **more))
        except Exception:
            failed.append(name)
            traceback.print_exc(file=sys.stdout)
    if wish.json:
        with open(wish.json, "w") as file:
            json.dump(results, file, indent=1)
    if failed:
        ground.say("FAILED: " + ", ".join(failed))
    sys.exit(1 if failed else 0)


main()
