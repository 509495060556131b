"""Money that goes back through its provider, and nobody says so: lost answers, and a controller that is killed around the
order (payments facts 1.10; property 34)."""

from isp import has_failpoints, main, wait_for
from test_reversal import ASKED_S, WHY, is_reversed, open_orders, orders, paid, send, shop, told


def test_property_34_a_lost_acknowledgement_is_asked_about_and_never_sent_again():
    with shop() as isp:
        isp.daraja.ask("set", "reversal", "lostack")
        receipt = paid(isp)
        isp.sits_online()
        assert send(isp, receipt)["order"] == "open"
        assert isp.payment(receipt)["status"] == "credited", "nobody has said that it is done"
        is_reversed(isp, receipt, ASKED_S)
        wait_for("he is shut out", isp.is_shut)
        # Late, and twice.
        for _ in range(2):
            assert isp.daraja.ask("reversed", 0)["told"] == [200]
        isp.quiet()
        assert len(orders(isp)) == 1 and isp.show()["balance"] == "0.00"
        assert "is reversed" in told(isp, receipt), told(isp, receipt)
        isp.settle()


def killed_at(isp, point, receipt):
    """False: this build has no failpoints."""
    if not has_failpoints():
        return False
    isp.stop()
    isp.start(environment={"WAVU_FAILPOINT": point})
    isp.run("payment", "refund", receipt, "--reason", WHY, "--send")
    isp.dies_at(point)
    isp.start()
    return True


def test_property_34_killed_before_it_left():
    with shop() as isp:
        receipt = paid(isp)
        if not killed_at(isp, "asker-before-order", receipt):
            return
        is_reversed(isp, receipt)
        isp.quiet()
        assert len(orders(isp)) == 1, "it had not left, so it left"
    with shop() as isp:
        receipt = paid(isp)
        if not killed_at(isp, "asker-before-reversal", receipt):
            return
        wait_for("it is asked how the payment stands", lambda: "still stands" in told(isp, receipt), ASKED_S)
        isp.quiet()
        assert orders(isp) == [], "it may have left, so it never does"
        assert isp.payment(receipt)["status"] == "credited" and open_orders(isp)["refunds_open_count"] == 1
        assert "already" in send(isp, receipt, "--again", code=1)["message"]


def test_property_34_killed_after_it_left():
    with shop() as isp:
        isp.daraja.ask("set", "reversal", "lost")
        receipt = paid(isp)
        isp.sits_online()
        if not killed_at(isp, "asker-after-reversal", receipt):
            return
        is_reversed(isp, receipt, ASKED_S)
        wait_for("he is shut out", isp.is_shut)
        isp.quiet()
        assert len(orders(isp)) == 1
        isp.settle()


if __name__ == "__main__":
    main(globals())
