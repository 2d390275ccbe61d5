#!/usr/bin/env python3
"""Leaves one layer of confinement out at a time and looks which checks of the containment suite notice.

check.py PROGRAM --backend native|docker [--layer NAME]... [--full] [--controls FILE] [--table FILE]

A layer that nobody misses is untested: exit status 1. For each layer the posture and the checks that layers.json names
for it are run; --full runs every quick check."""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SKIPPED = 77


def run(options, layer, checks, seconds):
    """The ids of checks that failed; a run that hangs or dies was noticed too."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        command = [options.program, "--backend", options.backend, "--json", report.name]
        command += ["--controls", options.controls] if options.controls else []
        command += ["--quick"] if options.full else [word for check in ["FS-00", *checks] for word in ("--only", check)]
        environment = dict(os.environ, SANDBOX_TEST_WITHOUT=layer)
        try:
            done = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace", timeout=seconds, check=False)
        except subprocess.TimeoutExpired as late:
            last = (late.stdout or b"").decode(errors="replace").strip().split("\n")[-1]
            return [f"(hangs after: {last[:60]})"]
        if done.returncode == SKIPPED and layer:
            return ["(the backend finds the host unusable)"]
        if done.returncode == SKIPPED:
            print(done.stdout.strip())
            sys.exit(SKIPPED)
        try:
            checks = json.load(report)["checks"]
        except ValueError:
            words = " ".join((done.stdout + done.stderr).split())
            return [f"(no box is made: {words[-100:]})"]
    return [check["id"] for check in checks if check["outcome"] == "failed"]


def write_table(file, backend, noticed, layers):
    lines = [f"| layer left out ({backend}) | what that means | checks that notice |", "| --- | --- | --- |"]
    for layer, checks in noticed.items():
        shown = ", ".join(checks[:8]) + (f" and {len(checks) - 8} more" if len(checks) > 8 else "")
        lines.append(f"| {layer} | {layers[layer]['left_out']} | {shown or 'none'} |")
    pathlib.Path(file).write_text("\n".join(lines) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--backend", default="native")
    parser.add_argument("--layer", action="append")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--controls")
    parser.add_argument("--table")
    options = parser.parse_args()
    layers = json.loads((HERE / "layers.json").read_text(encoding="utf-8"))[options.backend]
    chosen = {name: layers[name] for name in options.layer or layers}
    fails_anyway = run(options, "", sorted({check for layer in chosen.values() for check in layer["checks"]}), 900)
    if fails_anyway:
        print(f"with all layers on these fail, and do not count: {', '.join(fails_anyway)}")
    noticed = {}
    for name, layer in chosen.items():
        noticed[name] = [check for check in run(options, name, layer["checks"], 300) if check not in fails_anyway]
        print(f"{'ok  ' if noticed[name] else 'FAIL'} {name:26} {', '.join(noticed[name][:6]) or 'nobody noticed'}", flush=True)
    if options.table:
        write_table(options.table, options.backend, noticed, layers)
    unnoticed = [layer for layer, checks in noticed.items() if not checks]
    print(f"{options.backend}: {len(noticed) - len(unnoticed)} layers of {len(noticed)} are missed when they are left out")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
