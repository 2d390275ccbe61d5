# SPDX-License-Identifier: Apache-2.0
"""containers.py INJECTOR APPLICATION POSTURE: an application of the docker backend is killed at its calls, and stopped;
init of a container is killed, stopped, and never claimed. Needs an engine at DOCKER_HOST."""
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

import points

SKIPPED = 77
LIMIT_MS = 60_000
STOPPED_MS = 8_000
SECONDS_TO_END = 60
SECONDS_TO_VANISH = 10
SECONDS_UNCLAIMED = (40, 90)
SECONDS_IDLE = 75
KILLS = 30
STOPS = 4
LIVES = 5
TALKING = {"connect", "poll", "ppoll", "epoll_wait", "read", "recvmsg", "recvfrom", "sendmsg", "sendto", "write", "writev"}


def docker(*args):
    return subprocess.run(["docker", *args], capture_output=True, text=True)


def containers_of(pid):
    listed = docker("ps", "--all", "--no-trunc", "--filter", "label=io.libsandbox.owner", "--format",
                    '{{.ID}} {{.Label "io.libsandbox.owner"}}')
    if listed.returncode != 0:
        sys.exit(f"the engine does not say what there is: {listed.stderr}")
    return [line.split()[0] for line in listed.stdout.splitlines() if line.split("/")[2:3] == [str(pid)]]


def running_of(pid):
    """Process ids of the inits. One that is gone before it can be asked for does not run."""
    states = [docker("inspect", "--format", "{{.State.Pid}}", each).stdout.strip() for each in containers_of(pid)]
    return [int(state) for state in states if state not in ("", "0")]


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        return [int(child) for child in children.read().split()]


def name_of(pid):
    with open(f"/proc/{pid}/comm") as name:
        return name.read().strip()


def init_of_program(pid, name):
    """The init of this application's box, when its program runs."""
    try:
        return next((init for init in running_of(pid) if any(name_of(child) == name for child in children_of(init))), None)
    except (FileNotFoundError, ProcessLookupError):
        return None


def wait_until(condition, seconds=SECONDS_TO_END):
    deadline = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return value


class Containers:
    def __init__(self, injector, application, posture):
        self.injector, self.application, self.posture = injector, application, posture
        self.violations = 0

    def inject(self, *args, limit_ms=LIMIT_MS):
        command = [self.injector, *args, str(limit_ms), self.application, self.posture, "docker", "1"]
        ran = subprocess.run(command, capture_output=True, text=True)
        if ran.returncode == SKIPPED:
            print(ran.stdout, end="")
            sys.exit(SKIPPED)
        return json.loads(ran.stdout), " ".join(command)

    def expect(self, holds, what, command=""):
        if not holds:
            self.violations += 1
            print(f"VIOLATION: {what}\n  {command}", flush=True)

    def expect_nothing(self, pid, what, command=""):
        """Whether what had been started ended by itself; what was only made is garbage."""
        if wait_until(lambda: not containers_of(pid), SECONDS_TO_VANISH):
            return "ended by themselves or were never there"
        self.expect(wait_until(lambda: not running_of(pid)), f"{what}: a container runs on", command)
        collected = subprocess.run([self.application, "--gc", "docker"], capture_output=True, text=True)
        self.expect(collected.returncode == 0, f"{what}: no garbage collection: {collected.stderr}", command)
        self.expect(wait_until(lambda: not containers_of(pid)), f"{what}: a container is left", command)
        return "left to garbage collection"

    def record(self):
        with tempfile.NamedTemporaryFile(dir="/var/tmp") as listed:
            result, command = self.inject("--list", listed.name)
            report = result["report"] or {}
            if report.get("after_reset") != 0:
                sys.exit(f"an ordinary life does not pass: {command}: {result}")
            return [point for point in points.read_points(listed.name)
                    if point.role == "application" and point.call in TALKING]

    def common_points(self):
        """How often an answer is asked for differs from life to life: those that several had."""
        lives = [self.record() for _ in range(LIVES)]
        return points.spread([point for point in lives[0] if all(point in life for life in lives)], KILLS)

    def strike(self, where, number, limit_ms=LIMIT_MS):
        outcomes = {}
        for point in where:
            result, command = self.inject(point.role, point.call, str(point.nth), "signal", str(int(number)),
                                          limit_ms=limit_ms)
            what = f"{' '.join(map(str, point))} {number.name}"
            self.expect(not result["processes_left"], f"{what}: {result['processes_left']}", command)
            outcome = self.expect_nothing(result["pid"], what, command) if result["hit"] else "not reached"
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
        self.expect(set(outcomes) != {"not reached"}, f"{number.name} of the application: no point was reached")
        told = ", ".join(f"{count} {name}" for name, count in outcomes.items())
        print(f"application {number.name}: {len(where)} points: {told}", flush=True)

    def strike_init(self, number):
        """While the program sleeps."""
        application = subprocess.Popen([self.application, self.posture, "docker", "30"], stdout=subprocess.PIPE, text=True)
        init = wait_until(lambda: init_of_program(application.pid, os.path.basename(self.posture)))
        if not init:
            application.kill()
            sys.exit(f"the program never ran: {application.communicate()[0]}")
        begin = time.monotonic()
        os.kill(init, number)
        try:
            report = json.loads(application.communicate(timeout=90)[0])
        except subprocess.TimeoutExpired:
            application.kill()
            report = {}
        seconds = time.monotonic() - begin
        self.expect(report.get("error") == "backend_lost", f"init {number.name}: {report}")
        outcome = self.expect_nothing(application.pid, f"init {number.name}")
        print(f"init {number.name}: {report.get('error')} after {seconds:.1f} s, containers {outcome}", flush=True)

    def leave_unclaimed(self):
        """As an engine leaves a container that it was killed with: its stdin stays open, and nobody is there. A box that is only
        idle stays meanwhile."""
        application = subprocess.Popen([self.application, self.posture, "docker", "0", str(SECONDS_IDLE)], stdout=subprocess.PIPE, text=True)
        boxes = wait_until(lambda: running_of(application.pid)) and containers_of(application.pid)
        image, volume = docker("inspect", "--format", "{{.Image}} {{(index .Mounts 0).Name}}", *boxes[:1]).stdout.split()
        rights = [word for right in ("SETUID", "SETGID", "KILL", "SETPCAP") for word in ("--cap-add", right)]
        unclaimed = subprocess.Popen(
            ["docker", "run", "--rm", "--interactive", "--user", "0", "--read-only", "--network", "none", "--cap-drop", "ALL", *rights,
             "--tmpfs", "/box", "--tmpfs", "/tmp", "--tmpfs", "/dev/shm", "--mount", f"type=volume,src={volume},dst=/.libsandbox,readonly",
             "--entrypoint", "/.libsandbox/sandbox-init", image, "container", "3600"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        posture = unclaimed.stdout.read(1)
        begin = time.monotonic()
        try:
            unclaimed.wait(SECONDS_UNCLAIMED[1])
        except subprocess.TimeoutExpired:
            unclaimed.kill()
        seconds = time.monotonic() - begin
        self.expect(posture and unclaimed.returncode == 1 and seconds > SECONDS_UNCLAIMED[0],
                    f"an unclaimed init ended with {unclaimed.returncode} after {seconds:.1f} s: {unclaimed.communicate()}")
        report = json.loads(application.communicate(timeout=LIMIT_MS / 1000)[0])
        self.expect(report.get("after_reset") == 0, f"an idle box: {report}")
        outcome = self.expect_nothing(application.pid, "an idle box")
        print(f"init unclaimed: ended after {seconds:.1f} s, one that was idle for {SECONDS_IDLE} s did not: containers {outcome}", flush=True)


def main():
    if docker("version").returncode != 0 or docker("image", "inspect", "debian:bookworm-slim").returncode != 0:
        print("SKIPPED: no Docker engine with debian:bookworm-slim answers; run ./dev test as root, or set DOCKER_HOST")
        return SKIPPED
    containers = Containers(*map(os.path.abspath, sys.argv[1:4]))
    where = containers.common_points()
    if len(where) < STOPS:
        sys.exit(f"too few points: {where}")
    containers.strike(where, signal.SIGKILL)
    containers.strike(where[:: len(where) // STOPS], signal.SIGSTOP, STOPPED_MS)
    containers.strike_init(signal.SIGKILL)
    containers.strike_init(signal.SIGSTOP)
    containers.leave_unclaimed()
    containers.record()
    print(f"{containers.violations} violations")
    return containers.violations != 0


if __name__ == "__main__":
    sys.exit(main())
