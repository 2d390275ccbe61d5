"""Threads: locks, conditions, barriers, queues, thread-local data, an executor, tiny stacks."""
import queue
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed

counter, lock = 0, threading.Lock()


def add(times):
    global counter
    for _ in range(times):
        with lock:
            counter += 1


threads = [threading.Thread(target=add, args=(500,)) for _ in range(40)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert counter == 20000, counter
print("locked", counter)

barrier, passed = threading.Barrier(8), []


def meet(number):
    for turn in range(5):
        barrier.wait(10)
        passed.append((turn, number))
        barrier.wait(10)


threads = [threading.Thread(target=meet, args=(n,)) for n in range(8)]
[t.start() for t in threads]
[t.join() for t in threads]
assert [turn for turn, _ in passed] == sorted(turn for turn, _ in passed)
print("barrier", len(passed))

work, done = queue.Queue(maxsize=4), queue.SimpleQueue()


def consume():
    while (item := work.get()) is not None:
        done.put(item * item)
        work.task_done()


consumers = [threading.Thread(target=consume) for _ in range(4)]
[t.start() for t in consumers]
for n in range(1000):
    work.put(n)
work.join()
[work.put(None) for _ in consumers]
[t.join() for t in consumers]
total = sum(done.get() for _ in range(1000))
assert total == sum(n * n for n in range(1000))
print("queue", total)

local = threading.local()


def remember(n):
    local.value = n
    event.wait()
    return local.value == n


event = threading.Event()
with ThreadPoolExecutor(16) as pool:
    futures = [pool.submit(remember, n) for n in range(16)]
    event.set()
    assert all(f.result() for f in as_completed(futures))
print("local ok")

condition, turns = threading.Condition(), []


def turn_of(n):
    for i in range(20):
        with condition:
            assert condition.wait_for(lambda: len(turns) % 3 == n, 10)
            turns.append(n)
            condition.notify_all()


threads = [threading.Thread(target=turn_of, args=(n,)) for n in range(3)]
[t.start() for t in threads]
[t.join() for t in threads]
assert turns == [0, 1, 2] * 20
print("condition", len(turns))

threading.stack_size(256 * 1024)
small = threading.Thread(target=add, args=(1,))
small.start()
small.join()
with lock:
    assert not lock.acquire(timeout=0.01)
timer_fired = threading.Event()
threading.Timer(0.01, timer_fired.set).start()
assert timer_fired.wait(10)
try:
    with ThreadPoolExecutor(2) as pool:
        pool.submit(lambda: 1 // 0).result()
except ZeroDivisionError as error:
    print("exception", error)
