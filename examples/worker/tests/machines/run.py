#!/usr/bin/env python3
"""Workers on three machines, Redis on a fourth, and links between them that are slow and get cut. No job is lost or done twice.

run.py --worker PROGRAM

The machines are network namespaces; takes root and a minute. Each row prints what was seen; exit status 1 when a promise was broken,
77 when this host has no namespaces to make machines of."""

import argparse
import os
import pathlib
import random
import shutil
import signal
import sys
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from machines.fleet import LANES, LEASE, Fleet  # noqa: E402
from machines.network import Network  # noqa: E402
from servers.worker_process import WorkerProcess, wait_for  # noqa: E402

SKIPPED = 77
FAR = 0.2  # seconds, each way


def near(fleet):
    """Links as they are in a rack."""
    since = fleet.now()
    identities = fleet.submit(60, "sleep 0.5")
    seconds = fleet.seconds_until_done(identities, since)
    workers = {worker for _, worker in fleet.finished(identities).values()}
    assert len(workers) == len(fleet.machines), workers
    return f"{len(identities)} jobs of 0.5 s on {len(workers)} machines in {seconds:.1f} s"


def far(fleet):
    """+200 ms each way to two of the machines: leases hold, nobody takes what another has."""
    *far_ones, _ = fleet.machines
    for machine in far_ones:
        machine.delay(FAR)
    before = repeated(fleet)
    near_worker = fleet.workers[-1]
    near_worker.send(signal.SIGSTOP)  # so that it is for the far ones, who wait for it, to take each
    try:
        time.sleep(LEASE)
        single = []
        for _ in range(2 * LANES):
            single += fleet.submit(1, f"sleep {1.2 * LEASE}")
            time.sleep(FAR)
    finally:
        near_worker.send(signal.SIGCONT)
    since = fleet.now()
    identities = fleet.submit(2 * LANES * len(fleet.machines), f"sleep {1.5 * LEASE}")
    seconds = fleet.seconds_until_done(identities, since)
    fleet.client.await_all(single, 40)
    workers = {worker for _, worker in fleet.finished(single + identities).values()}
    assert len(workers) == len(fleet.machines), workers
    assert repeated(fleet) == before, "a lease was lost to a delay"
    for machine in far_ones:
        machine.delay(0)
    return f"{len(single)} jobs one by one, then {len(identities)} of a lease and a half, in {seconds:.1f} s; none executed again"


def short_cut(fleet):
    """Cut for less than a lease: whoever was cut off keeps its jobs."""
    machine = fleet.machines[0]
    before = repeated(fleet)
    identities = fleet.submit(2 * LANES * len(fleet.machines), "sleep 1")
    wait_for(lambda: len(fleet.held_by(machine)) == LANES)
    machine.cut()
    time.sleep(LEASE / 4)
    machine.restore()
    fleet.client.await_all(identities, 40)
    return f"{LEASE / 4:.2f} s without one of the machines: {repeated(fleet) - before} executed again"


def long_cut(fleet):
    """Cut for four leases: others do its jobs, and what it publishes when it is back is refused."""
    machine = fleet.machines[0]
    before = refused(fleet, machine)
    identities = fleet.submit(2 * LANES * len(fleet.machines), "sleep 1")
    wait_for(lambda: len(fleet.held_by(machine)) == LANES)
    machine.cut()
    cut, held = fleet.now(), fleet.held_by(machine)
    assert held, "it had nothing any more when it was cut off"
    time.sleep(4 * LEASE)
    recovery = fleet.seconds_until_done(held, cut)
    assert all(worker != machine.namespace.name for _, worker in fleet.finished(held).values())
    machine.restore()
    back = fleet.seconds_until_back(machine)
    fleet.client.await_all(identities, 40)
    stale = wait_for(lambda: refused(fleet, machine) - before, 20)
    return (f"the {len(held)} jobs it held were done elsewhere {recovery:.2f} s after the cut (lease {LEASE:.0f} s, jobs 1 s); it published "
            f"again {back:.2f} s after the link came back; {stale:.0f} of its results refused")


def flapping(fleet):
    """Links of all machines go down and up at random."""
    chance = random.Random(1)
    identities = fleet.submit(120, "sleep 0.3")
    before, cuts, deadline = repeated(fleet), 0, time.monotonic() + 10
    while time.monotonic() < deadline:
        machine = chance.choice(fleet.machines)
        machine.cut()
        time.sleep(chance.uniform(0.05, 1.5 * LEASE))
        machine.restore()
        time.sleep(chance.uniform(0.0, 0.2))
        cuts += 1
    since = fleet.now()
    seconds = fleet.seconds_until_done(identities, since)
    return f"{cuts} cuts while {len(identities)} jobs ran, the last done {max(0, seconds):.1f} s later; {repeated(fleet) - before} executed again"


def without_server(fleet):
    """The server's machine is cut off: nobody can do anything, and everybody comes back."""
    identities = fleet.submit(40, "sleep 0.3")
    fleet.home.cut()
    time.sleep(3 * LEASE)
    fleet.home.restore()
    since = fleet.now()
    seconds = fleet.seconds_until_done(identities, since)
    back = max(fleet.seconds_until_back(machine) for machine in fleet.machines)
    return f"{3 * LEASE:.0f} s without the server; the jobs from before were done {seconds:.1f} s after it was back, the last worker's next {back:.1f} s later"


def repeated(fleet):
    return sum(int(record["attempt"]) - int(record.get("returned", 0)) - 1
               for record in fleet.client.records(fleet.all_jobs).values() if "attempt" in record)


def refused(fleet, machine):
    return sum(fleet.metric(machine, f"sandbox_worker_{name}_total") for name in ("stale_results", "lost_leases"))


def row(fleet, scenario):
    begun = time.monotonic()
    try:
        outcome, seen = "ok  ", scenario(fleet)
    except Exception:  # whatever it is, the other rows are run
        outcome, seen = "FAIL", traceback.format_exc()
        for machine in (fleet.home, *fleet.machines):
            machine.delay(0)
            machine.restore()
    print(f"{outcome} {scenario.__name__:14} {time.monotonic() - begun:5.1f} s  {seen}", flush=True)
    return outcome


def count(fleet):
    """Over all rows."""
    fleet.client.await_all(fleet.all_jobs, 60)
    again = fleet.client.check_once(fleet.all_jobs)
    waiting = fleet.redis("XLEN", "jobs")
    assert waiting == 0, f"{waiting} entries left in the stream"
    return f"{len(fleet.all_jobs)} jobs submitted, lost 0, one result each, {again} executions more than jobs"


def missing():
    if os.geteuid() != 0:
        return "only root can make network namespaces; run it as root"
    for program, package in (("ip", "iproute2"), ("nsenter", "util-linux"), ("redis-server", "redis-server")):
        if shutil.which(program) is None:
            return f"there is no {program} here; apt-get install {package}"
    if not os.path.exists("/dev/net/tun"):
        return "there is no /dev/net/tun here; give the container that device"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worker", required=True)
    options = parser.parse_args()
    if reason := missing():
        print(f"SKIPPED: {reason}")
        return SKIPPED
    WorkerProcess.program = os.path.abspath(options.worker)
    with Network(machines=4) as network, network.machines[0].namespace.inside(), Fleet(network) as fleet:
        outcomes = [row(fleet, scenario) for scenario in (near, far, short_cut, long_cut, flapping, without_server, count)]
    return 1 if "FAIL" in outcomes else 0


if __name__ == "__main__":
    sys.exit(main())
