"""What the tests of a provider's own list share: an ISP whose channel reads it (`pull: true`)."""

import datetime
import os
import sqlite3

from shop import Shop

PULL = ", pull: true, nominated: \"0722000000\""
PAYER = "254712345678"
EAT = datetime.timezone(datetime.timedelta(hours=3))
HOUR_US = 3600 * 1000000


def listing(registered=True, more="", **other):
    isp = Shop(more=PULL + more, **other)
    isp.daraja.ask("set", "limit", "off")
    if registered:
        isp.run("payment", "register", code=0)
    return isp


def pull(isp, code=0, now=True):
    return isp.run("payment", "reconcile", "--pull", *(["--now"] if now else []), code=code)[1]


def known(isp):
    return isp.status()["tenants"][0]["lists"]


def lose_all(isp):
    isp.daraja.ask("set", "callback", "never")
    isp.daraja.ask("set", "confirmation", "lost")


def customer(isp, reference="KN-0042", amount=2500, phone=PAYER):
    answer = isp.daraja.ask("customer", "600638", reference, amount, phone)
    assert answer["paid"], answer
    return answer["receipt"]


def books(isp, *changes):
    """The store of an ISP that is stopped, as another past."""
    store = sqlite3.connect(os.path.join(isp.folder, "state", "kasinet.db"))
    for change in changes:
        store.execute(change)
    store.commit()
    store.close()
