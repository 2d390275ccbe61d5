#!/usr/bin/env python3
"""What clients and operators see of a worker when nothing breaks.

behaviour.py --worker PROGRAM --submit PROGRAM [--only NAME]..."""

import argparse
import contextlib
import json
import pathlib
import re
import select
import socket
import subprocess
import sys
import tempfile
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

sys.path.append("/usr/lib/python3/dist-packages")  # Debian's python3-jsonschema serves any interpreter

import jsonschema  # noqa: E402

from faults.bench import Bench  # noqa: E402
from faults.payloads import MALFORMED, REFUSED  # noqa: E402
from servers import redis_server  # noqa: E402
from servers.jobs import job  # noqa: E402
from servers.redis_server import RedisServer  # noqa: E402
from servers.worker_process import WorkerProcess, environment, submit, wait_for  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
SKIPPED = 77
NOT_OF_SCHEMAS = {"deeply nested", "no base64"}  # they cannot say it


def output(result):
    return result["report"]["stages"][-1]["stdout"]["head"]


def plain_client(bench):
    """{id, language, code, input}, by XADD alone, and its result by GET."""
    with bench.worker():
        payload = {"id": 7, "language": "bash", "code": "rev", "input": "olleh"}
        bench.redis("XADD", "jobs", "*", "job", json.dumps(payload))
        result = wait_for(lambda: bench.client.result(7))
    assert output(result).strip() == "hello" and result["attempt"] == 1 and result["queue"] == "jobs", result
    assert 0 < bench.redis("TTL", "result:7") <= 86400


def tests_of_one_source(bench):
    """Compiled once (with a cache), run for each test, in order, whatever became of the one before."""
    code = "import sys\nx = int(input())\nprint(x * 2)\nsys.exit(x == 2)"
    tests = [{"name": "one", "input": "1"}, {"input": "2"}, {"input": "x"}]
    with bench.worker():
        bench.client.submit(job("tested", code, "python", tests=tests))
        bench.client.await_all(["tested"])
    result = bench.client.result("tested")
    assert [each["name"] for each in result["tests"]] == ["one", "2", "3"] and result["verdict"] == "nonzero_exit", result
    assert [each["report"]["stages"][-1]["stdout"]["head"] for each in result["tests"]] == ["2\n", "4\n", ""]


def failed_compilation(bench):
    """Ends the list of tests; it is a result like any other."""
    with bench.worker():
        bench.client.submit(job("broken", "int main( {", "c", tests=[{}, {}]))
        bench.client.await_all(["broken"])
    result = bench.client.result("broken")
    assert result["compile_failed"] and len(result["tests"]) == 1, result


def priorities(bench):
    """A queue that is named earlier is empty before a later one is looked at."""
    for queue in ("jobs:low", "jobs", "jobs:high"):
        bench.client.submit(*[job(f"{queue.split(':')[-1]}-{i}") for i in range(10)], queue=queue)
    identities = [f"{name}-{i}" for name in ("high", "jobs", "low") for i in range(10)]
    with bench.worker(WORKER_CONCURRENCY="1", WORKER_EXTRA_LANES="0"):
        bench.client.await_all(identities)
    started = sorted(identities, key=lambda identity: int(bench.client.record(identity)["started"]))
    order = [identity.split("-")[0] for identity in started]
    assert order == sorted(order), order  # high, jobs, low happen to be in alphabetical order


def languages_apart(bench):
    """A worker serves the queues it is told to, and no others."""
    bench.client.submit(job("mine", "print(1)", "python"), queue="jobs:python")
    bench.client.submit(job("other"), queue="jobs")
    with bench.worker(QUEUE_NAMES="jobs:python:high,jobs:python"):
        bench.client.await_all(["mine"])
        time.sleep(0.3)
    assert bench.client.result("mine")["queue"] == "jobs:python" and bench.client.record("other") == {}


def admission(bench):
    """Beyond max_depth a submission is refused, nothing is trimmed; and taken again when there is room."""
    with bench.worker(QUEUE_MAX_DEPTH="3") as worker:
        wait_for(lambda: bench.redis("HGET", "jobs:config", "max_depth") == "3")
        worker.terminate()
    statuses = [submit(bench.server.url, "submit", "-", "--lang", "bash", text="true")[0] for _ in range(5)]
    assert statuses == [0, 0, 0, 3, 3] and bench.redis("XLEN", "jobs") == 3, statuses
    with bench.worker(QUEUE_MAX_DEPTH="3"):
        wait_for(lambda: bench.redis("XLEN", "jobs") == 0)
    assert submit(bench.server.url, "submit", "-", "--lang", "bash", text="true")[0] == 0


def live_output(bench):
    """Comes while the program runs; the result has it all the same."""
    listener = bench.server.client()
    listener("SUBSCRIBE", "events:live")
    with bench.worker():
        bench.client.submit(job("live", "echo first; sleep 2; echo second", live_output=True))
        events = []
        while not events or events[-1]["event"] != "done":
            events.append(json.loads(listener.answer()[2]))
    chunks = [event["stdout"] for event in events if event["event"] == "output"]
    assert chunks == ["first\n", "second\n"], events
    assert output(bench.client.result("live")) == "first\nsecond\n"


def callback(bench):
    """The channel that the client named hears of the end."""
    with bench.worker():
        bench.client.submit(job("called", callback="web-1"))
        bench.client.await_all(["called"])
    assert bench.redis("XRANGE", "callback:web-1", "-", "+")[0][1] == ["id", "called", "status", "done"]


def key_prefix(bench):
    """With a prefix every key has it: one slot of a cluster."""
    settings = {"REDIS_KEY_PREFIX": "{shop}:"}
    with bench.worker(**settings):
        status, text, complaint = submit(bench.server.url, "submit", "-", "--lang", "bash", "--wait", text="echo hi", settings=settings)
    assert status == 0 and output(json.loads(text)) == "hi\n", complaint
    assert all(key.startswith("{shop}:") for key in bench.redis("KEYS", "*")), bench.redis("KEYS", "*")


@contextlib.contextmanager
def two_nodes(password=""):
    """A node that is asked and has no keys, and the one that has them all."""
    further = ("--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1")
    with RedisServer(further=further) as asked, RedisServer(further=further) as owner, asked.client() as at_asked, owner.client() as at_owner:
        for node in (at_asked, at_owner):
            node("CONFIG", "SET", "requirepass", password)
        at_owner("CLUSTER", "ADDSLOTS", *range(16384))
        at_owner("CLUSTER", "MEET", "127.0.0.1", str(asked.port))
        wait_for(lambda: all("cluster_state:ok" in node("CLUSTER", "INFO") for node in (at_asked, at_owner)))
        yield f"redis://:{password}@127.0.0.1:{asked.port}" if password else asked.url, at_asked, at_owner


def cluster(bench):
    """A node that does not have the keys tells who does; the worker and sandbox-submit ask there."""
    settings = {"REDIS_KEY_PREFIX": "{shop}:"}
    with two_nodes() as (url, _, _), bench.worker(url=url, **settings):
        status, text, complaint = submit(url, "submit", "-", "--lang", "bash", "--wait", text="echo hi", settings=settings)
    assert status == 0 and output(json.loads(text)) == "hi\n", complaint


def cluster_node_that_lets_nobody_in(bench):
    """A worker that followed its keys to a node comes back from there when that wants another password, and finds them where they are by then."""
    settings = {"REDIS_KEY_PREFIX": "{shop}:"}
    for password in ("", "first"):
        with two_nodes(password) as (url, asked, owner), bench.worker(url=url, **settings):
            assert submit(url, "submit", "-", "--lang", "bash", "--wait", text="true", settings=settings)[0] == 0
            owner("CONFIG", "SET", "requirepass", "second")
            owner("CLIENT", "KILL", "TYPE", "normal")
            owner("FLUSHALL")
            asked("CLUSTER", "BUMPEPOCH")  # or the nodes may hear from one another that the slot is where it was
            for node in (asked, owner):
                node("CLUSTER", "SETSLOT", owner("CLUSTER", "KEYSLOT", "{shop}"), "NODE", asked("CLUSTER", "MYID"))
            status, _, complaint = submit(url, "submit", "-", "--lang", "bash", "--wait", "--timeout", "30", text="true", settings=settings)
        assert status == 0, complaint


def bounded_results(bench):
    """Neither output nor artifacts make a result larger than is configured."""
    with bench.worker(QUEUE_MAX_RESULT="32KiB"):
        bench.client.submit(job("large", "yes | head -c 900000; head -c 200000 /dev/zero > file", artifacts=["file"]))
        bench.client.await_all(["large"])
    assert len(bench.redis("GET", "result:large")) <= 32 * 1024
    report = bench.client.result("large")["report"]
    assert report["stages"][0]["stdout"]["truncated"] and report["skipped_artifacts"], report


def bytes_that_are_no_text(bench):
    """sandbox-submit sends them as they are, as input and as source."""
    raw = bytes(range(256))
    with bench.worker(), tempfile.TemporaryDirectory() as folder:
        for name, content in (("input", raw), ("copy.sh", b"od -An -v -tu1 | tr -s ' \\n' ' ' # " + raw[128:])):
            (pathlib.Path(folder) / name).write_bytes(content)
        status, text, complaint = submit(bench.server.url, "submit", f"{folder}/copy.sh", "--input", f"{folder}/input", "--wait")
    assert status == 0, complaint
    assert output(json.loads(text)).split() == [str(byte) for byte in raw], text


def mistakes_of_producers(bench):
    """Nothing is submitted, and the complaint says what is wrong."""
    good = json.dumps(job("good"))
    for words, text, expected in (
            (["submit", "-", "--json"], "[]", "not a JSON object"), (["submit", "-", "--json"], "{", "not JSON"),
            (["submit", "-", "--json"], '{"meta": ' + "[" * 1_000_000 + "]" * 1_000_000 + "}", "nested deeper"),
            (["submit", "-", "--json"], '{"language": "c", "code": "", "x": 1}', 'unknown key "x"'), (["submit", "-"], "true", "--lang"),
            (["submit", "-", "--json", "--lang", "c"], good, "--lang"), (["submit", "-", "--json", "--limit", "memory=1MiB"], good, "--limit"),
            (["submit", "-", "--json", "--arg", "x"], good, "--arg"), (["submit", "-", "--json", "--input", "/dev/null"], good, "--input"),
            (["submit", "/nonexistent.py"], "", "/nonexistent.py"), (["submit", "-", "--lang", "c", "--id", "a b"], "", "id: "),
            (["dead", "replay"], "", "--all"), (["dead", "discard", "1-1", "--all"], "", "--all")):
        status, _, complaint = submit(bench.server.url, *words, text=text)
        assert status == 2 and expected in complaint, (words, status, complaint)
    status, _, complaint = submit(bench.server.url, "submit", "-", "--json", text=good, settings={"QUEUE_MAX_PAYLOAD": "20B"})
    assert status == 2 and "20 are accepted" in complaint, complaint
    assert bench.redis("DBSIZE") == 0


def schemas(bench):
    """What they allow the worker takes, what it makes they describe; they name every key that it knows, and no more."""
    allowed, made = (jsonschema.Draft202012Validator(json.loads((HERE.parent / "schemas" / f"{name}.schema.json").read_text()))
                     for name in ("job", "result"))
    everything = {"schema": 1, "id": "everything", "language": "bash", "files": [{"content": "cat data; echo > kept"},
                  {"path": "data", "content": {"base64": "AP8="}}], "env": {"A": "b"}, "tests": [{"name": "one", "input": "1"}, {"args": ["x"]}],
                  "limits": dict.fromkeys(allowed.schema["properties"]["limits"]["properties"]), "artifacts": ["kept"], "priority": "high",
                  "callback": "web-1", "live_output": True, "meta": {"user": 5}}
    for name in everything["limits"]:
        everything["limits"][name] = allowed.schema["properties"]["limits"]["properties"][name]["examples"][0]
    jobs = [everything, job(17, "cat", input={"base64": "AP8="}, args=["a"]), job("fails", "exit 1"), job("slow", "sleep 9", limits={"wall_time": "1s"}),
            job("uncompiled", "int main( {", "c", tests=[{}]), *REFUSED.values()]
    with bench.worker() as worker:
        for each in jobs:
            allowed.validate(each)
            bench.client.submit(each | {"id": str(each["id"])})
        bench.client.await_all([str(each["id"]) for each in jobs])
        results = [bench.client.result(each["id"]) for each in jobs]
        assert worker.metric("sandbox_worker_dead_letters_total") == 0, bench.client.dead()
    for result in results:
        made.validate(result)
    assert [result["status"] for result in results] == ["done"] * 5 + ["refused"] * len(REFUSED), results
    assert {key for result in results for key in result} == set(made.schema["properties"])
    known = re.search("known: (.*)", submit(bench.server.url, "submit", "-", "--json", text='{"?": 1}')[2]).group(1).split(", ")
    assert set(known) == set(allowed.schema["properties"]), known
    for name, payload in MALFORMED.items():
        with contextlib.suppress(ValueError):
            assert name in NOT_OF_SCHEMAS or not allowed.is_valid(json.loads(payload)), name


def pages(bench):
    """/readyz follows the server, /metrics has all there is."""
    with bench.worker() as worker:
        wait_for(lambda: worker.page("/readyz") == "ready\n")
        assert worker.page("/healthz") == "ok\n"
        silent = [socket.create_connection(("127.0.0.1", worker.port)) for _ in range(200)]
        assert worker.page("/healthz") == "ok\n"
        # The oldest were closed before their time was over.
        wait_for(lambda: len(select.select(silent, [], [], 0)[0]) > 100, 4)
        bench.client.await_all(bench.run_some(5))
        wait_for(lambda: worker.metric("sandbox_worker_results_total") == 5, 20)  # counted a moment after they are there
        page = worker.page("/metrics")
        for name in ("queue_wait_seconds_bucket", "run_seconds_bucket", "launch_seconds_bucket", "results_total", "boxes", "pool_boxes_total",
                     "queue_jobs", "retries_total", "dead_letters_total"):
            assert f"sandbox_worker_{name}" in page or name in ("retries_total", "dead_letters_total"), name
        types = [line.split()[2:] for line in page.splitlines() if line.startswith("# TYPE sandbox_worker_")]
        assert types and all(name.endswith("_total") == (kind == "counter") for name, kind in types), types


def mistakes_of_operators(bench):
    """End the worker at once, with a status that says that to start it again is no use, and name what is wrong."""
    listening = f"127.0.0.1:{bench.server.port}"
    for settings, status, expected in (
            ({"QUEUE_LEESE": "1s"}, 78, "SANDBOX_WORKER_QUEUE_LEESE"), ({"REDIS_URL": "http://x"}, 78, "redis.url"),
            ({"WORKER_LISTEN": "9464"}, 78, "worker.listen"), ({"SANDBOX_LANGUAGES": "klingon"}, 78, "klingon"),
            ({"SANDBOX_WARM": "klingon"}, 78, "klingon"), ({"SANDBOX_RECIPES": "/nonexistent"}, 78, "/nonexistent"),
            ({"WORKER_LISTEN": listening}, 1, listening)):
        wrong = subprocess.run([WorkerProcess.program], env=environment({"REDIS_URL": bench.server.url, "WORKER_LISTEN": "", **settings}),
                               capture_output=True, text=True, timeout=30, check=False)
        assert wrong.returncode == status and expected in wrong.stderr, (settings, wrong)


CHECKS = [plain_client, tests_of_one_source, failed_compilation, priorities, languages_apart, admission, live_output, callback, key_prefix, cluster,
          cluster_node_that_lets_nobody_in, bounded_results, bytes_that_are_no_text, mistakes_of_producers,
          mistakes_of_operators, schemas, pages]


def run(check):
    begun = time.monotonic()
    try:
        with Bench() as bench:
            check(bench)
        outcome = "ok  "
    except Exception:  # whatever it is, the others are run
        outcome = "FAIL"
        traceback.print_exc()
    print(f"{outcome} {check.__name__:20} {time.monotonic() - begun:5.1f} s", flush=True)
    return outcome


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worker", required=True)
    parser.add_argument("--submit", required=True)
    parser.add_argument("--only", action="append", choices=[check.__name__ for check in CHECKS])
    options = parser.parse_args()
    if not redis_server.available():
        print("SKIPPED: redis-server is not installed; apt-get install redis-server")
        return SKIPPED
    WorkerProcess.program, WorkerProcess.submit_program = options.worker, options.submit
    outcomes = [run(check) for check in CHECKS if not options.only or check.__name__ in options.only]
    return 1 if "FAIL" in outcomes else 0


if __name__ == "__main__":
    sys.exit(main())
