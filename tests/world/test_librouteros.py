#!/usr/bin/python3
"""python3-librouteros must find nothing unusual in a simulated router."""

import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest

try:
    import librouteros
    from librouteros.exceptions import ConnectionClosed, FatalError, MultiTrapError, TrapError
    from librouteros.login import plain, token
    from librouteros.query import And, Key, Or
except ImportError:
    print('skipped: python3-librouteros is not installed')
    sys.exit(77)

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import world  # noqa: E402

PROGRAM = sys.argv.pop(1) if len(sys.argv) > 1 else world.program()


def connect(farm, number=1, **options):
    options.setdefault('port', farm.port(number))
    return librouteros.connect('127.0.0.1', 'wavu', options.pop('password', 'secret'), **options)


class Ordinary(unittest.TestCase):
    """What a script of an operator does."""

    @classmethod
    def setUpClass(cls):
        cls.farm = world.World(PROGRAM, '--routers', '5', '--password', 'secret', '--version',
                               '6.42.12,6.49.19,7.9,7.16.2,7.20.8')

    @classmethod
    def tearDownClass(cls):
        cls.farm.stop()

    def test_login_forms(self):
        connect(self.farm, 1, login_method=token).close()
        for number in range(2, 6):
            connect(self.farm, number, login_method=plain).close()
            with self.assertRaises(TrapError) as caught:
                connect(self.farm, number, password='wrong')
            self.assertEqual(str(caught.exception), 'invalid user name or password (6)')

    def test_a_row_from_birth_to_death(self):
        for number in range(2, 6):
            api = connect(self.farm, number)
            secrets = api.path('ppp', 'secret')
            id = secrets.add(name='juma', password='x1', comment='from a script')
            rows = list(secrets)
            self.assertEqual([row['.id'] for row in rows], [id])
            self.assertEqual(rows[0]['profile'], 'default')
            self.assertIs(rows[0]['disabled'], False)
            secrets.update(**{'.id': id, 'disabled': True, 'comment': ''})
            row = list(secrets)[0]
            self.assertIs(row['disabled'], True)
            self.assertNotIn('comment', row)
            with self.assertRaises(TrapError) as caught:
                secrets.add(name='juma')
            self.assertIn('already exists', str(caught.exception))
            secrets.remove(id)
            self.assertEqual(list(secrets), [])
            with self.assertRaises(TrapError) as caught:
                secrets.remove(id)
            self.assertIn('no such item', str(caught.exception))
            api.close()

    def test_queries(self):
        api = connect(self.farm, 4)
        lists = api.path('ip', 'firewall', 'address-list')
        ids = [lists.add(list='red' if i % 2 else 'blue', address='10.3.0.%d' % i)
               for i in range(10)]
        list_, address, id = Key('list'), Key('address'), Key('.id')
        self.assertEqual(len(list(lists.select(id).where(list_ == 'red'))), 5)
        self.assertEqual(len(list(lists.select(id).where(list_ != 'red'))), 5)
        self.assertEqual(list(lists.select(address).where(list_ == 'red',
                                                          address == '10.3.0.3')),
                         [{'address': '10.3.0.3'}])
        self.assertEqual(len(list(lists.select(id).where(
            Or(address == '10.3.0.1', address == '10.3.0.2', address == '10.3.0.77')))), 2)
        self.assertEqual(len(list(lists.select(id).where(
            And(list_ == 'blue', address == '10.3.0.2')))), 1)
        self.assertEqual(len(list(lists.select(id).where(address.In('10.3.0.1', '10.3.0.5')))), 2)
        lists.remove(*ids)
        self.assertEqual(list(lists), [])

    def test_unknown_menus(self):
        with self.assertRaises(MultiTrapError):
            list(connect(self.farm, 2).path('ip', 'adress'))
        with self.assertRaises(TrapError):
            list(connect(self.farm, 4).path('ip', 'adress'))

    def test_not_logged_in(self):
        with self.assertRaises(FatalError):
            connect(self.farm, 4, login_method=lambda api, **_: tuple(api('/ppp/secret/print')))

    def test_system(self):
        for number, version in enumerate(['6.49.19 (long-term)', '7.9 (stable)',
                                          '7.16.2 (stable)', '7.20.8 (stable)'], 2):
            api = connect(self.farm, number)
            resource = tuple(api('/system/resource/print'))[0]
            self.assertEqual(resource['version'], version)
            self.assertEqual(tuple(api('/system/identity/print')),
                             ({'name': 'router%d' % number},))
            api.close()

    def test_raw_bytes_and_long_words(self):
        api = connect(self.farm, 4, encoding='latin-1')
        pools = api.path('ip', 'pool')
        for comment in ('caf\xe9', 'x' * 256, 'y' * 46000, 'a=b\r\nc'):
            id = pools.add(name='p', ranges='10.4.0.0/24', comment=comment)
            self.assertEqual([row['comment'] for row in pools if row['.id'] == id], [comment])
            pools.remove(id)


class People(unittest.TestCase):
    """What librouteros sees while people come and go."""

    def setUp(self):
        self.farm = world.World(PROGRAM, '--password', 'secret')
        self.addCleanup(self.farm.stop)
        self.api = connect(self.farm)
        self.api.path('ip', 'pool').add(name='p', ranges='10.1.0.0/16')
        self.api.path('ppp', 'profile').add(
            **{'name': 'home', 'remote-address': 'p', 'rate-limit': '5M/10M'})
        self.api.path('ppp', 'secret').add(name='juma', password='x', profile='home')

    def test_pppoe(self):
        actives = self.api.path('ppp', 'active')
        self.assertFalse(self.farm.ask('dial', 1, 'juma', 'wrong')['ok'])
        self.farm.do('dial', 1, 'juma', 'x', 'aa:bb:cc:00:00:01')
        row = list(actives)[0]
        self.assertEqual((row['name'], row['caller-id'], row['service']),
                         ('juma', 'AA:BB:CC:00:00:01', 'pppoe'))
        queue = list(self.api.path('queue', 'simple'))[0]
        self.assertEqual((queue['name'], queue['max-limit'], queue['dynamic']),
                         ('<pppoe-juma>', '5000000/10000000', True))
        self.api.path('ppp', 'secret').remove('juma')
        self.assertTrue(self.farm.access('juma')['open'])
        actives.remove(row['.id'])
        self.assertFalse(self.farm.access('juma')['open'])
        self.assertEqual(list(self.api.path('queue', 'simple')), [])

    def test_hotspot_and_time(self):
        self.api.path('ip', 'hotspot', 'user').add(**{'name': 'amina', 'password': 'x',
                                                      'limit-uptime': '1h'})
        self.farm.do('login', 1, '02:00:00:00:00:01', 'amina', 'x')
        self.farm.do('advance', 1800)
        active = list(self.api.path('ip', 'hotspot', 'active'))[0]
        self.assertRegex(active['session-time-left'], '^(30m|29m5[0-9]s)$')
        self.farm.do('leave', 1, '02:00:00:00:00:01')
        self.assertEqual(self.farm.do('arrive', 1, '02:00:00:00:00:01')['result'], 'done')
        self.farm.do('advance', 1801)
        self.assertFalse(self.farm.ask('is-open', 1, '02:00:00:00:00:01')['ok'])

    def test_hand_edits_and_the_log(self):
        self.farm.do('hand', 1, '/ppp/secret/set', '=.id=juma', '=comment=two words "quoted"')
        self.assertEqual(self.farm.rows('/ppp/secret')[0]['comment'], 'two words "quoted"')
        self.assertEqual(list(self.api.path('ppp', 'secret'))[0]['comment'],
                         'two words "quoted"')
        log = self.farm.do('log', 1)['entries']
        self.assertEqual([entry['outcome'] for entry in log], ['*2', '*1', '*1'])
        self.assertEqual(self.farm.do('counters', 1)['writes'], 3)
        self.assertEqual(self.farm.do('counter', 1, '/ppp/secret', 'add')['count'], 1)
        with self.assertRaises(world.Refused):
            self.farm.do('hand', 1, '/ppp/secret/set', '=.id=nobody', '=comment=x')

    def test_reboot_and_factory_reset(self):
        self.farm.do('dial', 1, 'juma', 'x')
        self.farm.do('reboot', 1, 200)
        with self.assertRaises(OSError):
            list(self.api.path('ppp', 'active'))
        with self.assertRaises(ConnectionRefusedError):
            connect(self.farm)
        api = self.wait_for_router()
        self.assertEqual(list(api.path('ppp', 'active')), [])
        self.assertEqual(len(list(api.path('ppp', 'secret'))), 1)
        self.farm.do('factory-reset', 1)
        with self.assertRaises(TrapError):
            connect(self.farm)

    def wait_for_router(self):
        for _ in range(200):
            try:
                return connect(self.farm)
            except ConnectionRefusedError:
                time.sleep(0.05)
        self.fail('the router did not come back')


class Trouble(unittest.TestCase):
    """Faults, as a client on TCP feels them."""

    def setUp(self):
        self.farm = world.World(PROGRAM, '--password', 'secret')
        self.addCleanup(self.farm.stop)

    def test_refused(self):
        self.farm.do('fault', 1, 'refuse', 'times=0')
        with self.assertRaises(ConnectionRefusedError):
            connect(self.farm)
        self.farm.do('clear', 1)
        connect(self.farm).close()

    def test_silence(self):
        self.farm.do('fault', 1, 'silent')
        with self.assertRaises(socket.timeout):
            connect(self.farm, timeout=0.2)
        self.farm.do('fault', 1, 'mute')
        api = connect(self.farm)
        api.protocol.transport.sock.settimeout(0.2)
        with self.assertRaises(socket.timeout):
            list(api.path('ppp', 'secret'))

    def test_cuts_on_both_ways(self):
        for how, felt in (('reset', ConnectionResetError), ('end', ConnectionClosed),
                          ('stall', socket.timeout)):
            for kind in ('cut-received', 'cut-sent'):
                api = connect(self.farm)
                api.protocol.transport.sock.settimeout(0.3 if how == 'stall' else 10)
                self.farm.do('fault', 1, kind, 'after=5', 'how=' + how)
                with self.assertRaises(felt):
                    list(api.path('ip', 'service'))
                self.assertEqual(self.farm.do('faults', 1)[kind]['armed'], False)
        self.assertEqual(self.farm.do('faults', 1)['cut-sent']['fired'], 3)

    def test_traps_and_lies(self):
        secrets = connect(self.farm).path('ppp', 'secret')
        self.farm.do('fault', 1, 'trap', 'text=failure: out of coffee')
        with self.assertRaises(TrapError) as caught:
            secrets.add(name='a')
        self.assertEqual(str(caught.exception), 'failure: out of coffee')
        self.farm.do('fault', 1, 'lie')
        self.assertEqual(secrets.add(name='a'), '*1')
        self.assertEqual(list(secrets), [])

    def test_latency(self):
        api = connect(self.farm)
        self.farm.do('latency', 1, 100)
        began = time.monotonic()
        self.assertEqual(tuple(api('/system/identity/print')), ({'name': 'router1'},))
        self.assertGreaterEqual(time.monotonic() - began, 0.099)
        # Eleven commands at once have eleven answers, and all were in flight together.
        sentence = b'\x16/system/identity/print\0'
        login = b'\x06/login\x0a=name=wavu\x10=password=secret\0'
        line = socket.create_connection(('127.0.0.1', self.farm.port()))
        line.sendall(login + sentence * 10)
        got = b''
        while got.count(b'!done') < 11:
            got += line.recv(65536)
        self.assertGreaterEqual(self.farm.do('counters', 1)['tags_max'], 10)
        line.close()


class Tls(unittest.TestCase):
    """api-ssl, with a certificate and without."""

    def certificate(self, folder):
        cert, key = os.path.join(folder, 'cert.pem'), os.path.join(folder, 'key.pem')
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
                        'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-keyout', key,
                        '-out', cert, '-subj', '/CN=router', '-addext',
                        'subjectAltName=DNS:router.test'],
                       check=True, stderr=subprocess.DEVNULL)
        return cert, key

    def test_a_certificate(self):
        with tempfile.TemporaryDirectory() as folder:
            cert, key = self.certificate(folder)
            with world.World(PROGRAM, '--password', 'secret', '--tls-cert', cert,
                             '--tls-key', key) as farm:
                context = ssl.create_default_context(cafile=cert)
                api = connect(farm, port=farm.port(tls=True), ssl_wrapper=lambda sock:
                              context.wrap_socket(sock, server_hostname='router.test'))
                self.assertEqual(len(list(api.path('ip', 'service'))), 8)
                api.close()
                with self.assertRaises(ssl.SSLCertVerificationError):
                    connect(farm, port=farm.port(tls=True), ssl_wrapper=lambda sock:
                            context.wrap_socket(sock, server_hostname='other.test'))

    def test_anonymous(self):
        with world.World(PROGRAM, '--password', 'secret', '--tls-anonymous') as farm:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            context.set_ciphers('ADH:@SECLEVEL=0')
            api = connect(farm, port=farm.port(tls=True), ssl_wrapper=context.wrap_socket)
            self.assertEqual(len(list(api.path('ip', 'service'))), 8)
            api.close()
            plain_context = ssl.create_default_context()
            plain_context.check_hostname = False
            plain_context.verify_mode = ssl.CERT_NONE
            with self.assertRaises(ssl.SSLError):
                connect(farm, port=farm.port(tls=True), ssl_wrapper=plain_context.wrap_socket)


class Program(unittest.TestCase):
    """The program's own manners."""

    def test_help_and_wrong_usage(self):
        told = subprocess.run([PROGRAM, '--help'], capture_output=True, check=True).stdout.decode()
        with world.World(PROGRAM) as farm:
            verbs = farm.do('help')['verbs']
        self.assertGreater(len(verbs), 30)
        for verb in verbs:
            self.assertIn('\n  %s ' % verb, told)
        for wrong in (['--nonsense'], ['--routers', 'many'], ['rest'], ['--tls-cert', 'x']):
            done = subprocess.run([PROGRAM, *wrong], capture_output=True, check=False)
            self.assertEqual(done.returncode, 64)
            self.assertTrue(done.stderr)

    def test_files(self):
        with tempfile.TemporaryDirectory() as folder:
            ports, run = os.path.join(folder, 'ports'), os.path.join(folder, 'run')
            with open(run, 'w', encoding='utf-8') as file:
                file.write('# a comment\nhand all /ppp/secret/add =name=juma\n')
            with world.World(PROGRAM, '--routers', '2', '--ports-file', ports, '--run',
                             run) as farm:
                with open(ports, encoding='utf-8') as file:
                    self.assertEqual(json.load(file), farm.told)
                self.assertEqual(farm.names('/ppp/secret', 2), ['juma'])
            with open(run, 'a', encoding='utf-8') as file:
                file.write('hand all /ppp/secret/add =name=juma\n')
            done = subprocess.run([PROGRAM, '--run', run], capture_output=True, check=False)
            self.assertEqual(done.returncode, 1)

    def test_wrong_control_lines(self):
        with world.World(PROGRAM) as farm:
            for line in (b'', b'nonsense', b'count', b'count 2 /ppp/secret', b'count 1 /nowhere',
                         b'count 1 /ppp/secret more', b'hand 1 "open quote', b'advance soon',
                         b'fault 1 earthquake', b'fault 1 trap after=x', b'read 1 /ppp/secret a b',
                         b'latency 1 -5', b'x ' * 100):
                farm.file.write(line + b'\n')
                farm.file.flush()
                self.assertIs(json.loads(farm.file.readline())['ok'], False, line)
            self.assertEqual(farm.do('count', 'all', '/ppp/secret')['routers'],
                             {'router1': {'ok': True, 'count': 0}})


if __name__ == '__main__':
    unittest.main()
