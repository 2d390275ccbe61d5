"""What RabbitMQ and SQS are asked: no scripts run there, so that a result and its acknowledgement are two steps."""

import atexit
import contextlib
import json
import shutil
import threading
import time

from faults.bench import run_through_cuts
from faults.killing import kill_at_call
from faults.leases import DRAIN, DRAINING, Skip, drain, q02_stopped_beyond_the_lease, q10_skewed_clocks
from faults.payloads import MALFORMED, REFUSED, memory_peak
from servers import rabbitmq_jobs, rabbitmq_server, sqs_jobs, sqs_server
from servers.jobs import job
from servers.slow_proxy import SlowProxy
from servers.worker_process import WorkerProcess, submit, wait_for


class BrokerBench:
    """A server, its client, and ways to start workers on it."""

    server_class, client_class, settings, calls = None, None, {}, ()

    def __init__(self, kind, thorough=False, seed=1):
        self.kind, self.thorough = kind, thorough
        self.server = self.take_server()
        self.settings = {"QUEUE_NAMES": "jobs", **self.settings, self.url_setting: self.server.url}
        status, _, complaint = self.submit("dead", "list")  # has the queues made
        assert status == 0, complaint
        self.client = self.client_class(self.server)
        self.number = 0

    @classmethod
    def take_server(cls):
        return cls.server_class()

    def size(self, quick, thorough):
        return thorough if self.thorough else quick

    def submit(self, *words, text=None, **settings):
        return submit("redis://127.0.0.1:1", *words, settings={**self.settings, **settings}, text=text)

    def worker(self, wrapper=(), **settings):
        return WorkerProcess("redis://127.0.0.1:1", {**self.settings, **settings}, wrapper)

    def run_some(self, count, code="true", **further):
        self.number += 1
        return self.client.submit(*[job(f"some-{self.number}-{i}", code, **further) for i in range(count)])

    def check_once(self, identities):
        """With a worker there: one that was killed after its last result may have left a job that is done and not acknowledged."""
        with self.worker():
            return self.client.check_once(identities)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.close()
        self.server.__exit__()


class RabbitMqBench(BrokerBench):
    server_class, client_class, url_setting = rabbitmq_server.RabbitMqServer, rabbitmq_jobs.RabbitMqJobs, "RABBITMQ_URL"
    settings = {"QUEUE_KIND": "rabbitmq"}
    calls = [("sendto", 12), ("recvfrom", 12)]
    running = None  # for one row after another: a start takes seconds

    @staticmethod
    def available():
        return rabbitmq_server.available() and rabbitmq_jobs.available()

    @classmethod
    def take_server(cls):
        if RabbitMqBench.running is None:
            RabbitMqBench.running = cls.server_class()
            atexit.register(RabbitMqBench.end_server, RabbitMqBench.running)
        RabbitMqBench.running.begin_anew()
        return RabbitMqBench.running

    @staticmethod
    def end_server(server):
        if RabbitMqBench.running is server:
            RabbitMqBench.running = None
            server.__exit__()

    def __exit__(self, failure, *_):
        self.client.close()
        if failure is not None:  # who knows what the row has left of it
            self.end_server(self.server)


class ClassicBench(RabbitMqBench):
    settings = {"QUEUE_KIND": "rabbitmq", "RABBITMQ_QUEUE_TYPE": "classic"}


class OneQueueBench(RabbitMqBench):
    client_class = rabbitmq_jobs.RabbitMqOneQueue
    settings = {"QUEUE_KIND": "rabbitmq", "RABBITMQ_RESULTS": "one_queue"}


class SqsBench(BrokerBench):
    server_class, client_class, url_setting = sqs_server.SqsServer, sqs_jobs.SqsJobs, "SQS_ENDPOINT"
    settings = {"QUEUE_KIND": "sqs", "SQS_CREATE_QUEUES": "true", "QUEUE_MAX_RESULT": "512KiB"}
    calls = [("sendto", 5), ("recvfrom", 5)]

    @staticmethod
    def available():
        return sqs_server.available()


ONE_LANE = {"WORKER_CONCURRENCY": "1", "WORKER_EXTRA_LANES": "0"}


def q01_killed_at_every_point(bench):
    """Killed as a lane sends or reads for the n'th time, while it compiles and while it runs."""
    identities, points, recoveries = [], 0, []
    calls = [(call, number) for call, last in bench.calls for number in range(1, last + 1, bench.size(2, 1))] if shutil.which("strace") else []
    for call, number in calls:
        batch = bench.run_some(bench.size(4, 100))
        with bench.worker(**ONE_LANE) as worker:
            kill_at_call(worker, call, number)
        with bench.worker():
            bench.client.await_all(batch)
        identities, points = identities + batch, points + 1
    for code, language, delay in (("sleep 0.3", "bash", 0.1), ("int main(){}", "c", 0.02)):
        batch = bench.run_some(6, code, language=language)
        with bench.worker(**ONE_LANE) as worker:
            wait_for(lambda worker=worker: worker.metric("sandbox_worker_jobs_held") == 1, step=0.001)
            time.sleep(delay)
            worker.kill()
        killed_at = time.monotonic()
        with bench.worker():
            bench.client.await_all(batch)
        recoveries.append(time.monotonic() - killed_at)
        identities, points = identities + batch, points + 1
    repeated = bench.check_once(identities)
    assert repeated > 0, "no kill interrupted a job: the points are not where they were meant to be"
    dropped = getattr(bench.client, "dropped", 0)
    return (f"{points} points, {len(identities)} jobs, lost 0, {repeated} executed again, {dropped} second results dropped by their reader; "
            f"all done {max(recoveries):.1f} s after a kill, start of the next worker included")


def keep_submitting(bench, accepted, stop):
    client = type(bench.client)(bench.server)
    try:
        while not stop.is_set():
            accepted.extend(client.submit(job(f"load-{len(accepted)}", "true")))
            time.sleep(0.004)
    except Exception:  # noqa: BLE001 - the server is gone, in whatever way the client says so
        client.close()


def q03_server_killed(bench):
    """kill -9 of the server under load, and a restart: what it confirmed is done, once."""
    accepted, stop = [], threading.Event()
    with bench.worker() as worker:
        load = threading.Thread(target=keep_submitting, args=(bench, accepted, stop))
        load.start()
        wait_for(lambda: len(accepted) > bench.size(150, 1500), 120)
        bench.server.kill()
        stop.set()
        load.join()
        bench.client.close()
        bench.server.start()
        restarted = time.monotonic()
        bench.client.connect()
        after = bench.run_some(1)
        bench.client.await_all(after)
        first_result = time.monotonic() - restarted
        bench.client.await_all(accepted)
        wait_for(lambda: worker.page("/readyz") == "ready\n", 30)
        assert worker.process.poll() is None
        repeated = bench.client.check_once(accepted + after)
    return (f"{len(accepted)} confirmed, lost 0, {repeated} executed again; the worker's first result {first_result:.2f} s after the server answered again")


def q04_server_in_trouble(bench):
    """A clean restart, a memory alarm, +200 ms, cut connections: no crash, producers are told, and all ends well."""
    near = {"RABBITMQ_TIMEOUT": "2s"}
    with contextlib.closing(SlowProxy(bench.server.port, delay=0.1)) as proxy, bench.worker(**near) as worker, \
            bench.worker(RABBITMQ_URL=f"amqp://{bench.server.place(proxy.port)}") as far_worker:
        batches = bench.run_some(5, "sleep 0.05")
        bench.client.close()
        bench.server.stop()
        time.sleep(0.3)
        bench.server.start()
        bench.client.connect()
        batches += bench.run_some(5)
        bench.client.await_all(batches)

        slow = bench.run_some(1, "sleep 1")
        bench.server.ctl("set_vm_memory_high_watermark", "0.000001")
        status, _, complaint = bench.submit("submit", "-", "--lang", "bash", text="true", **near)
        assert status == 5 and "not confirmed" in complaint, (status, complaint)
        time.sleep(bench.size(3, 60))  # longer than the worker waits for an answer
        bench.server.ctl("set_vm_memory_high_watermark", "0.4")
        bench.client.await_all(slow)

        more = bench.run_some(5)
        bench.client.await_all(more)
        assert worker.terminate() == 0
        batches += slow + more
        batches += run_through_cuts(bench, proxy)  # only the far one is left
        assert far_worker.process.poll() is None and far_worker.metric("sandbox_worker_queue_errors_total") > 0
        repeated = bench.client.check_once(batches)  # while it lives: it may have to see again that a job is done
        assert bench.client.dead() == []
    return f"{len(batches)} jobs done over a restart, an alarm that producers were told of, +200 ms and cut connections; {repeated} executed again"


def q05_poison_job(bench):
    """A job that its worker never survives is a dead letter after three deliveries; the others do not suffer."""
    bench.client.submit(job("poison", "sleep 60", limits={"wall_time": "60s"}))
    workers, others, deaths = [bench.worker(LIMITS_WALL_TIME="60s").await_start() for _ in range(2)], [], 0
    try:
        while "poison" in bench.client.unfinished(["poison"]):
            held = wait_for(lambda: [worker for worker in workers if worker.metric("sandbox_worker_jobs_held") > 0]
                            or "poison" not in bench.client.unfinished(["poison"]))
            if held is True:
                break
            batch = bench.run_some(bench.size(10, 300))
            bench.client.await_all(batch)
            others += batch
            # Results are there a moment before their worker has let go of the jobs.
            wait_for(lambda: sum(worker.metric("sandbox_worker_jobs_held") for worker in workers) == 1)
            (victim,) = [worker for worker in workers if worker.metric("sandbox_worker_jobs_held") == 1]
            victim.kill()
            victim.log.unlink()
            deaths += 1
            workers[workers.index(victim)] = bench.worker(LIMITS_WALL_TIME="60s").await_start()
    finally:
        for worker in workers:
            worker.__exit__()
    letters = bench.client.dead()
    assert [letter["id"] for letter in letters] == ["poison"], letters
    assert deaths == 3 and letters[0]["attempt"] == 3 and "delivered 3 times" in letters[0]["reason"], (deaths, letters)
    assert bench.check_once(["poison", *others]) == 0
    return f"{deaths} workers died of it, then: {letters[0]['reason']}; {len(others)} others done meanwhile, none of them again"


def refused_result(bench):
    """A job's whose result is larger than the server allows, though not than the worker does."""
    bench.client.call("SetQueueAttributes", QueueUrl=bench.client.url("results.fifo"), Attributes={"MaximumMessageSize": "4096"})
    (identity,) = bench.client.submit(job("wordy", "head -c 20000 /dev/zero | tr '\\0' x"))
    bench.client.await_all([identity])
    assert "was refused" in bench.client.result(identity)["reason"], bench.client.result(identity)
    return identity


def q06_poison_payloads(bench):
    """What is no job is a dead letter at first sight, what cannot be had is refused; the worker is none the worse."""
    payloads = [payload for payload in MALFORMED.values() if isinstance(payload, str) or bench.kind != "sqs"]  # SQS takes texts only
    mebibytes = 0.9 if bench.kind == "sqs" else 100
    with bench.worker(QUEUE_MAX_PAYLOAD="512KiB") as worker:
        bench.client.await_all(bench.run_some(3))
        for payload in payloads:
            bench.client.push(payload)
        wait_for(lambda: len(bench.client.dead()) == len(payloads), step=0.2)
        bench.client.submit(*REFUSED.values())
        bench.client.await_all([each["id"] for each in REFUSED.values()])
        bench.client.push(json.dumps(job("enormous", "#" * int(mebibytes * 1024 * 1024))))
        wait_for(lambda: len(bench.client.dead()) == len(payloads) + 1, step=0.2)
        bench.client.await_all(bench.run_some(3))
        refused = bench.kind == "sqs" and refused_result(bench)
        dead = bench.client.dead()
        # A letter is there a moment before its worker has counted it.
        wait_for(lambda: worker.metric("sandbox_worker_dead_letters_total") == len(dead), 20)
        assert worker.process.poll() is None
        peak = memory_peak(worker)
    for code, each in REFUSED.items():
        result = bench.client.result(each["id"])
        assert result["status"] == "refused" and result["error"]["code"] == code, result
    (enormous,) = [letter for letter in dead if "accepted" in letter["reason"]]
    assert enormous["payload_bytes"] > mebibytes * 1024 * 1024 and len(enormous["payload"]) < 10, enormous["reason"]
    assert all(letter["reason"] and letter["attempt"] == 1 for letter in dead), dead
    assert not refused or bench.check_once([refused]) == 0
    return f"{len(dead)} payloads dead at first parse, {len(REFUSED)} jobs refused with a reason; {mebibytes} MiB among them; memory peak {peak / 1024**2:.0f} MiB"


def q07_random_kills(bench):
    """Many jobs, three workers, one killed again and again: all is accounted for."""
    identities, kills = bench.run_some(bench.size(300, 5000), "sleep 0.1"), 0
    workers = [bench.worker().await_start() for _ in range(3)]
    try:
        while bench.client.unfinished(identities):
            victim = workers[kills % len(workers)]
            victim.kill()
            victim.log.unlink()
            workers[kills % len(workers)] = bench.worker()
            kills += 1
            time.sleep(bench.size(0.7, 2))
    finally:
        for worker in workers:
            worker.__exit__()
    repeated = bench.check_once(identities)
    assert kills >= 3, f"too fast for this test: {kills} kills"
    return (f"{len(identities)} jobs, {kills} kills, lost 0, {repeated} executed again, {len(bench.client.dead())} dead letters, "
            f"{getattr(bench.client, 'dropped', 0)} second results dropped by their reader")


def q08_submitted_again(bench):
    """The same id again: one result, by sandbox-submit and by plain clients, before, while and after it runs."""
    again = job("again", "sleep 0.3; echo once")
    words = ["submit", "-", "--json"]
    assert bench.submit(*words, text=json.dumps(again))[0] == 0
    assert bench.submit(*words, text=json.dumps(again))[0] == 4
    bench.client.submit(again, again)
    with bench.worker() as worker:
        bench.client.await_all(["again"])
        bench.client.submit(again)
        wait_for(lambda: not bench.client.left_over(), step=0.2)
        wait_for(lambda: worker.metric("sandbox_worker_duplicates_total") + worker.metric("sandbox_worker_stale_results_total") == 3, 20)
    assert bench.client.check_once(["again"]) == 0
    status, text, _ = bench.submit(*words, "--wait", text=json.dumps(again))
    assert status == 0 and json.loads(text) == bench.client.result("again")
    return "5 submissions: 1 refused, 1 result, 3 dropped"


def q09_drains_within_its_bound(bench):
    """SIGTERM: what ends in time is published, the rest is handed back, and its delivery does not count."""
    with bench.worker(**DRAINING) as worker:
        waiting, took = drain(bench, worker)
    assert bench.client.unfinished(["short", "long", *waiting]) == ["long", *waiting]
    with bench.worker(QUEUE_MAX_DELIVERIES="1"):  # a delivery that counted would be one too many
        bench.client.await_all(["long", *waiting])
    assert bench.client.result("long")["attempt"] == 2
    assert bench.check_once(["short", "long", *waiting]) == 1
    return f"ended {took:.1f} s after SIGTERM with a bound of {DRAIN:.0f} s; 1 job handed back uncounted, and done by the next worker"


def q12_dead_letters(bench):
    """An operator lists dead letters, replays and discards them."""
    listed = lambda: [json.loads(line) for line in bench.submit("dead", "list")[1].splitlines()]  # noqa: E731
    with bench.worker(QUEUE_MAX_PAYLOAD="300B"):
        bench.client.submit(job("large", "true #" + "x" * 400))
        for payload in ('{"id": "broken"', '{"id": "codeless", "language": "bash"}'):
            bench.client.push(payload)
        wait_for(lambda: len(listed()) == 3, step=0.2)
    handles = {letter["id"]: letter["handle"] for letter in listed()}
    status, _, complaint = bench.submit("dead", "replay", handles["large"])
    assert status == 1 and "too large" in complaint, complaint
    assert bench.submit("dead", "discard", handles["large"], handles[""])[0] == 0
    assert bench.submit("dead", "replay", handles["codeless"])[0] == 0 and listed() == []
    with bench.worker():
        (letter,) = wait_for(listed, step=0.2)
    assert letter["id"] == "codeless" and letter["attempt"] == 2 and "code" in letter["reason"], letter
    return f"3 listed, 1 not replayable and told so, 2 discarded, 1 replayed and dead again with the next attempt's number"


def tls(bench):
    """A job over TLS, larger than a record; a server of another name or of an unknown authority is not spoken to."""
    if not shutil.which("openssl"):
        raise Skip("there is no openssl here; apt-get install openssl")
    url = lambda host: "amqps://" + bench.server.place(bench.server.tls_port, host)  # noqa: E731
    trusting = {"RABBITMQ_URL": url("localhost"), "RABBITMQ_CA_FILE": str(bench.server.authority)}
    refusals = {}
    for name, settings in {"another name": trusting | {"RABBITMQ_URL": url("127.0.0.1")},
                           "an unknown authority": trusting | {"RABBITMQ_CA_FILE": ""}}.items():
        status, _, refusals[name] = bench.submit("dead", "list", **settings)
        assert status == 5 and "verification failed" in refusals[name], (name, status, refusals[name])
    with bench.worker(**trusting, LIMITS_OUTPUT="1MiB"):
        text = "x" * 300_000
        status, answer, complaint = bench.submit("submit", "-", "--wait", "--json", text=json.dumps(job("over-tls", f"echo {text}")), **trusting)
        assert status == 0, complaint
        assert json.loads(answer)["report"]["stages"][0]["stdout"]["total_bytes"] == len(text) + 1, answer[:500]
        bench.client.await_all(bench.run_some(20))
    return f"21 jobs; refused: {', '.join(refusals)}"


RABBITMQ_ROWS = {
    "Q-01": q01_killed_at_every_point, "Q-02": q02_stopped_beyond_the_lease, "Q-03": q03_server_killed, "Q-04": q04_server_in_trouble,
    "Q-05": q05_poison_job, "Q-06": q06_poison_payloads, "Q-07": q07_random_kills, "Q-08": q08_submitted_again,
    "Q-09": q09_drains_within_its_bound, "Q-10": q10_skewed_clocks, "Q-12": q12_dead_letters,
    "tls": tls,
}
FURTHER_ROWS = {name: RABBITMQ_ROWS[name] for name in ("Q-01", "Q-05", "Q-07")}
SQS_ROWS = {name: RABBITMQ_ROWS[name] for name in ("Q-01", "Q-02", "Q-05", "Q-06", "Q-07", "Q-09", "Q-12")}
KINDS = {
    "rabbitmq": (RabbitMqBench, RABBITMQ_ROWS),
    "rabbitmq_classic": (ClassicBench, FURTHER_ROWS),
    "rabbitmq_one_queue": (OneQueueBench, FURTHER_ROWS),
    "sqs": (SqsBench, SQS_ROWS),
}
