"""What a customer does without a prompt, and what an organisation downloads: the other half of daraja.py.

A payment to a paybill or till is validated first where validation is on, and within 8 s (payments facts 1.7): one of
the codes C2B00011 to C2B00016 and nothing is taken; no answer, or none that can be read, and the `ResponseType` of the
registration decides. Then the money has moved, whatever becomes of the confirmation, which is sent once. It shares
nothing with wavu.
"""

import csv
import hashlib
import json
import urllib.parse

FORBIDDEN = ("mpesa", "m-pesa", "safaricom", "exe", "exec", "cmd", "sql", "query")
HOSTS_REFUSED = ("ngrok", "mockbin", "requestbin", "localhost", "127.0.0.1")
VALIDATION_S = 8
AMOUNT_MAX = 250000
REFERENCE_MAX = 20
REFUSALS = {"C2B00011": "your number is not known there", "C2B00012": "the account number is wrong",
            "C2B00013": "the amount is wrong", "C2B00014": "your details are not accepted",
            "C2B00015": "the business number is wrong", "C2B00016": "the business does not take it"}
COLUMNS = ("Receipt No.", "Completion Time", "Initiation Time", "Details", "Transaction Status", "Paid In", "Withdrawn",
           "Balance", "Balance Confirmed", "Reason Type", "Other Party Info", "Linked Transaction ID", "A/C No.")


def url_flaw(url, environment):
    """What Safaricom refuses in a URL, or None (payments facts 1.7)."""
    low = str(url or "").lower()
    parts = urllib.parse.urlsplit(low)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "is no URL"
    for word in FORBIDDEN:
        if word in low:
            return "has the word %s" % word
    if environment == "production" and parts.scheme != "https":
        return "is not https"
    if environment == "production" and any(host in parts.hostname for host in HOSTS_REFUSED):
        return "is not public"
    return None


def masked(phone):
    """As registrations of version 2 show a payer (payments facts 1.7)."""
    return "%s ***** %s" % (phone[:4], phone[-3:])


class Customer:
    """A mixin: `settings`, `registered`, `books`, `post`, `make_receipt`, `now`, `moved` and the identity come from
    Daraja."""

    # ---- what everybody sees of a payment ----

    def payer(self, phone):
        return {"hash": hashlib.sha256(phone.encode()).hexdigest(), "masked": masked(phone),
                "full": phone}[self.settings["payer"]]

    def notice(self, receipt, amount, reference, phone, at, balance):
        """The shape of a validation and of a confirmation: all values are texts (payments facts 1.7)."""
        till = self.type == "till"
        first, _, last = self.names.get(phone, "JANE").partition(" ")
        return {"TransactionType": "Customer Merchant Payment" if till else "Pay Bill", "TransID": receipt,
                "TransTime": at, "TransAmount": amount, "BusinessShortCode": self.shortcode,
                "BillRefNumber": None if till else reference, "InvoiceNumber": "", "OrgAccountBalance": balance,
                "ThirdPartyTransID": "", "MSISDN": self.payer(phone), "FirstName": first, "MiddleName": "",
                "LastName": last}

    def note(self, receipt, amount, reference, phone, at, status="Completed"):
        """A line of the statement. Money is written 2,500.00 there."""
        if status == "Completed":
            self.balance += float(amount)
            self.moved(receipt, amount, reference, phone, at)
        time = "%s-%s-%s %s:%s:%s" % (at[:4], at[4:6], at[6:8], at[8:10], at[10:12], at[12:14])
        self.lines.append((receipt, time, time, "Pay Bill from %s - %s Acc. %s"
                           % (masked(phone), self.names.get(phone, "JANE"), reference), status,
                           "{:,.2f}".format(float(amount)), "", "{:,.2f}".format(self.balance), "true", "Pay Bill",
                           "%s - %s" % (masked(phone), self.names.get(phone, "JANE")), "", reference))

    # ---- the customer pays ----

    def validate(self, notice):
        """None, or why the payer is turned away."""
        if self.settings["validation"] == "off" or not self.registered:
            return None
        status, answer = self.post(self.registered["ValidationURL"], notice, VALIDATION_S)
        try:
            code = str(json.loads(answer)["ResultCode"])
        except (ValueError, KeyError, TypeError):
            code = ""
        if status == 200 and code == "0":
            return None
        if status == 200 and code in REFUSALS:
            return "%s (%s)" % (REFUSALS[code], code)
        # Neither a yes nor a no that it knows.
        return None if self.registered["ResponseType"] == "Completed" else "the business did not answer"

    def customer(self, business, reference, amount, phone, name=None):
        """What the payer's own phone says in the end, and what the business was told."""
        if name:
            self.names[phone] = name.upper()
        if business != self.shortcode:
            return {"paid": False, "says": "The business number %s does not exist." % business}
        if not amount.isdigit() or not 1 <= int(amount) <= AMOUNT_MAX:
            return {"paid": False, "says": "An amount is 1 to 250,000 whole shillings."}
        if len(reference) > REFERENCE_MAX:
            return {"paid": False, "says": "An account number has at most 20 characters."}
        at, receipt = self.now().strftime("%Y%m%d%H%M%S"), self.make_receipt()
        why = self.validate(self.notice(receipt, amount + ".00", reference, phone, at, ""))
        if why:
            self.note(receipt, amount, reference, phone, at, "Declined")
            return {"paid": False, "says": "Failed: %s. Nothing was taken from you." % why}
        self.books[receipt] = {"amount": amount + ".00", "status": "Completed"}
        self.note(receipt, amount, reference, phone, at)
        told = []
        if self.settings["confirmation"] == "ok":
            told = [self.confirm(receipt, amount, reference, phone, at)[0]]
        return {"paid": True, "receipt": receipt, "told": told, "says": "%s Confirmed. Ksh%s.00 sent to %s%s." % (
            receipt, amount, self.shortcode, " for account " + reference if self.type == "paybill" else "")}

    # ---- what the organisation downloads from its portal ----

    def statement(self, path):
        """With a byte order mark, lines about the organisation, then one line a transaction, the newest first."""
        with open(path, "w", newline="", encoding="utf-8-sig") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow(["Organization Short Code:", self.shortcode])
            writer.writerow(["Organization Name:", "KASI NET"])
            writer.writerow([])
            writer.writerow(COLUMNS)
            writer.writerows(reversed(self.lines))
        return {"lines": len(self.lines)}

    def customer_command(self, verb, rest):
        if verb == "customer":
            return self.customer(*rest)
        if verb == "statement":
            return self.statement(rest[0])
        return None
