# Everything of itself that a program can see and that is the same each time.
import builtins, gc, locale, os, resource, signal, stat, sys, threading

print(__name__, __file__, __spec__, __doc__, __package__, type(__loader__), sorted(globals()))
print(sys.argv, sys.orig_argv, sys.path, sys.flags, sys.executable, sys.prefix, sys.warnoptions, sys._xoptions)
print(sorted(sys.modules))
print(sorted(dir(builtins)), gc.get_threshold(), gc.isenabled(), sys.getrecursionlimit(), sys.gettrace(), sys.getprofile())
print(os.getcwd(), dict(sorted(os.environ.items())), locale.setlocale(locale.LC_CTYPE), sys.getfilesystemencoding())
print(os.getresuid(), os.getresgid(), os.getgroups(), os.getpgrp() == os.getpid(), os.getpid(), os.getppid(), os.getsid(0))
print({s.name: str(signal.getsignal(s)) for s in signal.Signals}, signal.pthread_sigmask(signal.SIG_BLOCK, []))
print({name: resource.getrlimit(getattr(resource, name)) for name in dir(resource) if name.startswith("RLIMIT")})
print(sorted(os.sched_getaffinity(0)), os.nice(0), os.sched_getscheduler(0), [t.name for t in threading.enumerate()], os.umask(0o22))


def descriptors():
    for name in sorted(os.listdir("/proc/self/fd"), key=int):
        try:
            about = os.fstat(int(name))
            yield name, stat.filemode(about.st_mode), os.get_blocking(int(name)), os.get_inheritable(int(name))
        except OSError:
            pass  # that of the listing


print(list(descriptors()))
VARIES = ("VmPeak", "VmSize", "VmHWM", "VmRSS", "RssAnon", "RssFile", "VmData", "VmPTE", "voluntary", "nonvoluntary", "VmStk",
          "Speculation", "SigQ")
with open("/proc/self/status") as status:
    print([line for line in status if not line.startswith(VARIES)])
with open("/proc/self/cmdline", "rb") as line, open("/proc/self/environ", "rb") as environ, open("/proc/self/cgroup") as group:
    print(line.read(), sorted(environ.read().split(b"\0")), len(group.read().splitlines()))
print(sorted(os.listdir("/box")), os.listdir("/tmp"), os.stat(__file__).st_mode, os.stat(__file__).st_size > 100, stat.S_ISREG(os.stat(__file__).st_mode))
for stream in sys.stdin, sys.stdout, sys.stderr:
    print(stream.encoding, stream.errors, stream.line_buffering, stream.write_through, stream.isatty(), stream.seekable(), stream.mode)
print(repr(sys.stdin.readline()), repr(sys.stdin.read()), repr(sys.stdin.read()))
