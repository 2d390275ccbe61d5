"""A client of SQS with nothing but signed HTTP: it submits, and reads results and dead letters."""

import datetime
import hashlib
import hmac
import json
import time
import urllib.request

from servers.sqs_server import CREDENTIALS


def signature(date, scope, text):
    key = ("AWS4" + CREDENTIALS["AWS_SECRET_ACCESS_KEY"]).encode()
    for part in (date, *scope.split("/")[1:]):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


class SqsJobs:
    def __init__(self, server):
        self.server = server
        self.results, self.letters, self.dropped = {}, {}, 0
        for name, attributes in (("jobs", {}), ("jobs-dead", {}), ("results.fifo", {"FifoQueue": "true"})):
            self.call("CreateQueue", QueueName=name, Attributes=attributes)

    def close(self):
        pass

    def call(self, action, **request):
        body = json.dumps(request).encode()
        time_text = datetime.datetime.utcnow().strftime("%Y%m%dT%H%M%SZ")
        headers = {"host": f"127.0.0.1:{self.server.port}", "x-amz-date": time_text,
                   "x-amz-security-token": CREDENTIALS["AWS_SESSION_TOKEN"], "x-amz-target": f"AmazonSQS.{action}"}
        signed = ";".join(headers)
        canonical = "\n".join(["POST", "/", "", *(f"{name}:{value}" for name, value in headers.items()), "", signed, hashlib.sha256(body).hexdigest()])
        scope = f"{time_text[:8]}/{CREDENTIALS['AWS_REGION']}/sqs/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", time_text, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        headers["authorization"] = (f"AWS4-HMAC-SHA256 Credential={CREDENTIALS['AWS_ACCESS_KEY_ID']}/{scope}, SignedHeaders={signed}, "
                                    f"Signature={signature(time_text[:8], scope, text)}")
        asked = urllib.request.Request(self.server.url + "/", body, headers | {"content-type": "application/x-amz-json-1.0"})
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return json.loads(answer.read() or b"{}")

    def url(self, name):
        return f"{self.server.url}/123456789012/{name}"

    def push(self, payload, queue="jobs"):
        self.call("SendMessage", QueueUrl=self.url(queue.replace(":", "-")), MessageBody=payload)

    def submit(self, *jobs, queue="jobs"):
        for each in jobs:
            self.push(json.dumps(each), queue)
        return [each["id"] for each in jobs]

    def drain(self, name, requests=5):
        for _ in range(requests):
            answer = self.call("ReceiveMessage", QueueUrl=self.url(name), MaxNumberOfMessages=10, MessageAttributeNames=["All"])
            for each in answer.get("Messages", []):
                yield {key: value["StringValue"] for key, value in each.get("MessageAttributes", {}).items()}, each["Body"]
                self.call("DeleteMessage", QueueUrl=self.url(name), ReceiptHandle=each["ReceiptHandle"])

    def collect(self):
        for attributes, body in self.drain("results.fifo"):
            self.dropped += attributes["Id"] in self.results
            self.results.setdefault(attributes["Id"], json.loads(body))
        for attributes, body in self.drain("jobs-dead"):
            self.letters.setdefault(attributes.get("Job", f"none-{len(self.letters)}"), []).append(
                {"id": attributes.get("Job", ""), "reason": attributes["Reason"], "attempt": int(attributes["Attempt"]), "worker": attributes["Worker"],
                 "payload": body, "payload_bytes": int(attributes["PayloadBytes"])})

    def unfinished(self, identities):
        self.collect()
        return [identity for identity in identities if identity not in self.results and identity not in self.letters]

    def await_all(self, identities, seconds=120):
        deadline = time.monotonic() + seconds
        while left := self.unfinished(identities):
            assert time.monotonic() < deadline, f"{len(left)} jobs unfinished after {seconds} s, first: {left[0]}"
            time.sleep(0.05)

    def result(self, identity):
        return self.results.get(identity) or {"status": "dead", "reason": self.letters[identity][0]["reason"]}

    def dead(self):
        self.collect()
        return [letter for letters in self.letters.values() for letter in letters]

    def check_once(self, identities):
        """Submitted = results + dead letters, one each; a second result is dropped here: the emulator forgets what it was to drop as soon as
        the first one is deleted, SQS after five minutes. How many executions there were beyond one each."""
        self.collect()
        for identity in identities:
            assert (identity in self.results) + len(self.letters.get(identity, [])) == 1, (identity, self.results.get(identity), self.letters.get(identity))
        return sum(result["attempt"] - 1 for result in self.results.values())
