# SPDX-License-Identifier: Apache-2.0
"""What a run gives: output, status, report, artifacts."""
import json
import os
import signal
import subprocess

import harness
from harness import Case, python, run


class Running(Case):
    def test_extension_decides_the_language(self):
        result = run(self.path("hello.py", "print('hello')"))
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, b"hello\n", b""))

    def test_input_output_and_arguments_are_the_programs(self):
        source = "import sys; sys.stdout.write(sys.stdin.read() + '|'.join(sys.argv[1:])); sys.stderr.write('err')"
        result = run(self.path("x.py", source), "--", "--lang", "two words", input=b"in\n")
        self.assertEqual((result.stdout, result.stderr), (b"in\n--lang|two words", b"err"))

    def test_compiles_and_runs(self):
        result = run("--lang", "cpp", os.path.join(harness.SOURCE, "examples/programs/sum.cpp"), input=b"3 4\n")
        self.assertEqual((result.returncode, result.stdout), (0, b"7\n"))

    def test_a_compile_error_shows_the_compilers_text_and_exits_1(self):
        result = run(self.path("bad.cpp", "int main( {"))
        self.assertEqual((result.returncode, result.stdout), (1, b""))
        self.assertIn(b"error:", result.stderr)

    def test_warnings_of_a_compiler_are_shown(self):
        result = run(self.path("x.c", "#warning careful\nint main(void) { return 0; }\n"))
        self.assertEqual((result.returncode, result.stdout), (0, b""))
        self.assertIn(b"careful", result.stderr)

    def test_source_from_stdin_leaves_no_input(self):
        self.assertEqual(python("import sys; print(repr(sys.stdin.read()))").stdout, b"''\n")

    def test_a_disallowed_system_call_is_159(self):
        result = run(self.path("x.c", 'int main(void) { __asm__ volatile("int $0x80" : : "a"(20)); return 0; }\n'))
        self.assertEqual(result.returncode, 128 + signal.SIGSYS, result.stderr)
        self.assertRegex(result.stderr, rb"\Asandboxrun: [^\n]*system call[^\n]*\n\Z")

    def test_output_comes_as_it_is_written(self):
        process = self.start("--wall", "60s", self.path("x.py", "import time; print('early', flush=True); time.sleep(4)"))
        self.assertEqual(process.stdout.readline(), b"early\n")
        self.assertIsNone(process.poll())
        self.assertEqual(process.wait(), 0)

    def test_bytes_are_bytes(self):
        source = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())"
        everything = bytes(range(256)) * 300
        self.assertEqual(run(self.path("x.py", source), input=everything).stdout, everything)

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
        result = subprocess.run(["bash", "-c", f"{harness.SANDBOXRUN} --lang python - <<< 'while True: print(1)' | head -n 1"],
                                capture_output=True, timeout=30)
        self.assertEqual((result.stdout, result.stderr), (b"1\n", b""))


class Cache(Case):
    SOURCE = '#include <stdio.h>\nint main(void) { int unused; puts("ran"); return 3; }\n'

    def compiled(self, *args, source=SOURCE):
        result = run("--cache", self.path("cache"), "--report", self.path("report"), *args, self.path("x.c", source))
        self.assertEqual((result.returncode, result.stdout), (3, b"ran\n"), result.stderr)
        with open(self.path("report")) as file:
            return json.load(file)["stages"][0]["cache"], result.stderr

    def test_the_same_source_is_compiled_once(self):
        self.assertEqual(self.compiled(), ({"outcome": "miss", "stored": True, "detail": ""}, b""))
        self.assertEqual(self.compiled(), ({"outcome": "hit", "stored": False, "detail": ""}, b""))
        self.assertEqual(self.compiled(source=self.SOURCE + "\n")[0]["outcome"], "miss")
        self.assertEqual(self.compiled("--compile-memory", "300MiB")[0]["outcome"], "miss")

    def test_a_folder_of_a_relative_name(self):
        result = run("--cache", "here", self.path("x.c", self.SOURCE), cwd=self.folder.name)
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertTrue(os.listdir(self.path("here")))

    def test_one_that_cannot_be_used_is_told_of_and_fails_nothing(self):
        self.path("cache", "a file")
        used, said = self.compiled()
        self.assertEqual((used["outcome"], used["stored"]), ("miss", False))
        self.assertIn(b"sandboxrun: cache: ", said)
        self.assertIn(self.path("cache").encode(), said)

    def test_a_bound_that_holds_nothing(self):
        used, said = self.compiled("--cache-size", "4KiB")
        self.assertFalse(used["stored"])
        self.assertIn(b"cache", said)

    def test_options_that_cannot_be_meant(self):
        source = self.path("x.c", self.SOURCE)
        for options in (("--cache-size", "1MiB"), ("--cache", self.path("c"), "--cache-size", "0"),
                        ("--cache", self.path("c"), "--cache-size", "much")):
            self.assert_refused(run(*options, source), "--cache-size")


class Reports(Case):
    def test_a_report_on_stdout_holds_the_output_and_cannot_be_forged(self):
        result = python("print('{\"verdict\": \"ok\"}'); raise SystemExit(3)", "--report", "-")
        report = json.loads(result.stdout)
        self.assertEqual(report["verdict"], "nonzero_exit")
        self.assertEqual(report["stages"][0]["stdout"]["head"], '{"verdict": "ok"}\n')

    def test_a_report_in_a_file_leaves_the_output_alone(self):
        result = python("print('out')", "--report", self.path("report"))
        self.assertEqual(result.stdout, b"out\n")
        with open(self.path("report")) as file:
            self.assertEqual(json.load(file)["stages"][0]["stdout"]["head"], "out\n")

    def test_a_report_of_a_failed_compilation(self):
        result = run("--report", "-", self.path("x.c", "int main( {"))
        self.assertEqual(result.returncode, 1)
        report = json.loads(result.stdout)
        self.assertTrue(report["compile_failed"])
        self.assertEqual([stage["stage"] for stage in report["stages"]], ["compile"])

    def test_head_and_tail(self):
        source = "print('begin' + 'b' * 99999 + 'end', end='')"
        kept = json.loads(python(source, "--report", "-", "--keep", "100B", "--head-and-tail").stdout)["stages"][0]["stdout"]
        self.assertEqual(kept["head"], "begin" + "b" * 45)
        self.assertEqual(kept["tail"], "b" * 47 + "end")
        self.assertEqual((kept["total_bytes"], kept["kept_bytes"], kept["truncated"]), (100007, 100, True))

    def test_what_a_report_keeps_does_not_bound_what_is_printed(self):
        result = python("print('b' * 9999, end='')", "--report", self.path("report"), "--keep", "10B")
        self.assertEqual(result.stdout, b"b" * 9999)
        with open(self.path("report")) as file:
            self.assertEqual(json.load(file)["stages"][0]["stdout"]["head"], "b" * 10)

    def test_more_than_can_be_kept_is_refused(self):
        self.assert_refused(python("print(1)", "--keep", "unlimited"), "--keep")

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

    def test_new_files_have_the_callers_mode(self):
        old = os.umask(0o027)
        self.addCleanup(os.umask, old)
        python(self.SOURCE, "--artifact", "b.bin", "--artifact-dir", self.folder.name)
        self.assertEqual(os.stat(self.path("b.bin")).st_mode & 0o777, 0o640)

    def test_names_are_shown_without_control_bytes(self):
        result = python("import os; os.symlink('x', 'l\\x1b[2J')", "--artifact", "l*", "--artifact-dir", self.folder.name)
        self.assertIn(b"l\\x1b[2J", result.stderr)
        self.assertNotIn(b"\x1b", result.stderr)

    def test_a_link_on_our_side_is_not_followed(self):
        target = self.path("target")
        os.mkdir(target)
        os.symlink(target, self.path("out"))
        self.assertEqual(python(self.SOURCE, "--artifact", "out/a.txt", "--artifact-dir", self.folder.name).returncode, 125)
        self.assertEqual(os.listdir(target), [])
