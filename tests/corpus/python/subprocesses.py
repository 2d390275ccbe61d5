"""Child processes: pipes, shells, environments, fork and exec, timeouts, groups, exit statuses, many at a time."""
import os
import signal
import subprocess
import sys

run = subprocess.run
assert run(["true"]).returncode == 0 and run(["false"]).returncode == 1
print("shell", run("echo $((6 * 7)) | tr 0-9 a-j", shell=True, capture_output=True, text=True).stdout.strip())

sort = subprocess.Popen(["sort", "-rn"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
head = subprocess.Popen(["head", "-n", "3"], stdin=sort.stdout, stdout=subprocess.PIPE, text=True)
sort.stdout.close()
for n in range(1000):
    sort.stdin.write(f"{n * 7919 % 1000}\n")
sort.stdin.close()
print("pipeline", head.communicate()[0].split())
sort.wait()

answer = run([sys.executable, "-c", "import os; print(os.environ['COLOUR'], os.getcwd())"], env={"COLOUR": "blue"},
             cwd="/tmp", capture_output=True, text=True).stdout
print("environment", answer.strip())

try:
    run(["sleep", "60"], timeout=0.05)
except subprocess.TimeoutExpired:
    print("timed out")

group = subprocess.Popen("sleep 60 & sleep 60", shell=True, start_new_session=True)
os.killpg(group.pid, signal.SIGTERM)
print("group", group.wait())

try:
    run(["/no/such/program"])
except FileNotFoundError as error:
    print("missing", error.errno)

reader, writer = os.pipe()
pid = os.fork()
if pid == 0:
    os.close(reader)
    os.write(writer, f"child of {os.getppid()}".encode())
    os._exit(9)
os.close(writer)
with open(reader) as text:
    assert text.read() == f"child of {os.getpid()}"
_, status = os.waitpid(pid, 0)
print("fork", os.waitstatus_to_exitcode(status))

pid = os.posix_spawn("/bin/sh", ["sh", "-c", "kill -KILL $$"], os.environ)
print("spawn", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))

children = [subprocess.Popen(["sh", "-c", f"exit {n}"]) for n in range(30)]
assert [c.wait() for c in children] == list(range(30))

descriptor = os.pidfd_open(os.getpid()) if hasattr(os, "pidfd_open") else None
assert descriptor is not None
os.close(descriptor)
child = subprocess.Popen(["sleep", "60"])
fd = os.pidfd_open(child.pid)
signal.pidfd_send_signal(fd, signal.SIGTERM)
os.waitid(os.P_PIDFD, fd, os.WEXITED | os.WNOWAIT)
print("pidfd", child.wait())
big = run(["cat"], input=b"x" * 3_000_000, capture_output=True).stdout
assert len(big) == 3_000_000
print("big pipe", len(big))
