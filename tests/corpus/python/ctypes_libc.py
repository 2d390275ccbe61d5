"""ctypes: calls into libc and libm, structures, callbacks (executable closures), errno, arrays."""
import ctypes
import ctypes.util
import os
import random

libc = ctypes.CDLL("libc.so.6", use_errno=True)
libm = ctypes.CDLL("libm.so.6")
libm.cos.restype, libm.cos.argtypes = ctypes.c_double, [ctypes.c_double]
print(libm.cos(0.0), libc.abs(-42), libc.getpid() == os.getpid())

compare_type = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
calls = 0


def compare(a, b):
    global calls
    calls += 1
    return a[0] - b[0]


random.seed(1)
numbers = [random.randrange(10**6) for _ in range(2000)]
array = (ctypes.c_int * len(numbers))(*numbers)
libc.qsort(array, len(array), ctypes.sizeof(ctypes.c_int), compare_type(compare))
assert list(array) == sorted(numbers) and calls > 2000
print("qsort ok")
assert libc.close(9999) == -1 and ctypes.get_errno() == 9


class Time(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]


now = Time()
assert libc.clock_gettime(1, ctypes.byref(now)) == 0 and now.seconds >= 0
buffer = ctypes.create_string_buffer(64)
libc.snprintf(buffer, 64, b"%s %d %.2f", b"text", 7, ctypes.c_double(2.5))
print(buffer.value.decode())
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
page = libc.mmap(None, 4096, 3, 0x22, -1, 0)
code = bytes.fromhex("8d047f c3") if os.uname().machine == "x86_64" else None  # lea eax, [rdi + 2 * rdi]; ret
if code:
    ctypes.memmove(page, code, len(code))
    assert libc.mprotect(page, 4096, 5) == 0
    print("own machine code", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(page)(14))
