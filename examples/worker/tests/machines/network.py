"""Machines of the test's own: network namespaces joined by a switch, with links that can be slow, and cut.

Each link is a pair of TAP devices with this process between them: a kernel need not have netem, and frames wait as long as they
are told to, in either direction."""

import contextlib
import ctypes
import errno
import fcntl
import heapq
import os
import selectors
import struct
import subprocess
import threading
import time

TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI = 0x0002, 0x1000
CLONE_NEWNET = 0x40000000
MTU = 1500
LIBC = ctypes.CDLL(None, use_errno=True)


def ip(*words):
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"ip {' '.join(words)}: {done.stderr.strip()}")


class Namespace:
    def __init__(self, name):
        self.name, self.path = name, f"/run/netns/{name}"
        ip("netns", "add", name)
        ip("-netns", name, "link", "set", "lo", "up")

    @contextlib.contextmanager
    def inside(self):
        """This thread is in it meanwhile, and what it starts or opens stays there."""
        with open("/proc/thread-self/ns/net", "rb") as home, open(self.path, "rb") as there:
            set_namespace(there)
            try:
                yield self
            finally:
                set_namespace(home)

    @property
    def wrapper(self):
        """Not `ip netns exec`, which hides the control groups behind a /sys of its own."""
        return ("nsenter", f"--net={self.path}")

    def remove(self):
        ip("netns", "del", self.name)


def set_namespace(file):
    if LIBC.setns(file.fileno(), CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def open_tap(namespace, name):
    with namespace.inside():
        tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TAP | IFF_NO_PI))
    return tap


class Wire:
    """Carries frames between two devices until it is closed."""

    def __init__(self, *taps):
        self.delay = 0.0  # seconds, each way
        self.taps, self.closing = taps, os.eventfd(0)
        self.waiting, self.number = [], 0
        self.thread = threading.Thread(target=self.carry, daemon=True)
        self.thread.start()

    def carry(self):
        with selectors.DefaultSelector() as selector:
            selector.register(self.closing, selectors.EVENT_READ)
            for source, sink in (self.taps, self.taps[::-1]):
                selector.register(source, selectors.EVENT_READ, sink)
            while True:
                patience = max(0.0, self.waiting[0][0] - time.monotonic()) if self.waiting else None
                for key, _ in selector.select(patience):
                    if key.fd == self.closing:
                        return
                    self.take(key.fd, key.data)
                self.deliver()

    def take(self, source, sink):
        with contextlib.suppress(BlockingIOError):
            while True:
                frame = os.read(source, MTU + 100)
                self.number += 1
                heapq.heappush(self.waiting, (time.monotonic() + self.delay, self.number, sink, frame))

    def deliver(self):
        while self.waiting and self.waiting[0][0] <= time.monotonic():
            _, _, sink, frame = heapq.heappop(self.waiting)
            try:
                os.write(sink, frame)
            except OSError as error:
                if error.errno not in (errno.EIO, errno.EAGAIN, errno.ENOBUFS):  # the link is down, or its queue full: lost
                    raise

    def close(self):
        os.eventfd_write(self.closing, 1)
        self.thread.join()
        for descriptor in (*self.taps, self.closing):
            os.close(descriptor)


class Machine:
    def __init__(self, network, number):
        self.number, self.address = number, f"10.0.0.{number}"
        self.port, self.switch = f"port{number}", network.switch
        self.namespace = Namespace(f"{network.prefix}-{number}")
        network.owned.callback(self.namespace.remove)
        self.wire = Wire(open_tap(self.switch, self.port), open_tap(self.namespace, "uplink"))
        network.owned.callback(self.wire.close)
        ip("-netns", self.switch.name, "link", "set", self.port, "master", "bridge", "up")
        ip("-netns", self.namespace.name, "address", "add", f"{self.address}/24", "dev", "uplink")
        ip("-netns", self.namespace.name, "link", "set", "uplink", "up")

    def delay(self, seconds):
        self.wire.delay = seconds

    def cut(self):
        """At the switch: the machine sees nothing but silence."""
        ip("-netns", self.switch.name, "link", "set", self.port, "down")

    def restore(self):
        ip("-netns", self.switch.name, "link", "set", self.port, "up")


class Network:
    def __init__(self, machines):
        self.prefix, self.owned = f"machines{os.getpid()}", contextlib.ExitStack()
        try:
            self.switch = Namespace(f"{self.prefix}-switch")
            self.owned.callback(self.switch.remove)
            ip("-netns", self.switch.name, "link", "add", "bridge", "type", "bridge", "forward_delay", "0")
            ip("-netns", self.switch.name, "link", "set", "bridge", "up")
            self.machines = [Machine(self, number) for number in range(1, machines + 1)]
        except BaseException:
            self.owned.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.owned.close()
