#!/usr/bin/env python3
"""The queue worker's promises, kept while things break: real servers, real workers, real signals.

run.py --worker PROGRAM --submit PROGRAM [--kind KIND] [--only ROW]... [--thorough]

Each row prints what was seen; exit status 1 when a promise was broken (or with CI set in the
environment a row was skipped), 77 when there is no server to try on."""

import argparse
import os
import pathlib
import sys
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from faults import brokers, engines, killing, leases, names, outages, payloads  # noqa: E402
from faults.bench import Bench  # noqa: E402
from servers.worker_process import WorkerProcess  # noqa: E402

SKIPPED = 77
ROWS = {
    "Q-01": killing.q01_killed_at_every_point,
    "Q-02": leases.q02_stopped_beyond_the_lease,
    "Q-03": outages.q03_server_killed,
    "Q-03b": outages.q03b_nothing_lost_with_always,
    "Q-04": outages.q04_server_in_trouble,
    "Q-05": killing.q05_poison_job,
    "Q-06": payloads.q06_poison_payloads,
    "Q-07": killing.q07_random_kills,
    "Q-08": payloads.q08_submitted_again,
    "Q-09": leases.q09_drains_within_its_bound,
    "Q-10": leases.q10_skewed_clocks,
    "Q-12": payloads.q12_dead_letters,
    "names": names.same_name,
}
KINDS = {"redis_streams": (Bench, ROWS), "redis_list": (Bench, ROWS), **brokers.KINDS}
# Of any kind of queue; only when asked for by name, because an engine is started for them.
ENGINE_ROWS = {"Q-11": engines.q11_engine_restarted}


def run(name, row, bench_class, options):
    begun = time.monotonic()
    try:
        with bench_class(options.kind, options.thorough, seed=options.seed) as bench:
            seen = row(bench)
        outcome = "ok  "
    except leases.Skip as reason:
        outcome, seen = "skip", str(reason)
    except Exception:  # whatever it is, the other rows are run
        outcome, seen = "FAIL", traceback.format_exc()
    print(f"{outcome} {name:5} {time.monotonic() - begun:5.1f} s  {seen}", flush=True)
    return outcome


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worker", required=True)
    parser.add_argument("--submit", required=True)
    parser.add_argument("--kind", default="redis_streams", choices=list(KINDS))
    parser.add_argument("--only", action="append", choices=[*ROWS, "tls", *ENGINE_ROWS])
    parser.add_argument("--thorough", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    bench_class, rows = KINDS[options.kind]
    if not bench_class.available():
        print(f"SKIPPED: no server for {options.kind} is installed; ./dev names the packages")
        return SKIPPED
    WorkerProcess.program, WorkerProcess.submit_program = options.worker, options.submit
    chosen = {name: row for name, row in (rows | ENGINE_ROWS).items() if name in options.only} if options.only else rows
    outcomes = [run(name, row, bench_class, options) for name, row in chosen.items()]
    if set(outcomes) == {"skip"}:
        return SKIPPED
    bad = {"FAIL", "skip"} if os.environ.get("CI") else {"FAIL"}
    return 1 if bad & set(outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
