"""Killed while the provider's own list is read."""

from isp import has_failpoints, main, wait_for
from lists import PAYER, books, known, listing, pull


def test_property_20_killed_between_pages_each_row_counts_once():
    if not has_failpoints():
        return
    for point in ("pull-before-commit:2", "pull-after-commit:2"):
        with listing() as isp:
            wait_for("the list is read", lambda: known(isp)[0]["read_until"])
            for i in range(130):
                isp.daraja.ask("move", "UKL0%06d" % i, 1, "KN-0042", PAYER)
            isp.stop()
            books(isp, "UPDATE pull SET next_at = 1, again_at = 0")
            isp.start(environment={"WAVU_FAILPOINT": point}, wait=False)
            isp.dies_at(point, 90)
            isp.start()
            pull(isp)
            assert isp.show()["balance"] == "130.00" and len(isp.payments()) == 130, isp.show()
            isp.run("verify", code=0)


if __name__ == "__main__":
    main(globals())
