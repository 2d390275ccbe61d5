"""What profile_docker and profile_native have in common: events of perf(1), phases between them, tables in Markdown."""

import collections
import pathlib
import re
import statistics
import subprocess
import tempfile

CLIENT, INIT = "sandbox-benchma", "sandbox-init"  # as the kernel cuts names
LINE = re.compile(r"^\s*(?P<comm>\S+)\s+(?P<tid>\d+)\s+(?P<time>[\d.]+):\s+(?P<event>\S+):\s*(?P<rest>.*)$")

Event = collections.namedtuple("Event", "comm tid time name rest")


def calls(comm, names):
    """(event, condition) of system calls of processes of this name."""
    return [(f"syscalls:{name}", f'comm == "{comm}"') for name in names]


def recorded(events, command):
    """The events of a run of the command, in their order."""
    options = []
    for event, condition in events:
        options += ["-e", event, "--filter", condition]
    with tempfile.TemporaryDirectory() as folder:
        data = str(pathlib.Path(folder, "perf.data"))
        subprocess.run(["perf", "record", "--quiet", "--all-cpus", "--clockid", "mono", "--output", data, *options,
                        "--", *command], check=True)
        text = subprocess.run(["perf", "script", "--ns", "--fields", "comm,tid,time,event,trace", "--input", data], check=True,
                              capture_output=True, text=True).stdout
    found = (LINE.match(line) for line in text.splitlines())
    return [Event(m["comm"], int(m["tid"]), float(m["time"]), m["event"].split(":")[-1], m["rest"]) for m in found if m]


def times(events, name, what, after=0.0, before=float("inf")):
    """When: `what` is the end of an executed file's name, a process by its number or by its name."""
    def is_wanted(event):
        if event.name == "sched_process_exec":
            return what == event.rest.split("filename=")[1].split()[0].rsplit("/", 1)[-1]
        return event.tid == what if isinstance(what, int) else event.comm == what
    return [e.time for e in events if e.name == name and after <= e.time < before and is_wanted(e)]


def durations(marks):
    """From (phase that begins, when), in order: microseconds of each."""
    return {phase: (after - at) * 1e6 for (phase, at), (_, after) in zip(marks, marks[1:])}


def table(title, runs, wanted=lambda phase: True):
    medians = {phase: statistics.median(run[phase] for run in runs) for phase in runs[0] if wanted(phase)}
    whole = sum(us for phase, us in medians.items() if not phase.startswith("off"))
    lines = [f"| {title}, median of {len(runs)} | µs | share |", "| --- | ---: | ---: |"]
    for phase, us in medians.items():
        share = "" if phase.startswith("off") else f"{100 * us / whole:.1f} %"
        lines.append(f"| {phase} | {us:,.0f} | {share} |")
    return "\n".join([*lines, f"| **sum on the path** | {whole:,.0f} | |", ""])
