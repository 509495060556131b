"""What wavu answers when money was asked about wrongly, or a provider says no: a sentence with the way out."""

import os

from isp import TENANT, TOKEN, Isp, main, wait_for
from shop import KEY, Shop

OTHER = "  - {name: cards, provider: paystack, shortcode: \"00000\", type: till, token: {file: cards.token},\n" \
        "     secret: {file: cards.secret}}\n"


def said(isp, *words, code):
    return isp.run("payment", *words, code=code)[1]["message"]


def test_register_says_of_each_channel_how_it_went():
    with Shop() as isp:
        isp.secret("cards.token", TOKEN + "cards")
        isp.secret("cards.secret", "sk_test_1")
        isp.write("tenant.yaml", open(os.path.join(isp.repository, "tenant.yaml")).read() + OTHER)
        isp.commit("cards", wait=True)
        isp.secret("main.key", "not-the-key")
        told = said(isp, "register", "main", code=1)
        assert "NOT registered" in told and "are the keys of this channel right" in told, told
        isp.secret("main.key", KEY)
        isp.daraja.ask("set", "register", "spike")
        assert "try again soon" in said(isp, "register", "main", code=1)
        isp.daraja.ask("set", "register", "ok")
        told = said(isp, "register", code=0)
        assert "kasinet/main: registered" in told and "portal of paystack" in told, told
        told = said(isp, "register", "main", code=1)
        assert "already registered" in told and "URL management" in told, told
        assert "wavu payment urls" in said(isp, "register", "nope", code=1)
        assert "paystack" in said(isp, "register", "cards", code=1)


def test_a_second_request_says_that_nothing_was_sent():
    with Shop() as isp:
        first = isp.run("payment", "request", "KN-0042", code=0)[1]
        assert first["message"].startswith("a-1 asks 254712345678 for 2500.00"), first
        isp.daraja.prompt()
        again = isp.run("payment", "request", "KN-0042", code=0)[1]
        assert again["attempt"] == first["attempt"] and again["message"].startswith("nothing new was sent"), again
        assert "write it as 0712345678" in said(isp, "request", "KN-0042", "10", "--phone", "12", code=4)
        assert "wavu subscriber list" in said(isp, "request", "NOBODY", code=1)
        assert isp.status()["tenants"][0]["payments"]["prompts_open"] == 1
        assert "1 prompt open" in isp.run("status", json_output=False)[1]
        isp.daraja.ask("fail", isp.daraja.prompt()["id"], 1032)
        isp.becomes("failed")
        assert isp.status()["tenants"][0]["payments"]["prompts_open"] == 0
        for thing in ("a-1", "KN-0042"):
            verdict = isp.run("explain", thing, code=0)[1]["verdict"]
            assert "brought nothing: 1032: cancelled by the payer" in verdict, verdict


def test_what_has_an_owner_or_does_not_exist():
    with Isp() as isp:
        isp.pay("SKL51ZDR01")
        wait_for("booked", lambda: isp.payment("SKL51ZDR01"))
        assert "wavu payment refund SKL51ZDR01" in said(isp, "assign", "SKL51ZDR01", "KN-0042", code=1)
        assert "wavu payment list" in said(isp, "assign", "SKLNOPE001", "KN-0042", code=1)
        assert "wavu payment list" in said(isp, "refund", "SKLNOPE001", "--reason", "x", code=1)
        assert "wavu subscriber list" in said(isp, "record", "NOBODY", "10", "--reason", "x", code=1)


def test_urls_warn_of_what_a_provider_would_not_take():
    with Isp() as isp:
        assert "not reached from outside" in isp.run("payment", "urls", code=0)[1][0]["warning"]
        isp.write("tenant.yaml", TENANT.replace("environment: sandbox, ", ""))
        isp.commit("production", wait=True)

        def warning(url):
            path = os.path.join(isp.folder, "other.yaml")
            with open(path, "w") as file:
                file.write(open(isp.config).read() + ("public_url: \"%s\"\n" % url if url else ""))
            isp.config, former = path, isp.config
            try:
                one = isp.run("payment", "urls", code=0)[1][0]
                assert not url or one["confirmation"].startswith(url + "/pay/kasinet/main/"), one
                return one["warning"]
            finally:
                isp.config = former
        for url, words in (("", "https only"), ("http://pay.kasi.net", "https only"),
                           ("https://mpesa.kasi.net", "mpesa"), ("https://Pay.kasi.net", "small letters"),
                           ("https://192.168.1.5", "from outside")):
            assert words in warning(url), (url, warning(url))
        assert warning("https://pay.kasi.net") is None
        isp.secret("main.token", "short")
        closed = isp.run("payment", "urls", code=1)[1][0]
        assert closed["confirmation"] is None and "16" in closed["warning"], closed


if __name__ == "__main__":
    main(globals())
