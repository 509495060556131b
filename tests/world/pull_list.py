"""Pull transactions: the provider's own list of what was paid to a short code, a third part of daraja.py.

As payments facts 1.9 has it: a short code must be registered first (1001 when it was already); 48 hours back and no
further; pages of 100 by offset; success is 1000; an empty list is 1001 with `"Transaction":"[[]]"`, a text; rows lie in
a list within a list, amounts are texts, numbers of phones are numbers; `trxDate` ends in Z, which is true or is not
(`zone`); seconds may have three digits. It shares nothing with wavu.
"""

import datetime

EAT = datetime.timezone(datetime.timedelta(hours=3))
UTC = datetime.timezone.utc
PAGE = 100
REACH = datetime.timedelta(hours=48)


class PullList:
    """A mixin: `settings`, `counters`, `shortcode`, `error`, `spike` and the token check come from Daraja."""

    def __init__(self):
        self.movements = []  # of every payment, oldest first
        self.nominated = None
        self.listings = []   # what was asked for so far

    def moved(self, receipt, amount, reference, phone, at, kind="c2b-pay-bill-debit"):
        """`at`: YYYYMMDDHHMMSS in EAT."""
        when = datetime.datetime.strptime(at, "%Y%m%d%H%M%S").replace(tzinfo=EAT)
        self.movements.append({"receipt": receipt, "amount": "%.2f" % float(amount), "reference": reference,
                               "phone": phone, "at": when, "kind": kind})
        self.movements.sort(key=lambda one: one["at"])

    # ---- what it is asked ----

    def list_enrol(self, body):
        self.counters["list_registrations"] += 1
        number = str(body.get("NominatedNumber", ""))
        if str(body.get("ShortCode")) != self.shortcode or body.get("RequestType") != "Pull":
            return self.error(400, "400.002.02", "Bad Request - Invalid ShortCode or RequestType")
        if not number.isdigit() or not body.get("CallBackURL"):
            return self.error(400, "400.002.02", "Bad Request - Invalid NominatedNumber or CallBackURL")
        status, words = "1000", "Shortcode Registered Successfully"
        if self.nominated:
            status, words = "1001", "Shortcode already registered"
        self.nominated = number
        return 200, {"ResponseRefID": "feb5e3f2-fbc-4745-%d" % self.counters["list_registrations"],
                     "ResponseStatus": status, "ShortCode": self.shortcode, "ResponseDescription": words}

    def list_query(self, body):
        self.counters["lists"] += 1
        how = self.settings["list"]
        if how == "spike" or self.is_too_soon():
            return self.spike()
        if how == "lost":
            return None
        if how == "error":
            return self.error(500, "500.003.1001", "Internal Server Error")
        if how == "garbage":
            return 200, "<html>proxy</html>"
        if str(body.get("ShortCode")) != self.shortcode or not self.nominated:
            return self.error(400, "400.002.02", "Bad Request - ShortCode is not registered for pull")
        zone = UTC if self.settings["zone"] == "utc" else EAT
        try:
            ends = [datetime.datetime.strptime(str(body.get(key)), "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone)
                    for key in ("StartDate", "EndDate")]
            offset = int(str(body.get("OffSetValue")))
        except ValueError:
            return self.error(400, "400.002.02", "Bad Request - Invalid StartDate, EndDate or OffSetValue")
        if ends[1] <= ends[0] or ends[1] - ends[0] > REACH or ends[0] < datetime.datetime.now(EAT) - REACH or offset < 0:
            return self.error(400, "400.002.02", "Bad Request - Invalid window, 48 hours at most")
        within = [one for one in self.movements if ends[0] <= one["at"] <= ends[1]]
        page = within[offset:offset + PAGE]
        self.listings.append({"from": ends[0].isoformat(), "to": ends[1].isoformat(), "offset": offset,
                              "count": len(page)})
        reference = "26178-42530161-%d" % self.counters["lists"]
        if not page:
            return 200, {"ResponseRefID": reference, "ResponseCode": "1001", "ResponseMessage": "No transactions",
                         "Transaction": "[[]]"}
        return 200, {"ResponseRefID": reference, "ResponseCode": "1000", "ResponseMessage": "Success",
                     "Response": [[self.listed(one) for one in page]]}

    def listed(self, one):
        """In EAT with a Z that is not true, or truly in UTC."""
        at = one["at"].astimezone(EAT if self.settings["zone"] == "eat" else UTC)
        seconds = "%03d" % at.second if self.settings["seconds"] == "odd" else "%02d" % at.second
        phone = one["phone"]
        return {"transactionId": one["receipt"], "trxDate": at.strftime("%Y-%m-%dT%H:%M:") + seconds + "Z",
                "msisdn": int(phone) if phone.isdigit() else phone, "sender": "UAT2", "transactiontype": one["kind"],
                "billreference": one["reference"], "amount": one["amount"], "organizationname": "KASI NET"}

    # ---- the control port ----

    def list_command(self, verb, rest):
        if verb == "move":
            receipt, amount, reference, phone = rest[:4]
            at = datetime.datetime.now(EAT) - datetime.timedelta(minutes=float(rest[4]) if len(rest) > 4 else 0)
            self.moved(receipt, amount, reference, phone, at.strftime("%Y%m%d%H%M%S"), *rest[5:6])
            return {"ok": True}
        if verb == "unlist":
            self.movements = [one for one in self.movements if one["receipt"] != rest[0]]
            return {"ok": True}
        if verb == "listings":
            return {"listings": self.listings, "nominated": self.nominated}
        return None
