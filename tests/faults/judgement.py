# SPDX-License-Identifier: Apache-2.0
"""What an application may see of a fault, and what may be left after it."""

# What a kernel refuses is nobody's request that cannot be meant.
LIES = {"invalid_argument", "invalid_config", "not_found", "exception"}
CONFINED = "I ran confined\n"
# The program can be told from its not having begun only up to here.
LAST_CALL_BEFORE_PROGRAM = "execve"


def outcome(result):
    """In one or two words."""
    if not result["hit"]:
        return "not reached"
    if "signal" in result:
        return "killed"
    report = result["report"] or {}
    return report.get("error") or "whole life"


def stage_violations(point, fault, report):
    ran = report.get("run", {})
    if ran.get("exit") == 10:
        yield ran["out"].strip()
    elif ran.get("verdict") == "ok" and ran["out"] != CONFINED:
        yield "a verdict of ok without the program's output"
    elif ran and ran["verdict"] != "ok" and not is_death_of_program(point, fault):
        yield f"a verdict that blames the program: {ran}"
    eaten = report.get("eat", {})
    if eaten.get("out"):
        yield "the memory limit was not in force"
    elif eaten and eaten["verdict"] != "memory_limit" and not is_death_of_program(point, fault):
        yield f"a verdict that blames the program: {eaten}"
    for stage in (ran, eaten):
        if set(stage.get("missing", ())) - {"landlock"}:
            yield f"ran without {stage['missing']}"


def is_death_of_program(point, fault):
    return point.role == "child" and point.call == LAST_CALL_BEFORE_PROGRAM and fault.kind == "signal"


def ends_well(point, fault, result):
    victim = point.role == "application" and fault.kind == "signal"
    if not result["ended"]:
        yield f"no end within {result['seconds']:.0f} s"
    elif "signal" in result:
        if not victim or result["signal"] != fault.number:
            yield f"the application died of signal {result['signal']}"
    elif result["status"] != 0 or not result["report"]:
        yield f"the application ended with status {result['status']}"


def may_leave_groups(point, fault):
    """To garbage collection: where who removes them dies, or is refused a step of that."""
    refused = fault.kind == "error" and point.call in ("openat", "unlinkat", "getdents64", "clone", "clone3", "vfork")
    return point.role == "guard" or (point.role == "application" and (fault.kind == "signal" or refused))


def violations(point, fault, result):
    found = list(ends_well(point, fault, result))
    report = result["report"] or {}
    found += stage_violations(point, fault, report)
    if report.get("error") in LIES and point.call != LAST_CALL_BEFORE_PROGRAM:
        found.append(f"a false error: {report}")
    if not report.get("error") and "eat" in report and (report.get("got"), report.get("listed"), report.get("after_reset")) != ("left\n", 2, 0):
        found.append(f"a false answer: {report}")
    found += [f"left behind: process {name}" for name in result["processes_left"]]
    found += [f"left behind: {name}" for name in result["files_left"]]
    if result["groups_left"] and not may_leave_groups(point, fault):
        found.append(f"left behind: {result['groups_left']}")
    found += [f"left behind: mount {line}" for line in result["mounts_left"]]
    return found
