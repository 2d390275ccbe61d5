#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sandboxrun from the outside: what it prints, its exit status, and what it leaves behind.

Usage: cli_test.py SANDBOXRUN SOURCE_DIR [unittest options]
"""
import os
import sys
import unittest

import harness
from bad_input_test import *
from docker_test import *
from limits_test import *
from running_test import *
from streams_test import *
from verbs_test import *

SKIPPED = 77


def main():
    harness.configure(sys.argv[1], sys.argv[2])
    doctor = harness.run("doctor")
    if doctor.returncode != 0:
        print("SKIPPED: this host cannot make boxes\n" + doctor.stdout.decode())
        sys.exit(SKIPPED)
    result = unittest.main(argv=[sys.argv[0], *sys.argv[3:]], exit=False, verbosity=1, warnings="ignore").result
    for test, reason in result.skipped:
        print(f"SKIPPED: {test.id()}: {reason}")
    # CI has what the tests need: a skip there is a test that nobody runs.
    sys.exit(not result.wasSuccessful() or (os.environ.get("CI", "") != "" and bool(result.skipped)))


main()
