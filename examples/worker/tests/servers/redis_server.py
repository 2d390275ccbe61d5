"""A Redis server of the tests' own: loopback, a free port, a folder of its own."""

import contextlib
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

from servers.resp import Redis, ServerError


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def available():
    return shutil.which("redis-server") is not None


class RedisServer:
    def __init__(self, fsync="everysec", further=()):
        self.port = free_port()
        while further and self.port > 55535:  # a cluster's nodes talk at 10000 more
            self.port = free_port()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="worker-redis-"))
        self.fsync = fsync
        self.further = further
        self.process = None
        self.start()

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}"

    @property
    def unix_url(self):
        return f"unix://{self.folder}/socket"

    def start(self):
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--unixsocket", f"{self.folder}/socket",
                 "--dir", str(self.folder), "--appendonly", "yes", "--appendfsync", self.fsync, "--save", "", "--maxmemory-policy", "noeviction", *self.further],
                stdout=log, stderr=log)
        deadline = time.monotonic() + 30
        while True:
            with contextlib.suppress(OSError, ServerError), Redis(self.port) as redis:
                redis("PING")
                return
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text()[-2000:])
            time.sleep(0.01)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def client(self):
        return Redis(self.port)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
