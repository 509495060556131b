#!/usr/bin/python3
"""world-daraja: a simulated Daraja (M-PESA Kenya) on loopback, for tests and for the quickstart.

It knows OAuth, STK push, its query, the registration of C2B URLs, and sends the results and confirmations that the real
one sends, with the oddities that were observed (payments facts 1): a new token ends the former one; an expired token is
a 404; ids and codes change their types between callback and query; what is still in flight answers 4999 or HTTP 500;
more than 5 questions a minute are a spike arrest; a result is delivered once, or never. It shares nothing with wavu.

  daraja.py --ports-file FILE [--key K --secret S --passkey P --shortcode N --initiator I --credential C]
            [--environment sandbox|production] [--type paybill|till] [--die-with-parent]

The ports are written to FILE as JSON: {"http","control"}. The control port takes one line a command and answers one
line of JSON (a word with spaces stands in double quotes; phone.py says all this in a person's words):
  set KEY VALUE        push: ok early lost refuse busy spike noid garbage | query: ok lost spike garbage processing
                       callback: once twice never | confirm: on off
                       limit: on off all (also of prompts) | retry: 0 N (seconds, as Retry-After) | login: ok spike
                       validation: off on | confirmation: ok lost | payer: hash masked full (MSISDN of a C2B)
                       register: ok spike
                       list: ok lost error spike garbage | zone: eat (its Z is not true) utc mixed (asked in EAT)
                       seconds: plain odd (:000)
  prompts              every prompt so far: id, phone, amount, account, url, state, code, receipt
  pay ID               the payer types his PIN: result and (confirm on) a C2B confirmation with the same receipt
  fail ID CODE         it ends otherwise: 1032 cancelled, 1037 no answer, 1 too little …
  tell ID              the result is delivered (again)
  confirm ID           the C2B confirmation of a paid prompt is delivered (again)
  c2b AMOUNT REFERENCE PHONE [RECEIPT]   somebody pays without a prompt
  customer BUSINESS REFERENCE AMOUNT PHONE [NAME]   the same as a customer does it: validated first, may be refused
  statement FILE       what the organisation downloads from its portal, as CSV
  move RECEIPT AMOUNT REFERENCE PHONE [MINUTES-AGO [TYPE]]   a row of its own list, and nobody is told
  unlist RECEIPT       the list does not show it any more
  listings             every question about the list so far
  expire               every token becomes invalid
  counters             how often each thing was asked
  set status HOW       transaction status: ok lost (no result) twice refuse garbage (neither is an acknowledgement)
                       timeout (the queue's, on its URL)
  claim RECEIPT AMOUNT REFERENCE PHONE   a confirmation of a payment that the provider does not know
  books RECEIPT AMOUNT STATUS            what the provider's own books say of one from now on
  questions            every transaction status query so far: receipt, url, the result that was made
  answer N             the result of the N-th is delivered (again)
  reversals, reversed N, set reversal HOW, set balance SUM   money ordered back: reversal.py
"""

import base64
import datetime
import http.client
import http.server
import json
import secrets
import socket
import threading
import time
import urllib.parse

from customer import Customer, url_flaw
from pull_list import PullList
from reversal import Reversal
from served import options_of, serve

EAT = datetime.timezone(datetime.timedelta(hours=3))
GAP_S = 12.0  # 5 a minute, burst 1


def eat_now():
    return datetime.datetime.now(EAT)


def make_receipt(serial):
    """Year, month and day as letters, then what nobody else has (facts 1.12)."""
    now = eat_now()
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    head = chr(ord("A") + now.year - 2006) + chr(ord("A") + now.month - 1) + digits[now.day]
    tail = ""
    number = serial * 7919 + 13
    for _ in range(7):
        tail = digits[number % 36] + tail
        number //= 36
    return head + tail


class Daraja(Customer, PullList, Reversal):
    def __init__(self, options):
        super().__init__()
        self.lock = threading.RLock()
        self.key, self.secret = options["key"], options["secret"]
        self.passkey, self.shortcode = options["passkey"], options["shortcode"]
        self.initiator, self.credential = options["initiator"], options["credential"]
        self.environment, self.type = options["environment"], options["type"]
        self.names, self.lines, self.balance = {}, [], 41200.0
        self.books = {}
        self.questions, self.reversals = [], []
        self.settings = {"push": "ok", "query": "ok", "callback": "once", "confirm": "off", "limit": "on",
                         "status": "ok", "validation": "off", "confirmation": "ok", "payer": "hash",
                         "register": "ok", "list": "ok", "zone": "eat", "seconds": "plain",
                         "reversal": "ok", "retry": "0", "login": "ok"}
        self.token = None
        self.prompts = []
        self.registered = {}
        self.asked_at = -1e9
        self.serial = int(time.time()) % 100000 * 1000
        self.counters = {name: 0 for name in ("logins", "pushes", "queries", "limited", "registrations", "callbacks",
                                              "confirmations", "refused", "statuses", "results",
                                              "lists", "list_registrations", "reversals")}

    # ---- what the provider sends by itself ----

    @staticmethod
    def now():
        return eat_now()

    def make_receipt(self):
        with self.lock:
            self.serial += 1
            return make_receipt(self.serial)

    def post(self, url, body, timeout_s=10):
        parts = urllib.parse.urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout_s)
        try:
            connection.request("POST", parts.path, json.dumps(body), {
                "Content-Type": "application/json;charset=UTF-8", "Businessshortcode": self.shortcode})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        except OSError as error:
            return 0, str(error)
        finally:
            connection.close()

    def result_of(self, prompt):
        callback = {"MerchantRequestID": prompt["merchant"], "CheckoutRequestID": prompt["id"],
                    "ResultCode": prompt["code"], "ResultDesc": prompt["words"]}
        if prompt["code"] == 0:
            callback["CallbackMetadata"] = {"Item": [
                {"Name": "Amount", "Value": float(prompt["amount"])},
                {"Name": "MpesaReceiptNumber", "Value": prompt["receipt"]}, {"Name": "Balance"},
                {"Name": "TransactionDate", "Value": int(prompt["paid_at"])},
                {"Name": "PhoneNumber", "Value": int(prompt["phone"])}]}
        return {"Body": {"stkCallback": callback}}

    def tell(self, prompt):
        self.counters["callbacks"] += 1
        return self.post(prompt["url"], self.result_of(prompt))

    def confirm(self, receipt, amount, reference, phone, at):
        if "ConfirmationURL" not in self.registered:
            return 0, "no URL is registered"
        self.counters["confirmations"] += 1
        return self.post(self.registered["ConfirmationURL"], self.notice(
            receipt, "%s.00" % amount, reference, phone, at, "49197.00"))

    def finish(self, prompt, code, words):
        """The prompt leaves the handset; the result goes out as the settings say."""
        with self.lock:
            if prompt["state"] != "waiting":
                raise ValueError("%s is over" % prompt["id"])
            prompt.update(state="done", code=code, words=words, paid_at=eat_now().strftime("%Y%m%d%H%M%S"))
            if code == 0:
                prompt["receipt"] = self.make_receipt()
                self.note(prompt["receipt"], prompt["amount"], prompt["account"], prompt["phone"], prompt["paid_at"])
                self.books[prompt["receipt"]] = {"amount": prompt["amount"], "status": "Completed"}
            times = {"once": 1, "twice": 2, "never": 0}[self.settings["callback"]]
            confirms = code == 0 and self.settings["confirm"] == "on" and self.settings["confirmation"] == "ok"
        told = [self.tell(prompt)[0] for _ in range(times)]
        if confirms:
            told.append(self.confirm(prompt["receipt"], prompt["amount"], prompt["account"], prompt["phone"],
                                     prompt["paid_at"])[0])
        return told

    # ---- what it is asked ----

    def login(self, authorization):
        want = "Basic " + base64.b64encode(("%s:%s" % (self.key, self.secret)).encode()).decode()
        self.counters["logins"] += 1
        if self.settings["login"] == "spike":
            return self.spike()
        if authorization != want:
            return 400, {"requestId": "1-1", "errorCode": "400.008.01", "errorMessage": "Invalid Authentication passed"}
        self.token = secrets.token_urlsafe(21)
        return 200, {"access_token": self.token, "expires_in": "3599"}

    def error(self, status, code, words):
        self.counters["refused"] += 1
        return status, {"requestId": "1c5b-4ba8-%d" % self.counters["refused"], "errorCode": code, "errorMessage": words}

    def spike(self):
        self.counters["limited"] += 1
        return 429, {"fault": {"faultstring": "Spike arrest violation. Allowed rate : MessageRate{messagesPerPeriod=5, "
                               "periodInMicroseconds=60000000, maxBurstMessageCount=1.0}",
                               "detail": {"errorcode": "policies.ratelimit.SpikeArrestViolation"}}}

    def is_too_soon(self):
        """Every question counts, of whatever kind."""
        now = time.monotonic()
        if self.settings["limit"] != "off" and now - self.asked_at < GAP_S - 0.5:
            return True
        self.asked_at = now
        return False

    def flaw(self, body):
        """What the real one would refuse in a signed request, or None."""
        stamp = str(body.get("Timestamp", ""))
        want = base64.b64encode((self.shortcode + self.passkey + stamp).encode()).decode()
        if str(body.get("BusinessShortCode")) != self.shortcode:
            return "Bad Request - Invalid BusinessShortCode"
        if body.get("Password") != want:
            return "Bad Request - Invalid Password"
        try:
            at = datetime.datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=EAT)
        except ValueError:
            return "Bad Request - Invalid Timestamp"
        if abs((at - eat_now()).total_seconds()) > 300:
            return "Bad Request - Invalid Timestamp"
        return None

    def push(self, body):
        self.counters["pushes"] += 1
        how = self.settings["push"]
        flaw = self.flaw(body)
        url = str(body.get("CallBackURL", ""))
        if flaw is None and url_flaw(url, self.environment):
            flaw = "Bad Request - Invalid CallBackURL"
        if flaw is None and not (str(body.get("Amount", "")).isdigit() and 1 <= int(body["Amount"]) <= 250000):
            flaw = "Bad Request - Invalid Amount"
        if flaw is None and len(str(body.get("AccountReference", ""))) not in range(1, 13):
            flaw = "Bad Request - Invalid AccountReference"
        if flaw is not None or how == "refuse":
            return self.error(400, "400.002.02", flaw or "Bad Request - Invalid PhoneNumber")
        if how == "spike" or (self.settings["limit"] == "all" and self.is_too_soon()):
            return self.spike()
        phone = str(body["PhoneNumber"])
        if how == "busy" or any(one["phone"] == phone and one["state"] == "waiting" for one in self.prompts):
            return self.error(500, "500.001.1001", "Unable to lock subscriber, a transaction is already in process for "
                              "the current subscriber")
        now = eat_now()
        prompt = {"id": "ws_CO_%s%d%s" % (now.strftime("%d%m%Y%H%M%S"), now.microsecond // 1000, phone[3:]),
                  "merchant": "2654-4b64-97ff-%s" % secrets.token_hex(8), "phone": phone, "amount": int(body["Amount"]),
                  "account": body["AccountReference"], "url": url, "state": "waiting", "code": None, "words": "",
                  "receipt": None, "paid_at": None, "type": body.get("TransactionType"), "asks": 0}
        self.prompts.append(prompt)
        if how == "early":
            self.finish(prompt, 0, "The service request is processed successfully.")
        if how == "lost":
            return None
        if how == "garbage":
            return 200, "<html>proxy</html>"
        empty = how == "noid"
        return 200, {"MerchantRequestID": "" if empty else prompt["merchant"],
                     "CheckoutRequestID": "" if empty else prompt["id"], "ResponseCode": "0",
                     "ResponseDescription": "Success. Request accepted for processing",
                     "CustomerMessage": "Success. Request accepted for processing"}

    def query(self, body):
        self.counters["queries"] += 1
        how = self.settings["query"]
        if how == "spike" or self.is_too_soon():
            return self.spike()
        if how == "lost":
            return None
        if how == "garbage":
            return 200, "not json"
        flaw = self.flaw(body)
        if flaw is not None:
            return self.error(400, "400.002.02", flaw)
        prompt = next((one for one in self.prompts if one["id"] == body.get("CheckoutRequestID")), None)
        if prompt is None:
            return self.error(500, "500.001.1001", "The transaction does not Exist")
        prompt["asks"] += 1
        if prompt["state"] == "waiting" or how == "processing":
            if prompt["asks"] % 2:
                return self.error(500, "500.001.1001", "The transaction is being processed")
            code, words = "4999", "The transaction is still under processing"
        else:
            code, words = str(prompt["code"]), prompt["words"]
        return 200, {"ResponseCode": "0", "ResponseDescription": "The service request has been accepted successsfully",
                     "MerchantRequestID": prompt["merchant"], "CheckoutRequestID": prompt["id"], "ResultCode": code,
                     "ResultDesc": words}

    def status_result(self, body, name):
        """With the oddities of facts 1.8: a key twice, one without a value, codes as texts, an object for a list."""
        receipt = str(body.get("TransactionID", ""))
        result = {"ResultType": 0, "ResultCode": 0, "ResultDesc": "The service request is processed successfully.",
                  "OriginatorConversationID": "1236-7134259-1", "ConversationID": name, "TransactionID": "MBN0000000",
                  "ReferenceData": {"ReferenceItem": {"Key": "Occasion"}}}
        known = self.books.get(receipt)
        if body.get("Initiator") != self.initiator or body.get("SecurityCredential") != self.credential:
            result.update(ResultCode=2001, ResultDesc="The initiator information is invalid.")
        elif known is None:
            result.update(ResultType="0", ResultCode="2033", ResultDesc="The transaction does not exist.",
                          ResultParameters={"ResultParameter": {"Key": "ReceiptNo", "Value": receipt}})
        else:
            result["ResultParameters"] = {"ResultParameter": [
                {"Key": "DebitPartyName", "Value": "254708374149 - JANE DOE"},
                {"Key": "CreditPartyName", "Value": "%s - Kasi Net" % self.shortcode},
                {"Key": "DebitPartyName", "Value": "254708374149 - JANE DOE"}, {"Key": "TransactionReason"},
                {"Key": "TransactionStatus", "Value": known["status"]}, {"Key": "Amount", "Value": known["amount"]},
                {"Key": "FinalisedTime", "Value": eat_now().strftime("%Y%m%d%H%M%S")},
                {"Key": "ReceiptNo", "Value": receipt}]}
        return {"Result": result}

    def transaction_status(self, body):
        self.counters["statuses"] += 1
        how = self.settings["status"]
        if self.is_too_soon():
            return self.spike()
        if how == "garbage":
            return 200, {"OriginatorConversationID": "", "ConversationID": "", "ResponseCode": "",
                         "ResponseDescription": ""}
        flaw = None
        if body.get("CommandID") != "TransactionStatusQuery" or str(body.get("IdentifierType")) != "4":
            flaw = "Bad Request - Invalid CommandID or IdentifierType"
        if str(body.get("PartyA")) != self.shortcode:
            flaw = "Bad Request - Invalid PartyA"
        if not body.get("TransactionID") and not body.get("OriginalConversationID"):
            flaw = "Bad Request - Invalid TransactionID"
        for key in ("ResultURL", "QueueTimeOutURL"):
            if url_flaw(body.get(key), self.environment):
                flaw = "Bad Request - Invalid " + key
        if flaw is not None or how == "refuse":
            return self.error(400, "400.002.02", flaw or "Bad Request - Invalid Initiator")
        name = "AG_%s_%s" % (eat_now().strftime("%Y%m%d"), secrets.token_hex(10))
        asked = {"receipt": body.get("TransactionID"), "url": body["ResultURL"], "result": self.status_result(body, name)}
        self.questions.append(asked)
        if how == "timeout":
            asked["result"] = {"Result": {"ResultType": 1, "ResultCode": "1", "ResultDesc": "The request timed out.",
                                          "ConversationID": name}}
            asked["url"] = body["QueueTimeOutURL"]
        times = {"lost": 0, "twice": 2}.get(how, 1)
        for _ in range(times):
            self.counters["results"] += 1
            threading.Thread(target=self.post, args=(asked["url"], asked["result"]), daemon=True).start()
        return 200, {"OriginatorConversationID": "1236-7134259-1", "ConversationID": name, "ResponseCode": "0",
                     "ResponseDescription": "Accept the service request successfully."}

    def enrol(self, body):
        self.counters["registrations"] += 1
        if self.settings["register"] == "spike":
            return self.spike()
        if str(body.get("ShortCode")) != self.shortcode or body.get("ResponseType") not in ("Completed", "Cancelled"):
            return self.error(400, "400.003.02", "Bad Request - Invalid ShortCode or ResponseType")
        for key in ("ConfirmationURL", "ValidationURL"):
            if url_flaw(body.get(key), self.environment):
                return self.error(400, "400.002.02", "Bad Request - Invalid " + key)
        if self.registered:
            return self.error(500, "500.003.1001", "Urls are already registered")
        self.registered = body
        return 200, {"OriginatorCoversationID": "7619-37765134-1", "ResponseCode": "0", "ResponseDescription": "success"}

    def serve(self, method, path, authorization, body):
        """(status, JSON or text), or None: the line breaks instead of an answer."""
        with self.lock:
            if method == "GET" and path.startswith("/oauth/v1/generate?grant_type=client_credentials"):
                return self.login(authorization)
            if self.token is None or authorization != "Bearer " + self.token:
                return self.error(404, "404.001.03", "Invalid Access Token")
            try:
                fields = json.loads(body)
            except ValueError:
                return self.error(400, "400.002.02", "Bad Request")
            work = {"/mpesa/stkpush/v1/processrequest": self.push, "/mpesa/stkpushquery/v1/query": self.query,
                    "/mpesa/transactionstatus/v1/query": self.transaction_status,
                    "/pulltransactions/v1/register": self.list_enrol, "/pulltransactions/v1/query": self.list_query,
                    "/mpesa/reversal/v1/request": self.reverse,
                    "/mpesa/c2b/v2/registerurl": self.enrol, "/mpesa/c2b/v1/registerurl": self.enrol}.get(path)
            if work is None or method != "POST":
                return self.error(404, "404.001.01", "Resource not found")
            return work(fields)

    # ---- the control port ----

    def prompt(self, name):
        return next(one for one in self.prompts if one["id"] == name)

    def command(self, words):
        verb, rest = words[0], words[1:]
        if verb == "set":
            if rest[0] == "balance":
                self.balance = float(rest[1])
                return {"ok": True}
            if rest[0] not in self.settings:
                raise ValueError("no such setting")
            self.settings[rest[0]] = rest[1]
            return {"ok": True}
        if verb == "prompts":
            return {"prompts": self.prompts}
        if verb == "pay":
            return {"told": self.finish(self.prompt(rest[0]), 0, "The service request is processed successfully.")}
        if verb == "fail":
            code = int(rest[1]) if rest[1].isdigit() else rest[1]
            return {"told": self.finish(self.prompt(rest[0]), code, "Request ended with %s" % rest[1])}
        if verb == "tell":
            return {"told": [self.tell(self.prompt(rest[0]))[0]]}
        if verb == "confirm":
            one = self.prompt(rest[0])
            return {"told": [self.confirm(one["receipt"], one["amount"], one["account"], one["phone"],
                                          one["paid_at"])[0]]}
        if verb == "c2b":
            receipt = rest[3] if len(rest) > 3 else self.make_receipt()
            self.books[receipt] = {"amount": "%s.00" % rest[0], "status": "Completed"}
            at = eat_now().strftime("%Y%m%d%H%M%S")
            self.note(receipt, rest[0], rest[1], rest[2], at)
            return {"receipt": receipt, "told": [self.confirm(receipt, rest[0], rest[1], rest[2], at)[0]]}
        if verb in ("reversals", "reversed"):
            return self.reversal_command(verb, rest)
        if verb in ("customer", "statement"):
            return self.customer_command(verb, rest)
        if verb in ("move", "unlist", "listings"):
            return self.list_command(verb, rest)
        if verb == "claim":
            return {"told": [self.confirm(*rest[:4], eat_now().strftime("%Y%m%d%H%M%S"))[0]]}
        if verb == "books":
            self.books[rest[0]] = {"amount": rest[1], "status": rest[2]}
            return {"ok": True}
        if verb == "questions":
            return {"questions": self.questions}
        if verb == "answer":
            asked = self.questions[int(rest[0])]
            return {"told": [self.post(asked["url"], asked["result"])[0]]}
        if verb == "expire":
            self.token = None
            return {"ok": True}
        if verb == "counters":
            return self.counters
        raise ValueError("no such verb")


def handler_of(daraja):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            said = daraja.serve(self.command, self.path, self.headers.get("Authorization", ""), body)
            if said is None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            status, what = said
            text = (what if isinstance(what, str) else json.dumps(what)).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            if status == 429 and daraja.settings["retry"] != "0":
                self.send_header("Retry-After", daraja.settings["retry"])
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = answer

        def log_message(self, *words):
            pass
    return Handler


def main():
    options = options_of({"key": "key", "secret": "secret", "passkey": "passkey", "shortcode": "600638",
                          "initiator": "initiator-1", "credential": "credential-1", "ports-file": None,
                          "environment": "sandbox", "type": "paybill"}, __doc__)
    daraja = Daraja(options)
    serve(daraja, handler_of(daraja), options["ports-file"])


if __name__ == "__main__":
    main()
