# SPDX-License-Identifier: Apache-2.0
"""What the tests share: starting sandboxrun, and looking for what it left behind."""
import ctypes
import glob
import os
import signal
import subprocess
import tempfile
import time
import unittest

SANDBOXRUN = ""
SOURCE = ""
PR_SET_CHILD_SUBREAPER = 36
SECONDS_TO_CLEAN_UP = 15
# In lines of mounts, as in tests/common/mounts.cpp: engines, their containers, and other tests' network namespaces. They come and go beside.
OF_OTHERS = ("/overlay2/", "/containers/", "/runtime-runc/", "nsfs ", " /run/netns ", "/build/engine/", "/libsandbox-engine-", "/worker-engine-")


def configure(sandboxrun, source):
    global SANDBOXRUN, SOURCE
    SANDBOXRUN, SOURCE = os.path.abspath(sandboxrun), os.path.abspath(source)
    os.environ["SANDBOX_LANGUAGES"] = f"{SOURCE}/languages"
    # Tests of docker name it; an engine that happens to be here must not change the others.
    os.environ["SANDBOX_BACKEND"] = "native"
    # Whatever sandboxrun leaves running becomes a child of ours, so that it can be found.
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def run(*args, input=b"", timeout=60, **options):
    return subprocess.run([SANDBOXRUN, *args], input=input, capture_output=True, timeout=timeout, **options)


def python(source, *args, **options):
    return run("--lang", "python", *args, "-", input=source.encode(), **options)


def source_file(path):
    with open(os.path.join(SOURCE, path)) as file:
        return file.read()


def processes_left():
    """Children that no test waits for."""
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        return []
    return [open(path).read().strip() for path in glob.glob("/proc/self/task/*/children")]


def groups_left():
    """Control groups whose owner is dead. An owner's name begins with its pid."""
    owners = glob.glob("/sys/fs/cgroup/**/libsandbox/*/", recursive=True)
    return {path for path in owners if not os.path.exists("/proc/" + os.path.basename(path[:-1]).split("-")[0])}


def mounts():
    with open("/proc/self/mounts") as file:
        return [line for line in file if not any(mark in line for mark in OF_OTHERS)]


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.groups_before, self.mounts_before = groups_left(), mounts()

    def tearDown(self):
        """Whatever a test did: no process, control group or mount outlives it."""
        deadline = time.monotonic() + SECONDS_TO_CLEAN_UP
        while (left := processes_left() or groups_left() - self.groups_before) and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertFalse(left, "left behind")
        self.assertEqual(mounts(), self.mounts_before)

    def path(self, name, content=None):
        path = os.path.join(self.folder.name, name)
        if content is not None:
            with open(path, "wb") as file:
                file.write(content.encode() if isinstance(content, str) else content)
        return path

    def start(self, *args, **options):
        """sandboxrun in the background; it is killed when the test fails before its end."""
        process = subprocess.Popen([SANDBOXRUN, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, **options)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(lambda: process.poll() is None and process.send_signal(signal.SIGKILL))
        return process

    def assert_refused(self, result, *words):
        self.assertEqual(result.returncode, 125, result)
        self.assertTrue(result.stderr.startswith(b"sandboxrun: error: "), result.stderr)
        for word in words:
            self.assertIn(word.encode(), result.stderr)
        self.assertEqual(result.stdout, b"")
