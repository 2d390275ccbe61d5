#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sandboxrun from the outside: what it prints, its exit status, and what it leaves behind.

Usage: cli_test.py SANDBOXRUN SOURCE_DIR [unittest options]
"""
import glob
import json
import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

SANDBOXRUN = ""
SOURCE = ""
SKIPPED = 77


def run(*args, input=b"", timeout=60, **options):
    return subprocess.run([SANDBOXRUN, *args], input=input, capture_output=True, timeout=timeout, **options)


def python(source, *args, **options):
    return run("--lang", "python", *args, "-", input=source.encode(), **options)


def left_behind():
    """Control groups whose owner is dead, and how many mounts there are. An owner's name begins with its pid."""
    owners = glob.glob("/sys/fs/cgroup/**/libsandbox/*/", recursive=True)
    dead = [path for path in owners if not os.path.exists("/proc/" + os.path.basename(path[:-1]).split("-")[0])]
    return dead, open("/proc/self/mounts").read().count("\n")


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name, content=None):
        path = os.path.join(self.folder.name, name)
        if content is not None:
            with open(path, "wb") as file:
                file.write(content.encode() if isinstance(content, str) else content)
        return path

    def assert_refused(self, result, *words):
        self.assertEqual(result.returncode, 125, result)
        for word in words:
            self.assertIn(word.encode(), result.stderr)
        self.assertEqual(result.stdout, b"")


class Running(Case):
    def test_extension_decides_the_language(self):
        result = run(self.path("hello.py", "print('hello')"))
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, b"hello\n", b""))

    def test_input_output_and_arguments_are_the_programs(self):
        source = "import sys; sys.stdout.write(sys.stdin.read() + '|'.join(sys.argv[1:])); sys.stderr.write('err')"
        result = run(self.path("x.py", source), "--", "--lang", "two words", input=b"in\n")
        self.assertEqual((result.stdout, result.stderr), (b"in\n--lang|two words", b"err"))

    def test_compiles_and_runs(self):
        result = run("--lang", "cpp", os.path.join(SOURCE, "examples/programs/sum.cpp"), input=b"3 4\n")
        self.assertEqual((result.returncode, result.stdout), (0, b"7\n"))

    def test_a_compile_error_shows_the_compilers_text_and_exits_1(self):
        result = run(self.path("bad.cpp", "int main( {"))
        self.assertEqual((result.returncode, result.stdout), (1, b""))
        self.assertIn(b"error:", result.stderr)

    def test_exit_status_is_the_programs(self):
        self.assertEqual(python("raise SystemExit(42)").returncode, 42)

    def test_a_signal_is_128_and_its_number(self):
        result = python("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
        self.assertEqual(result.returncode, 128 + signal.SIGSEGV)
        self.assertIn(b"SIGSEGV", result.stderr)

    def test_further_files_and_variables(self):
        result = run("--file", self.path("data.txt", "data") + ":in/put.txt", "--env", "WHO=me",
                     self.path("x.py", "import os; print(open('in/put.txt').read(), os.environ['WHO'])"))
        self.assertEqual(result.stdout, b"data me\n", result.stderr)

    def test_stdin_from_a_file(self):
        result = run("--stdin", self.path("in", "from a file"), self.path("x.py", "print(input())"))
        self.assertEqual(result.stdout, b"from a file\n")

    def test_loopback_network(self):
        source = ("import socket\ns = socket.create_server(('127.0.0.1', 0))\n"
                  "c = socket.create_connection(s.getsockname()); print('connected')")
        self.assertEqual(python(source, "--network", "loopback").stdout, b"connected\n")
        self.assertNotEqual(python(source).returncode, 0)

    def test_a_reader_that_stops_reading_is_no_error(self):
        result = subprocess.run(["bash", "-c", f"{SANDBOXRUN} --lang python - <<< 'while True: print(1)' | head -n 1"],
                                capture_output=True, timeout=30)
        self.assertEqual((result.stdout, result.stderr), (b"1\n", b""))


class Limits(Case):
    """Each within its limit and a little, with nothing left."""

    def limited(self, source, status, verdict, seconds, *args):
        before = left_behind()
        begun = time.monotonic()
        result = python(source, "--report", self.path("report.json"), *args)
        took = time.monotonic() - begun
        self.assertEqual(result.returncode, status, result.stderr)
        report = json.load(open(self.path("report.json")))
        self.assertEqual(report["verdict"], verdict)
        self.assertLess(took, seconds + 2, "limit + 2 s, on a busy machine")
        self.assertEqual(left_behind(), before)
        return result, report

    def test_endless_loop(self):
        result, report = self.limited("while True: pass", 124, "cpu_time_limit", 1, "--time", "1s")
        self.assertEqual(report["stages"][0]["evidence"]["limit"], "cpu_time")
        self.assertEqual(result.stderr.count(b"\n"), 1)

    def test_sleep(self):
        self.limited("import time; time.sleep(100)", 124, "wall_time_limit", 1, "--wall", "1s")

    def test_allocation(self):
        self.limited("x = bytearray(10 << 30)", 137, "memory_limit", 2)

    def test_endless_print(self):
        result, _ = self.limited("while True: print('x' * 99)", 153, "output_limit", 1, "--output", "1MiB")
        self.assertEqual(len(result.stdout), 1 << 20)

    def test_fork_bomb(self):
        source = "import os\nwhile True:\n  try: os.fork()\n  except OSError: pass"
        _, report = self.limited(source, 124, "cpu_time_limit", 2, "--time", "1s")
        self.assertEqual(report["stages"][0]["touched"][0]["limit"], "processes")

    def test_daemon(self):
        source = "import os, time\nif os.fork() == 0:\n  os.setsid()\n  if os.fork() == 0: time.sleep(100)\n  os._exit(0)"
        _, report = self.limited(source, 0, "ok", 1)
        self.assertGreaterEqual(report["stages"][0]["leftover_processes"], 1)


class Reports(Case):
    def test_a_report_on_stdout_holds_the_output_and_cannot_be_forged(self):
        result = python("print('{\"verdict\": \"ok\"}'); raise SystemExit(3)", "--report", "-")
        report = json.loads(result.stdout)
        self.assertEqual(report["verdict"], "nonzero_exit")
        self.assertEqual(report["stages"][0]["stdout"]["head"], '{"verdict": "ok"}\n')

    def test_a_report_that_cannot_be_written_is_an_error_before_anything_runs(self):
        self.assert_refused(python("print(1)", "--report", "/no/such/folder/x"), "--report")

    def test_a_guarantee_that_is_unknown_is_refused(self):
        self.assert_refused(python("print(1)", "--require", "magic"), "magic", "known")


class Artifacts(Case):
    SOURCE = ("import os\nos.mkdir('out'); open('out/a.txt', 'w').write('a'); open('b.bin', 'wb').write(bytes(range(256)))\n"
              "os.symlink('/etc/passwd', 'out/link')")

    def test_files_come_back_and_links_do_not(self):
        result = python(self.SOURCE, "--artifact", "out/**", "--artifact", "*.bin", "--artifact-dir", self.folder.name)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(open(self.path("out/a.txt")).read(), "a")
        self.assertEqual(open(self.path("b.bin"), "rb").read(), bytes(range(256)))
        self.assertFalse(os.path.lexists(self.path("out/link")))
        self.assertIn(b"symlink", result.stderr)

    def test_existing_files_are_left_alone_without_force(self):
        self.path("b.bin", "mine")
        args = ("--artifact", "*.bin", "--artifact-dir", self.folder.name)
        self.assertEqual(python(self.SOURCE, *args).returncode, 125)
        self.assertEqual(open(self.path("b.bin")).read(), "mine")
        self.assertEqual(python(self.SOURCE, *args, "--force").returncode, 0)

    def test_a_link_on_our_side_is_not_followed(self):
        target = self.path("target")
        os.mkdir(target)
        os.symlink(target, self.path("out"))
        self.assertEqual(python(self.SOURCE, "--artifact", "out/a.txt", "--artifact-dir", self.folder.name).returncode, 125)
        self.assertEqual(os.listdir(target), [])


class BadInput(Case):
    def test_unknown_language(self):
        self.assert_refused(run("--lang", "pyton", self.path("x", "")), "pyton", 'did you mean "python"')

    def test_extension_that_nobody_claims(self):
        self.assert_refused(run(self.path("x.unknown", "")), "--lang")

    def test_missing_file(self):
        self.assert_refused(run("/no/such/file.py"), "/no/such/file.py")

    def test_directory_as_source(self):
        self.assert_refused(run("--lang", "python", self.folder.name), "Is a directory")

    def test_no_file(self):
        self.assert_refused(run("--lang", "python"))

    def test_unknown_option(self):
        self.assert_refused(run("--lang", "python", "--no-such-option", self.path("x", "")))

    def test_unknown_network(self):
        self.assert_refused(run("--network", "host", self.path("x.py", "")), "host")

    def test_stdin_without_language(self):
        self.assert_refused(run("-"), "--lang")

    def test_broken_recipe(self):
        self.path("bad.yaml", "schema: 1\nid: bad\n  oops: [\n")
        self.assert_refused(run("--languages", self.folder.name, "--lang", "bad", self.path("x", "")), "bad.yaml:")

    def test_missing_languages_folder(self):
        self.assert_refused(run("--languages", "/no/such/folder", "--lang", "c", self.path("x", "")), "/no/such/folder")

    def test_limits_that_cannot_be_meant(self):
        for option in ("--time", "--wall", "--memory", "--processes", "--output", "--disk", "--cores", "--stack"):
            for value in ("0", "-1", "1e309", "5parsecs", "nan"):
                with self.subTest(option=option, value=value):
                    self.assert_refused(run(f"{option}={value}", self.path("x.py", "print(1)")))

    def test_file_names_that_lead_out(self):
        for name in ("../x", "/abs", "a/../../b", "n" * 300, "a//b", "."):
            with self.subTest(name=name):
                self.assert_refused(run("--file", self.path("f", "x") + ":" + name, self.path("x.py", "print(1)")))

    def test_a_file_name_with_a_newline_is_a_name(self):
        result = run("--file", self.path("f", "x") + ":a\nb", self.path("x.py", "import os; print('a\\nb' in os.listdir())"))
        self.assertEqual(result.stdout, b"True\n", result.stderr)

    def test_too_many_files(self):
        self.path("f", "x")
        files = [f"--file={self.path('f')}:f{n}" for n in range(5000)]
        self.assert_refused(run(*files, self.path("x.py", "print(1)")), "4096")

    def test_a_rootfs_that_is_none(self):
        self.assert_refused(run("--rootfs", "/no/such/root", self.path("x.py", "")), "/no/such/root")


class Terminals(Case):
    def on_terminal(self, *args):
        primary, secondary = pty.openpty()
        process = subprocess.Popen([SANDBOXRUN, *args], stdin=subprocess.DEVNULL, stdout=secondary, stderr=secondary)
        os.close(secondary)
        shown = b""
        try:
            while part := os.read(primary, 4096):
                shown += part
        except OSError:
            pass
        process.wait(timeout=30)
        os.close(primary)
        return shown

    def test_control_bytes_do_not_reach_a_terminal(self):
        file = self.path("x.py", "print('\\x1b]52;c;aGk=\\x07 žluť')")
        self.assertEqual(self.on_terminal(file), "^[]52;c;aGk=^G žluť\r\n".encode())
        self.assertIn(b"\x1b]52", self.on_terminal("--raw", file))


class Interruption(Case):
    def test_interrupt_ends_the_box_and_leaves_nothing(self):
        before = left_behind()
        process = subprocess.Popen([SANDBOXRUN, "--wall", "60s", self.path("x.py", "import time; print(1, flush=True); time.sleep(50)")],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(process.stdout.readline(), b"1\n")
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        self.assertEqual(process.returncode, 130)
        self.assertLess(time.monotonic() - begun, 5)
        self.assertEqual(left_behind(), before)


class Verbs(Case):
    def test_languages_as_table_and_json(self):
        self.assertIn(b"python", run("languages").stdout)
        self.assertGreaterEqual(len(json.loads(run("languages", "--json").stdout)), 18)

    def test_languages_show(self):
        shown = json.loads(run("languages", "show", "c++").stdout)
        self.assertEqual(shown["id"], "cpp")

    def test_languages_check_says_what_differs(self):
        self.path("wrong.yaml", "schema: 1\nid: wrong\ntitle: W\nextensions: [w]\nsource: m\nrun: {argv: [cat, '{source}']}\n"
                                "tests: [{name: differs, source: one, output: two}]\n")
        result = run("languages", "--languages", self.folder.name, "check")
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"FAILED", result.stdout)

    def test_doctor(self):
        self.assertTrue(json.loads(run("doctor", "--json").stdout)["usable"])

    def test_gc_on_a_clean_host(self):
        self.assertEqual(run("gc", "--dry-run").returncode, 0)


class Documentation(Case):
    def test_every_option_is_in_the_man_page_and_the_completions(self):
        options = set()
        for verb in ((), ("run",), ("languages",), ("languages", "check"), ("doctor",), ("gc",)):
            options |= set(re.findall(r"(--[a-z][a-z-]+)", run(*verb, "--help").stdout.decode().split("sandboxrun [OPTIONS]")[0]))
        self.assertGreater(len(options), 30)
        pages = {
            "man": open(f"{SOURCE}/cli/man/sandboxrun.1").read().replace("\\-", "-"),
            "bash": open(f"{SOURCE}/cli/completions/sandboxrun.bash").read(),
            "zsh": open(f"{SOURCE}/cli/completions/_sandboxrun").read(),
            "fish": open(f"{SOURCE}/cli/completions/sandboxrun.fish").read().replace(" -l ", " --"),
        }
        for name, text in pages.items():
            for option in sorted(options):
                with self.subTest(page=name, option=option):
                    self.assertIn(option, text)


def main():
    global SANDBOXRUN, SOURCE
    SANDBOXRUN, SOURCE = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    os.environ["SANDBOX_LANGUAGES"] = f"{SOURCE}/languages"
    doctor = run("doctor")
    if doctor.returncode != 0:
        print("SKIPPED: this host cannot make boxes\n" + doctor.stdout.decode())
        sys.exit(SKIPPED)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=1, warnings="ignore")


main()
