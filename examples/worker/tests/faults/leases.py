"""Workers that stop, end, and have other clocks: Q-02, Q-09, Q-10."""

import datetime
import pathlib
import signal
import time

from faults.bench import LEASE, LONG_LEASE
from servers.jobs import job
from servers.worker_process import wait_for


class Skip(Exception):
    """Not possible here; says why."""


def stop_in_the_middle(bench, worker):
    """Stops a worker that has two jobs, and sees that neither is finished: on a busy machine it takes longer to submit two and to look than
    a short one runs."""
    for seconds in (0.5, 1, 2, 4, 8):
        identities = [f"stopped-{seconds}-{i}" for i in range(2)]
        bench.client.submit(*[job(identity, f"sleep {seconds}") for identity in identities])
        wait_for(lambda: worker.metric("sandbox_worker_jobs_held") == 2 or bench.client.unfinished(identities) != identities)
        worker.send(signal.SIGSTOP)
        if bench.client.unfinished(identities) == identities:
            return identities
        worker.send(signal.SIGCONT)
        bench.client.await_all(identities)
    raise AssertionError("jobs end before this machine has looked at them")


def q02_stopped_beyond_the_lease(bench):
    """A worker that was stopped for three leases and goes on publishes nothing of what became another's."""
    with bench.worker(WORKER_EXTRA_LANES="0") as zombie:
        identities = stop_in_the_middle(bench, zombie)
        with bench.worker() as second:
            bench.client.await_all(identities)
            first_results = {identity: bench.client.result(identity) for identity in identities}
            time.sleep(3 * LEASE)
            zombie.send(signal.SIGCONT)
            rejected = wait_for(lambda: (zombie.metric("sandbox_worker_stale_results_total")
                                         + zombie.metric("sandbox_worker_lost_leases_total")) == 2, 20)
            assert rejected and second.metric("sandbox_worker_reclaimed_total") == 2
        bench.client.await_all(bench.run_some(5))  # it is of use again
        repeated = bench.client.check_once(identities)  # killed sooner, it may leave a result that is not acknowledged
    for identity, result in first_results.items():
        assert bench.client.result(identity) == result and result["attempt"] == 2, result
    return f"2 jobs taken over, 2 stale results rejected, published once each; {repeated} executed again"


DRAIN = 3.0  # seconds
DRAINING = {"WORKER_DRAIN": f"{DRAIN:.0f}s", "WORKER_EXTRA_LANES": "0", **LONG_LEASE}


def drain(bench, worker):
    """Ends a worker that has two jobs, of which one ends in time. The ids of jobs that come meanwhile, and how long it took."""
    bench.client.submit(job("long", f"sleep {2 * DRAIN}", limits={"wall_time": "20s"}), job("short", f"sleep {DRAIN / 2}"))
    wait_for(lambda: worker.metric("sandbox_worker_jobs_held") == 2)
    begun = time.monotonic()
    worker.send(signal.SIGTERM)
    wait_for(lambda: worker.metric("sandbox_worker_draining") == 1)
    waiting = bench.run_some(6, "sleep 0.01")
    assert worker.process.wait(30) == 0
    took = time.monotonic() - begun
    events = [line["event"] for line in worker.lines()]
    assert took < DRAIN + 5 and "handed back" in events and events[-1] == "ended", (took, events)
    return waiting, took


def q09_drains_within_its_bound(bench):
    """SIGTERM: what ends in time is published, the rest is handed back, and its delivery does not count."""
    with bench.worker(**DRAINING) as worker:
        waiting, took = drain(bench, worker)
    assert bench.client.record("short")["status"] == "done"
    handed_back = bench.client.record("long")
    assert handed_back["status"] == "pending" and handed_back["returned"] == "1", handed_back
    begun = time.monotonic()
    with bench.worker(**LONG_LEASE):
        bench.client.await_all(["long", *waiting])
        waited = bench.client.result("long")["run_ms"]
    assert bench.client.check_once(["short", "long", *waiting]) == 0
    return f"ended {took:.1f} s after SIGTERM with a bound of {DRAIN:.0f} s; 1 job handed back, done {time.monotonic() - begun - waited / 1000:.1f} s + its run later"


def with_clock(offset):
    """A prefix that has a program see another time of day. Its monotonic clock stays, as with clocks that are really wrong."""
    libraries = list(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not libraries:
        raise Skip("faketime is not installed; apt-get install faketime")
    return ["env", f"LD_PRELOAD={libraries[0]}", f"FAKETIME={offset}", "DONT_FAKE_MONOTONIC=1"]


def check_skewed(ahead, behind):
    starts = [datetime.datetime.fromisoformat(next(worker.lines())["time"].rstrip("Z")) for worker in (ahead, behind)]
    assert starts[0] - starts[1] > datetime.timedelta(minutes=9), f"the clocks are not skewed: {starts}"


def q10_skewed_clocks(bench):
    """Workers whose clocks differ by ten minutes do not take each other's jobs."""
    identities = [f"skewed-{i}" for i in range(4)]
    # Much less than the clocks differ, and more than a busy machine holds up a worker.
    lease, settings = 3.0, {"QUEUE_LEASE": "3s", "WORKER_EXTRA_LANES": "0"}
    with bench.worker(wrapper=with_clock("+300s"), **settings) as ahead, bench.worker(wrapper=with_clock("-300s"), **settings) as behind:
        check_skewed(ahead, behind)
        bench.client.submit(*[job(identity, f"sleep {1.5 * lease}", limits={"wall_time": "20s"}) for identity in identities])
        bench.client.await_all(identities)
        reclaimed = sum(worker.metric("sandbox_worker_reclaimed_total") for worker in (ahead, behind))
        workers = {bench.client.result(identity)["worker"] for identity in identities}
        assert bench.client.check_once(identities) == 0 and reclaimed == 0 and len(workers) == 2, (reclaimed, workers)
    return f"{len(identities)} jobs of 1.5 leases on 2 workers 10 minutes apart: reclaimed 0"
