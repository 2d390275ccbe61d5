"""Jobs as plain clients make them, and what became of them."""

import json
import time

from servers.resp import ServerError


def job(identity, code="true", language="bash", **further):
    return {"id": identity, "language": language, "code": code, **further}


class Streams:
    """A client of the stream `jobs`, with nothing but XADD, GET and HGETALL."""

    kind = "redis_streams"

    def __init__(self, redis):
        self.redis = redis

    @staticmethod
    def command(each, queue):
        return ["XADD", queue, "*", "id", each["id"], "job", json.dumps(each)]

    def submit(self, *jobs, queue="jobs"):
        answers = self.redis.pipeline([self.command(each, queue) for each in jobs])
        errors = [answer for answer in answers if isinstance(answer, Exception)]
        if errors:
            raise errors[0]
        return [each["id"] for each in jobs]

    def record(self, identity):
        return self.redis.map("HGETALL", f"job:{identity}")

    def records(self, identities):
        answers = self.redis.pipeline([["HGETALL", f"job:{identity}"] for identity in identities])
        return {identity: dict(zip(flat[::2], flat[1::2])) for identity, flat in zip(identities, answers)}

    def result(self, identity):
        text = self.redis("GET", f"result:{identity}")
        return text and json.loads(text)

    def unfinished(self, identities):
        return [identity for identity, record in self.records(identities).items()
                if record.get("status") not in ("done", "refused", "dead")]

    def await_all(self, identities, seconds=120):
        deadline = time.monotonic() + seconds
        left = list(identities)
        while left := self.unfinished(left):
            assert time.monotonic() < deadline, f"{len(left)} jobs unfinished after {seconds} s, first: {self.record(left[0])}"
            time.sleep(0.02)

    def dead(self):
        return [dict(zip(fields[::2], fields[1::2])) | {"entry": entry} for entry, fields in self.redis("XRANGE", "jobs:dead", "-", "+")]

    def check_once(self, identities):
        """Submitted = results + dead letters; one result each. Returns how many executions there were beyond one each."""
        letters = [letter["id"] for letter in self.dead()]
        records = self.records(identities)
        for identity, record in records.items():
            published, buried = int(record.get("results", 0)), letters.count(identity)
            assert published + buried == 1, f"{identity}: {published} results, {buried} dead letters, {record}"
            assert (self.redis("EXISTS", f"result:{identity}") == 1) == (published == 1), identity
        return sum(int(record["attempt"]) - int(record.get("returned", 0)) - 1 for record in records.values())

    def held_by(self, worker):
        """The ids of the jobs that a worker's lanes hold."""
        try:
            entries = self.redis("XPENDING", "jobs", "workers", "-", "+", 1000)
        except ServerError as error:
            if "NOGROUP" not in str(error):
                raise
            return []  # it has started, and not yet looked for a job
        commands = [["XRANGE", "jobs", entry[0], entry[0]] for entry in entries if f":{worker.pid}:" in entry[1]]
        return [found[0][1][1] for found in self.redis.pipeline(commands) if found]


class List(Streams):
    """A producer that knows a list, as there were before streams."""

    kind = "redis_list"

    @staticmethod
    def command(each, queue):
        return ["RPUSH", "code_jobs", json.dumps(each)]

    def held_by(self, worker):
        keys = [key for key in self.redis("KEYS", "code_jobs:processing:*") if f":{worker.pid}:" in key]
        return [json.loads(payload)["id"] for key in keys for payload in self.redis("LRANGE", key, 0, -1)]
