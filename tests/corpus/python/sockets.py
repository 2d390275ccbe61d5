"""Sockets without a network: pairs, unix streams, datagrams and names, passed descriptors, selectors, refused families."""
import errno
import os
import selectors
import socket
import socketserver
import struct
import tempfile
import threading

a, b = socket.socketpair()
sender = threading.Thread(target=lambda: (a.sendall(b"x" * 1_000_000), a.shutdown(socket.SHUT_WR)))
sender.start()
received = 0
while chunk := b.recv(65536):
    received += len(chunk)
sender.join()
print("pair", received)

reader, writer = os.pipe()
a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
socket.send_fds(a, [b"a pipe"], [writer])
os.close(writer)
message, descriptors, _, _ = socket.recv_fds(b, 100, 1)
os.write(descriptors[0], b"through a passed descriptor")
print(message.decode(), os.read(reader, 100).decode())
b.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
a.send(b"who")
_, ancillary, _, _ = b.recvmsg(10, socket.CMSG_SPACE(12))
pid, uid, gid = struct.unpack("3i", ancillary[0][2])
assert (pid, uid, gid) == (os.getpid(), os.getuid(), os.getgid())
print("credentials ok")


class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line[::-1].strip() + b"\n")


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


with tempfile.TemporaryDirectory() as folder:
    path = f"{folder}/s"
    with Server(path, Echo) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        answers = []
        for n in range(10):
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(path)
                client.sendall(f"line {n}\n".encode())
                answers.append(client.makefile().readline().strip())
        server.shutdown()
    print(answers[3], len(answers))
    one, two = (socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(2))
    one.bind(f"{folder}/one")
    two.sendto(b"datagram", f"{folder}/one")
    print(one.recv(100).decode())

abstract = socket.socket(socket.AF_UNIX)
abstract.bind("\0corpus")
abstract.listen()
client = socket.socket(socket.AF_UNIX)
client.connect("\0corpus")
server, _ = abstract.accept()
server.send(b"abstract")
print(client.recv(100).decode())

for kind in (selectors.EpollSelector, selectors.PollSelector, selectors.SelectSelector):
    with kind() as selector:
        pairs = [socket.socketpair() for _ in range(20)]
        for n, (near, far) in enumerate(pairs):
            near.setblocking(False)
            selector.register(near, selectors.EVENT_READ, n)
            far.send(bytes([n]))
        got = set()
        while len(got) < 20:
            for key, _ in selector.select(10):
                got.add(key.fileobj.recv(1)[0])
        assert got == set(range(20)) and selector.select(0) == []
        [s.close() for pair in pairs for s in pair]
    print(kind.__name__)
try:
    socket.create_connection(("127.0.0.1", 9), timeout=5)
except OSError as error:
    print("no network:", errno.errorcode[error.errno] in ("EAFNOSUPPORT", "ENETUNREACH", "ECONNREFUSED"))
