"""A RabbitMQ server of the tests' own: loopback, free ports, a folder, a node and a port mapper of its own."""

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

from servers.redis_server import free_port

# Past the wrapper, which changes to the system's user.
PROGRAMS = pathlib.Path("/usr/lib/rabbitmq/bin")
CONFIGURATION = """\
listeners.tcp.1 = 127.0.0.1:{port}
log.file = server.log
log.console = false
disk_free_limit.absolute = 50MB
"""
# Quorum queues are counted anew at each tick: every 5 s as it comes, and the tests wait for counts.
ADVANCED = "[{rabbit, [{quorum_tick_interval, 200}]}]."
TLS = """\
listeners.ssl.1 = 127.0.0.1:{port}
ssl_options.cacertfile = {folder}/ca.pem
ssl_options.certfile = {folder}/certificate.pem
ssl_options.keyfile = {folder}/key.pem
ssl_options.verify = verify_none
"""


def available():
    return (PROGRAMS / "rabbitmq-server").exists()


class RabbitMqServer:
    def __init__(self):
        self.virtual_host, self.tls_port = "/", None
        self.port, self.distribution_port, self.mapper_port = free_port(), free_port(), free_port()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="worker-rabbitmq-"))
        (self.folder / "rabbitmq.conf").write_text(CONFIGURATION.format(port=self.port))
        (self.folder / "advanced.config").write_text(ADVANCED)
        (self.folder / "plugins").write_text("[].")
        if shutil.which("openssl"):
            self.add_tls()
        self.process = None
        self.mapper = subprocess.Popen(["epmd", "-port", str(self.mapper_port), "-address", "127.0.0.1"],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.await_mapper()
        self.start()

    @property
    def url(self):
        return f"amqp://{self.place(self.port)}"

    def place(self, port, host="127.0.0.1"):
        return f"guest:guest@{host}:{port}/{self.virtual_host.replace('/', '%2F')}"

    def begin_anew(self):
        """Nothing is there but a virtual host without queues. A start of the server takes longer."""
        old, self.virtual_host = self.virtual_host, f"tests-{time.monotonic_ns()}"
        self.ctl("eval", f"""rabbit_vhost:delete(<<"{old}">>, <<"tests">>), rabbit_vhost:add(<<"{self.virtual_host}">>, <<"tests">>),
            ok = rabbit_auth_backend_internal:set_permissions(<<"guest">>, <<"{self.virtual_host}">>, <<".*">>, <<".*">>, <<".*">>, <<"tests">>).""")

    @property
    def environment(self):
        folder = str(self.folder)
        return {
            "PATH": os.environ["PATH"], "HOME": folder, "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(self.mapper_port), "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": "worker-tests@localhost", "RABBITMQ_DIST_PORT": str(self.distribution_port),
            "RABBITMQ_CONFIG_FILE": f"{folder}/rabbitmq.conf", "RABBITMQ_ADVANCED_CONFIG_FILE": f"{folder}/advanced.config",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/plugins",
            "RABBITMQ_MNESIA_BASE": f"{folder}/data", "RABBITMQ_LOG_BASE": f"{folder}/log", "RABBITMQ_PID_FILE": f"{folder}/pid",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none",
        }

    def await_mapper(self):
        """A node that finds none starts one of its own, which outlives it."""
        deadline = time.monotonic() + 30
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.mapper_port), 1):
                return
            if time.monotonic() > deadline or self.mapper.poll() is not None:
                raise RuntimeError("epmd does not answer")
            time.sleep(0.01)

    def start(self):
        with (self.folder / "output").open("ab") as output:
            self.process = subprocess.Popen([PROGRAMS / "rabbitmq-server"], env=self.environment, cwd=self.folder, stdout=output,
                                            stderr=output, start_new_session=True)
        deadline = time.monotonic() + 120
        while not self.answers():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError((self.folder / "output").read_text()[-3000:])
            time.sleep(0.1)

    def add_tls(self):
        """With a certificate for the name localhost, of an authority of its own."""
        certify(self.folder)
        self.tls_port = free_port()
        with (self.folder / "rabbitmq.conf").open("a") as configuration:
            configuration.write(TLS.format(port=self.tls_port, folder=self.folder))

    @property
    def authority(self):
        return self.folder / "ca.pem"

    def answers(self):
        """The listener is opened when all queues are there."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as probe:
            probe.sendall(b"AMQP\x00\x00\x09\x01")
            probe.settimeout(5)
            return len(probe.recv(8)) > 0
        return False

    def kill(self):
        """The shell that started it, the machine, and what that started: all are one session."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, 9)
        self.process.wait()

    def stop(self):
        """As a service manager does it: queues are closed first."""
        self.ctl("stop")
        self.process.wait(timeout=60)

    def ctl(self, *words):
        return subprocess.run([PROGRAMS / "rabbitmqctl", "-q", *words], env=self.environment, capture_output=True, text=True, timeout=60, check=True).stdout

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        self.mapper.kill()
        self.mapper.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def certify(folder):
    make_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    for words in (["req", "-x509", *make_key, "-days", "2", "-subj", "/CN=tests", "-keyout", "ca-key.pem", "-out", "ca.pem"],
                  ["req", *make_key, "-subj", "/CN=server", "-addext", "subjectAltName=DNS:localhost", "-keyout", "key.pem", "-out", "request.pem"],
                  ["x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca-key.pem", "-CAcreateserial", "-days", "2",
                   "-copy_extensions", "copy", "-out", "certificate.pem"]):
        subprocess.run(["openssl", *words], cwd=folder, capture_output=True, check=True)
