#!/usr/bin/env python3
"""Leaves one layer of confinement out at a time and looks which checks of the containment suite notice.

check.py PROGRAM --backend native|docker [--layer NAME]... [--first | --full] [--controls FILE] [--table FILE]

A layer that nobody misses is untested: exit status 1. For each layer the checks that layers.json names for it are run, and
(but beside `behind` or `as`) the posture; --first ends with the first that notices, --full runs every quick check. A layer of layers.json may have

  refused   without it the backend makes no box, and says this
  stops     without it no program runs, and this is what the error says
  accept    the guarantees that are accepted as missing, to see what happened if the backend did not refuse
  behind    layers that hold the same attacks: left out as well, and what notices that already does not count
  needs     a capability, without which leaving the layer out changes nothing on this machine
  as        the user whose boxes need the layer
  tries     how often to look: what the attack leaves is there only until the kernel gets to it, or it takes a machine that has time
  hangs     without it something waits for ever

Otherwise a check that fails because no program ran, or none in time, has noticed nothing."""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
AS_NOBODY = HERE.parent / "contract" / "as_nobody"
SKIPPED = 77
NEVER_SAID = "\0"
CAPABILITY_BITS = {"CAP_SYS_RESOURCE": 24}


class Refused(Exception):
    """No box was made."""


class Skipped(Exception):
    """The backend, or the user, is not to be had here."""


class Hangs(Exception):
    """It did not end."""


def has_capability(name):
    with open("/proc/self/status", encoding="ascii") as status:
        effective = next(line.split()[1] for line in status if line.startswith("CapEff:"))
    return int(effective, 16) >> CAPABILITY_BITS[name] & 1 == 1


def failing_checks(options, left_out, checks, layer=None, stop=False, seconds=300):
    """The ids of the checks that fail without these layers."""
    layer = layer or {}
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        os.chmod(report.name, 0o666)
        command = [str(AS_NOBODY)] if layer.get("as") == "nobody" else []
        command += [options.program, "--backend", options.backend, "--json", report.name]
        command += ["--controls", options.controls] if options.controls else []
        command += [word for guarantee in layer.get("accept", []) for word in ("--accept-missing", guarantee)]
        command += ["--stop"] if stop else []
        command += ["--quick"] if options.full else [word for check in checks for word in ("--only", check)]
        environment = dict(os.environ, SANDBOX_TEST_WITHOUT=",".join(left_out))
        try:
            done = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace", timeout=seconds, check=False)
        except subprocess.TimeoutExpired as late:
            last = (late.stdout or b"").decode(errors="replace").strip().split("\n")[-1]
            raise Hangs(f"hangs after: {last[:60]}") from late
        try:
            outcomes = json.loads(pathlib.Path(report.name).read_text(encoding="utf-8"))["checks"]
        except ValueError:
            words = " ".join((done.stdout + done.stderr).split())
            nothing_new = set(left_out) <= set(layer.get("behind", []))
            kind = Skipped if done.returncode == SKIPPED and nothing_new else Refused
            raise kind(words) from None
    failed = {check["id"]: check["reasons"] for check in outcomes if check["outcome"] == "failed"}
    stops = layer.get("stops", NEVER_SAID)
    if any(stops in reason for reasons in failed.values() for reason in reasons):
        return [f"(no program runs: {stops})"]
    return [check for check, reasons in failed.items() if not all(map(is_no_proof, reasons))]


def is_no_proof(reason):
    return reason.startswith(("error of the sandbox: ", "exception: ", "took longer"))


def failing_anyway(options, left_out, checks, layer=None, seconds=300):
    """Those that fail each of two times: one that fails by chance is not to silence a layer."""
    failing = failing_checks(options, left_out, checks, layer, seconds=seconds)
    again = failing_checks(options, left_out, failing, layer, seconds=seconds) if failing else []
    return [check for check in failing if check in again]


def is_refused(options, name, layer):
    try:
        failing_checks(options, [name], ["FS-00.landlock"])
    except Refused as refusal:
        return layer["refused"] in str(refusal)
    return False


def who_notices(options, name, layer, fails_anyway):
    """What tells that the layer is missing; empty when nobody does."""
    noticed = []
    if "refused" in layer:
        if not is_refused(options, name, layer):
            return []
        noticed.append(f"(no box is made: {layer['refused']})")
        if "accept" not in layer:
            return noticed
    behind = layer.get("behind", [])
    other_ground = behind or "as" in layer
    checks = [*layer["checks"], *([] if other_ground else ["FS-00.posture"])]
    if other_ground:
        fails_anyway = failing_anyway(options, behind, checks, layer)
    stop = options.first and not fails_anyway
    try:
        found = failing_checks(options, [name, *behind], checks, layer, stop)
        if stop and not found:  # the first that failed may be no proof
            found = failing_checks(options, [name, *behind], checks, layer)
    except Hangs as hang:
        found = [f"({hang})"] if layer.get("hangs") else []
    found = [check for check in found if check not in fails_anyway]
    return noticed + found if found else []


def write_table(file, backend, first, noticed, layers):
    title = "the first check that notices" if first else "checks that notice"
    lines = [f"| layer left out ({backend}) | what that means | {title} |", "| --- | --- | --- |"]
    for layer, checks in noticed.items():
        behind = layers[layer].get("behind")
        means = layers[layer]["left_out"] + (f" (seen with {', '.join(behind)} left out as well)" if behind else "")
        shown = ", ".join(checks[:8]) + (f" and {len(checks) - 8} more" if len(checks) > 8 else "")
        lines.append(f"| {layer} | {means} | {shown or 'none'} |")
    pathlib.Path(file).write_text("\n".join(lines) + "\n", encoding="utf-8")


def look(options, layers):
    """Layer by layer, what noticed."""
    checks = {"FS-00.posture"}.union(*(layer["checks"] for layer in layers.values()))
    fails_anyway = failing_anyway(options, [], sorted(checks), seconds=900)
    if fails_anyway:
        print(f"with all layers on these fail, and do not count: {', '.join(fails_anyway)}")
    noticed = {}
    for name, layer in layers.items():
        needs = layer.get("needs")
        if needs and not has_capability(needs):
            noticed[name] = [f"(not tried: without {needs} there is nothing to leave out)"]
        else:
            try:
                tries = (who_notices(options, name, layer, fails_anyway) for _ in range(layer.get("tries", 1)))
                noticed[name] = next(filter(None, tries), [])
            except (Refused, Hangs) as end:
                print(f"without {name}: {str(end)[-300:]}")
                noticed[name] = []
            except Skipped as skipped:
                noticed[name] = [f"(not tried: {str(skipped)[-100:]})"]
        print(f"{'ok  ' if noticed[name] else 'FAIL'} {name:26} {', '.join(noticed[name][:6]) or 'nobody noticed'}", flush=True)
    return noticed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("--backend", default="native")
    parser.add_argument("--layer", action="append")
    extent = parser.add_mutually_exclusive_group()
    extent.add_argument("--first", action="store_true")
    extent.add_argument("--full", action="store_true")
    parser.add_argument("--controls", type=os.path.abspath)
    parser.add_argument("--table")
    options = parser.parse_args()
    layers = json.loads((HERE / "layers.json").read_text(encoding="utf-8"))[options.backend]
    try:
        noticed = look(options, {name: layers[name] for name in options.layer or layers})
    except Skipped as skipped:
        print(skipped)
        return SKIPPED
    if options.table:
        write_table(options.table, options.backend, options.first, noticed, layers)
    unnoticed = [layer for layer, checks in noticed.items() if not checks]
    print(f"{options.backend}: {len(noticed) - len(unnoticed)} layers of {len(noticed)} are missed when they are left out")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
