# SPDX-License-Identifier: Apache-2.0
"""Terminals, signals, closed and blocked descriptors."""
import os
import pty
import signal
import subprocess
import time

import harness
from harness import Case, run

SLEEPER = "import time; print('begun', flush=True); time.sleep(50)"


def read_until(descriptor, end=None):
    """What comes, until `end` was seen or nothing more comes."""
    seen = b""
    try:
        while (end is None or end not in seen) and (part := os.read(descriptor, 4096)):
            seen += part
    except OSError:
        pass
    return seen


class Terminals(Case):
    def on_terminal(self, *args, press=None):
        """What a terminal shows, and the exit status. `press` is typed as soon as the program has begun."""
        process, terminal = pty.fork()
        if process == 0:
            os.execv(harness.SANDBOXRUN, [harness.SANDBOXRUN, *args])
        shown = b""
        if press is not None:
            shown = read_until(terminal, b"begun")
            os.write(terminal, press)
        shown += read_until(terminal)
        os.close(terminal)
        return shown, os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])

    def test_control_bytes_do_not_reach_a_terminal(self):
        shown, _ = self.on_terminal(self.path("x.py", "print('\\x1b]52;c;aGk=\\x07 žluť')"))
        self.assertEqual(shown, "^[]52;c;aGk=^G žluť\r\n".encode())

    def test_raw_passes_control_bytes(self):
        shown, _ = self.on_terminal("--raw", self.path("x.py", "print('\\x1b]52;c;aGk=\\x07')"))
        self.assertEqual(shown, b"\x1b]52;c;aGk=\x07\r\n")

    def test_what_a_compiler_prints_is_escaped_too(self):
        shown, status = self.on_terminal(self.path("x.c", '#error "\x1b]52;c;aGk=\x07"\n'))
        self.assertEqual(status, 1)
        self.assertNotIn(b"\x1b]52", shown)

    def test_control_bytes_pass_where_there_is_no_terminal(self):
        self.assertEqual(run(self.path("x.py", "print('\\x1b[2J')")).stdout, b"\x1b[2J\n")

    def test_ctrl_c(self):
        shown, status = self.on_terminal("--wall", "60s", self.path("x.py", SLEEPER), press=b"\x03")
        self.assertEqual(status, 130)
        self.assertIn(b"cancelled", shown)


def status_of(process, name):
    with open(f"/proc/{process.pid}/status") as file:
        return next(line.split()[1] for line in file if line.startswith(name + ":"))


class Signals(Case):
    def begin(self, *args):
        process = self.start("--wall", "60s", *args, self.path("x.py", SLEEPER))
        self.assertEqual(process.stdout.readline(), b"begun\n")
        return process

    def ends_with(self, process, status, seconds):
        begun = time.monotonic()
        process.wait(timeout=20)
        self.assertEqual(process.returncode, status)
        self.assertLess(time.monotonic() - begun, seconds)

    def interrupt_after(self, process, seconds):
        """Counted from when it has made ready for signals."""
        deadline = time.monotonic() + 10
        while not int(status_of(process, "SigBlk"), 16) >> (signal.SIGINT - 1) & 1 and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)

    def test_each_signal_that_asks_for_an_end(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(signal=number):
                process = self.begin()
                process.send_signal(number)
                self.ends_with(process, 128 + number, 15)

    def test_the_report_of_a_cancelled_run_is_written(self):
        process = self.begin("--report", self.path("report"))
        process.send_signal(signal.SIGINT)
        self.ends_with(process, 130, 15)
        with open(self.path("report")) as file:
            self.assertIn('"cancelled"', file.read())

    def test_interrupt_while_compiling(self):
        self.path("slow.yaml", "schema: 1\nid: slow\ntitle: Slow\nextensions: [slow]\nsource: main\n"
                               "compile: {argv: [sleep, '50'], limits: {wall_time: 60s}}\nrun: {argv: [cat]}\n")
        process = self.start("--languages", self.folder.name, self.path("x.slow", ""))
        self.interrupt_after(process, 0.5)
        self.ends_with(process, 130, 15)

    def test_interrupt_although_nobody_reads_the_output(self):
        process = self.start("--wall", "60s", self.path("x.py", "while True: print('x' * 99)"))
        self.interrupt_after(process, 1)
        self.ends_with(process, 130, 15)

    def test_killed_itself_it_leaves_nothing(self):
        process = self.begin()
        process.kill()
        self.ends_with(process, -signal.SIGKILL, 15)


class Descriptors(Case):
    def closed(self, *descriptors, source):
        def close():
            for descriptor in descriptors:
                os.close(descriptor)
        return run(self.path("x.py", source), preexec_fn=close)

    def test_closed_stdin_is_empty(self):
        result = self.closed(0, source="import sys; print(repr(sys.stdin.read()))")
        self.assertEqual((result.returncode, result.stdout), (0, b"''\n"), result.stderr)

    def test_closed_stdout_is_an_error_when_something_is_printed(self):
        result = self.closed(1, source="print(1)")
        self.assertEqual((result.returncode, result.stderr), (125, b"sandboxrun: error: write output: Bad file descriptor\n"))

    def test_closed_stdout_does_not_matter_to_a_silent_program(self):
        self.assertEqual(self.closed(1, source="pass").returncode, 0)

    def test_all_closed(self):
        self.assertEqual(self.closed(0, 1, 2, source="raise SystemExit(0)").returncode, 0)
        self.assertEqual(self.closed(0, 1, 2, source="print(1)").returncode, 125)

    def test_a_full_disk_is_an_error(self):
        with open("/dev/full", "wb") as full:
            for args in ((self.path("loud.py", "print(1)"),), ("languages",), ("--report", "-", self.path("x.py", ""))):
                with self.subTest(args=args):
                    result = subprocess.run([harness.SANDBOXRUN, *args], stdin=subprocess.DEVNULL, stdout=full,
                                            stderr=subprocess.PIPE)
                    self.assertEqual((result.returncode, result.stderr),
                                     (125, b"sandboxrun: error: write output: No space left on device\n"))

    def test_a_message_that_cannot_be_written_changes_no_status(self):
        with open("/dev/full", "wb") as full:
            result = subprocess.run([harness.SANDBOXRUN, "--wall", "300ms", self.path("x.py", "import time; time.sleep(9)")],
                                    stdin=subprocess.DEVNULL, stderr=full)
        self.assertEqual(result.returncode, 124)
