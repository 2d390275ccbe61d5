"""multiprocessing: pools by fork and spawn, queues, shared memory, semaphores, managers, pipes."""
import multiprocessing as mp
import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import shared_memory


def square(n):
    return n * n


def fill(name, start):
    memory = shared_memory.SharedMemory(name)
    for i in range(start, start + 100):
        memory.buf[i] = i % 251
    memory.close()


def add(counter, times):
    for _ in range(times):
        with counter.get_lock():
            counter.value += 1


def talk(pipe):
    while (message := pipe.recv()) != "end":
        pipe.send(message[::-1])


if __name__ == "__main__":
    with ProcessPoolExecutor(4, mp_context=mp.get_context("fork")) as pool:
        print("fork pool", sum(pool.map(square, range(200), chunksize=10)))
    with mp.get_context("spawn").Pool(2) as pool:
        print("spawn pool", pool.map(square, range(5)))

    counter = mp.Value("i", 0)
    children = [mp.Process(target=add, args=(counter, 250)) for _ in range(4)]
    [c.start() for c in children]
    [c.join() for c in children]
    assert counter.value == 1000 and all(c.exitcode == 0 for c in children)
    print("counter", counter.value)

    memory = shared_memory.SharedMemory(create=True, size=400)
    children = [mp.Process(target=fill, args=(memory.name, n)) for n in range(0, 400, 100)]
    [c.start() for c in children]
    [c.join() for c in children]
    assert bytes(memory.buf[:400]) == bytes(i % 251 for i in range(400))
    memory.close()
    memory.unlink()
    print("shared memory ok")

    here, there = mp.Pipe()
    child = mp.Process(target=talk, args=(there,))
    child.start()
    here.send("stressed")
    print("pipe", here.recv())
    here.send("end")
    child.join()

    semaphore = mp.BoundedSemaphore(2)
    assert semaphore.acquire() and semaphore.acquire() and not semaphore.acquire(timeout=0.01)
    barrier, queue = mp.Barrier(3), mp.Queue()

    def meet(n):
        barrier.wait(10)
        queue.put(n)

    children = [mp.Process(target=meet, args=(n,)) for n in range(3)]
    [c.start() for c in children]
    print("queue", sorted(queue.get(timeout=10) for _ in children))
    [c.join() for c in children]

    with mp.Manager() as manager:
        shared = manager.dict()
        child = mp.Process(target=shared.update, args=({"pid is another": True},))
        child.start()
        child.join()
        print("manager", dict(shared))

    child = mp.Process(target=os.abort)
    child.start()
    child.join()
    print("aborted", child.exitcode)
