"""Signals and clocks: handlers, interval timers, masks, waiting, alarms in calls, wakeup descriptors."""
import os
import select
import signal
import threading
import time

seen = []
for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP):
    signal.signal(number, lambda n, frame: seen.append(signal.Signals(n).name))
for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP):
    os.kill(os.getpid(), number)
print(seen)

ticks = 0


def tick(number, frame):
    global ticks
    ticks += 1


signal.signal(signal.SIGALRM, tick)
signal.setitimer(signal.ITIMER_REAL, 0.005, 0.005)
while ticks < 5:
    signal.pause()
signal.setitimer(signal.ITIMER_REAL, 0)
print("ticks", ticks >= 5)
signal.signal(signal.SIGVTALRM, tick)
ticks = 0
signal.setitimer(signal.ITIMER_VIRTUAL, 0.01)
deadline = time.monotonic() + 20
while not ticks and time.monotonic() < deadline:
    pass
assert ticks == 1

signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
os.kill(os.getpid(), signal.SIGUSR1)
assert signal.SIGUSR1 in signal.sigpending()
print("waited", signal.sigwait({signal.SIGUSR1}).name, signal.sigtimedwait({signal.SIGUSR1}, 0.01))
signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
print("info", signal.sigwaitinfo({signal.SIGUSR1}).si_pid == os.getpid())
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})

reader, writer = os.pipe()
os.set_blocking(writer, False)
signal.set_wakeup_fd(writer)
os.kill(os.getpid(), signal.SIGUSR2)
assert select.select([reader], [], [], 10)[0]
print("wakeup", os.read(reader, 10)[0] == signal.SIGUSR2)
signal.set_wakeup_fd(-1)


class Late(Exception):
    pass


def raise_late(number, frame):
    raise Late


signal.signal(signal.SIGALRM, raise_late)
try:
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    os.read(reader, 1)
except Late:
    print("a read was interrupted")

pid = os.fork()
if pid == 0:
    signal.signal(signal.SIGTERM, lambda n, f: os._exit(5))
    os.write(writer, b"ready")
    while True:
        signal.pause()
os.read(reader, 5)
os.kill(pid, signal.SIGTERM)
print("child", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
pid = os.fork()
if pid == 0:
    time.sleep(60)
os.kill(pid, signal.SIGSTOP)
assert os.WIFSTOPPED(os.waitpid(pid, os.WUNTRACED)[1])
os.kill(pid, signal.SIGCONT)
assert os.WIFCONTINUED(os.waitpid(pid, os.WCONTINUED)[1])
os.kill(pid, signal.SIGKILL)
print("killed", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))

start = time.monotonic_ns()
time.sleep(0.01)
assert 10_000_000 <= time.monotonic_ns() - start < 10_000_000_000
for clock in (time.CLOCK_REALTIME, time.CLOCK_MONOTONIC, time.CLOCK_BOOTTIME, time.CLOCK_PROCESS_CPUTIME_ID, time.CLOCK_THREAD_CPUTIME_ID):
    assert time.clock_gettime_ns(clock) > 0 and time.clock_getres(clock) < 0.1
print(time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(1_700_000_000)))
