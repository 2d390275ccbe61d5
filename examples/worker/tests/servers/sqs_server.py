"""An emulator of SQS of the tests' own, from npm, on loopback."""

import fcntl
import functools
import os
import pathlib
import shutil
import subprocess
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parent / "sqs_emulator"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
               "AWS_SESSION_TOKEN": "a/token+with=signs", "AWS_REGION": "eu-central-1"}


@functools.cache
def folder():
    """Where its packages are; fetched once. None: they cannot be had."""
    packages = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "sandbox-worker-sqs-emulator"
    wanted = (SOURCE / "package-lock.json").read_bytes()
    done = packages / "installed"
    if done.exists() and done.read_bytes() == wanted:
        return packages
    if not shutil.which("npm") or not shutil.which("node"):
        return None
    packages.mkdir(parents=True, exist_ok=True)
    with open(packages / "turn", "w") as turn:  # two tests may be at it
        fcntl.flock(turn, fcntl.LOCK_EX)
        if done.exists() and done.read_bytes() == wanted:
            return packages
        if not fetch(packages):
            return None
        done.write_bytes(wanted)
    return packages


def fetch(packages):
    for name in ("package.json", "package-lock.json"):
        shutil.copy(SOURCE / name, packages / name)
    fetched = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=packages, capture_output=True, timeout=300, check=False)
    return fetched.returncode == 0


def available():
    return folder() is not None


class SqsServer:
    def __init__(self):
        os.environ.update(CREDENTIALS)  # workers look for them there
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(["node", SOURCE / "emulator.js", folder()], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.errors, text=True)
        self.port = int(self.process.stdout.readline())

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()
        self.errors.close()
