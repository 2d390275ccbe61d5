"""What every row has: a server, ways to start workers on it, a client, and the size it is run at."""

import random
import time

from servers.jobs import List, Streams, job
from servers.redis_server import RedisServer, available
from servers.worker_process import WorkerProcess

LEASE = 1.0  # seconds, as WorkerProcess sets it
LONG_LEASE = {"QUEUE_LEASE": "5s"}  # longer than a busy machine holds up a worker


class Bench:
    available = staticmethod(available)

    def __init__(self, kind="redis_streams", thorough=False, fsync="everysec", seed=1):
        self.kind, self.thorough = kind, thorough
        self.server = RedisServer(fsync)
        self.redis = self.server.client()
        self.client = {"redis_streams": Streams, "redis_list": List}[kind](self.redis)
        self.random = random.Random(seed)

    def size(self, quick, thorough):
        return thorough if self.thorough else quick

    def worker(self, wrapper=(), url=None, **settings):
        return WorkerProcess(url or self.server.url, {"QUEUE_KIND": self.kind, **settings}, wrapper)

    def reconnect(self):
        self.redis.close()
        self.redis = self.client.redis = self.server.client()

    def run_some(self, count, code="true", **further):
        return self.client.submit(*[job(f"some-{time.monotonic_ns()}-{i}", code, **further) for i in range(count)])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.redis.close()
        self.server.__exit__()


def run_through_cuts(bench, proxy):
    """Jobs of a worker whose connections through `proxy` are cut again and again."""
    done = []
    for _ in range(bench.size(2, 20)):
        more = bench.run_some(3, "sleep 0.05")
        time.sleep(0.3)
        proxy.cut()
        bench.client.await_all(more)
        done += more
    return done


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def recovery_text(seconds):
    if not seconds:
        return "no job was interrupted"
    return (f"{len(seconds)} jobs interrupted, recovered after p50 {percentile(seconds, 0.5):.2f} s, p99 {percentile(seconds, 0.99):.2f} s, "
            f"lease {LEASE:.0f} s")


class Recovery:
    """How long a killed worker's jobs took to their results."""

    def __init__(self, client):
        self.client, self.killed_at = client, {}

    def kill(self, worker):
        held = self.client.held_by(worker)
        worker.kill()
        at = time.time()
        # What it had published meanwhile was not interrupted; what it took meanwhile is unknown to us.
        records = self.client.records(held) if held else {}
        self.killed_at |= {identity: at for identity in held if records[identity].get("status") == "running"}

    def seconds(self):
        records = self.client.records(list(self.killed_at)) if self.killed_at else {}
        return [int(record["finished"]) / 1000 - self.killed_at[identity] for identity, record in records.items()
                if record.get("status") in ("done", "refused")]
