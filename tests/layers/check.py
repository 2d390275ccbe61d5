#!/usr/bin/env python3
"""Leaves one layer of confinement out at a time and looks which checks of the containment suite notice.

check.py PROGRAM --backend native|docker [--layer NAME]... [--full] [--controls FILE] [--table FILE]

A layer that nobody misses is untested: exit status 1. --full runs every quick check for each layer, to see all
that notice; without it the run for a layer ends with the first."""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SKIPPED = 77


def run(options, layer, seconds):
    """The ids of checks that failed; a run that hangs or dies was noticed too."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        command = [options.program, "--backend", options.backend, "--json", report.name]
        command += [] if layer in options.slow_layers else ["--quick"]
        command += ["--controls", options.controls] if options.controls else []
        command += [] if options.full else ["--stop"]
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
            return [f"(the run failed: {(done.stdout + done.stderr).strip()[-120:]})"]
    return [check["id"] for check in checks if check["outcome"] == "failed"]


def write_table(file, backend, noticed, layers):
    lines = [f"| layer left out ({backend}) | what that means | checks that notice |", "| --- | --- | --- |"]
    for layer, checks in noticed.items():
        shown = ", ".join(checks[:8]) + (f" and {len(checks) - 8} more" if len(checks) > 8 else "")
        lines.append(f"| {layer} | {layers[layer]} | {shown or 'none'} |")
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
    everything = json.loads((HERE / "layers.json").read_text(encoding="utf-8"))
    layers = everything[options.backend]
    options.slow_layers = everything["noticed_by_slow_checks"]
    before = run(options, "", 600)
    if before:
        sys.exit(f"with all layers on these fail: {', '.join(before)}")
    noticed = {}
    for layer in options.layer or layers:
        noticed[layer] = run(options, layer, 300)
        print(f"{'ok  ' if noticed[layer] else 'FAIL'} {layer:26} {', '.join(noticed[layer][:6]) or 'nobody noticed'}", flush=True)
    if options.table:
        write_table(options.table, options.backend, noticed, layers)
    missed = [layer for layer, checks in noticed.items() if not checks]
    print(f"{options.backend}: {len(noticed) - len(missed)} layers of {len(noticed)} were missed by a check")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
