# SPDX-License-Identifier: Apache-2.0
"""What cannot be meant is refused: a clear error, 125, nothing left."""
import os

from harness import Case, python, run


class BadInput(Case):
    def test_unknown_language(self):
        self.assert_refused(run("--lang", "pyton", self.path("x", "")), "pyton", 'did you mean "python"')

    def test_extension_that_nobody_claims(self):
        self.assert_refused(run(self.path("x.unknown", "")), "--lang")

    def test_missing_file(self):
        self.assert_refused(run("/no/such/file.py"), "/no/such/file.py")

    def test_directory_as_source(self):
        self.assert_refused(run("--lang", "python", self.folder.name), "Is a directory")

    def test_source_names_are_shown_without_control_bytes(self):
        result = run(self.path("no\nsuch\x1b[2J.py"))
        self.assert_refused(result, "no\\x0asuch\\x1b[2J.py")

    def test_source_name_of_300_bytes(self):
        self.assert_refused(run(self.path("n" * 300 + ".py")), "File name too long")

    def test_stdin_files_that_cannot_be_read(self):
        for path in (self.path("none"), self.folder.name):
            with self.subTest(path=path):
                self.assert_refused(run("--stdin", path, self.path("x.py", "print(1)")), path)

    def test_artifact_folder_that_is_none_is_seen_before_the_run(self):
        self.assert_refused(run("--artifact", "*", "--artifact-dir", self.path("none"), self.path("x.py", "print(1)")), "none")

    def test_more_than_one_file(self):
        self.assert_refused(run(self.path("x.py", "print(1)"), self.path("y.py", "")), "y.py")

    def test_backends_that_are_not_there(self):
        source = self.path("x.py", "print(1)")
        self.assert_refused(run("--backend", "docker", "--docker-host", "unix:///no/such.sock", source), "/no/such.sock", "DOCKER_HOST")
        self.assert_refused(run("--backend", "xen", source), "xen", "known: auto, docker, native")
        self.assert_refused(run(source, env=dict(os.environ, SANDBOX_BACKEND="xen")), "xen")

    def test_no_arguments(self):
        self.assert_refused(run())

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

    def test_unreadable_recipe(self):
        os.mkdir(self.path("folder.yaml"))
        self.assert_refused(run("--languages", self.folder.name, "--lang", "c", self.path("x", "")), "folder.yaml")

    def test_missing_languages_folder(self):
        self.assert_refused(run("--languages", "/no/such/folder", "--lang", "c", self.path("x", "")), "/no/such/folder")

    def test_values_that_are_no_limit(self):
        overlong = "9" * 30
        for option, value, reason in (("--time", "-1s", "must not be negative"),
                                      ("--wall", overlong + "s", "too large"),
                                      ("--compile-time", "5MiB", "the unit must be one of us, ms"),
                                      ("--memory", "-1MiB", "must not be negative"),
                                      ("--compile-memory", overlong + "MiB", "too large"),
                                      ("--output", "1e309B", "the unit must be one of B, KiB"),
                                      ("--disk", "5s", "the unit must be one of B, KiB"),
                                      ("--file-size", "5parsecs", "the unit must be one of B, KiB"),
                                      ("--stack", "nanB", "must begin with a digit"),
                                      ("--processes", "-1", "must not be negative"),
                                      ("--inodes", overlong, "too large"),
                                      ("--open-files", "5s", "without a unit"),
                                      ("--cores", "1e309", "must be digits")):
            with self.subTest(option=option, value=value):
                self.assert_refused(run(f"{option}={value}", self.path("x.py", "print(1)")), f"{option}: `{value}`", reason)

    def test_limits_of_nothing(self):
        for option, zero, limit in (("--time", "0s", "cpu_time"), ("--wall", "0s", "wall_time"),
                                    ("--compile-time", "0s", "cpu_time"), ("--memory", "0B", "memory"),
                                    ("--compile-memory", "0B", "memory"), ("--output", "0B", "output"), ("--disk", "0B", "disk"),
                                    ("--file-size", "0B", "file_size"), ("--stack", "0B", "stack"),
                                    ("--processes", "0", "processes"), ("--inodes", "0", "disk_inodes"),
                                    ("--open-files", "0", "open_files"), ("--cores", "0", "cores")):
            with self.subTest(option=option):
                self.assert_refused(run(f"{option}={zero}", self.path("x.py", "print(1)")), f"limit {limit}", "0", "not allowed")

    def test_wall_time_cannot_be_lifted(self):
        self.assert_refused(run("--wall", "unlimited", self.path("x.py", "print(1)")), "wall")

    def test_a_number_without_its_unit(self):
        for option in ("--time", "--wall", "--memory", "--output", "--disk"):
            with self.subTest(option=option):
                self.assert_refused(run(option, "5", self.path("x.py", "print(1)")), option)

    def test_an_empty_value_is_not_the_default(self):
        for option in ("--time", "--memory", "--lang", "--report", "--stdin", "--rootfs", "--file", "--env", "--backend",
                       "--network", "--require", "--languages", "--artifact", "--artifact-dir", "--cgroup-parent"):
            with self.subTest(option=option):
                self.assert_refused(run(option, "", self.path("x.py", "print(1)")), option)

    def test_an_option_given_twice(self):
        self.assert_refused(run("--time", "1s", "--time", "2s", self.path("x.py", "print(1)")), "--time")

    def test_file_names_that_lead_out(self):
        for name in ("../x", "/abs", "a/../../b", "n" * 300, "a//b", "."):
            with self.subTest(name=name):
                self.assert_refused(run("--file", self.path("f", "x") + ":" + name, self.path("x.py", "print(1)")))

    def test_further_files_that_cannot_be_meant(self):
        for typed in (self.folder.name, self.path("none"), ":name", self.path("f", "x") + ":"):
            with self.subTest(typed=typed):
                self.assert_refused(run("--file", typed, self.path("x.py", "print(1)")))

    def test_variables_that_cannot_be_meant(self):
        for typed in ("NAME", "=value"):
            with self.subTest(typed=typed):
                self.assert_refused(run("--env", typed, self.path("x.py", "print(1)")), "NAME=VALUE")

    def test_a_file_name_with_a_newline(self):
        self.assert_refused(run("--file", self.path("f", "x") + ":a\nb", self.path("x.py", "")), r"a\x0ab", "control bytes")

    def test_too_many_files(self):
        self.path("f", "x")
        files = [f"--file={self.path('f')}:f{n}" for n in range(5000)]
        self.assert_refused(run(*files, self.path("x.py", "print(1)")), "4096")

    def test_a_rootfs_that_is_none(self):
        self.assert_refused(run("--rootfs", "/no/such/root", self.path("x.py", "")), "/no/such/root")
