"""Money that an organisation orders back: the reversal half of daraja.py (payments facts 1.10, 1.8).

The acknowledgement says nothing but that the order was taken; what came of it goes to ResultURL once, or never, with
numbers among texts; what stood in the queue for too long goes to QueueTimeOutURL. The misspelt RecieverIdentifierType is
demanded. A payment is taken back once: R000001 the second time; R000002 for a receipt that it does not know; 1 when the
organisation has less than that; 21 when the operator has not the role; 2001 when he is not who he says. It shares
nothing with wavu.

  set reversal HOW     ok lost (no result) twice early (the result before the acknowledgement) late (only `reversed N`)
                       lostack (taken, and the line breaks) cut (the line breaks, nothing is done) spike refuse garbage
                       (neither is an acknowledgement) timeout (the queue's, nothing is done) unmarked (done, but the
                       books show it only after `books`) code:N (that result, nothing is done)
  set balance SUM      what the organisation has
  reversals            every order so far: receipt, amount, url, timeout_url, code, done, the result that was made
  reversed N           the result of the N-th is delivered (again)
"""

import secrets
import threading

from customer import url_flaw

WORDS = {"0": "The service request is processed successfully.", "1": "The balance is insufficient for the transaction.",
         "21": "The initiator is not allowed to initiate this request.", "2001": "The initiator information is invalid.",
         "R000001": "The transaction has already been reversed.", "R000002": "The OriginalTransactionID is invalid."}


def written(cents):
    return "%d.%02d" % divmod(cents, 100)


def cents_of(words):
    whole, _, part = str(words).partition(".")
    if not whole.isdigit() or not (part or "0").isdigit() or len(part) > 2:
        return None
    return int(whole) * 100 + int((part + "00")[:2])


class Reversal:
    """A mixin: `settings`, `books`, `balance`, `post`, `now`, `error`, `spike` and the identity come from Daraja."""

    def reversal_flaw(self, body):
        """What the real one would refuse at once, or None."""
        if body.get("CommandID") != "TransactionReversal":
            return "Invalid CommandID"
        if str(body.get("RecieverIdentifierType")) != "11" or "ReceiverIdentifierType" in body:
            return "Invalid RecieverIdentifierType"
        if str(body.get("ReceiverParty")) != self.shortcode:
            return "Invalid ReceiverParty"
        if not body.get("TransactionID"):
            return "Invalid TransactionID"
        if not cents_of(body.get("Amount")):
            return "Invalid Amount"
        if not 2 <= len(str(body.get("Remarks", ""))) <= 100:
            return "Invalid Remarks"
        for key in ("ResultURL", "QueueTimeOutURL"):
            if url_flaw(body.get(key), self.environment):
                return "Invalid " + key
        return None

    def reversal_code(self, body):
        known = self.books.get(str(body["TransactionID"]))
        if body.get("Initiator") != self.initiator or body.get("SecurityCredential") != self.credential:
            return "2001"
        if known is None:
            return "R000002"
        if known["status"] == "Reversed":
            return "R000001"
        if known["status"] != "Completed" or cents_of(body["Amount"]) != cents_of(known["amount"]):
            return "R000002"
        return "1" if cents_of(body["Amount"]) > round(self.balance * 100) else "0"

    def reversal_result(self, body, name, code):
        """Amounts and times are numbers here, codes of failures texts where they are no numbers."""
        result = {"ResultType": 0, "ResultCode": int(code) if code.isdigit() else code,
                  "ResultDesc": WORDS.get(code, "Ended with %s." % code),
                  "OriginatorConversationID": "dad6-4c34-8787-c8cb963a496d1268232", "ConversationID": name,
                  "TransactionID": self.make_receipt(),
                  "ReferenceData": {"ReferenceItem": {"Key": "QueueTimeoutURL", "Value": body["QueueTimeOutURL"]}}}
        if code == "0":
            result["ResultParameters"] = {"ResultParameter": [
                {"Key": "DebitAccountBalance", "Value": "Utility Account|KES|%.2f|%.2f|0.00|0.00" % (
                    self.balance, self.balance)},
                {"Key": "Amount", "Value": cents_of(body["Amount"]) / 100},
                {"Key": "TransCompletedTime", "Value": int(self.now().strftime("%Y%m%d%H%M%S"))},
                {"Key": "OriginalTransactionID", "Value": body["TransactionID"]}, {"Key": "Charge", "Value": 0.00},
                {"Key": "CreditPartyPublicName", "Value": "254708374149 - JANE DOE"},
                {"Key": "DebitPartyPublicName", "Value": "%s - Kasi Net" % self.shortcode}]}
        return {"Result": result}

    def take_back(self, body, result):
        """The payer has it again: the books and the statement show it."""
        receipt, cents = body["TransactionID"], cents_of(body["Amount"])
        self.balance -= cents / 100
        if self.settings["reversal"] != "unmarked":
            self.books[receipt]["status"] = "Reversed"
        time = self.now().strftime("%Y-%m-%d %H:%M:%S")
        self.lines.append((result["Result"]["TransactionID"], time, time, "Pay Bill Reversal of %s" % receipt,
                           "Completed", "", "-{:,.2f}".format(cents / 100), "{:,.2f}".format(self.balance), "true",
                           "Pay Bill Reversal", "2547 ***** 149 - JANE DOE", receipt, ""))

    def reverse(self, body):
        self.counters["reversals"] += 1
        how = self.settings["reversal"]
        if how == "spike":
            return self.spike()
        if how == "cut":
            return None
        if how == "garbage":
            return 200, {"OriginatorConversationID": "", "ConversationID": "", "ResponseCode": "",
                         "ResponseDescription": ""}
        flaw = self.reversal_flaw(body)
        if flaw is not None or how == "refuse":
            return self.error(400, "400.002.02", "Bad Request - " + (flaw or "Invalid Initiator"))
        name = "AG_%s_%s" % (self.now().strftime("%Y%m%d"), secrets.token_hex(10))
        code = how.split(":")[1] if how.startswith("code:") else self.reversal_code(body)
        result = self.reversal_result(body, name, code)
        done = code == "0" and how != "timeout"
        if done:
            self.take_back(body, result)
        url = body["ResultURL"]
        if how == "timeout":
            result = {"Result": {"ResultType": 1, "ResultCode": "1", "ResultDesc": "The request timed out.",
                                 "OriginatorConversationID": "dad6-4c34-8787-c8cb963a496d1268232",
                                 "ConversationID": name}}
            url = body["QueueTimeOutURL"]
        self.reversals.append({"receipt": body["TransactionID"], "amount": body["Amount"], "url": body["ResultURL"],
                               "timeout_url": body["QueueTimeOutURL"], "sent_to": url, "code": code, "done": done,
                               "result": result})
        if how == "early":
            self.post(url, result)
        for _ in range({"lost": 0, "late": 0, "lostack": 0, "unmarked": 0, "early": 0, "twice": 2}.get(how, 1)):
            threading.Thread(target=self.post, args=(url, result), daemon=True).start()
        if how == "lostack":
            return None
        return 200, {"OriginatorConversationID": "dad6-4c34-8787-c8cb963a496d1268232", "ConversationID": name,
                     "ResponseCode": "0", "ResponseDescription": "Accept the service request successfully."}

    def reversal_command(self, verb, rest):
        if verb == "reversals":
            return {"reversals": self.reversals}
        ordered = self.reversals[int(rest[0])]
        return {"told": [self.post(ordered["sent_to"], ordered["result"])[0]]}
