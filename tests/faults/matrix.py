# SPDX-License-Identifier: Apache-2.0
"""matrix.py INJECTOR APPLICATION POSTURE [full]: each call on the way into a box and out of it fails once, and each
process of ours is killed at its calls; what must hold after each is in judgement.py."""
import collections
import concurrent.futures
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

import judgement
import points

SKIPPED = 77
LIMIT_MS = 15_000
# A process that stands still is waited for before it is given up, by several parties one after the other. A host that is
# busy with other things gets as much, once.
STOP_LIMIT_MS = 60_000
WORKERS = 2
KILLS_OF_EACH_ROLE = 44
STOPS_OF_EACH_ROLE = 3
SECONDS_UNTIL_GARBAGE = 11


class Matrix:
    def __init__(self, injector, application, posture):
        self.injector, self.application, self.posture = injector, application, posture
        self.left, self.left_to_gc, self.violations, self.repeated = set(), 0, 0, 0

    def command(self, point, fault, limit_ms=LIMIT_MS):
        return [self.injector, point.role, point.call, str(point.nth), fault.kind, str(fault.number), str(limit_ms),
                self.application, self.posture]

    def record(self):
        """All points, in the order of one ordinary life; skips the test where that cannot be had."""
        with tempfile.NamedTemporaryFile() as listed:
            ran = subprocess.run([self.injector, "--list", listed.name, str(LIMIT_MS), self.application, self.posture],
                                 capture_output=True, text=True)
            if ran.returncode == SKIPPED:
                print(ran.stdout, end="")
                sys.exit(SKIPPED)
            result = json.loads(ran.stdout)
            report = result["report"] or {}
            if "unsupported" == report.get("error"):
                print(f"SKIPPED: {report['message']}; run as root with control groups")
                sys.exit(SKIPPED)
            if report.get("run", {}).get("out") != judgement.CONFINED or report.get("after_reset") != 0:
                sys.exit(f"an ordinary life does not pass: {ran.stdout}{ran.stderr}")
            return points.read_points(listed.name)

    def run(self, point, fault, limit_ms):
        ran = subprocess.run(self.command(point, fault, limit_ms), capture_output=True, text=True)
        try:
            result = json.loads(ran.stdout)
        except json.JSONDecodeError:
            sys.exit(f"{' '.join(self.command(point, fault))}: {ran.stdout}{ran.stderr}")
        if not result["ended"] and limit_ms < STOP_LIMIT_MS:
            self.repeated += 1
            return self.run(point, fault, STOP_LIMIT_MS)
        return result, ran.stderr

    def run_all(self, title, runs, limit_ms=LIMIT_MS, workers=WORKERS):
        begin = time.monotonic()
        table = collections.defaultdict(collections.Counter)
        tried = collections.defaultdict(set)
        longest = 0
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            results = pool.map(lambda run: self.run(*run, limit_ms), runs)
            for (point, fault), (result, words) in zip(runs, results):
                table[point.role][judgement.outcome(result)] += 1
                tried[point.role].add(point)
                longest = max(longest, result["seconds"])
                self.note(point, fault, result, words, limit_ms)
        print(f"{title}: {len(runs)} runs in {time.monotonic() - begin:.0f} s, the longest {longest:.1f} s")
        for role in points.ROLES:
            if table[role]:
                outcomes = ", ".join(f"{count} {name}" for name, count in table[role].most_common())
                print(f"  {role:<12}{len(tried[role]):4} points{sum(table[role].values()):5} runs: {outcomes}")
        missed = sum(outcomes["not reached"] for outcomes in table.values())
        if missed * 4 > len(runs):
            self.violations += 1
            print(f"VIOLATION: {missed} of {len(runs)} points were not reached: hardly any fault was put")
        sys.stdout.flush()

    def note(self, point, fault, result, words, limit_ms):
        self.left.update(result["groups_left"])
        self.left_to_gc += bool(result["groups_left"])
        for violation in judgement.violations(point, fault, result):
            self.violations += 1
            command = " ".join(self.command(point, fault, limit_ms))
            print(f"VIOLATION: {' '.join(map(str, point))} {fault.name}: {violation}{' ' + words if words else ''}\n  {command}")

    def groups(self):
        """By their whole names: a pid is soon another's."""
        return [path for path in self.left if os.path.exists(path)]

    def collect_garbage(self):
        left = len(self.groups())
        if left:
            time.sleep(SECONDS_UNTIL_GARBAGE)
            subprocess.run([self.application, "--gc", "native"], check=True, stdout=subprocess.DEVNULL)
        print(f"garbage: {self.left_to_gc} runs left control groups to garbage collection, {left} in all; "
              f"after it {len(self.groups())}")
        self.violations += len(self.groups())


def main():
    matrix = Matrix(*map(os.path.abspath, sys.argv[1:4]))
    full = sys.argv[4:] == ["full"]
    recorded = matrix.record()
    thin = points.thinned(recorded, 1000 if full else 4)
    matrix.run_all("errors", points.errors(thin, full))
    killed = points.thinned(recorded, 1000) if full else points.spread(recorded, KILLS_OF_EACH_ROLE)
    matrix.run_all("SIGKILL", points.signals(killed, signal.SIGKILL))
    stoppable = [point for point in recorded if point.role != "application" and not points.unbounded(point, recorded)]
    stopped = points.spread(stoppable, 40 if full else STOPS_OF_EACH_ROLE)
    # They wait, and take no processor.
    matrix.run_all("SIGSTOP", points.signals(stopped, signal.SIGSTOP), STOP_LIMIT_MS, 8 * WORKERS)
    matrix.collect_garbage()
    matrix.record()  # what comes after all that is an ordinary life again
    print(f"{matrix.repeated} runs took longer than {LIMIT_MS // 1000} s and were repeated")
    print(f"{matrix.violations} violations")
    return matrix.violations != 0


if __name__ == "__main__":
    sys.exit(main())
