"""Stands between a worker and its server: delays what passes, and cuts connections."""

import contextlib
import socket
import threading
import time


class SlowProxy:
    def __init__(self, port, delay=0.0):
        self.target, self.delay, self.connections = port, delay, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}"

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                try:
                    far = socket.create_connection(("127.0.0.1", self.target))
                except OSError:  # the server is away; its clients notice
                    near.close()
                    continue
                self.connections.append((near, far))
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self.pump, args=(source, sink), daemon=True).start()

    def pump(self, source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                time.sleep(self.delay)
                sink.sendall(data)
        self.cut_one(source, sink)

    @staticmethod
    def cut_one(*sockets):
        for each in sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def cut(self):
        """Every connection ends now; new ones are taken."""
        connections, self.connections = self.connections, []
        for pair in connections:
            self.cut_one(*pair)

    def close(self):
        self.listener.close()
        self.cut()
