import atexit, sys, threading

atexit.register(print, "registered first, runs last")
atexit.register(lambda: print("registered last", file=sys.stderr))


def outer(depth):
    return outer(depth - 1) if depth else {}["missing"]


def in_thread():
    outer(1)


thread = threading.Thread(target=in_thread, name="other")
thread.start()
thread.join()
try:
    outer(2)
except KeyError as error:
    raise ValueError("why") from error
