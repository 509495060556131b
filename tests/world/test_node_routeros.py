#!/usr/bin/python3
"""Fetches node-routeros into a scratch folder and runs test_node_routeros.js with it."""

import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import world  # noqa: E402

PACKAGE = 'node-routeros@1.6.9'
PROGRAM = sys.argv[1] if len(sys.argv) > 1 else world.program()
SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'test_node_routeros.js')


def skip(why):
    print('skipped: ' + why)
    sys.exit(77)


def fetch(folder):
    """Installs the package; scripts of packages are not run."""
    if shutil.which('node') is None or shutil.which('npm') is None:
        skip('node or npm is not installed')
    try:
        done = subprocess.run(['npm', 'install', '--prefix', folder, '--no-audit', '--no-fund',
                               '--ignore-scripts', '--fetch-retries', '0',
                               '--fetch-timeout', '20000', PACKAGE], capture_output=True, timeout=90,
                              cwd=folder, check=False)
    except subprocess.TimeoutExpired:
        skip('npm did not answer')
    if done.returncode != 0:
        skip('npm could not fetch %s: %s' % (PACKAGE, done.stderr.decode(errors='replace')[-300:]))


def main():
    with tempfile.TemporaryDirectory() as folder:
        fetch(folder)
        # It does not know !empty, so its routers are older than 7.18.
        for version in ('6.49.19', '7.9', '7.16.2'):
            with world.World(PROGRAM, '--password', 'secret', '--version', version) as farm:
                environment = dict(os.environ, NODE_PATH=os.path.join(folder, 'node_modules'))
                subprocess.run(['node', SCRIPT, str(farm.port())], env=environment, timeout=60,
                               check=True)


if __name__ == '__main__':
    main()
