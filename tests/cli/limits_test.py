# SPDX-License-Identifier: Apache-2.0
"""Every limit ends the program in time."""
import json
import time

from harness import Case, python, run

# Machines that run tests are busy: time passes, while a program uses no more of it. What was measured is printed.
SLACK_SECONDS = {"cpu_time_ns": 2, "wall_time_ns": 4}


class Limits(Case):
    def limited(self, source, status, verdict, limit, *args):
        """Runs it; what counts is the clock of the limit, because CPU time may come slowly."""
        begun = time.monotonic()
        result = python(source, "--report", "-", *args)
        took = time.monotonic() - begun
        report = json.loads(result.stdout)
        self.assertEqual((result.returncode, report["verdict"]), (status, verdict), result.stderr)
        stage = report["stages"][-1]
        clock = "cpu_time_ns" if verdict == "cpu_time_limit" else "wall_time_ns"
        used = stage["usage"][clock] / 1e9
        print(f"\n  {self._testMethodName[5:]}: limit {limit} s, {clock[:-3]} {used:.3f} s, command {took:.3f} s", end=" ", flush=True)
        self.assertLess(used, limit + SLACK_SECONDS[clock])
        return result, stage

    def test_endless_loop(self):
        result, stage = self.limited("while True: pass", 124, "cpu_time_limit", 1, "--time", "1s", "--wall", "30s")
        self.assertEqual(stage["evidence"]["limit"], "cpu_time")
        self.assertRegex(result.stderr, rb"\Asandboxrun: [^\n]*CPU time[^\n]*\n\Z")

    def test_sleep(self):
        self.limited("import time; time.sleep(100)", 124, "wall_time_limit", 1, "--wall", "1s")

    def test_allocation(self):
        self.limited("x = bytearray(10 << 30)", 137, "memory_limit", 0)

    def test_endless_print(self):
        _, stage = self.limited("while True: print('x' * 99)", 153, "output_limit", 0, "--output", "1MiB")
        self.assertEqual(stage["stdout"]["kept_bytes"], 1 << 20)

    def test_fork_bomb(self):
        source = "import os\nwhile True:\n  try: os.fork()\n  except OSError: pass"
        _, stage = self.limited(source, 124, "cpu_time_limit", 1, "--time", "1s", "--wall", "30s")
        self.assertEqual(stage["touched"][0]["limit"], "processes")

    def test_daemon(self):
        source = "import os, time\nif os.fork() == 0:\n  os.setsid()\n  if os.fork() == 0: time.sleep(100)\n  os._exit(0)"
        _, stage = self.limited(source, 0, "ok", 0)
        self.assertGreaterEqual(stage["leftover_processes"], 1)

    def test_daemon_that_computes(self):
        source = ("import os, time\nif os.fork() == 0:\n  os.setsid()\n  if os.fork() == 0:\n    while True: pass\n"
                  "  os._exit(0)\ntime.sleep(50)")
        self.limited(source, 124, "cpu_time_limit", 1, "--time", "1s", "--wall", "30s")

    def test_wall_time_follows_time(self):
        self.limited("import time; time.sleep(100)", 124, "wall_time_limit", 1.2, "--time", "100ms")

    def test_what_was_written_before_the_limit_is_printed(self):
        result = python("while True: print('x' * 99)", "--output", "1MiB")
        self.assertEqual((result.returncode, len(result.stdout)), (153, 1 << 20))

    def test_disk_is_bounded(self):
        source = "try: open('big', 'wb').write(bytes(8 << 20))\nexcept OSError as e: print(e.errno)"
        self.assertEqual(python(source, "--disk", "1MiB").stdout, b"28\n")

    def test_compile_time(self):
        self.path("slow.yaml", "schema: 1\nid: slow\ntitle: Slow\nextensions: [slow]\nsource: main\n"
                               "compile: {argv: [sh, -c, 'while :; do :; done']}\nrun: {argv: [cat]}\n")
        result = run("--languages", self.folder.name, "--compile-time", "500ms", self.path("x.slow", ""))
        self.assertEqual((result.returncode, result.stdout), (124, b""))
        self.assertIn(b"compilation: ", result.stderr)
