"""Starts world-router and speaks to its control port."""

import json
import os
import socket
import subprocess


class Refused(Exception):
    """The control port answered ok: false."""


def quote(word):
    """One word of a control line; it may hold anything but a line feed."""
    return '"' + str(word).replace('\\', '\\\\').replace('"', '\\"') + '"'


class World:
    """A running farm; use it with `with`. World(program, '--routers', '3', …)"""

    def __init__(self, program, *options):
        self.process = subprocess.Popen(
            [program, '--control', '0', '--die-with-parent', *options],
            stdout=subprocess.PIPE)
        told = self.process.stdout.readline()
        if not told:
            raise RuntimeError('world-router did not start: exit code %d' % self.process.wait())
        self.told = json.loads(told)
        self.control = socket.create_connection(('127.0.0.1', self.told['control']))
        self.file = self.control.makefile('rwb')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Ends the program and checks that it ended well."""
        if self.process.poll() is None:
            self.process.terminate()
        code = self.process.wait(30)
        self.file.close()
        self.control.close()
        self.process.stdout.close()
        if code != 0:
            raise RuntimeError('world-router ended with %d' % code)

    def port(self, number=1, tls=False):
        """The API port of the nth router, from 1."""
        return self.told['routers'][number - 1]['tls_port' if tls else 'port']

    def ask(self, *words):
        """The answer to one control line, whatever it is."""
        line = ' '.join(quote(word) for word in words) + '\n'
        self.file.write(line.encode('utf-8', 'surrogateescape'))
        self.file.flush()
        return json.loads(self.file.readline())

    def do(self, *words):
        """The answer to one control line that must be ok."""
        answer = self.ask(*words)
        if not answer['ok']:
            raise Refused('%s: %s' % (' '.join(map(str, words)), answer))
        return answer

    def rows(self, menu, router=1):
        return self.do('rows', router, menu)['rows']

    def names(self, menu, router=1, key='name'):
        return [row.get(key) for row in self.rows(menu, router)]

    def access(self, name, router=1):
        return self.do('access', router, name)


def program():
    """world-router of the build folder: the argument, else below $WAVU_BUILD."""
    return os.path.join(os.environ['WAVU_BUILD'], 'tests', 'world', 'world-router')
