#!/usr/bin/python3
"""world-aggregators: simulated Kopo Kopo, Paystack, Flutterwave and KCB on loopback, one a process, for tests.

Each knows how its real one takes an M-PESA prompt, answers what became of it, and posts it, and refuses what that one
refuses. Where that was learnt stands at each class. It shares nothing with wavu.

  aggregators.py --provider kopokopo|paystack|flutterwave|kcb --ports-file FILE [--key K] [--secret S] [--sign X]
                 [--till N] [--die-with-parent]

The ports are written to FILE as JSON: {"http","control"}. The control port takes one line a command and answers one
line of JSON:
  set KEY VALUE    push: ok early lost refuse busy broken garbage | query: ok lost busy broken garbage other
                   callback: once twice never | notice: on off (Kopo Kopo's till tells, too) | paid: 0, or the amount
                   that is paid instead | noloc: on off (Kopo Kopo's 201 without an address) | reference: account
                   invoice till other (what KCB's notice has as the bill's)
  hook URL         where the dashboard was told to post
  prompts          every prompt so far
  pay ID           the payer types his PIN
  fail ID WORDS    it ends otherwise
  tell ID          what became of it is posted (again)
  notice ID        Kopo Kopo, KCB: the till's notice of the money (again)
  expire           every token becomes invalid
  counters         how often each thing was asked
"""

import base64
import datetime
import hashlib
import hmac
import http.client
import http.server
import json
import re
import secrets
import socket
import subprocess
import sys
import threading
import time
import urllib.parse

from daraja import make_receipt
from served import options_of, serve

EAT = datetime.timezone(datetime.timedelta(hours=3))


def bad(text):
    raise ValueError(text)


class Aggregator:
    """What the three share: prompts on handsets, settings, posting what happened."""

    def __init__(self, options):
        self.lock = threading.RLock()
        self.key, self.secret, self.sign_key = options["key"], options["secret"], options["sign"]
        self.till = options["till"]
        self.settings = {"push": "ok", "query": "ok", "callback": "once", "notice": "off", "paid": "0", "noloc": "off",
                         "reference": "account"}
        self.prompts = []
        self.hook = None
        self.token = None
        self.serial = int(time.time()) % 100000 * 1000
        self.counters = dict.fromkeys(("logins", "pushes", "refused", "queries", "told", "notices", "checks"), 0)

    def new(self, **fields):
        self.serial += 1
        prompt = {"state": "waiting", "words": "", "receipt": None, "at": None, "number": self.serial, **fields}
        self.prompts.append(prompt)
        return prompt

    def post(self, url, body, headers):
        parts = urllib.parse.urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
        try:
            connection.request("POST", parts.path, body, {"Content-Type": "application/json", **headers})
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def tell(self, prompt):
        self.counters["told"] += 1
        return self.post(*self.callback_of(prompt))

    def end(self, prompt, state, words):
        with self.lock:
            if prompt["state"] != "waiting":
                bad("%s is over" % prompt["id"])
            prompt.update(state=state, words=words, at=datetime.datetime.now(EAT).replace(microsecond=0).isoformat())
            if state == "paid":
                prompt["receipt"] = make_receipt(prompt["number"])
                if self.settings["paid"] != "0":
                    prompt["amount"] = int(self.settings["paid"])
            times = {"once": 1, "twice": 2, "never": 0}[self.settings["callback"]]
            if state != "paid" and not self.tells_failures:
                times = 0
        told = [self.tell(prompt) for _ in range(times)]
        if state == "paid" and self.settings["notice"] == "on":
            told.append(self.notice(prompt))
        return told

    tells_failures = True

    def pushed(self, prompt, answer):
        """The push was taken: its answer, in the way the settings say."""
        how = self.settings["push"]
        if how == "early":
            self.end(prompt, "paid", "paid before the answer")
        return None if how == "lost" else answer

    def serve(self, method, path, headers, body):
        """(status, further headers, text), or None: the line breaks instead of an answer."""
        if self.refuses(headers):
            return 403, {}, ""
        kind = self.kind_of(method, path)
        how = self.settings.get({"push": "push", "query": "query"}.get(kind), "ok")
        if kind == "push" and how in ("refuse", "busy", "broken", "garbage") or \
                kind == "query" and how in ("lost", "busy", "broken", "garbage"):
            self.counters["pushes" if kind == "push" else "queries"] += 1
            return {"refuse": lambda: self.refusal(), "busy": lambda: (429, {}, "slow down"),
                    "broken": lambda: (502, {}, "<html>bad gateway</html>"), "lost": lambda: None,
                    "garbage": lambda: (200, {}, '{"data": [[], {"status": 1}], "status": "7"')}[how]()
        with self.lock:
            return getattr(self, "do_" + kind)(path, headers, body)

    def refuses(self, headers):
        return False

    def do_none(self, path, headers, body):
        return 404, {}, ""

    def prompt(self, name):
        return next(one for one in self.prompts if one["id"] == name)

    def command(self, words):
        verb, rest = words[0], words[1:]
        if verb == "set":
            return self.settings.update({rest[0] if rest[0] in self.settings else bad(rest[0]): rest[1]}) or {"ok": True}
        if verb == "hook":
            self.hook = rest[0]
            return {"ok": True}
        if verb == "prompts":
            return {"prompts": self.prompts}
        if verb == "pay":
            return {"told": self.end(self.prompt(rest[0]), "paid", "")}
        if verb == "fail":
            return {"told": self.end(self.prompt(rest[0]), "failed", " ".join(rest[1:]))}
        if verb in ("tell", "notice"):
            return {"told": [getattr(self, verb)(self.prompt(rest[0]))]}
        if verb == "expire":
            self.token = None
            return {"ok": True}
        if verb == "counters":
            return self.counters
        return bad("no such verb")


class KopoKopo(Aggregator):
    """developers.kopokopo.com (client credentials, receive-money/mpesa-stk); k2-connect-node lib/ and test/response/.

    The token is asked for with a form; requests without a User-Agent end at the edge with a bodyless 403; a push is
    answered 201 with an address and no body; what became of it is the same JSON at that address and in the callback,
    which is signed with the API key; amounts are texts with one decimal. A prompt may be told of twice: by its
    callback, and by the till's own notice, under one M-PESA receipt.
    """

    def refuses(self, headers):
        return not headers.get("User-Agent")

    def kind_of(self, method, path):
        if (method, path) == ("POST", "/oauth/token"):
            return "login"
        if (method, path) == ("POST", "/api/v1/incoming_payments"):
            return "push"
        if (method, path) == ("POST", "/api/v1/webhook_subscriptions"):
            return "subscription"
        return "query" if method == "GET" and path.startswith("/api/v1/incoming_payments/") else "none"

    def refusal(self):
        self.counters["refused"] += 1
        return 400, {}, json.dumps({"error_code": 400, "error_message": "The till number is not yours"})

    def do_login(self, path, headers, body):
        self.counters["logins"] += 1
        form = urllib.parse.parse_qs(body.decode())
        if headers.get("Content-Type") != "application/x-www-form-urlencoded" or \
                form != {"grant_type": ["client_credentials"], "client_id": [self.key], "client_secret": [self.secret]}:
            return 401, {}, json.dumps({"error": "invalid_client", "error_description": "Client authentication failed"})
        self.token = secrets.token_urlsafe(32)
        return 200, {}, json.dumps({"access_token": self.token, "token_type": "Bearer", "expires_in": 3600,
                                    "created_at": int(time.time())})

    def is_let_in(self, headers):
        return self.token is not None and headers.get("Authorization") == "Bearer " + self.token

    def do_push(self, path, headers, body):
        if not self.is_let_in(headers):
            return 401, {}, json.dumps({"error_message": "InvalidAccessToken"})
        self.counters["pushes"] += 1
        fields = json.loads(body)
        money, person = fields["amount"], fields["subscriber"]
        flaws = [words for words, is_bad in (
            ("Payment channel is invalid", fields["payment_channel"] != "M-PESA STK Push"),
            ("Till number is invalid", fields["till_number"] != self.till),
            ("Phone number is invalid", not re.fullmatch(r"\+254[17]\d{8}", person["phone_number"])),
            ("Names are missing", not person["first_name"] or not person["last_name"]),
            ("Currency is invalid", money["currency"] != "KES"),
            ("Amount is invalid", not isinstance(money["value"], int) or money["value"] < 1),
            ("Metadata has more than 5 pairs", len(fields.get("metadata", {})) > 5),
            ("Callback url is invalid", not fields["_links"]["callback_url"].startswith("http"))) if is_bad]
        if flaws:
            self.counters["refused"] += 1
            return 400, {}, json.dumps({"error_code": 400, "error_message": "; ".join(flaws)})
        name = "%s-%s-%s" % (secrets.token_hex(4), secrets.token_hex(2), secrets.token_hex(6))
        prompt = self.new(id=name, phone=person["phone_number"][1:], amount=money["value"],
                          account=fields["metadata"]["account"], metadata=fields["metadata"],
                          url=fields["_links"]["callback_url"])
        where = {} if self.settings["noloc"] == "on" else {
            "Location": "https://sandbox.kopokopo.com/api/v1/incoming_payments/" + name}
        return self.pushed(prompt, (201, where, ""))

    def do_subscription(self, path, headers, body):
        if not self.is_let_in(headers):
            return 401, {}, json.dumps({"error_message": "InvalidAccessToken"})
        fields = json.loads(body)
        if fields.get("event_type") != "buygoods_transaction_received" or fields.get("scope") != "till" or \
                fields.get("scope_reference") != self.till.lstrip("K") or not fields.get("url", "").startswith("http"):
            self.counters["refused"] += 1
            return 400, {}, json.dumps({"error_code": 400, "error_message": "Invalid subscription"})
        self.hook = fields["url"]
        return 201, {"Location": "https://sandbox.kopokopo.com/webhook_subscriptions/" + secrets.token_hex(8)}, ""

    def resource(self, prompt):
        return {"id": secrets.token_hex(8), "reference": prompt["receipt"], "origination_time": prompt["at"],
                "sender_phone_number": "+" + prompt["phone"], "amount": "%.1f" % prompt["amount"], "currency": "KES",
                "till_number": self.till, "system": "Lipa Na M-PESA", "status": "Received", "sender_first_name": "Jane",
                "sender_middle_name": None, "sender_last_name": "Wanjiru"}

    def payment(self, prompt):
        status = {"waiting": "Pending", "paid": "Success", "failed": "Failed"}[prompt["state"]]
        return {"data": {"id": prompt["id"], "type": "incoming_payment", "attributes": {
            "initiation_time": "2026-11-21T09:24:48.622+03:00", "status": status,
            "event": {"type": "Incoming Payment Request", "errors": prompt["words"] or None,
                      "resource": self.resource(prompt) if prompt["state"] == "paid" else None},
            "metadata": prompt["metadata"],
            "_links": {"callback_url": prompt["url"],
                       "self": "https://sandbox.kopokopo.com/api/v1/incoming_payments/" + prompt["id"]}}}}

    def do_query(self, path, headers, body):
        if not self.is_let_in(headers):
            return 401, {}, json.dumps({"error_message": "ExpiredAccessToken"})
        self.counters["queries"] += 1
        prompt = next((one for one in self.prompts if path.endswith("/" + one["id"])), None)
        if prompt is None:
            return 404, {}, ""
        said = self.payment(prompt)
        if self.settings["query"] == "other":
            said["data"]["id"] = "0dad3e3f-a83e-4ed2-afa6-2e76a3df3a03"
        return 200, {}, json.dumps(said)

    def signed(self, url, said):
        body = json.dumps(said).encode()
        return url, body, {"X-KopoKopo-Signature": hmac.new(self.sign_key.encode(), body, hashlib.sha256).hexdigest()}

    def callback_of(self, prompt):
        return self.signed(prompt["url"], self.payment(prompt))

    def notice(self, prompt):
        self.counters["notices"] += 1
        name = secrets.token_hex(8)
        return self.post(*self.signed(self.hook, {
            "topic": "buygoods_transaction_received", "id": name, "created_at": prompt["at"],
            "event": {"type": "Buygoods Transaction", "resource": {
                **self.resource(prompt),
                "hashed_sender_phone": hashlib.sha256(prompt["phone"].encode()).hexdigest()}},
            "_links": {"self": "https://sandbox.kopokopo.com/webhook_events/" + name}}))


class Paystack(Aggregator):
    """Paystack's API reference (charge, transaction/verify, webhooks); PaystackOSS doc-code-snippets api/charges,
    api/transactions/verify, payment-methods/mobile-event; "Duplicate Transaction Reference" and "Transaction reference
    not found" as public issues quote them, the latter with 400 and with 404.

    No login; amounts in cents; only what succeeds is posted, to the dashboard's address, signed with the secret key.
    """

    tells_failures = False

    def kind_of(self, method, path):
        if (method, path) == ("POST", "/charge"):
            return "push"
        return "query" if method == "GET" and path.startswith("/transaction/verify/") else "none"

    def no(self, status, message):
        return status, {}, json.dumps({"status": False, "message": message})

    def refusal(self):
        self.counters["refused"] += 1
        return 400, {}, json.dumps({"status": False, "message": "Charge attempted", "data": {
            "reference": "whatever", "status": "failed", "message": "Declined. Please use the test mobile money number"}})

    def do_push(self, path, headers, body):
        if headers.get("Authorization") != "Bearer " + self.secret:
            return self.no(401, "Invalid key")
        self.counters["pushes"] += 1
        fields = json.loads(body)
        name, wallet = fields.get("reference", ""), fields["mobile_money"]
        for words, is_bad in (
                ("Email is required", "@" not in fields.get("email", "")),
                ("Invalid Amount Sent", not isinstance(fields["amount"], int) or fields["amount"] < 100),
                ("Currency not supported by merchant", fields["currency"] != "KES"),
                ("Invalid transaction reference", not re.fullmatch(r"[A-Za-z0-9.=-]+", name)),
                ("Invalid provider", wallet["provider"] != "mpesa"),
                ("Invalid phone number", not re.fullmatch(r"\+254[17]\d{8}", wallet["phone"])),
                ("Duplicate Transaction Reference", any(one["id"] == name for one in self.prompts))):
            if is_bad:
                self.counters["refused"] += 1
                return self.no(400, words)
        prompt = self.new(id=name, phone=wallet["phone"][1:], amount=fields["amount"] // 100,
                          account=fields["metadata"]["account"], metadata=fields["metadata"], email=fields["email"])
        return self.pushed(prompt, (200, {}, json.dumps({"status": True, "message": "Charge attempted", "data": {
            "reference": name, "status": "pay_offline",
            "display_text": "Please complete authorization process on your mobile phone"}})))

    def charge(self, prompt):
        status = {"waiting": "ongoing", "paid": "success", "failed": "failed"}[prompt["state"]]
        return {"id": prompt["number"], "domain": "live", "status": status, "reference": prompt["id"],
                "receipt_number": prompt["receipt"], "amount": prompt["amount"] * 100, "message": None,
                "gateway_response": prompt["words"] or "Approved", "currency": "KES", "channel": "mobile_money",
                "paid_at": prompt["at"], "metadata": prompt["metadata"], "fees": 100,
                "customer": {"id": 1, "email": prompt["email"], "phone": ""}}

    def do_query(self, path, headers, body):
        if headers.get("Authorization") != "Bearer " + self.secret:
            return self.no(401, "Invalid key")
        self.counters["queries"] += 1
        prompt = next((one for one in self.prompts if path.endswith("/" + one["id"])), None)
        if prompt is None:
            return self.no(404 if self.counters["queries"] % 2 else 400, "Transaction reference not found")
        said = self.charge(prompt)
        if self.settings["query"] == "other":
            said["reference"] = "T-of-somebody-else"
        return 200, {}, json.dumps({"status": True, "message": "Verification successful", "data": said})

    def callback_of(self, prompt):
        body = json.dumps({"event": "charge.success", "data": self.charge(prompt)}).encode()
        return self.hook, body, {"x-paystack-signature": hmac.new(self.secret.encode(), body, hashlib.sha512).hexdigest()}


class Flutterwave(Aggregator):
    """developer.flutterwave.com v3 (M-PESA, transaction verification, webhooks); Flutterwave's PHP SDK for
    verify_by_reference. No login; whole shillings; the callback carries a static secret, so it proves nothing.
    """

    def kind_of(self, method, path):
        if (method, path) == ("POST", "/v3/charges?type=mpesa"):
            return "push"
        if method == "GET" and path.startswith("/v3/transactions/verify_by_reference?tx_ref="):
            return "query"
        return "check" if method == "GET" and re.fullmatch(r"/v3/transactions/\d+/verify", path) else "none"

    def no(self, status, message):
        return status, {}, json.dumps({"status": "error", "message": message, "data": None})

    def refusal(self):
        self.counters["refused"] += 1
        return self.no(400, "Merchant is not enabled for M-PESA")

    def do_push(self, path, headers, body):
        if headers.get("Authorization") != "Bearer " + self.secret:
            return self.no(401, "Invalid authorization key")
        self.counters["pushes"] += 1
        fields = json.loads(body)
        for key in ("tx_ref", "amount", "currency", "email", "phone_number"):
            if not fields.get(key) or fields["currency"] != "KES" or not isinstance(fields["amount"], int):
                self.counters["refused"] += 1
                return self.no(400, key + " is required")
        prompt = self.new(id=fields["tx_ref"], phone=fields["phone_number"], amount=fields["amount"],
                          account=fields["meta"]["account"], metadata=fields["meta"])
        return self.pushed(prompt, (200, {}, json.dumps({
            "status": "success", "message": "Charge initiated", "data": self.charge(prompt)})))

    def charge(self, prompt):
        status = {"waiting": "pending", "paid": "successful", "failed": "failed"}[prompt["state"]]
        return {"id": prompt["number"], "tx_ref": prompt["id"], "flw_ref": "FLW-%d" % prompt["number"],
                "amount": prompt["amount"], "charged_amount": prompt["amount"], "app_fee": 29, "currency": "KES",
                "processor_response": prompt["words"] or "Successful", "auth_model": "LIPA_MPESA", "status": status,
                "payment_type": "mpesa", "created_at": "2026-11-21T06:24:48.000Z", "meta": prompt["metadata"],
                "customer": {"id": 1, "phone_number": prompt["phone"], "name": prompt["account"]}}

    def answer(self, headers, prompt, message):
        if headers.get("Authorization") != "Bearer " + self.secret:
            return self.no(401, "Invalid authorization key")
        if prompt is None:
            return self.no(400, message)
        said = self.charge(prompt)
        if self.settings["query"] == "other":
            said["tx_ref"] = "somebody-else"
        return 200, {}, json.dumps({"status": "success", "message": "Transaction fetched successfully", "data": said})

    def do_query(self, path, headers, body):
        self.counters["queries"] += 1
        name = urllib.parse.unquote(path.split("tx_ref=")[1])
        return self.answer(headers, next((one for one in self.prompts if one["id"] == name), None),
                           "No transaction was found for this reference")

    def do_check(self, path, headers, body):
        self.counters["checks"] += 1
        number = int(path.split("/")[3])
        return self.answer(headers, next((one for one in self.prompts if one["number"] == number), None),
                           "No transaction was found for this id")

    def callback_of(self, prompt):
        body = json.dumps({"event": "charge.completed", "data": self.charge(prompt)}).encode()
        return self.hook, body, {"verif-hash": self.sign_key}


class Kcb(Aggregator):
    """KCB's "MPESA STK PUSH API specification" 1.0 and its definition of MpesaExpressAPIService; payments facts 2 and a
    recorded notice for what the till is told.

    A token of the gateway, whose faults have a code; the headers of the definition are asked for; the accepted request
    may name no CheckoutRequestID (`false`); the result is Daraja's, unsigned; there is no question to ask. The till's
    notice is signed (RSA, SHA-256, base64; `--sign` is the file of the private key) and names the bank's reference, with
    M-PESA's receipt as the conversation.
    """

    def __init__(self, options):
        super().__init__(options)
        self.till = self.till.lstrip("K")

    def kind_of(self, method, path):
        if (method, path) == ("POST", "/token?grant_type=client_credentials"):
            return "login"
        return "push" if (method, path) == ("POST", "/mm/api/request/1.0.0/stkpush") else "none"

    def refusal(self):
        self.counters["refused"] += 1
        return 200, {}, json.dumps({"response": {}, "header": {
            "statusDescription": "STK Push Backend Posting Failure: Bad Request - Invalid Remarks", "statusCode": "1"}})

    def do_login(self, path, headers, body):
        self.counters["logins"] += 1
        want = "Basic " + base64.b64encode(("%s:%s" % (self.key, self.secret)).encode()).decode()
        if headers.get("Authorization") != want:
            return 401, {}, json.dumps({"error": "invalid_client", "error_description": "Client Authentication failed."})
        self.token = secrets.token_urlsafe(32)
        return 200, {}, json.dumps({"access_token": self.token, "token_type": "Bearer", "expires_in": 3599})

    def do_push(self, path, headers, body):
        if self.token is None or headers.get("Authorization") != "Bearer " + self.token:
            return 401, {}, json.dumps({"fault": {"code": 900901, "message": "Invalid Credentials", "description":
                                        "Invalid Credentials. Make sure you have given the correct access token"}})
        self.counters["pushes"] += 1
        fields = json.loads(body)
        till, _, account = fields["invoiceNumber"].partition("-")
        if headers.get("routeCode") != "207" or headers.get("operation") != "STKPush" or not headers.get("messageId") or \
                len(headers["messageId"]) > 32 or fields["sharedShortCode"] is not True or till != self.till or \
                not account or len(fields["invoiceNumber"]) > 30 or not re.fullmatch(r"[1-9]\d*", fields["amount"]) or \
                not re.fullmatch(r"254[17]\d{8}", fields["phoneNumber"]) or \
                len(fields["transactionDescription"]) > 13 or not fields["callbackUrl"].startswith("http"):
            return self.refusal()
        now = datetime.datetime.now(EAT)
        prompt = self.new(id="ws_CO_%s%s" % (now.strftime("%d%m%Y%H%M%S%f"), fields["phoneNumber"][3:]),
                          phone=fields["phoneNumber"], amount=int(fields["amount"]), account=account,
                          url=fields["callbackUrl"])
        name = False if self.settings["noloc"] == "on" else prompt["id"]
        said = "Success. Request accepted for processing"
        return self.pushed(prompt, (200, {}, json.dumps({
            "response": {"MerchantRequestID": "7432-920544-%d" % prompt["number"], "ResponseCode": "0",
                         "CustomerMessage": said, "CheckoutRequestID": name, "ResponseDescription": said},
            "header": {"statusDescription": said, "statusCode": "0"}})))

    def callback_of(self, prompt):
        paid = prompt["state"] == "paid"
        said = {"MerchantRequestID": "7432-920544-%d" % prompt["number"], "CheckoutRequestID": prompt["id"],
                "ResultCode": 0 if paid else int(prompt["words"] or 1032), "ResultDesc": "-"}
        if paid:
            said["CallbackMetadata"] = {"Item": [
                {"Name": "Amount", "Value": float(prompt["amount"])},
                {"Name": "MpesaReceiptNumber", "Value": prompt["receipt"]},
                {"Name": "TransactionDate", "Value": int(re.sub(r"\D", "", prompt["at"])[:14])},
                {"Name": "PhoneNumber", "Value": int(prompt["phone"])}]}
        return prompt["url"], json.dumps({"Body": {"stkCallback": said}}).encode(), {}

    def notice(self, prompt):
        self.counters["notices"] += 1
        at = re.sub(r"\D", "", prompt["at"])[:14]
        reference = {"account": prompt["account"], "invoice": "%s-%s" % (self.till, prompt["account"]),
                     "till": self.till, "other": "KN-0042"}[self.settings["reference"]]
        body = json.dumps({
            "header": {"messageID": "%d" % prompt["number"], "originatorConversationID": prompt["receipt"],
                       "channelCode": "202", "timeStamp": at},
            "requestPayload": {
                "primaryData": {"businessKey": self.till, "businessKeyType": "notifyBiller"},
                "additionalData": {"notificationData": {
                    "businessKey": reference, "businessKeyType": "BillReferenceNumber", "debitMSISDN": prompt["phone"],
                    "transactionAmt": "%d" % prompt["amount"], "transactionDate": "-",
                    "transactionID": "FT%d" % prompt["number"], "firstName": "JANE W", "middleName": "", "lastName": "",
                    "currency": "KES", "narration": "Internet", "transactionType": "MPESA", "balance": "0"}}}}).encode()
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.sign_key], input=body,
                                   stdout=subprocess.PIPE, check=True).stdout
        return self.post(self.hook, body, {"Signature": base64.b64encode(signature).decode()})


def handler_of(aggregator):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                said = aggregator.serve(self.command, self.path, self.headers, body)
            except (KeyError, TypeError, ValueError) as error:
                said = 400, {}, json.dumps({"status": False, "message": repr(error)})
            if said is None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            status, headers, text = said
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = answer

        def log_message(self, *words):
            pass
    return Handler


def main():
    options = options_of({"provider": None, "ports-file": None, "key": "key-1", "secret": "secret-1", "sign": "sign-1",
                          "till": "512345"}, __doc__)
    kinds = {"kopokopo": KopoKopo, "paystack": Paystack, "flutterwave": Flutterwave, "kcb": Kcb}
    if options["provider"] not in kinds:
        sys.exit(__doc__)
    aggregator = kinds[options["provider"]](options)
    serve(aggregator, handler_of(aggregator), options["ports-file"])


if __name__ == "__main__":
    main()
