#!/usr/bin/env python3
"""What every kind of queue promises, asked of one on a real server.

contract.py --program PROGRAM --kind KIND [Catch2's arguments]"""

import argparse
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from servers import rabbitmq_server, redis_server, sqs_server  # noqa: E402
from servers.worker_process import environment  # noqa: E402

SKIPPED = 77
# Of each kind: the server, the name of its setting, further settings.
KINDS = {
    "redis_streams": (redis_server, redis_server.RedisServer, "REDIS_URL", {}),
    "redis_list": (redis_server, redis_server.RedisServer, "REDIS_URL", {}),
    "rabbitmq": (rabbitmq_server, rabbitmq_server.RabbitMqServer, "RABBITMQ_URL", {}),
    "sqs": (sqs_server, sqs_server.SqsServer, "SQS_ENDPOINT", {"SQS_CREATE_QUEUES": "true", "QUEUE_MAX_RESULT": "1000KiB"}),
    "rabbitmq_classic": (rabbitmq_server, rabbitmq_server.RabbitMqServer, "RABBITMQ_URL",
                         {"QUEUE_KIND": "rabbitmq", "RABBITMQ_QUEUE_TYPE": "classic"}),
}
# What a case may ask for, and the kinds that have it: the tags of cases that are not for every kind.
TAGS = {
    "redis": {"redis_streams", "redis_list"}, "redis_list": {"redis_list"}, "rabbitmq": {"rabbitmq", "rabbitmq_classic"}, "sqs": {"sqs"},
    "finds_by_id": KINDS.keys() - {"sqs"}, "many_queues": KINDS.keys() - {"redis_list"},
    "nameless_apart": {"redis_streams", "redis_list", "sqs"},  # counts jobs without an id in a way of their own
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--kind", required=True, choices=list(KINDS))
    options, further = parser.parse_known_args()
    module, server_class, url_setting, settings = KINDS[options.kind]
    if not module.available():
        print(f"SKIPPED: {module.__doc__.splitlines()[0]} It is not installed")
        return SKIPPED
    with server_class() as server:
        variables = environment({"QUEUE_KIND": options.kind, url_setting: server.url, "QUEUE_LEASE": "1s", "QUEUE_RETRY_DELAYS": "300ms,600ms",
                                 **settings})
        others = "".join(f"~[{tag}]" for tag, kinds in TAGS.items() if options.kind not in kinds)
        return subprocess.run([options.program, others, *further], env=variables, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
