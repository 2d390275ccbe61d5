"""Servers that go away: Q-03, Q-04."""

import contextlib
import json
import threading
import time

from faults.bench import run_through_cuts
from servers.jobs import job
from servers.resp import ServerError
from servers.slow_proxy import SlowProxy
from servers.worker_process import submit, wait_for


def keep_submitting(bench, accepted, stop):
    """One at a time, each noted as soon as the server acknowledged it."""
    redis, number = bench.server.client(), 0
    with contextlib.suppress(OSError, ServerError):
        while not stop.is_set():
            each = job(f"load-{number}", "true")
            redis(*bench.client.command(each, "jobs"))
            accepted.append((each["id"], time.time()))
            number += 1
            time.sleep(0.004)


def queued(bench):
    """The ids of jobs that wait or are held."""
    if bench.kind == "redis_streams":
        return {fields[1] for _, fields in bench.redis("XRANGE", "jobs", "-", "+")}
    keys = ["code_jobs", *bench.redis("KEYS", "code_jobs:processing:*")]
    return {json.loads(payload)["id"] for key in keys for payload in bench.redis("LRANGE", key, 0, -1)}


def q03_server_killed(bench):
    """kill -9 of Redis under load, and a restart: what it acknowledged before its last second is done, once."""
    accepted, stop = [], threading.Event()
    with bench.worker() as worker:
        load = threading.Thread(target=keep_submitting, args=(bench, accepted, stop))
        load.start()
        time.sleep(bench.size(2.5, 10))
        wait_for(lambda: len(accepted) > bench.size(100, 1000), 120)
        killed_at = time.time()
        bench.server.kill()
        stop.set()
        load.join()
        time.sleep(bench.size(1, 5))
        bench.server.start()
        restarted = time.monotonic()
        bench.reconnect()
        bench.run_some(1)
        ready = wait_for(lambda: worker.page("/readyz") == "ready\n" and bench.redis("KEYS", "result:some-*") and time.monotonic(), 30)
        # What the server forgot is nowhere; what it has must end.
        waiting = queued(bench)  # first: what waits now may be done by the next look
        records = bench.client.records([identity for identity, _ in accepted])
        known = [identity for identity, record in records.items() if record or identity in waiting]
        bench.client.await_all(known)
        bench.client.check_once(known)
        assert worker.process.poll() is None
    lost = {identity: at for identity, at in accepted if identity not in known}
    oldest = max((killed_at - at for at in lost.values()), default=0)
    assert not lost or (bench.server.fsync == "everysec" and oldest <= 2.0), f"lost {len(lost)}, the oldest {oldest:.2f} s before the kill"
    return (f"{len(accepted)} acknowledged, {len(lost)} of the last {oldest:.2f} s lost (appendfsync {bench.server.fsync}); the worker had its "
            f"first result {ready - restarted:.2f} s after the restart")


def q03b_nothing_lost_with_always(bench):
    """The same with appendfsync always: nothing that was acknowledged is lost."""
    bench.redis("CONFIG", "SET", "appendfsync", "always")
    bench.server.fsync = "always"
    return q03_server_killed(bench)


def q04_server_in_trouble(bench):
    """A clean restart, no memory, read-only, slow, cut connections: no crash, producers are told, and all ends well."""
    told = []
    with SlowServer(bench) as proxy, bench.worker() as worker, bench.worker(url=proxy.url) as far_worker:
        batches = bench.run_some(5, "sleep 0.05")
        bench.server.stop()
        time.sleep(0.3)
        bench.server.start()
        bench.reconnect()
        batches += bench.run_some(5)
        bench.client.await_all(batches)

        bench.redis("CONFIG", "SET", "maxmemory", "1")
        status, _, complaint = submit(bench.server.url, "submit", "-", "--lang", "bash", text="true", settings={"QUEUE_KIND": bench.kind})
        assert status == 5 and "OOM" in complaint, (status, complaint)
        told.append("OOM")
        bench.redis("CONFIG", "SET", "maxmemory", "0")

        bench.redis("REPLICAOF", "127.0.0.1", "1")
        status, _, complaint = submit(bench.server.url, "submit", "-", "--lang", "bash", text="true", settings={"QUEUE_KIND": bench.kind})
        assert status == 5 and "READONLY" in complaint, (status, complaint)
        told.append("READONLY")
        bench.redis("REPLICAOF", "NO", "ONE")

        batches += bench.run_some(5)
        bench.client.await_all(batches)
        assert worker.terminate() == 0
        batches += run_through_cuts(bench, proxy)  # only the far one is left
        assert far_worker.process.poll() is None and far_worker.metric("sandbox_worker_queue_errors_total") > 0
    repeated = bench.client.check_once(batches)
    return f"{len(batches)} jobs done over a restart, {', '.join(told)}, +200 ms and cut connections; {repeated} executed again"


class SlowServer(SlowProxy):
    def __init__(self, bench):
        super().__init__(bench.server.port, delay=0.1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
