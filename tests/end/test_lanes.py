"""Several providers at once, end to end: one that takes every connection and answers nothing delays nobody else."""

import os
import signal
import tempfile

from isp import main, wait_for
from shop import Daraja, Shop


def test_a_provider_that_hangs_delays_neither_the_others_nor_a_stop():
    with Shop() as isp, tempfile.TemporaryDirectory() as folder:
        path = os.path.join(isp.repository, "tenant.yaml")
        other = Daraja(folder)
        try:
            first = "".join(open(path).read().partition("  - ")[1:])
            isp.write("tenant.yaml", open(path).read() + first.replace("name: main", "name: second").replace(
                ":%d" % isp.daraja.ports["http"], ":%d" % other.ports["http"]))
            isp.commit("a second channel", wait=True)
            isp.daraja.process.send_signal(signal.SIGSTOP)
            hung = isp.request("--channel", "main")
            second = isp.request("--channel", "second", "--phone", "0712345679")
            other.ask("pay", other.prompt()["id"])
            isp.becomes("paid", second["attempt"])
            isp.online()
            assert isp.attempt(hung["attempt"])["status"] == "created", "nobody knows of that one yet"
            isp.stop()
            isp.daraja.process.send_signal(signal.SIGCONT)
            isp.start()
            isp.daraja.ask("pay", isp.daraja.prompt()["id"])
            isp.becomes("paid", hung["attempt"])
            isp.quiet()
            assert len(isp.daraja.prompts()) == 1 and len(other.prompts()) == 1 and len(isp.credited()) == 2
        finally:
            isp.daraja.process.send_signal(signal.SIGCONT)
            other.stop()


if __name__ == "__main__":
    main(globals())
