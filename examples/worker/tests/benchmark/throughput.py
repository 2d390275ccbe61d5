#!/usr/bin/env python3
"""No-op jobs a second through the queue, beside the library's own runs a second: alternating, on the same machine.

throughput.py --worker PROGRAM --baseline PROGRAM [--kind redis_streams|redis_list] [--link tcp|unix] [--runs N] [--rounds N] [--json FILE]"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from servers.jobs import List, Streams, job  # noqa: E402
from servers.redis_server import RedisServer  # noqa: E402
from servers.worker_process import WorkerProcess  # noqa: E402

RECIPES = str(HERE / "recipes")


def library(options):
    done = subprocess.run([options.baseline, RECIPES, str(options.slots), str(options.runs)], capture_output=True, text=True, check=True)
    return float(done.stdout)


def left(redis, kind):
    return redis("XLEN", "jobs") if kind == "redis_streams" else redis("LLEN", "code_jobs")


def through_queue(options):
    """All jobs are there before the worker starts; from the first results to the last."""
    with RedisServer() as server, server.client() as redis:
        client = {"redis_streams": Streams, "redis_list": List}[options.kind](redis)
        client.submit(*[job(f"noop-{i}", "", "noop") for i in range(options.runs)])
        settings = {"QUEUE_KIND": options.kind, "SANDBOX_RECIPES": RECIPES, "SANDBOX_WARM": "noop", "QUEUE_LEASE": "30s",
                    "WORKER_CONCURRENCY": str(options.slots), **dict(each.split("=", 1) for each in options.set)}
        with WorkerProcess(server.unix_url if options.link == "unix" else server.url, settings) as worker:
            while (first := left(redis, options.kind)) > options.runs - 100:
                time.sleep(0.002)
            begun = ended = time.monotonic()
            last = first
            while (now := left(redis, options.kind)) > 0: # seldom: who asks takes a processor from those who work
                last, ended = now, time.monotonic()
                assert worker.process.poll() is None, worker.log.read_text()[-2000:]
                time.sleep(0.1)
            rate = (first - last) / (ended - begun)
            client.await_all([f"noop-{i}" for i in range(options.runs)])
            return rate


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worker", required=True)
    parser.add_argument("--baseline", required=True)
    parser.add_argument("--kind", default="redis_streams", choices=["redis_streams", "redis_list"])
    parser.add_argument("--link", default="tcp", choices=["tcp", "unix"], help="over loopback, or a socket in the file system")
    parser.add_argument("--slots", type=int, default=os.cpu_count())
    parser.add_argument("--runs", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--set", action="append", default=[], metavar="SECTION_KEY=VALUE", help="a further setting of the worker's")
    parser.add_argument("--json")
    options = parser.parse_args()
    WorkerProcess.program = options.worker
    rounds = [(library(options), through_queue(options)) for _ in range(options.rounds)]
    alone, queued = (statistics.median(column) for column in zip(*rounds))
    ratios = [queue / own for own, queue in rounds]
    print(f"library {alone:.0f} runs/s, through {options.kind} ({options.link}) {queued:.0f} jobs/s: ratio {statistics.median(ratios):.2f} "
          f"(of {options.rounds} rounds {min(ratios):.2f} to {max(ratios):.2f}), {options.slots} slots")
    if options.json:
        figures = {"kind": options.kind, "slots": options.slots, "library_runs_per_s": alone, "jobs_per_s": queued,
                   "ratio": statistics.median(ratios)}
        pathlib.Path(options.json).write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
