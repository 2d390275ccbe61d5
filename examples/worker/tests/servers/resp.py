"""As much of a Redis client as the tests need, so that they need no package."""

import socket


class ServerError(Exception):
    """The server's answer was an error."""


class Redis:
    """One connection; used by one thread."""

    def __init__(self, port, timeout=30):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.stream = self.socket.makefile("rb")

    def close(self):
        self.stream.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @staticmethod
    def encoded(words):
        parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)

    def answer(self):
        line = self.stream.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("the server went away")
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            return ServerError(rest.decode())
        if kind == b"+":
            return rest.decode()
        if kind == b":":
            return int(rest)
        if int(rest) < 0:
            return None
        if kind == b"$":
            return self.stream.read(int(rest) + 2)[:-2].decode(errors="surrogateescape")
        return [self.answer() for _ in range(int(rest))]

    def __call__(self, *words):
        self.socket.sendall(self.encoded(words))
        answer = self.answer()
        if isinstance(answer, ServerError):
            raise answer
        return answer

    def pipeline(self, commands):
        """Many are sent before their answers are read; errors are among the answers."""
        answers = []
        for begin in range(0, len(commands), 200):  # neither side's buffers may fill up
            part = commands[begin:begin + 200]
            self.socket.sendall(b"".join(self.encoded(words) for words in part))
            answers += [self.answer() for _ in part]
        return answers

    def map(self, *words):
        flat = self(*words)
        return dict(zip(flat[::2], flat[1::2]))
