"""The event loop: tasks, a unix server, subprocess pipes, executors, timeouts, cancellation, signals."""
import asyncio
import os
import signal
import sys


async def serve(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()


async def client(n):
    reader, writer = await asyncio.open_unix_connection("/tmp/corpus.sock")
    answers = []
    for i in range(10):
        writer.write(f"client {n} line {i}\n".encode())
        answers.append(await reader.readline())
    writer.close()
    await writer.wait_closed()
    return answers == [f"CLIENT {n} LINE {i}\n".encode() for i in range(10)]


async def main():
    server = await asyncio.start_unix_server(serve, "/tmp/corpus.sock")
    async with server:
        results = await asyncio.gather(*(client(n) for n in range(20)))
    assert all(results)
    print("unix clients", len(results))
    os.unlink("/tmp/corpus.sock")

    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "import sys; print(sum(map(int, sys.stdin)))",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    out, _ = await child.communicate("\n".join(map(str, range(100))).encode())
    assert child.returncode == 0
    print("subprocess", out.decode().strip())
    shell = await asyncio.create_subprocess_shell("exit 7")
    print("shell", await shell.wait())

    loop = asyncio.get_running_loop()
    print("executor", sum(await asyncio.gather(*(loop.run_in_executor(None, pow, 2, n) for n in range(16)))))

    try:
        await asyncio.wait_for(asyncio.sleep(60), 0.01)
    except asyncio.TimeoutError:
        print("timeout")
    task = asyncio.create_task(asyncio.sleep(60))
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled")

    caught = asyncio.Event()
    loop.add_signal_handler(signal.SIGUSR1, caught.set)
    os.kill(os.getpid(), signal.SIGUSR1)
    await asyncio.wait_for(caught.wait(), 10)
    print("signal")

    order = []
    for delay in (0.03, 0.01, 0.02):
        loop.call_later(delay, order.append, delay)
    await asyncio.sleep(0.2)
    assert order == [0.01, 0.02, 0.03], order

    semaphore, running, most = asyncio.Semaphore(3), 0, 0

    async def limited():
        nonlocal running, most
        async with semaphore:
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.001)
            running -= 1

    async with asyncio.TaskGroup() as group:
        for _ in range(30):
            group.create_task(limited())
    assert most == 3
    print("semaphore", most)


asyncio.run(main())
