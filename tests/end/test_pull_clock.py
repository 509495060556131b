"""The clock of the provider's own list is not to be trusted."""

import datetime

from isp import main, wait_for
from lists import EAT, PAYER, customer, known, listing, lose_all, pull


def test_property_31_whatever_its_clock_a_payment_is_of_its_own_time():
    for zone, seconds in (("utc", "plain"), ("mixed", "odd"), ("eat", "odd")):
        with listing(registered=False) as isp:
            lose_all(isp)
            isp.daraja.ask("set", "zone", zone)
            isp.daraja.ask("set", "seconds", seconds)
            isp.run("payment", "register", code=0)
            wait_for("the list is read", lambda: known(isp)[0]["read_until"])
            before = datetime.datetime.now(EAT).replace(microsecond=0)
            receipt = customer(isp)
            pull(isp)
            isp.online()
            at = datetime.datetime.fromisoformat(isp.payment(receipt)["at"])
            assert before <= at <= datetime.datetime.now(EAT), (zone, before, at)
            # What was paid before wavu came is not taken, however the clock is read.
            isp.daraja.ask("move", "UKL000LD01", 2500, "KN-0042", PAYER, 400)
            isp.daraja.ask("move", "UKL000LD02", 2500, "KN-0042", PAYER, 10)
            pull(isp)
            assert [one["receipt"] for one in isp.payments()] == [receipt], isp.payments()


if __name__ == "__main__":
    main(globals())
