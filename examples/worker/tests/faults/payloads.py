"""What clients send, and what operators do about it: Q-06, Q-08, Q-12."""

import json
import pathlib
import tempfile

from faults.bench import LONG_LEASE
from servers.jobs import job
from servers.worker_process import submit, wait_for

MALFORMED = {
    "cut off": '{"id": "cut", "language":',
    "no object": "[1, 2]",
    "no id": '{"language": "bash", "code": "true"}',
    "an id that is a path": '{"id": "../../etc", "language": "bash", "code": "true"}',
    "no code": '{"id": "codeless", "language": "bash"}',
    "a key that is not known": '{"id": "key", "language": "bash", "code": "true", "image": "alpine"}',
    "a number for code": '{"id": "number", "language": "bash", "code": 5}',
    "a later schema": '{"schema": 2, "id": "later", "language": "bash", "code": "true", "quantum": 1}',
    "deeply nested": '{"id": "deep", "language": "bash", "code": "true", "meta": ' + "[" * 5000 + "]" * 5000 + "}",
    "no base64": '{"id": "base", "language": "bash", "code": {"base64": "?"}}',
    "bytes that are no text": b'{"id": "bytes", "language": "bash", "code": "\xff\xfe"}',
}
REFUSED = {
    "unknown_language": job("unknown", language="klingon"),
    "limit_too_high": job("greedy", limits={"memory": "64GiB"}),
    "invalid_limit": job("odd", limits={"memory": "much"}),
    "invalid_argument": job("escape", files=[{"path": "../outside", "content": "true"}]),
}
del REFUSED["invalid_argument"]["code"]


def memory_peak(worker):
    status = pathlib.Path(f"/proc/{worker.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) * 1024


def push(bench, payload):
    words = ["XADD", "jobs", "*", "job"] if bench.kind == "redis_streams" else ["RPUSH", "code_jobs"]
    return bench.redis(*words, payload)


def q06_poison_payloads(bench):
    """What is no job is a dead letter at first sight, what cannot be had is refused; the worker is none the worse."""
    with bench.worker(QUEUE_MAX_PAYLOAD="1MiB") as worker:
        bench.client.await_all(bench.run_some(3))
        for payload in MALFORMED.values():
            push(bench, payload)
        wait_for(lambda: bench.redis("XLEN", "jobs:dead") == len(MALFORMED))
        bench.client.submit(*REFUSED.values())
        bench.client.await_all([each["id"] for each in REFUSED.values()])
        push(bench, json.dumps(job("enormous", "#" * 100 * 1024 * 1024)))
        wait_for(lambda: bench.redis("XLEN", "jobs:dead") == len(MALFORMED) + 1)
        more = bench.run_some(3)
        bench.client.await_all(more)
        dead = bench.client.dead()
        wait_for(lambda: worker.metric("sandbox_worker_dead_letters_total") == len(dead), 20)
        assert worker.process.poll() is None
        peak = memory_peak(worker)
    for code, each in REFUSED.items():
        result = bench.client.result(each["id"])
        assert result["status"] == "refused" and result["error"]["code"] == code, result
    enormous = dead[-1]
    assert "accepted" in enormous["reason"] and int(enormous["payload_bytes"]) > 100 * 1024 * 1024 and enormous["payload"] == "", enormous["reason"]
    assert all(letter["reason"] and int(letter["attempt"]) <= 1 for letter in dead), dead
    return (f"{len(dead)} payloads dead at first parse, {len(REFUSED)} jobs refused with a reason; 100 MiB among them; "
            f"the worker's memory peak {peak / 1024**2:.0f} MiB")


def q08_submitted_again(bench):
    """The same id again is one execution and one result, by sandbox-submit and by plain clients, before, while and after it runs."""
    again = job("again", "sleep 1.5; echo once")
    settings = {"QUEUE_KIND": bench.kind}
    words = ["submit", "-", "--json"]
    status, _, complaint = submit(bench.server.url, *words, text=json.dumps(again), settings=settings)
    assert status == 0, complaint
    taken, _, _ = submit(bench.server.url, *words, text=json.dumps(again), settings=settings)
    bench.client.submit(again, again)
    with bench.worker(**LONG_LEASE) as worker:
        wait_for(lambda: bench.client.record("again").get("status") == "running")
        bench.client.submit(again)
        bench.client.await_all(["again"])
        first = bench.client.result("again")
        bench.client.submit(again)
        wait_for(lambda: worker.metric("sandbox_worker_duplicates_total") == 4)
        status, output, _ = submit(bench.server.url, *words, "--wait", text=json.dumps(again), settings=settings)
    assert taken == 4 and status == 0 and json.loads(output) == first == bench.client.result("again")
    assert bench.client.check_once(["again"]) == 0 and bench.client.record("again")["attempt"] == "1"
    return "6 times the same id: 1 execution, 1 result, 4 dropped by the workers, 2 told to the producer"


def without_toolchain(folder):
    (pathlib.Path(folder) / "bash.yaml").write_text(
        "schema: 1\nid: bash\ntitle: Bash\nextensions: [sh]\nsource: main.sh\nrun: {argv: [bash, '{source}']}\nnative: {executables: [a-shell-that-is-not-here]}\n")
    return folder


def q12_dead_letters(bench):
    """An operator sees how many there are, lists them, has them tried again, and they do not stay for ever."""
    settings = {"QUEUE_KIND": bench.kind}
    # A host that is well, and yet cannot run it: it is tried again first.
    with tempfile.TemporaryDirectory() as recipes, \
            bench.worker(SANDBOX_RECIPES=without_toolchain(recipes), SANDBOX_LANGUAGES="bash", SANDBOX_WARM="") as broken:
        bench.client.submit(job("unlucky", "echo at last"))
        bench.client.await_all(["unlucky"])
        wait_for(lambda: 'sandbox_worker_queue_jobs{state="dead"} 1' in broken.page("/metrics"))
        retries = broken.metric("sandbox_worker_retries_total")
    assert retries == 2, retries
    status, output, _ = submit(bench.server.url, "dead", "list", settings=settings)
    letter = json.loads(output)
    assert status == 0 and letter["id"] == "unlucky" and letter["attempt"] == 3 and letter["log"] and letter["reason"], letter
    assert json.loads(letter["payload"])["code"] == "echo at last"
    assert submit(bench.server.url, "dead", "replay", "0-1", settings=settings)[0] == 1
    assert submit(bench.server.url, "dead", "replay", letter["handle"], settings=settings)[0] == 0
    with bench.worker(QUEUE_DEAD_RETENTION="1s"):
        bench.client.await_all(["unlucky"])
        assert bench.client.result("unlucky")["report"]["stages"][0]["stdout"]["head"] == "at last\n"
        assert bench.redis("XLEN", "jobs:dead") == 0
        for payload in ("{", "}"):  # the second is buried after the first one's time
            push(bench, payload)
            wait_for(lambda payload=payload: [each for each in bench.client.dead() if each["payload"] == payload])
            if payload == "{":
                wait_for(lambda: int(bench.redis("TIME")[0]) > int(bench.client.dead()[0]["entry"].split("-")[0]) / 1000 + 2, 10)
        assert [letter["payload"] for letter in bench.client.dead()] == ["}"]
    strangers = [["why", "unknown"], ["id", "s", "attempt", "many", "log", "[" * 1_000_000 + "]" * 1_000_000], ["payload", "{}", "log", "text"]]
    for fields in strangers:  # letters of somebody else's
        bench.redis("XADD", "jobs:dead", "*", *fields)
    status, output, complaint = submit(bench.server.url, "dead", "list", settings=settings)
    letters = [json.loads(line) for line in output.splitlines()]
    assert status == 0 and [letter["log"] for letter in letters[1:]] == [[], strangers[1][-1], "text"], complaint
    status, _, complaint = submit(bench.server.url, "dead", "replay", "--all", settings=settings)
    assert status == 1 and bench.redis("XLEN", "jobs:dead") == len(strangers), complaint
    status, _, complaint = submit(bench.server.url, "dead", "discard", "--all", settings=settings)
    assert status == 0 and bench.redis("XLEN", "jobs:dead") == 0, complaint
    return f"retried {retries:.0f} times, dead, counted in the metrics, listed, replayed, done; kept for as long as it was configured"
