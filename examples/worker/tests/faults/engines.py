"""The host's side fails: Q-11."""

import signal
import time

from faults.leases import Skip
from servers.docker_engine import DockerEngine, Unavailable
from servers.worker_process import wait_for


def q11_engine_restarted(bench):
    """The Docker engine is killed, and restarted as a package manager would, under load: no job suffers."""
    try:
        engine = DockerEngine()
    except Unavailable as reason:
        raise Skip(str(reason)) from None
    with engine:
        engine.provide("libsandbox/bash")
        settings = {"SANDBOX_BACKEND": "docker", "SANDBOX_DOCKER_HOST": engine.url, "SANDBOX_LANGUAGES": "bash"}
        with bench.worker(**settings) as first, bench.worker(**settings) as second:
            workers = (first, second)
            identities = bench.run_some(bench.size(60, 2000), "sleep 0.1")
            for number in (signal.SIGKILL, signal.SIGTERM) * bench.size(1, 5):
                begin = len(bench.client.unfinished(identities))
                wait_for(lambda begin=begin: len(bench.client.unfinished(identities)) <= begin - bench.size(10, 100))
                wait_for(lambda: all(worker.metric("sandbox_worker_jobs_held") > 0 for worker in workers), step=0.001)
                engine.end(number)
                time.sleep(bench.size(2, 10))  # many times what all deliveries of a job take
                engine.start()
            bench.client.await_all(identities)
            retries = sum(worker.metric("sandbox_worker_retries_total") for worker in workers)
            handed_back = sum(worker.metric("sandbox_worker_handed_back_total") for worker in workers)
            assert all(worker.terminate() == 0 for worker in workers)
        repeated, letters = bench.client.check_once(identities), bench.client.dead()
        assert retries > 0, "no restart met a job"
        assert letters == [], f"{len(letters)} dead letters, first: {letters[0]}"
        with bench.worker(**settings, SANDBOX_WARM="", SANDBOX_COLLECT_GARBAGE="1s") as last:
            try:  # an init that the engine has forgotten waits for a minute
                wait_for(lambda: not engine.containers() and not engine.programs(), seconds=120)
            except AssertionError as late:
                raise AssertionError(f"left behind:\n{engine.remains()}") from late
            assert last.terminate() == 0
    return (f"{len(identities)} jobs, {2 * bench.size(1, 5)} restarts, lost 0, dead letters 0, {retries:.0f} retried, {handed_back:.0f} handed back, "
            f"{repeated} counted again, orphans 0 after the reaper")
