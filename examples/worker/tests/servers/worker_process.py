"""A sandbox-worker as its users start it, and what can be done to one."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from servers.redis_server import free_port

GROUP = f"/libsandbox-worker-{os.getpid()}"


class WorkerProcess:
    program = None  # set by main()
    submit_program = None
    wrapper = ()

    def __init__(self, url, settings=None, wrapper=()):
        self.port = free_port()
        self.settings = {"REDIS_URL": url, "WORKER_LISTEN": f"127.0.0.1:{self.port}", "SANDBOX_CGROUP_PARENT": GROUP, "QUEUE_LEASE": "1s",
                         "QUEUE_RETRY_DELAYS": "100ms,200ms", "WORKER_CONCURRENCY": "2", "SANDBOX_WARM": "bash", **(settings or {})}
        with tempfile.NamedTemporaryFile(prefix="worker-log-", delete=False) as log:
            self.log = pathlib.Path(log.name)
            self.process = subprocess.Popen([*wrapper, self.program], env=environment(self.settings), stdout=log, stderr=log)

    @property
    def pid(self):
        return self.process.pid

    def lines(self):
        """The log's documents; the last may be half written by one that was killed."""
        for line in self.log.read_text(errors="replace").splitlines():
            with contextlib.suppress(ValueError):
                yield json.loads(line)

    def has_started(self):
        """As its log says, or its page: a log level may hide the one, a network namespace the other."""
        if any(line["event"] == "started" for line in self.lines()):
            return True
        with contextlib.suppress(OSError):
            return self.page("/readyz") == "ready\n"
        return False

    def await_start(self):
        wait_for(lambda: self.has_started() or self.process.poll() is not None)
        if self.process.poll() is not None:
            raise RuntimeError(f"the worker ended: {self.log.read_text()[-2000:]}")
        return self

    def thread(self, name):
        def find():
            for task in pathlib.Path(f"/proc/{self.pid}/task").iterdir():
                with contextlib.suppress(OSError):
                    if (task / "comm").read_text().strip() == name:
                        return int(task.name)
            return None
        return wait_for(find, 10, step=0.001)

    def page(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:  # 503 says why
            with error:
                return error.read().decode()

    def metric(self, name):
        """The sum over all labels."""
        return sum(float(line.rsplit(" ", 1)[1]) for line in self.page("/metrics").splitlines()
                   if line.startswith((name + " ", name + "{")))

    def send(self, number):
        os.kill(self.pid, number)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def terminate(self, seconds=60):
        self.process.terminate()
        return self.process.wait(timeout=seconds)

    def __enter__(self):
        try:
            return self.await_start()
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        if self.process.poll() is None:
            with contextlib.suppress(OSError):
                self.send(signal.SIGCONT)
            self.kill()
        log = self.log.read_text(errors="replace") if self.log.exists() else ""
        self.log.unlink(missing_ok=True)
        assert "Sanitizer: " not in log, log  # one that is killed has no exit status to say so


def environment(settings):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SANDBOX_WORKER_")}
    return kept | {f"SANDBOX_WORKER_{name}": value for name, value in settings.items()}


def submit(url, *words, settings=None, text=None):
    """sandbox-submit: its exit status, output and complaint."""
    done = subprocess.run([WorkerProcess.submit_program, *words], env=environment({"REDIS_URL": url, **(settings or {})}), input=text,
                          capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout, done.stderr


def wait_for(what, seconds=60, step=0.01):
    """What it returned, as soon as that is true; an AssertionError when the time is over."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(step)
    return found


def leftovers():
    """Control groups, and so processes, of boxes whose workers are gone: when no worker is meant to live."""
    root = pathlib.Path("/sys/fs/cgroup")
    hierarchies = [root, *(folder for folder in root.iterdir() if folder.is_dir())]
    return [str(folder) for hierarchy in hierarchies for folder in (hierarchy / GROUP[1:]).glob("*") if folder.is_dir()]
