"""An organisation's statement as the portal writes it, for tests."""

import datetime
import os

HEAD = ("\"Receipt No.\",Completion Time,Initiation Time,Details,Transaction Status,Paid In,Withdrawn,Balance,"
        "Linked Transaction ID,A/C No.,Other Party Info\r\n")
EAT = datetime.timezone(datetime.timedelta(hours=3))


def eat(hours_ago=0):
    """As a statement writes it."""
    return (datetime.datetime.now(EAT) - datetime.timedelta(hours=hours_ago)).strftime("%Y-%m-%d %H:%M:%S")


def line(receipt, paid_in="", out="", status="Completed", linked="", at=None, account="KN-0042", party=""):
    at = at or eat()
    return "%s,%s,%s,Pay Bill,%s,%s,%s,1.00,%s,%s,%s\r\n" % (
        receipt, at, at, status, paid_in, out, linked, account, party)


def reconcile(isp, *lines, credit=True, shortcode="600638", since=None):
    path = os.path.join(isp.folder, "statement.csv")
    with open(path, "w", newline="") as file:
        file.write("\ufeffOrganization Short Code:,%s\r\n\r\n" % shortcode + HEAD + "".join(lines))
    return isp.run("payment", "reconcile", path, *(["--credit"] if credit else []), *(["--since", since] if since else []))


def told(answer):
    return {one["receipt"]: one["why"] for one in answer["not_credited"]}
