# SPDX-License-Identifier: Apache-2.0
"""The docker backend from the outside: boxes, the choice of a backend, images. Needs an engine at DOCKER_HOST."""
import http.client
import json
import os
import pty
import re
import signal
import socket
import subprocess
import time

import harness
from harness import Case, run

BASE = "debian:bookworm-slim"
DEAD = "unix:///no/such/docker.sock"
DOCKER = ("--backend", "docker")
AUTO = ("--backend", "auto")
SECONDS_TO_REMOVE = 30


class Engine:
    """As much of an engine's client as the tests need: what sandboxrun says is checked against it."""

    def __init__(self, address):
        self.path = address.removeprefix("unix://")

    def ask(self, verb, path, body=None):
        connection = http.client.HTTPConnection("docker", timeout=30)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(30)
        connection.sock.connect(self.path)
        connection.request(verb, path, body and json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text) if text.strip().startswith((b"{", b"[")) else text

    def has(self, image):
        return self.ask("GET", f"/v1.41/images/{image}/json")[0] == 200


def unusable():
    """Why there is no engine to test with; empty when there is."""
    address = os.environ.get("DOCKER_HOST", "")
    if not address.startswith("unix://"):
        return "DOCKER_HOST names no unix socket; run ./dev test as root, which starts an engine"
    try:
        if not Engine(address).has("libsandbox/python"):
            return "the engine has no image libsandbox/python; sandboxrun images build python"
    except OSError as error:
        return f"no engine answers at {address} ({error}); run ./dev test as root, which starts one"
    return ""


class DockerCase(Case):
    def setUp(self):
        super().setUp()
        if reason := unusable():
            if os.environ.get("SANDBOX_TEST_ENGINE", "") == "1":
                self.fail(reason)
            self.skipTest(reason)
        self.engine = Engine(os.environ["DOCKER_HOST"])
        self.addCleanup(self.assert_nothing_left)

    def assert_nothing_left(self):
        """No container whose owner is gone. Others may use the engine at the same time."""
        deadline = time.monotonic() + SECONDS_TO_REMOVE
        while b"container" in (left := run("gc", "--dry-run", *DOCKER).stdout) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertNotIn(b"container", left)

    def python(self, source, *args, **options):
        return run("--lang", "python", *DOCKER, *args, "-", input=source.encode(), **options)

    def language(self, dockerfile=f"FROM {BASE}\nLABEL sandbox.test=1\n", tool="cat"):
        """A folder with one language of this test's own, and its image's name; the image is removed at the end."""
        image = f"libsandbox-test/{os.getpid()}-{self.id().split('.')[-1][:60].replace('_', '-')}"
        if dockerfile is not None:
            self.path("tiny.Dockerfile", dockerfile)
        self.path("tiny.yaml", f"""schema: 1
id: tiny
title: Tiny
extensions: [tiny]
source: main
run: {{argv: [cat, '{{source}}']}}
image: {image}
{'' if dockerfile is None else 'dockerfile: tiny.Dockerfile'}
native: {{executables: [{tool}], debian_packages: [some-package]}}
tests: [{{name: hello, source: one, output: one}}]
""")
        self.addCleanup(self.engine.ask, "DELETE", f"/v1.41/images/{image}")
        return ("--languages", self.folder.name), image

    def backend_of(self, *args, **options):
        report = self.path("report.json")
        result = run(*args, "--report", report, **options)
        self.assertEqual(result.returncode, 0, result)
        with open(report) as file:
            return json.load(file)["stages"][-1]["backend"]


class Boxes(DockerCase):
    def test_hello(self):
        result = self.python("print('hello', input())", "--stdin", self.path("in", "box\n"))
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, b"hello box\n", b""))

    def test_exit_codes_and_signals(self):
        self.assertEqual(self.python("raise SystemExit(7)").returncode, 7)
        self.assertEqual(self.python("import os; os.abort()").returncode, 128 + signal.SIGABRT)

    def test_limits(self):
        for name, source, status, time in (("time", "while True: pass", 124, "1s"), ("memory", "x = bytearray(1 << 30)", 137, "20s"),
                                           ("output", "print('x' * 10_000_000)", 153, "20s")):
            with self.subTest(limit=name):
                result = self.python(source, f"--time={time}")
                self.assertEqual(result.returncode, status, result.stderr)
                self.assertIn(b"limit", result.stderr)

    def test_compiled_language(self):
        result = run("--lang", "c", *DOCKER, "-", input=b"#include <stdio.h>\nint main(void) { puts(\"c\"); }\n")
        self.assertEqual((result.returncode, result.stdout), (0, b"c\n"), result.stderr)
        self.assertEqual(run("--lang", "c", *DOCKER, "-", input=b"int main(\n").returncode, 1)

    def test_ctrl_c_ends_the_box(self):
        process = self.start(*DOCKER, "--wall=60s", self.path("x.py", "import time\nprint('on', flush=True)\ntime.sleep(60)\n"))
        self.assertEqual(process.stdout.readline(), b"on\n")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(10), 130)

    def test_another_image(self):
        self.assertEqual(self.backend_of(*AUTO, "--lang", "bash", "--image", BASE, self.path("x", "true\n")), "docker")

    def test_missing_image_names_the_remedy(self):
        folder, image = self.language()
        source = self.path("x.tiny", "")
        self.assert_refused(run(*folder, *DOCKER, source), image, "is not there", "sandboxrun images build tiny")
        self.assert_refused(run(*folder, *DOCKER, "--image", "no/such", source), "no/such", "sandboxrun images pull no/such")

    def test_bad_names_of_images(self):
        source = self.path("x.py", "")
        for name in ("UPPER", "a b", "../x", "x?y", "-x", "a//b", "x@sha256:1"):
            with self.subTest(name=name):
                self.assert_refused(run(*DOCKER, f"--image={name}", source), "image")

    def test_unknown_runtime(self):
        self.assert_refused(run(*AUTO, "--runtime", "no-such-runtime", self.path("x.py", "")), "no-such-runtime")


class Choice(DockerCase):
    def test_docker_when_the_image_is_there_else_native(self):
        folder, _ = self.language()
        source = self.path("x.tiny", "")
        self.assertEqual(self.backend_of(*folder, *AUTO, source), "native")
        self.assertEqual(run("images", "build", "tiny", *folder).returncode, 0)
        self.assertEqual(self.backend_of(*folder, *AUTO, source), "docker")
        self.assertEqual(self.backend_of(*folder, "--backend", "native", source), "native")

    def test_native_when_no_engine_answers(self):
        source = self.path("x.py", "")
        for address in (DEAD, "tcp://127.0.0.1:1", "ssh://nowhere", "nonsense"):
            with self.subTest(address=address):
                self.assertEqual(self.backend_of(*AUTO, source, env=dict(os.environ, DOCKER_HOST=address)), "native")

    def test_a_silent_engine_costs_seconds_not_minutes(self):
        path = self.path("silent.sock")
        with socket.socket(socket.AF_UNIX) as silent:
            silent.bind(path)
            silent.listen(8)
            started = time.monotonic()
            self.assertEqual(self.backend_of(*AUTO, self.path("x.py", ""), env=dict(os.environ, DOCKER_HOST="unix://" + path)), "native")
            self.assertLess(time.monotonic() - started, 20)

    def test_the_error_names_both_remedies(self):
        folder, image = self.language(tool="no-such-tool")
        source = self.path("x.tiny", "")
        self.assert_refused(run(*folder, *AUTO, source), f"docker: image {image} is missing; sandboxrun images build tiny",
                            "native: no-such-tool is not installed; apt-get install some-package")
        self.assert_refused(run(*folder, *AUTO, source, env=dict(os.environ, DOCKER_HOST=DEAD)), "/no/such/docker.sock", "native: no-such-tool")

    def test_pull_gets_a_missing_image_first(self):
        folder, image = self.language()
        source = self.path("x.tiny", "here")
        result = run(*folder, *AUTO, "--pull", source)
        self.assertEqual((result.returncode, result.stdout), (0, b"here"), result.stderr)
        self.assertIn(b"sandboxrun: tiny: Step 1/2 : FROM", result.stderr)
        self.assertTrue(self.engine.has(image))
        self.assertEqual(run(*folder, *DOCKER, "--pull", source).stderr, b"")

    def test_options_that_contradict_each_other(self):
        source = self.path("x.py", "")
        for options in (("--backend", "native", "--image", BASE), ("--backend", "native", "--docker-host", DEAD),
                        ("--backend", "native", "--runtime", "runsc"), ("--backend", "native", "--pull"),
                        ("--backend", "docker", "--rootfs", "/"), ("--rootfs", "/", "--image", BASE, *AUTO)):
            with self.subTest(options=options):
                self.assert_refused(run(*options, source), "backend")

    def test_addresses_of_engines_that_cannot_be_meant(self):
        source = self.path("x.py", "")
        for address, word in (("ssh://x", "ssh -NL"), ("nonsense", "scheme"), ("unix://relative", "absolute"), (DEAD, "/no/such")):
            with self.subTest(address=address):
                self.assert_refused(run(*AUTO, "--docker-host", address, source), word)

    def test_languages_check(self):
        folder, image = self.language()
        check = ("languages", *folder, "check", *DOCKER)
        missing = run(*check)
        self.assertEqual(missing.returncode, 0, missing)
        self.assertIn(f"missing  image {image} is missing; sandboxrun images build tiny".encode(), missing.stdout)
        self.assertEqual(run(*check, "--strict").returncode, 1)
        self.assertEqual(run("images", "build", *folder).returncode, 0)
        self.assertTrue(run(*check, "--strict").stdout.endswith(b"\n2 passed, 0 failed, 0 toolchains missing\n"))
        self.assert_refused(run(*check, "--docker-host", DEAD), DEAD)

    def test_doctor(self):
        result = run("doctor", *DOCKER)
        self.assertEqual(result.returncode, 0, result)
        self.assertIn(b"docker backend: usable\n", result.stdout)
        self.assertNotIn(b"native backend", result.stdout)
        report = json.loads(run("doctor", "--json", *AUTO).stdout)
        self.assertEqual([each["backend"] for each in report["backends"]], ["native", "docker"])
        self.assertEqual(run("doctor", *AUTO, "--docker-host", DEAD).returncode, 1)

    def test_gc_leaves_the_containers_of_others_alone(self):
        status, made = self.engine.ask("POST", "/v1.41/containers/create", {"Image": BASE, "Cmd": ["true"], "Labels": {"app": "other"}})
        self.assertEqual(status, 201, made)
        self.addCleanup(self.engine.ask, "DELETE", f"/v1.41/containers/{made['Id']}")
        self.assertNotIn(made["Id"].encode(), run("gc", *DOCKER).stdout)
        self.assertEqual(self.engine.ask("GET", f"/v1.41/containers/{made['Id']}/json")[0], 200)

    def test_gc_needs_no_engine_unless_it_is_named(self):
        environment = dict(os.environ, DOCKER_HOST=DEAD)
        self.assertEqual(run("gc", *AUTO, env=environment).returncode, 0)
        self.assert_refused(run("gc", *DOCKER, env=environment), DEAD)


class ImagesVerb(DockerCase):
    def test_build_list_remove(self):
        folder, image = self.language()
        listed = lambda: json.loads(run("images", "--json", "list", *folder).stdout)
        self.assertEqual(listed(), [{"id": "tiny", "image": image, "origin": "build", "present": False}])
        built = run("images", "build", *folder)
        self.assertEqual(built.returncode, 0, built)
        self.assertRegex(built.stdout.decode(), rf"\Abuilt {re.escape(image)} \([0-9.]+ MiB\)\n1 built, 0 failed\n\Z")
        self.assertEqual(built.stderr.decode(), f"sandboxrun: tiny: Step 1/2 : FROM {BASE}\nsandboxrun: tiny: Step 2/2 : LABEL sandbox.test=1\n")
        self.assertTrue(listed()[0]["present"] and listed()[0]["size_bytes"] > 0)
        self.assertRegex(run("images", *folder).stdout.decode(), rf"\ntiny +{re.escape(image)} +yes +[0-9.]+ MiB  build\n\Z")
        self.assertEqual(run("images", "remove", "tiny", *folder).returncode, 0)
        self.assertFalse(self.engine.has(image))
        again = run("images", "remove", "tiny", *folder)
        self.assertEqual((again.returncode, again.stdout), (125, b"0 removed, 1 failed\n"))

    def test_options_of_a_build_reach_the_engine(self):
        folder, _ = self.language(f"FROM {BASE}\nRUN cat /proc/net/dev /proc/uptime >&2; exit 3\n")
        result = run("images", "build", "--network", "host", "--no-cache", "tiny", *folder)
        self.assertEqual((result.returncode, result.stdout), (125, b"0 built, 1 failed\n"))
        self.assertIn(b"returned a non-zero code: 3; it printed last: ", result.stderr)

    def test_one_failure_does_not_keep_the_rest(self):
        folder, image = self.language()
        self.path("bad.Dockerfile", "NONSENSE\n")
        self.path("bad.yaml", "schema: 1\nid: bad\ntitle: B\nextensions: [bad]\nsource: m\nrun: {argv: [cat]}\n"
                              "image: libsandbox-test/bad\ndockerfile: bad.Dockerfile\ntests: [{name: t, source: x, output: x}]\n")
        result = run("images", "build", *folder)
        self.assertEqual(result.returncode, 125)
        self.assertTrue(result.stdout.endswith(b"\n1 built, 1 failed\n"), result.stdout)
        self.assertIn(b"sandboxrun: error: bad: ", result.stderr)
        self.assertTrue(self.engine.has(image))

    def test_pull_of_what_does_not_exist(self):
        started = time.monotonic()
        result = run("images", "pull", "libsandbox-no-such/image:none", timeout=240)
        self.assertEqual((result.returncode, result.stdout), (125, b"0 pulled, 1 failed\n"))
        self.assertIn(b"sandboxrun: error: libsandbox-no-such/image:none: ", result.stderr)
        self.assertLess(time.monotonic() - started, 200)

    def test_pull_of_a_language(self):
        folder, image = self.language(dockerfile=None)
        self.assertIn(b"  pull\n", run("images", "list", *folder).stdout)
        self.assert_refused(run("images", "build", "tiny", *folder), "somebody else's", "sandboxrun images pull tiny")
        self.assert_refused(run("images", "pull", "python"), "sandboxrun images build python")

    def test_names_that_cannot_be_meant(self):
        self.assert_refused(run("images", "build", "pyton"), "pyton")
        self.assert_refused(run("images", "pull", "pyton"), "pyton")
        self.assert_refused(run("images", "build", "--network", "bridge", "python"), "--network")
        for name in ("a/UPPER", "x:", "a b/c", "../x"):
            with self.subTest(name=name):
                result = run("images", "pull", name)
                self.assertEqual(result.returncode, 125)
                self.assertIn(b"this is no name of a image", result.stderr)

    def test_text_of_the_engine_is_shown_without_control_bytes(self):
        folder, _ = self.language(f"FROM {BASE}\nRUN printf '\\033[2J\\007'; echo \x1b[31mred; exit 1\n")
        result = run("images", "build", *folder)
        self.assertEqual(result.returncode, 125)
        self.assertNotIn(b"\x1b", result.stderr + result.stdout)
        self.assertNotIn(b"\x07", result.stderr)

    def test_a_bar_on_a_terminal(self):
        folder, _ = self.language()
        leader, follower = pty.openpty()
        self.addCleanup(os.close, leader)
        process = subprocess.run([harness.SANDBOXRUN, "images", "build", *folder], stdout=subprocess.PIPE, stderr=follower,
                                 env=dict(os.environ, TERM="xterm"), timeout=60)
        os.close(follower)
        shown = os.read(leader, 1 << 16)
        self.assertEqual(process.returncode, 0, shown)
        self.assertIn(b"\rtiny  [####################] 100 %  Step 2/2 : LABEL", shown)
        self.assertTrue(shown.endswith(b"\r\x1b[K"), shown)

    def test_ctrl_c_ends_a_build(self):
        folder, image = self.language(f"FROM {BASE}\nRUN echo {time.time()}; sleep 60\n")
        process = self.start("images", "build", *folder)
        self.assertIn(b"Step 1/2", process.stderr.readline())
        self.assertIn(b"Step 2/2", process.stderr.readline())
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(10), 130)
        self.assertFalse(self.engine.has(image))

    def test_no_engine(self):
        for verb in (("list",), ("build", "python"), ("pull", "a/b"), ("remove", "a/b")):
            with self.subTest(verb=verb):
                self.assert_refused(run("images", *verb, "--docker-host", DEAD), DEAD)
