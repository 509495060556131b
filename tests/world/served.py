"""How a simulated provider is run: options, an HTTP server, and a control line that answers one JSON document a line."""

import ctypes
import http.server
import json
import shlex
import signal
import socketserver
import sys
import threading


def options_of(options, manual):
    """`options` with what the command line says: --NAME VALUE, and --die-with-parent."""
    words = sys.argv[1:]
    while words:
        name = words.pop(0).lstrip("-")
        if name == "die-with-parent":
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        elif name in options and words:
            options[name] = words.pop(0)
        else:
            sys.exit(manual)
    return options


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    allow_reuse_address = True


def control_of(played):
    class Control(socketserver.StreamRequestHandler):
        def handle(self):
            for line in self.rfile:
                line = line.decode()
                words = shlex.split(line) if '"' in line else line.split()
                try:
                    said = played.command(words)
                except Exception as error:  # said to whoever asked
                    said = {"error": "%s: %r" % (" ".join(words), error)}
                self.wfile.write(json.dumps(said).encode() + b"\n")
                self.wfile.flush()
    return Control


class ControlServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True


def serve(played, handler, ports_file):
    """Until it is killed; tells its ports in the file, and that it is ready on its output."""
    web = Server(("127.0.0.1", 0), handler)
    control = ControlServer(("127.0.0.1", 0), control_of(played))
    threading.Thread(target=control.serve_forever, daemon=True).start()
    ports = {"http": web.server_address[1], "control": control.server_address[1]}
    if ports_file:
        with open(ports_file, "w") as file:
            json.dump(ports, file)
    print("ready", json.dumps(ports), flush=True)
    web.serve_forever()
