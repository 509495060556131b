#!/usr/bin/python3
"""The customers' phones and the organisation's portal, beside a running daraja.py: for people at a shell.

  phone.py [--ports FILE] COMMAND     (FILE: what daraja.py wrote; default $WAVU_DARAJA)

  pay BUSINESS ACCOUNT AMOUNT PHONE [NAME]   Lipa na M-PESA: a paybill or till number, without a prompt
  prompts                     what lies on which phone, and what became of it
  pin PHONE                   the newest prompt on that phone is paid
  cancel PHONE                … is cancelled
  ignore PHONE                … is left alone until it goes away
  broke PHONE                 … cannot be paid, for there is too little money
  losing on|off               whatever is sent to the ISP from now on is lost on the way
  validation on|off           the ISP is asked before money moves, as Safaricom enables it by mail
  statement FILE              downloads the statement from the portal, as CSV
  set KEY VALUE               any other setting of daraja.py
Ends with 1 when nothing was paid.
"""

import json
import os
import re
import socket
import sys

ENDS = {"cancel": "1032", "ignore": "1037", "broke": "1"}


def number(text):
    """0712345678, +254712345678 and 254712345678 are one phone."""
    digits = re.sub(r"\D", "", text)
    return "254" + digits[1:] if digits.startswith("0") else digits


class Line:
    def __init__(self, path):
        with open(path) as file:
            self.file = socket.create_connection(("127.0.0.1", json.load(file)["control"])).makefile("rwb")

    def ask(self, *words):
        self.file.write((" ".join('"%s"' % re.sub(r'["\\\n]', "", word) for word in words) + "\n").encode())
        self.file.flush()
        answer = json.loads(self.file.readline())
        if "error" in answer:
            sys.exit(answer["error"])
        return answer


def told(statuses):
    if not statuses:
        return "(what it sent to the ISP was lost)"
    return "(the ISP answered %s)" % ", ".join(str(status) if status else "nothing" for status in statuses)


def end(line, verb, phone):
    waiting = [one for one in line.ask("prompts")["prompts"] if one["phone"] == phone and one["state"] == "waiting"]
    if not waiting:
        sys.exit("there is no prompt on %s" % phone)
    one = waiting[-1]
    words = ("pay", one["id"]) if verb == "pin" else ("fail", one["id"], ENDS[verb])
    statuses = line.ask(*words)["told"]
    print("%s: %s of Ksh%d for account %s %s" % (phone, "PIN typed, payment" if verb == "pin" else verb + ", prompt",
                                                 one["amount"], one["account"], told(statuses)))


def work(line, verb, rest):
    if verb == "pay" and len(rest) in (4, 5):
        said = line.ask("customer", *rest[:3], number(rest[3]), *rest[4:])
        print(said["says"], told(said["told"]) if said["paid"] else "")
        return 0 if said["paid"] else 1
    if verb == "prompts" and not rest:
        for one in line.ask("prompts")["prompts"]:
            print("%s  Ksh%d to account %s: %s" % (one["phone"], one["amount"], one["account"],
                                                   one["receipt"] or one["words"] or "waits for the PIN"))
    elif verb in ("pin", *ENDS) and len(rest) == 1:
        end(line, verb, number(rest[0]))
    elif verb == "losing" and rest in (["on"], ["off"]):
        line.ask("set", "callback", "never" if rest == ["on"] else "once")
        line.ask("set", "confirmation", "lost" if rest == ["on"] else "ok")
    elif verb == "validation" and rest in (["on"], ["off"]):
        line.ask("set", "validation", rest[0])
    elif verb == "statement" and len(rest) == 1:
        print("%d lines" % line.ask("statement", os.path.abspath(rest[0]))["lines"])
    elif verb == "set" and len(rest) == 2:
        line.ask("set", *rest)
    else:
        sys.exit(__doc__)
    return 0


def main():
    words, path = sys.argv[1:], os.environ.get("WAVU_DARAJA", "")
    if len(words) > 1 and words[0] == "--ports":
        path, words = words[1], words[2:]
    if not words or not os.path.exists(path):
        sys.exit(__doc__)
    sys.exit(work(Line(path), words[0], words[1:]))


if __name__ == "__main__":
    main()
