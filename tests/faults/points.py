# SPDX-License-Identifier: Apache-2.0
"""Which faults are put where."""
import collections
import errno
import signal

ROLES = ("application", "guard", "launcher", "slot", "init", "child")
Point = collections.namedtuple("Point", "role call nth")
Fault = collections.namedtuple("Fault", "kind number name")

# Calls that cannot fail: an answer that says so would be a kernel's lie. A futex of ours is only ever woken, which nothing interrupts;
# the C library ends a process that is told otherwise.
CANNOT_FAIL = {"futex", "brk", "exit", "exit_group", "getegid", "geteuid", "getpid", "getuid", "gettid", "umask", "rt_sigreturn",
               "set_tid_address", "arch_prctl", "restart_syscall"}
COMMON = ("EPERM", "ENOMEM")
# The first is the one that stands for all where there is no time for more.
ERRORS = {
    "access": ("EACCES", "ENOMEM"), "bind": ("EACCES", "ENOMEM"), "chdir": ("EACCES", "ENOMEM"),
    "clock_gettime": ("EINVAL",), "clone": ("EAGAIN", "ENOMEM", "EPERM"), "clone3": ("EPERM", "EAGAIN", "ENOSPC"),
    "close": ("EIO", "EINTR"), "close_range": ("ENOSYS", "EMFILE"), "dup2": ("EBUSY", "EMFILE"),
    "execve": ("ENOMEM", "EACCES"), "fchmod": ("EPERM", "EIO"), "fcntl": ("EMFILE", "EPERM"),
    "flock": ("ENOLCK", "EINTR"), "getcwd": ("ENOENT", "ENOMEM"), "getdents64": ("EIO", "ENOENT"),
    "getrandom": ("ENOSYS", "EINTR"), "keyctl": ("EDQUOT", "ENOSYS", "ENOMEM"),
    "landlock_create_ruleset": ("EOPNOTSUPP", "ENOMEM", "EMFILE"), "landlock_restrict_self": ("EPERM", "E2BIG"),
    "memfd_create": ("EMFILE", "ENOSYS"), "mkdir": ("ENOSPC", "EEXIST"), "mkdirat": ("ENOSPC", "EACCES"),
    "mknodat": ("EPERM", "ENOSPC"), "mmap": ("ENOMEM",), "munmap": ("ENOMEM",), "mount": ("EPERM", "ENOMEM", "EBUSY"),
    "mount_setattr": ("ENOSYS", "EPERM"), "move_mount": ("EINVAL", "EPERM"), "newfstatat": ("ENOMEM", "EACCES"),
    "open_tree": ("ENOSYS", "EMFILE"), "openat": ("EMFILE", "EACCES", "EINTR"), "pidfd_open": ("EMFILE", "ENOSYS"),
    "pidfd_send_signal": ("EPERM", "ENOSYS"), "pipe2": ("EMFILE", "ENFILE"), "pivot_root": ("EINVAL", "EPERM"),
    "poll": ("ENOMEM", "EINTR"), "ppoll": ("ENOMEM", "EINTR"), "prctl": ("EPERM", "EINVAL"),
    "pread64": ("EIO", "EINTR"), "prlimit64": ("EPERM", "EINVAL"), "pwrite64": ("EIO", "EINTR"),
    "read": ("EIO", "EINTR"), "readlink": ("EACCES",), "recvmsg": ("ENOMEM", "EINTR"), "rseq": ("ENOSYS",),
    "rt_sigaction": ("EINVAL",), "rt_sigprocmask": ("EINVAL",), "seccomp": ("EINVAL", "ENOMEM", "ENOSYS"),
    "sendmsg": ("ENOBUFS", "EINTR", "EPIPE"), "sethostname": ("EPERM",), "setgroups": ("EPERM", "ENOMEM"),
    "setresgid": ("EPERM", "ENOMEM"), "setresuid": ("EAGAIN", "EPERM"), "signalfd4": ("EMFILE", "ENOMEM"),
    "socket": ("EMFILE", "EACCES"), "socketpair": ("EMFILE", "ENOMEM"), "statfs": ("EIO", "EINTR"),
    "symlink": ("ENOSPC", "EEXIST"), "umount2": ("EPERM", "EBUSY"), "unlinkat": ("EBUSY", "EPERM"),
    "unshare": ("ENOSPC", "EPERM"), "wait4": ("EINTR", "ECHILD"), "write": ("EIO", "EINTR", "ENOSPC"),
}


def read_points(path):
    with open(path) as file:
        return [Point(role, call, int(nth)) for role, call, nth in (line.split() for line in file)]


def thinned(points, most):
    """Of each call that a role makes more than `most` times: those at the ends and some between, evenly."""
    calls = collections.defaultdict(list)
    for point in points:
        calls[point.role, point.call].append(point)
    chosen = []
    for all_of_call in calls.values():
        last = len(all_of_call) - 1
        places = range(last + 1) if last < most else {round(last * i / (most - 1)) for i in range(most)}
        chosen += [all_of_call[place] for place in sorted(places)]
    return chosen


def errors(points, full):
    runs = []
    for point in points:
        if point.call not in CANNOT_FAIL:
            names = ERRORS.get(point.call, COMMON)
            runs += [(point, Fault("error", getattr(errno, name), name)) for name in (names if full else names[:1])]
    return runs


def unbounded(point, recorded):
    """Until it has executed its own program the guard shares the application's memory, and the kernel makes that wait."""
    guards = [each for each in recorded if each.role == "guard"]
    return point.role == "guard" and guards.index(point) <= guards.index(Point("guard", "execve", 1))


def signals(points, number):
    return [(point, Fault("signal", int(number), signal.Signals(number).name)) for point in points]


def spread(points, count):
    """`count` of the points of each role, in the order in which it makes them."""
    chosen = []
    for role in ROLES:
        own = [point for point in points if point.role == role]
        step = max(len(own) / count, 1)
        chosen += [own[int(i * step)] for i in range(min(count, len(own)))]
    return chosen
