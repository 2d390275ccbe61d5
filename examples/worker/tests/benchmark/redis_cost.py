#!/usr/bin/env python3
"""What a job costs the Redis server, and how many one server carries: docs/capacity.md is made from this.

redis_cost.py --worker PROGRAM [--jobs N]

Three parts: a worker with no-op jobs (commands and CPU of the server per job), workers that wait (what a lane costs when nothing
is to do), and the scripts alone, sent as fast as the server takes them (jobs/s of one server when boxes are not the bound)."""

import argparse
import os
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from servers.jobs import List, Streams, job  # noqa: E402
from servers.redis_server import RedisServer  # noqa: E402
from servers.worker_process import WorkerProcess  # noqa: E402

QUEUES = HERE.parent.parent / "src" / "queues"
SETTINGS = {"SANDBOX_RECIPES": str(HERE / "recipes"), "SANDBOX_WARM": "noop", "QUEUE_LEASE": "30s"}


class Meter:
    """CPU of the server and calls of each command between two moments."""

    def __init__(self, server):
        self.server, self.redis = server, server.client()

    def info(self, section):
        lines = (line.split(":", 1) for line in self.redis("INFO", section).splitlines() if ":" in line)
        return dict(lines)

    def cpu(self):
        """All threads of the process: the event loop, and those that write and sync the file."""
        cpu = self.info("cpu")
        return float(cpu["used_cpu_user"]) + float(cpu["used_cpu_sys"])

    def start(self):
        self.redis("CONFIG", "RESETSTAT")
        self.begun, self.cpu_begun = time.monotonic(), self.cpu()

    def stop(self):
        self.seconds, self.cpu_seconds = time.monotonic() - self.begun, self.cpu() - self.cpu_begun
        calls = {name.removeprefix("cmdstat_"): int(text.split(",")[0].split("=")[1]) for name, text in self.info("commandstats").items()}
        network = self.info("stats")
        self.bytes = int(network["total_net_input_bytes"]) + int(network["total_net_output_bytes"])
        self.calls = {name: count for name, count in calls.items() if name not in ("info", "config|resetstat")}
        return self


def of_a_worker(options, client):
    with RedisServer() as server, server.client() as redis:
        jobs = client(redis).submit(*[job(f"noop-{i}", "", "noop") for i in range(options.jobs)])
        meter, file = Meter(server), server_file(server)
        meter.start()
        with WorkerProcess(server.url, {**SETTINGS, "QUEUE_KIND": client.kind, "WORKER_CONCURRENCY": str(os.cpu_count())}):
            client(redis).await_all(jobs[-1:])
            meter.stop()
        client(redis).await_all(jobs)
        print(f"{client.kind}: {options.jobs / meter.seconds:.0f} jobs/s on {os.cpu_count()} processors, of which the server had "
              f"{meter.cpu_seconds / meter.seconds:.0%} of one: {meter.cpu_seconds / options.jobs * 1e6:.0f} us and "
              f"{meter.bytes / options.jobs:.0f} bytes over the network and {(server_file(server) - file) / options.jobs:.0f} into the file a job")
        for name, count in sorted(meter.calls.items(), key=lambda item: -item[1]):
            if count >= options.jobs / 20:
                print(f"  {name:12} {count / options.jobs:5.2f} a job")
        memory = int(meter.info("memory")["used_memory"]) - int(meter.info("memory")["used_memory_startup"])
        print(f"  memory {memory / options.jobs:.0f} bytes a finished job, with its result, until queue.result_ttl")


def of_waiting_lanes(lanes=64, seconds=5):
    with RedisServer() as server:
        settings = {**SETTINGS, "WORKER_CONCURRENCY": str(lanes), "SANDBOX_WARM_BOXES": "0", "WORKER_EXTRA_LANES": "0"}
        with WorkerProcess(server.url, settings):
            time.sleep(1)
            meter = Meter(server)
            meter.start()
            time.sleep(seconds)
            meter.stop()
        commands = sum(meter.calls.values()) / seconds / lanes
        print(f"waiting: {commands:.1f} commands/s and {meter.cpu_seconds / seconds / lanes * 1e6:.0f} us/s of the server a lane")


def server_file(server):
    return int(Meter(server).info("persistence")["aof_current_size"])


def script(redis, name):
    return redis("SCRIPT", "LOAD", "".join((QUEUES / file).read_text() for file in ("common.lua", "redis_streams_common.lua", f"{name}.lua")))


def of_the_scripts(options, depth=32, result_bytes=2400):
    """Many lanes' calls, sent together: the server's event loop is the bound, not this client."""
    with RedisServer() as server, server.client() as redis:
        take, publish = script(redis, "redis_streams_take"), script(redis, "redis_streams_publish")
        redis("XGROUP", "CREATE", "jobs", "workers", "0", "MKSTREAM")
        Streams(redis).submit(*[job(f"noop-{i}", "", "noop") for i in range(options.jobs)])
        common = ["", "workers", "bench:0", 30_000, 86_400_000, 2_592_000_000, 3, 8 << 20]
        result, done, meter = "x" * result_bytes, 0, Meter(server)
        meter.start()
        answers = redis.pipeline([["EVALSHA", take, 1, "jobs", *common, "", "", "1", "jobs"]] * depth)
        while held := [each for each in answers if each[3] == 1]:
            commands = [["EVALSHA", publish, 1, "jobs", *common, "jobs", each[5], each[6], each[7], "done", "", result, "0", "jobs"]
                        for each in held]
            told = redis.pipeline(commands)
            assert all(each[0] == 1 for each in told), told[:1]
            done += len(held)
            answers = [each[1] for each in told]
        assert done == options.jobs, done
        meter.stop()
        print(f"scripts: {done / meter.seconds:.0f} jobs/s taken and published with one connection, {meter.cpu_seconds / done * 1e6:.0f} us of the "
              f"server a job (it had {meter.cpu_seconds / meter.seconds:.0%} of a processor): {done / meter.cpu_seconds:.0f} jobs/s at most")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worker", required=True)
    parser.add_argument("--jobs", type=int, default=5000)
    options = parser.parse_args()
    WorkerProcess.program = options.worker
    for client in (Streams, List):
        of_a_worker(options, client)
    of_waiting_lanes()
    of_the_scripts(options)


if __name__ == "__main__":
    main()
