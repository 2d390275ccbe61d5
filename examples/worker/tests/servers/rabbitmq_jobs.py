"""A client of RabbitMQ with nothing but AMQP: it submits, and looks at what became of its jobs."""

import contextlib
import json
import sys
import time

sys.path.append("/usr/lib/python3/dist-packages")  # Debian's python3-pika serves any interpreter
with contextlib.suppress(ImportError):
    import pika

RESULT = {"x-queue-type": "classic", "x-max-length": 1, "x-overflow": "reject-publish", "x-expires": 24 * 3600 * 1000}


def available():
    return "pika" in globals()


class RabbitMqJobs:
    """Each job has a queue of its own for its result."""

    def __init__(self, server):
        self.server = server
        self.connect()

    def connect(self):
        parameters = pika.URLParameters(self.server.url + "?connection_attempts=100&retry_delay=0.1&heartbeat=0")
        self.connection = pika.BlockingConnection(parameters)
        self.channel = self.connection.channel()
        self.channel.confirm_delivery()

    def close(self):
        with contextlib.suppress(Exception):
            self.connection.close()

    def push(self, payload, queue="jobs", identity=None):
        self.channel.basic_publish("", queue, payload, pika.BasicProperties(delivery_mode=2, message_id=identity), mandatory=True)

    def submit(self, *jobs, queue="jobs"):
        for each in jobs:
            self.channel.queue_declare(f"result:{each['id']}", durable=True, arguments=RESULT)
            self.push(json.dumps(each), queue, each["id"])
        return [each["id"] for each in jobs]

    def waiting(self, queue):
        return self.channel.queue_declare(queue, passive=True).method.message_count

    def unfinished(self, identities):
        return [identity for identity in identities if self.waiting(f"result:{identity}") == 0]

    def await_all(self, identities, seconds=120):
        deadline = time.monotonic() + seconds
        left = list(identities)
        while left := self.unfinished(left):
            assert time.monotonic() < deadline, f"{len(left)} jobs unfinished after {seconds} s, first: {left[0]}"
            time.sleep(0.02)

    def look(self, queue, most=1):
        """Messages, left where they are."""
        found = []
        while len(found) < most:
            method, properties, body = self.channel.basic_get(queue)
            if method is None:
                break
            found.append((method.delivery_tag, properties, body))
        if found:
            self.channel.basic_nack(found[-1][0], multiple=True, requeue=True)
        return [(properties, body) for _, properties, body in found]

    def result(self, identity):
        (properties, body), = self.look(f"result:{identity}")
        return json.loads(body) if properties.type != "dead" else {"status": "dead", "reason": properties.headers["x-reason"]}

    def dead(self):
        return [{"id": properties.headers["x-job"], "reason": properties.headers["x-reason"], "attempt": properties.headers["x-attempt"],
                 "worker": properties.headers["x-worker"], "payload": body, "payload_bytes": properties.headers["x-payload-bytes"]}
                for properties, body in self.look("jobs:dead", 10_000)]

    def check_once(self, identities):
        """Submitted = results + dead letters, one each; nothing is left. How many executions there were beyond one each."""
        letters = [letter["id"] for letter in self.dead()]
        repeated = 0
        for identity in identities:
            count, result = self.waiting(f"result:{identity}"), self.result(identity)
            assert count == 1 and letters.count(identity) == (result["status"] == "dead"), (identity, count, letters.count(identity), result)
            repeated += result.get("attempt", 1) - 1
        self.check_empty()
        return repeated

    def check_empty(self):
        deadline = time.monotonic() + 20  # an acknowledgement is on its way, or the server counts late
        while left := self.left_over():
            assert time.monotonic() < deadline, left
            time.sleep(0.2)

    def left_over(self):
        queues = [line.split("\t") for line in self.server.ctl("list_queues", "-p", self.server.virtual_host, "--no-table-headers", "name", "messages").splitlines()]
        return {name: count for name, count in queues if name.startswith("jobs") and name != "jobs:dead" and count != "0"}


class RabbitMqOneQueue(RabbitMqJobs):
    """All results come in one queue; a second one of an id is dropped here, as its readers must."""

    def __init__(self, server):
        super().__init__(server)
        self.results, self.dropped, self.letters = {}, 0, set()

    def submit(self, *jobs, queue="jobs"):
        for each in jobs:
            self.push(json.dumps(each), queue, each["id"])
        return [each["id"] for each in jobs]

    def collect(self):
        while (found := self.channel.basic_get("results", auto_ack=True))[0] is not None:
            _, properties, body = found
            self.dropped += properties.message_id in self.results
            self.results.setdefault(properties.message_id, json.loads(body))

    def unfinished(self, identities):
        self.collect()
        if self.waiting("jobs:dead") != len(self.letters):
            self.letters = {letter["id"] for letter in self.dead()}
        return [identity for identity in identities if identity not in self.results and identity not in self.letters]

    def result(self, identity):
        return self.results[identity]

    def check_once(self, identities):
        self.check_empty()
        assert not self.unfinished(identities)
        assert not self.letters & set(self.results), self.letters & set(self.results)
        return sum(result["attempt"] - 1 for result in self.results.values())
