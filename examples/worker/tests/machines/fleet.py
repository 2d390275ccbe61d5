"""A Redis on one machine, workers on the others, and what became of the jobs."""

import contextlib
import time

from servers.jobs import Streams, job
from servers.redis_server import RedisServer
from servers.worker_process import WorkerProcess

LEASE = 2.0  # seconds; of one, links with a delay leave a busy machine a quarter
LANES = 5


class Fleet:
    """Its maker is on the server's machine, and so are its connections."""

    def __init__(self, network):
        self.home, *self.machines = network.machines
        self.owned = contextlib.ExitStack()
        try:
            self.server = self.owned.enter_context(RedisServer())
            self.redis = self.server.client()
            self.redis("CONFIG", "SET", "protected-mode", "no")
            self.redis("CONFIG", "SET", "bind", f"127.0.0.1 {self.home.address}")
            self.client = Streams(self.redis)
            self.workers = [self.owned.enter_context(self.worker(machine)) for machine in self.machines]
        except BaseException:
            self.owned.close()
            raise
        self.batches, self.all_jobs = 0, []

    def worker(self, machine):
        settings = {"WORKER_NAME": machine.namespace.name, "WORKER_CONCURRENCY": str(LANES), "WORKER_EXTRA_LANES": "0", "REDIS_TIMEOUT": "1s",
                    "QUEUE_LEASE": f"{LEASE:.0f}s", "SANDBOX_LANGUAGES": "bash"}
        return WorkerProcess(f"redis://{self.home.address}:{self.server.port}", settings, machine.namespace.wrapper)

    def submit(self, count, code):
        self.batches += 1
        identities = self.client.submit(*(job(f"b{self.batches}-{number}", code) for number in range(count)))
        self.all_jobs += identities
        return identities

    def now(self):
        """Milliseconds of the server's clock, the one that records are written by."""
        seconds, microseconds = self.redis("TIME")
        return int(seconds) * 1000 + int(microseconds) // 1000

    def held_by(self, machine):
        entries = self.redis("XPENDING", "jobs", "workers", "-", "+", 1000)
        held = [entry[0] for entry in entries if entry[1].startswith(machine.namespace.name + ":")]
        return [found[0][1][1] for found in self.redis.pipeline([["XRANGE", "jobs", entry, entry] for entry in held]) if found]

    def finished(self, identities):
        """When each of these ended (server's milliseconds), and on which machine's worker."""
        return {identity: (int(record["finished"]), record["consumer"].split(":")[0])
                for identity, record in self.client.records(identities).items()}

    def seconds_until_done(self, identities, since):
        """The last of them ended so long after that moment of the server's."""
        self.client.await_all(identities, 40)
        return max(at for at, _ in self.finished(identities).values()) / 1000 - since / 1000

    def metric(self, machine, name):
        worker = self.workers[self.machines.index(machine)]
        with machine.namespace.inside():
            return worker.metric(name)

    def seconds_until_back(self, machine):
        """From now until its worker publishes again. There are jobs for everybody meanwhile."""
        since, deadline, identities = self.now(), time.monotonic() + 30, []
        while time.monotonic() < deadline:
            identities += self.submit(2 * LANES * len(self.machines), "sleep 0.05")
            self.client.await_all(identities, 40)
            back = [at for at, worker in self.finished(identities).values() if worker == machine.namespace.name]
            if back:
                return min(back) / 1000 - since / 1000
        raise AssertionError(f"{machine.namespace.name} does not come back")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.owned.close()
