#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the honest programs that stand beside this file in boxes, and says which of them the confinement harms."""
import argparse
import collections
import concurrent.futures
import difflib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
# The limits are not what is tested here; a busy machine must not make a program late.
LIMITS = ["--time", "30s", "--wall", "3m", "--compile-time", "2m"]
SKIPPED = 77
# What the filter answers with (libsandbox/docs/seccomp.md). The kernel says some of them by itself, too.
REFUSED = re.compile(r"(\w+)\(.*\) = -1 (ENOSYS|EPERM|EAFNOSUPPORT)\b")
RESUMED = re.compile(r"<\.\.\. (\w+) resumed>.*\) = -1 (ENOSYS|EPERM|EAFNOSUPPORT)\b")

Outcome = collections.namedtuple("Outcome", "language topic problem refused seconds cpu")


def skips():
    """{(language, topic, backend): reason}, from lines of `language/topic backend reason`."""
    found = {}
    for line in (HERE / "skipped.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            name, backend, reason = line.split(maxsplit=2)
            language, topic = name.split("/")
            if not list((HERE / language).glob(f"{topic}.*")):
                raise SystemExit(f"skipped.txt names {name}, which does not exist")
            found[language, topic, backend] = reason
    return found


def programs(languages):
    """Every source with its expected output; one without the other is a mistake of ours."""
    found = []
    for folder in sorted(path for path in HERE.iterdir() if path.is_dir() and path.name != "__pycache__"):
        if languages and folder.name not in languages:
            continue
        sources = {path.stem: path for path in folder.iterdir() if path.suffix != ".out"}
        outputs = {path.stem for path in folder.glob("*.out")}
        if odd := set(sources) ^ outputs:
            raise SystemExit(f"{folder.name}: a program without output, or the reverse: {', '.join(sorted(odd))}")
        found += [(folder.name, topic, sources[topic]) for topic in sorted(sources)]
    if not found:
        raise SystemExit("no programs")
    return found


def refusals(trace):
    """How often which call was refused, from what strace wrote, one file a process."""
    counts = collections.Counter()
    for path in pathlib.Path(trace).iterdir():
        inside = False
        for line in path.read_text(errors="replace").splitlines():
            # Before its filter a process is ours; what it starts has the filter from the beginning.
            inside = inside or "SECCOMP_SET_MODE_FILTER" in line
            if inside and (match := REFUSED.match(line) or RESUMED.match(line)):
                counts[match.group(1), match.group(2)] += 1
    return counts


def check(options, language, topic, source):
    with tempfile.TemporaryDirectory() as folder:
        report_path, trace = os.path.join(folder, "report"), os.path.join(folder, "trace")
        command = [options.sandboxrun, "--backend", options.backend, "--lang", language, *LIMITS, "--report", report_path, source]
        if options.trace:
            os.mkdir(trace)
            command = ["strace", "-ff", "-qq", "-o", os.path.join(trace, "t"), *command]
        start = time.monotonic()
        result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True)
        seconds = time.monotonic() - start
        refused = refusals(trace) if options.trace else collections.Counter()
        try:
            report = json.loads(pathlib.Path(report_path).read_bytes())
        except (OSError, ValueError):
            report = None
    expected = source.with_suffix(".out").read_text()
    output, errors = result.stdout.decode(errors="replace"), result.stderr.decode(errors="replace")
    problem = []
    if report is None:
        problem.append(f"no report; exit status {result.returncode}")
    elif (stage := report["stages"][-1]) and (stage["stage"], report["verdict"], stage["exit_code"]) != ("run", "ok", 0):
        problem.append(f"{stage['stage']}: {stage['description']}")
    if output != expected:
        problem += difflib.unified_diff(expected.splitlines(), output.splitlines(), "expected", "output", lineterm="")
    if problem and errors:
        problem.append("standard error: " + errors[-2000:].strip())
    cpu = sum(stage["usage"]["cpu_time_ns"] or 0 for stage in report["stages"]) / 1e9 if report else 0.0
    return Outcome(language, topic, problem, refused, seconds, cpu)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sandboxrun", required=True)
    parser.add_argument("--backend", choices=["native", "docker"], required=True)
    parser.add_argument("--language", action="append", help="only this one; may be repeated")
    parser.add_argument("--topic", action="append", help="only this one; may be repeated")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--trace", action="store_true", help="with strace, native only: also say which calls were refused")
    parser.add_argument("--slow", action="store_true", help="list the slowest programs")
    options = parser.parse_args()
    options.sandboxrun = os.path.abspath(options.sandboxrun)
    os.environ.setdefault("SANDBOX_LANGUAGES", str(HERE.parent.parent / "languages"))
    if options.trace and (options.backend != "native" or not shutil.which("strace")):
        print("SKIPPED: --trace needs the native backend and strace")
        return SKIPPED

    reasons = skips()
    chosen = [p for p in programs(options.language) if not options.topic or p[1] in options.topic]
    if not chosen:
        print(f"there is no such program: {options.language or 'any language'}, {options.topic}", file=sys.stderr)
        return 2
    wanted = [p for p in chosen if (p[0], p[1], options.backend) not in reasons]
    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        outcomes = list(pool.map(lambda program: check(options, *program), wanted))

    for language in dict.fromkeys(name for name, _, _ in chosen):
        own = [o for o in outcomes if o.language == language]
        failed = [o for o in own if o.problem]
        skipped = [(topic, reasons[name, topic, options.backend]) for name, topic, _ in chosen
                   if name == language and (name, topic, options.backend) in reasons]
        line = f"{language}: {len(own) - len(failed)} ok, {len(failed)} failed, {len(skipped)} skipped"
        if options.trace:
            refused = sum((o.refused for o in own), collections.Counter())
            line += f", {refused.total()} calls refused"
            if refused:
                line += ": " + ", ".join(f"{call} {error} {count}" for (call, error), count in sorted(refused.items()))
        print(line)
        for topic, reason in skipped:
            print(f"  skipped {topic}: {reason}")
        for outcome in failed:
            print(f"  FAILED {language}/{outcome.topic}")
            for text in outcome.problem:
                print("    " + text.replace("\n", "\n    "))
    if options.slow:
        for outcome in sorted(outcomes, key=lambda o: -o.seconds)[:20]:
            print(f"{outcome.seconds:6.2f} s, {outcome.cpu:5.2f} s of CPU: {outcome.language}/{outcome.topic}")
    failures = sum(bool(o.problem) for o in outcomes)
    print(f"{len(outcomes)} programs on {options.backend}, {failures} failed, in {time.monotonic() - start:.0f} s, "
          f"{sum(o.cpu for o in outcomes):.0f} s of CPU in boxes")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
