"""A Docker engine of the tests' own, beside whatever other one runs on this machine."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

SCRIPT = pathlib.Path(__file__).resolve().parents[4] / "tests" / "engine" / "engine"
BASE = "debian:bookworm-slim"
SKIPPED = 77


class Unavailable(Exception):
    """This machine cannot run one; says why, and what would help."""


class DockerEngine:
    def __init__(self):
        if not SCRIPT.exists():
            raise Unavailable(f"there is no {SCRIPT}; run the test in the library's tree")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="worker-engine-"))
        try:
            self.start()
            self.fetch_base()
        except BaseException:
            self.__exit__()
            raise

    @property
    def url(self):
        return f"unix://{self.folder}/docker.sock"

    def script(self, verb, *further):
        # To a file: the engine keeps what it is given, and a pipe would not end before it does.
        with (self.folder / "output").open("w+b") as output:
            done = subprocess.run([SCRIPT, verb, self.folder, *further], stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False)
            output.seek(0)
            text = output.read().decode(errors="replace")[-3000:]
        if done.returncode == SKIPPED:
            raise Unavailable(text.replace("SKIPPED: ", "").strip())
        if done.returncode != 0:
            raise RuntimeError(text)

    def docker(self, *words, **further):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DOCKER_")} | {"DOCKER_HOST": self.url}
        done = subprocess.run(["docker", *words], env=environment, capture_output=True, timeout=120, check=False, **further)
        if done.returncode != 0:
            raise RuntimeError(f"docker {' '.join(words)}: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode(errors="replace")

    def fetch_base(self):
        """From the engine of who started the tests, which made it for other tests; else it is made here."""
        saved = subprocess.run(["docker", "save", BASE], capture_output=True, check=False) if os.environ.get("DOCKER_HOST") else None
        if saved and saved.returncode == 0:
            self.docker("load", input=saved.stdout)
        else:
            self.script("base")

    def provide(self, image):
        """An image of that name, with no more than the base has."""
        self.docker("tag", BASE, image)

    def start(self):
        self.script("start")

    @property
    def pid(self):
        return int((self.folder / "docker.pid").read_text())

    def end(self, number):
        """By this signal; what it had started is left to itself, and to the next start."""
        pid = self.pid
        os.kill(pid, number)
        deadline = time.monotonic() + 60
        while is_alive(pid):
            assert time.monotonic() < deadline, f"dockerd did not end by {signal.Signals(number).name}"
            time.sleep(0.02)

    def containers(self):
        """Those that it can say more of: one that was killed may go on listing, as dead, what it has removed while it started."""
        return [each for each in self.docker("ps", "--all", "--quiet").split() if self.knows(each)]

    def knows(self, container):
        try:
            self.docker("inspect", container)
        except RuntimeError as refusal:
            if "No such" not in str(refusal):
                raise
            return False
        return True

    def programs(self):
        """What runs in a container, known to the engine or not. A killed dockerd takes its containerd along, and a container that was just being
        made is then nobody's: its supervisor waits with `runc init` for a start that does not come. Nothing of a job has run there."""
        mark, parents, found = str(self.folder / "exec" / "containerd" / "containerd.sock"), {}, []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                words = (process / "cmdline").read_text(errors="replace").split("\0")
                parents[process.name] = (process / "stat").read_text(errors="replace").rpartition(")")[2].split()[1], words
        for pid, (parent, words) in parents.items():
            above = parents.get(parent, (None, ()))[1]
            if "containerd-shim" in "".join(above[:1]) and mark in above and words[:2] != ["runc", "init"]:
                found.append(pid)
        return found

    def remains(self):
        """For whoever has to explain them: what there is, and what the engine wrote last."""
        log = [line for line in (self.folder / "dockerd.log").read_text(errors="replace").splitlines() if "[core]" not in line]
        return "\n".join([self.docker("ps", "--all", "--no-trunc"), *(f"program: {program_of(pid)}" for pid in self.programs()), *log[-80:]])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(Unavailable):
            self.script("stop", "--purge")
        shutil.rmtree(self.folder, ignore_errors=True)


def program_of(pid):
    with contextlib.suppress(OSError):
        return pathlib.Path(f"/proc/{pid}/cmdline").read_text(errors="replace").split("\0")
    return "one that has just ended"


def is_alive(pid):
    """One that has ended and whom nobody has waited for is not."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
