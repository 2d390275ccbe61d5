"""Garbage: cycles, weak references, finalizers, deep recursion, many small and some big objects, exceptions."""
import gc
import sys
import threading
import traceback
import weakref


class Node:
    __slots__ = ("next", "data", "__weakref__")
    freed = 0

    def __init__(self, data):
        self.next, self.data = self, data

    def __del__(self):
        Node.freed += 1


for _ in range(5):
    nodes = [Node([i] * 10) for i in range(10000)]
    references = weakref.WeakSet(nodes)
    del nodes
    gc.collect()
    assert len(references) == 0
print("freed", Node.freed)


class Tree:
    def __init__(self, depth):
        self.left = self.right = None
        if depth:
            self.left, self.right = Tree(depth - 1), Tree(depth - 1)

    def count(self):
        return 1 + (self.left.count() + self.right.count() if self.left else 0)


print("trees", sum(Tree(d).count() for d in (4, 8, 12, 14)))
for _ in range(40):
    block = bytearray(8 << 20)
    block[-1] = 1
print("blocks", len(block))
cache = weakref.WeakValueDictionary()
for i in range(1000):
    cache[i] = kept = Node(i)
gc.collect()
assert list(cache.values()) == [kept]

sys.setrecursionlimit(30000)


def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)


threading.stack_size(64 << 20)
answer = []
thread = threading.Thread(target=lambda: answer.append(deep(20000)))
thread.start()
thread.join()
print("deep", answer[0])
sys.setrecursionlimit(1000)
try:
    deep(10**6)
except RecursionError as error:
    print(type(error).__name__)
try:
    try:
        {}["missing"]
    except KeyError as error:
        raise ValueError("wrapped") from error
except ValueError as error:
    lines = traceback.format_exception(error)
    assert "KeyError: 'missing'" in "".join(lines)
    print(repr(error), "from", repr(error.__cause__))
try:
    raise ExceptionGroup("several", [ValueError(1), TypeError(2)])
except* TypeError as group:
    print(len(group.exceptions))
except* ValueError as group:
    print(len(group.exceptions))
try:
    bytearray(1 << 62)
except (MemoryError, OverflowError):
    print("no memory for that")
