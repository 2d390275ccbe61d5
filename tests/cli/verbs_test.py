# SPDX-License-Identifier: Apache-2.0
"""The other verbs, the man page, the completions."""
import glob
import json
import os
import re
import shutil
import subprocess

import harness
from harness import Case, run, source_file


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

    def test_languages_check_passes_what_is_right(self):
        result = run("languages", "check", "python")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertRegex(result.stdout, rb"\n\d+ passed, 0 failed, 0 toolchains missing\n\Z")

    def test_a_missing_toolchain_is_a_failure_only_when_strict(self):
        self.path("rare.yaml", "schema: 1\nid: rare\ntitle: Rare\nextensions: [rare]\nsource: m\nrun: {argv: [no-such-tool]}\n"
                               "native: {executables: [no-such-tool], debian_packages: [rare-tools]}\n")
        folder = ("--languages", self.folder.name)
        result = run("languages", *folder, "check")
        self.assertEqual(result.returncode, 0)
        self.assertIn(b"no-such-tool is not installed; apt-get install rare-tools", result.stdout)
        self.assertEqual(run("languages", *folder, "check", "--strict").returncode, 1)

    def test_unknown_language(self):
        for verb in ("show", "check"):
            with self.subTest(verb=verb):
                self.assert_refused(run("languages", verb, "pyton"), "pyton")

    def test_jobs_that_cannot_be_meant(self):
        for count in ("0", "-1", "1.5", "many"):
            with self.subTest(count=count):
                self.assert_refused(run("languages", "check", f"--jobs={count}", "python"), "--jobs")

    def test_version(self):
        self.assertRegex(run("--version").stdout, rb"\Asandboxrun \d+\.\d+\.\d+\n\Z")

    def test_doctor_as_text(self):
        result = run("doctor")
        self.assertEqual(result.returncode, 0)
        self.assertIn(b"native backend: usable\n", result.stdout)

    def test_doctor_as_json(self):
        report = json.loads(run("doctor", "--json", "--backend", "native").stdout)
        self.assertEqual(report["backend"], "native")
        self.assertTrue(report["usable"])
        for check in report["checks"]:
            self.assertTrue(check["status"] == "ok" or check["remedy"], check)

    def test_doctor_tells_of_both_backends_when_none_is_named(self):
        environment = dict(os.environ, DOCKER_HOST="unix:///no/such.sock")
        result = run("doctor", "--backend", "auto", "--json", env=environment)
        self.assertEqual(result.returncode, 0)
        report = json.loads(result.stdout)
        self.assertTrue(report["usable"])
        self.assertEqual([(each["backend"], each["usable"]) for each in report["backends"]], [("native", True), ("docker", False)])
        text = run("doctor", "--backend", "auto", env=environment).stdout
        self.assertIn(b"native backend: usable\n", text)
        self.assertIn(b"docker backend: NOT usable\n", text)

    def test_gc_on_a_clean_host(self):
        name = f"/libsandbox-clean-{os.getpid()}"
        result = run("gc", "--cgroup-parent", name)
        self.assertEqual((result.returncode, result.stdout), (0, b"nothing left behind\n"))

    def test_gc_lists_and_removes_what_an_owner_left(self):
        places = [path[:-1] for path in glob.glob("/sys/fs/cgroup/**/libsandbox/", recursive=True) if os.access(path, os.W_OK)]
        if not places:
            self.skipTest("no control group is ours to make; run as root or with a delegated group")
        name = f"libsandbox-gc-{os.getpid()}"
        parent = os.path.join(os.path.dirname(places[0]), name)
        dead = os.path.join(parent, "1-dead")
        os.makedirs(dead + "/slot")
        self.addCleanup(os.rmdir, parent)
        self.addCleanup(lambda: os.path.exists(dead) and os.removedirs(dead + "/slot"))
        os.utime(dead, (0, 0))
        listed = run("gc", "--dry-run", "--cgroup-parent", "/" + name)
        self.assertEqual((listed.returncode, listed.stdout), (0, f"would remove cgroup {dead}\n".encode()))
        self.assertTrue(os.path.exists(dead))
        removed = run("gc", "--cgroup-parent", "/" + name)
        self.assertEqual((removed.returncode, removed.stdout), (0, f"removed cgroup {dead}\n".encode()))
        self.assertFalse(os.path.exists(dead))


VERBS = ((), ("run",), ("languages",), ("languages", "show"), ("languages", "check"), ("images",), ("images", "build"), ("doctor",), ("gc",))


class Documentation(Case):
    def options(self):
        """Long names, and short names with theirs, of every verb's help."""
        text = "".join(run(*verb, "--help").stdout.decode() for verb in VERBS)
        lines = re.findall(r"^  (?:-(\w),)?--([a-z-]+)", text, re.MULTILINE)
        self.assertGreater(len(lines), 30)
        return {long for _, long in lines}, {pair for pair in lines if pair[0]}

    def test_pages_and_help_know_the_same_options(self):
        long_options, _ = self.options()
        for page, pattern in (("man/sandboxrun.1", r"--([a-z][a-z-]*)"),
                              ("completions/sandboxrun.bash", r"--([a-z][a-z-]*)"),
                              ("completions/_sandboxrun", r"--([a-z][a-z-]*)"),
                              ("completions/sandboxrun.fish", r"complete .* -l ([a-z-]+)")):
            with self.subTest(page=page):
                text = source_file(f"cli/{page}").replace("\\-", "-").replace("--(force|head-and-tail|raw|json|strict|dry-run|pull|no-cache)", "")
                self.assertEqual(set(re.findall(pattern, text)), long_options)

    def test_pages_and_help_know_the_same_short_options(self):
        _, pairs = self.options()
        for page, pattern in (("man/sandboxrun.1.md", r"\*\*-(\w)\*\*, \*\*\\--([a-z-]+)\*\*"),
                              ("completions/_sandboxrun", r"\{-(\w),--([a-z-]+)=?\}"),
                              ("completions/sandboxrun.fish", r" -s (\w) -l ([a-z-]+)")):
            with self.subTest(page=page):
                self.assertEqual(set(re.findall(pattern, source_file(f"cli/{page}"))), pairs)

    def test_exit_statuses_are_in_the_help_and_the_man_page(self):
        for text in (run("--help").stdout.decode(), run("run", "--help").stdout.decode(), source_file("cli/man/sandboxrun.1")):
            for status in ("124", "125", "128+n", "137", "153"):
                self.assertIn(status, text)

    def test_man_pages_are_made_from_their_markdown(self):
        if shutil.which("pandoc") is None:
            self.skipTest("pandoc is not installed; apt-get install pandoc")
        for source, page in (("cli/man/sandboxrun.1.md", "cli/man/sandboxrun.1"),
                             ("libsandbox/docs/recipes.md", "cli/man/sandbox-recipe.5")):
            with self.subTest(page=page):
                made = subprocess.run(["pandoc", "--standalone", "--from", "markdown", "--to", "man", f"{harness.SOURCE}/{source}"],
                                      capture_output=True, text=True, check=True).stdout
                shipped = source_file(page)
                if made.split("\n")[0] != shipped.split("\n")[0]:
                    self.skipTest("made by another pandoc; run ./dev doc with this one")
                self.assertEqual(made, shipped, "run ./dev doc")


class Completions(Case):
    def bash(self, *words):
        """What bash offers after these words; the last one is being typed."""
        script = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sandboxrun; '
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        environment = dict(os.environ, PATH=os.path.dirname(harness.SANDBOXRUN) + ":" + os.environ["PATH"])
        result = subprocess.run(["bash", "-c", script, "bash", f"{harness.SOURCE}/cli/completions/sandboxrun.bash", "sandboxrun",
                                 *words], capture_output=True, text=True, env=environment, cwd=self.folder.name)
        self.assertEqual(result.stderr, "")
        return result.stdout.split()

    def test_first_word_is_a_verb_or_a_file(self):
        self.path("do.py", "")
        self.assertEqual(set(self.bash("do")), {"doctor", "do.py"})

    def test_languages_after_lang(self):
        self.assertEqual(self.bash("--lang", "pyth"), ["python"])
        self.assertEqual(self.bash("--lang", "=", "pyth"), ["python"])

    def test_options_of_the_verb(self):
        self.assertEqual(self.bash("--mem"), ["--memory"])
        self.assertEqual(self.bash("gc", "--dr"), ["--dry-run"])
        self.assertEqual(self.bash("gc", "--mem"), [])

    def test_languages_verb(self):
        self.assertEqual(set(self.bash("languages", "")), {"show", "check"})
        self.assertEqual(self.bash("languages", "check", "--strict", "rus"), ["rust"])

    def test_images_verb(self):
        self.assertEqual(set(self.bash("images", "")), {"list", "build", "pull", "remove"})
        self.assertEqual(self.bash("images", "build", "rus"), ["rust"])
        self.assertEqual(self.bash("images", "build", "--network", ""), ["default", "host"])

    def test_nothing_of_ours_after_two_dashes(self):
        self.assertEqual(self.bash("x.py", "--", "--mem"), [])

    def assert_readable(self, shell, option, file):
        if shutil.which(shell) is None:
            self.skipTest(f"{shell} is not installed; apt-get install {shell}")
        result = subprocess.run([shell, option, f"{harness.SOURCE}/cli/completions/{file}"], capture_output=True)
        self.assertEqual((result.returncode, result.stderr), (0, b""))

    def test_bash_can_read_its_own(self):
        self.assert_readable("bash", "-n", "sandboxrun.bash")

    def test_zsh_can_read_its_own(self):
        self.assert_readable("zsh", "-n", "_sandboxrun")

    def test_fish_can_read_its_own(self):
        self.assert_readable("fish", "--no-execute", "sandboxrun.fish")
