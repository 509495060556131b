"""A statement beside what came another way, and a run of it that was killed: each line counts once."""

from isp import has_failpoints, main
from shop import Shop
from statements import line, reconcile


def test_property_11_a_prompt_paid_by_query_is_one_with_its_line():
    with Shop() as isp:
        isp.daraja.ask("set", "limit", "off")
        isp.daraja.ask("set", "callback", "never")
        isp.request()
        isp.daraja.ask("pay", isp.daraja.prompt()["id"])
        isp.becomes("paid", wait_s=90)
        assert isp.credited()[0]["receipt"].startswith("STK-"), isp.credited()
        receipt = isp.daraja.prompts()[0]["receipt"]
        code, answer = reconcile(isp, line(receipt, "2500.00", party="254712345678 - JANE"))
        assert code == 0 and answer["differences"] == answer["not_credited"] == [], answer
        assert [one["receipt"] for one in isp.credited()] == [receipt] and isp.show()["balance"] == "0.00"
        isp.run("verify", code=0)


def test_killed_between_batches_each_line_counts_once():
    if not has_failpoints():
        return
    for point in ("statement-before-commit:2", "statement-after-commit:1"):
        with Shop() as isp:
            lines = [line("UKM%07d" % i, "1.00") for i in range(250)]
            isp.stop()
            isp.start(environment={"WAVU_FAILPOINT": point})
            code, answer = reconcile(isp, *lines)
            assert code != 0 or len(isp.payments()) == 250, answer
            isp.dies_at(point)
            isp.start()
            code, answer = reconcile(isp, *lines)
            assert code == 0, answer
            assert len(isp.payments()) == 250 and isp.show()["balance"] == "250.00", isp.show()
            isp.run("verify", code=0)


if __name__ == "__main__":
    main(globals())
