"""Workers that die: Q-01, Q-05, Q-07."""

import contextlib
import shutil
import subprocess
import time

from faults.bench import Recovery, recovery_text
from servers.jobs import job
from servers.worker_process import leftovers, wait_for


def kill_at_call(worker, call, number):
    """Has the worker killed as its lane enters this system call for the number'th time: between what it sent and heard last, and next."""
    tracer = subprocess.Popen(["strace", "-qq", "-p", str(worker.thread("lane-0")), "-e", f"trace={call}",
                               "-e", f"inject={call}:signal=SIGKILL:when={number}"], stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: worker.process.poll() is not None, 30)
    finally:
        tracer.terminate()
        tracer.wait()


def q01_killed_at_every_point(bench):
    """Killed after it took a job, while it compiles, while it runs, before the result is sent and before the answer is read."""
    recovery, identities, repeated, points = Recovery(bench.client), [], 0, 0
    one_lane = {"WORKER_CONCURRENCY": "1", "WORKER_EXTRA_LANES": "0"}
    count = bench.size(6, 100)
    calls = [(call, number) for call in ("write", "read") for number in range(1, bench.size(5, 9))] if shutil.which("strace") else []
    for call, number in calls:
        batch = bench.run_some(count)
        with bench.worker(**one_lane) as worker:
            kill_at_call(worker, call, number)
        with bench.worker():
            bench.client.await_all(batch)
        identities, points = identities + batch, points + 1
    for code, language, delay in (("sleep 0.3", "bash", 0.0), ("sleep 0.3", "bash", 0.15), ("int main(){}", "c", 0.02)):
        batch = bench.run_some(6, code, language=language)
        with bench.worker(**one_lane) as worker:
            wait_for(lambda worker=worker: bench.client.held_by(worker))
            time.sleep(delay)
            recovery.kill(worker)
        with bench.worker():
            bench.client.await_all(batch)
        identities, points = identities + batch, points + 1
    repeated = bench.client.check_once(identities)
    assert repeated > 0, "no kill interrupted a job: the points are not where they were meant to be"
    return f"{points} points, {len(identities)} jobs, lost 0, {repeated} executed again; {recovery_text(recovery.seconds())}"


def q05_poison_job(bench):
    """A job that its worker never survives is a dead letter after three deliveries; the others do not suffer."""
    poison, deaths = "poison", 0
    bench.client.submit(job(poison, "sleep 30", limits={"wall_time": "30s"}))
    others = bench.run_some(bench.size(40, 1000))
    workers = [bench.worker().await_start() for _ in range(2)]
    try:
        while bench.client.unfinished([poison]):
            for index, worker in enumerate(workers):
                record = bench.client.record(poison)  # has it begun: held alone, it was not delivered yet
                if record.get("status") == "running" and f":{worker.pid}:" in record["consumer"]:
                    worker.kill()
                    worker.log.unlink()
                    workers[index] = bench.worker().await_start()
                    deaths += 1
            time.sleep(0.01)
        bench.client.await_all(others)
    finally:
        for worker in workers:
            worker.__exit__()
    letters = bench.client.dead()
    assert [letter["id"] for letter in letters] == [poison], letters
    assert deaths == 3 and letters[0]["attempt"] == "3", (deaths, letters)
    assert "delivered 3 times" in letters[0]["reason"] and letters[0]["worker"], letters
    repeated = bench.client.check_once([poison, *others])
    assert all(record["status"] == "done" for record in bench.client.records(others).values())
    return f"{deaths} workers died of it, then: {letters[0]['reason']}; {len(others)} others done, {repeated - 2} of them again"


def q07_random_kills(bench):
    """Many jobs, several workers, one killed again and again: all is accounted for, and nothing is left behind."""
    count, worker_count, interval = bench.size(600, 10_000), bench.size(2, 4), bench.size(0.7, 2.0)
    recovery, kills = Recovery(bench.client), 0
    identities = []
    # A job now and then runs long enough to be caught in the middle.
    for begin in range(0, count, 500):
        batch = [job(f"many-{i}", "sleep 0.2" if i % 20 == 0 else "echo hello") for i in range(begin, min(count, begin + 500))]
        identities += bench.client.submit(*batch)
    workers = [bench.worker().await_start() for _ in range(worker_count)]
    try:
        next_kill, left = time.monotonic() + interval, identities
        while left := bench.client.unfinished(left):
            if time.monotonic() >= next_kill:
                index = bench.random.randrange(worker_count)
                recovery.kill(workers[index])
                workers[index].log.unlink()
                workers[index] = bench.worker().await_start()
                next_kill, kills = time.monotonic() + interval, kills + 1
            time.sleep(0.1)
        repeated = bench.client.check_once(identities)
    finally:
        for worker in workers:
            with contextlib.suppress(OSError):
                worker.__exit__()
    with bench.worker() as last:  # its first act is to remove what the killed ones left
        wait_for(lambda: last.page("/readyz") == "ready\n")
        assert last.terminate() == 0
    with contextlib.suppress(AssertionError):  # which are left says more
        wait_for(lambda: not leftovers(), 20)
    dead, left_over = len(bench.client.dead()), leftovers()
    assert kills > 0 and not left_over, (kills, left_over)
    return (f"{count} submitted = {count - dead} results + {dead} dead letters, {worker_count} workers, {kills} killed, "
            f"{repeated} executed again, orphans 0; {recovery_text(recovery.seconds())}")
