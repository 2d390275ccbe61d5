"""Files: temporary ones, locks, rename, links, sparse and mapped files, sendfile, xattr, times, walking."""
import fcntl
import mmap
import multiprocessing
import os
import shutil
import stat
import tempfile

folder = tempfile.mkdtemp()
os.chdir(folder)
with open("new", "w") as file:
    file.write("second")
    file.flush()
    os.fsync(file.fileno())
open("old", "w").write("first")
os.replace("new", "old")
assert open("old").read() == "second" and not os.path.exists("new")
os.link("old", "hard")
os.symlink("old", "soft")
assert os.stat("old").st_nlink == 2 and os.readlink("soft") == "old" and os.path.samefile("hard", "soft")
os.chmod("old", 0o640)
assert stat.filemode(os.stat("old").st_mode) == "-rw-r-----"
os.utime("old", (1000, 2000))
assert os.stat("old").st_mtime == 2000

with open("lock", "w") as mine, open("lock") as other:
    fcntl.flock(mine, fcntl.LOCK_EX)
    try:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        raise AssertionError("two locks")
    except BlockingIOError:
        print("locked")
    fcntl.flock(mine, fcntl.LOCK_UN)
    fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def try_lock(answer):
    with open("ranges", "r+") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 10, 5)
            answer.put("free")
        except OSError:
            answer.put("taken")


with open("ranges", "w") as file:
    file.write("x" * 100)
    file.flush()
    fcntl.lockf(file, fcntl.LOCK_EX, 10, 0)
    answer = multiprocessing.SimpleQueue()
    child = multiprocessing.Process(target=try_lock, args=(answer,))
    child.start()
    child.join()
    print("range", answer.get())

with open("mapped", "w+b") as file:
    os.posix_fallocate(file.fileno(), 0, 1 << 20)
    with mmap.mmap(file.fileno(), 1 << 20) as mapped:
        mapped[1000:1005] = b"hello"
        mapped.flush()
        mapped.resize(2 << 20)
        assert mapped.find(b"hello") == 1000
    file.seek(1000)
    print("mapped", file.read(5).decode(), os.stat("mapped").st_size)
anonymous = mmap.mmap(-1, 4096)
if os.fork() == 0:
    anonymous[:5] = b"child"
    os._exit(0)
os.wait()
print("shared", anonymous[:5].decode())

with open("sparse", "wb") as file:
    file.truncate(8 << 20)
    assert os.stat("sparse").st_blocks < 100
    os.pwrite(file.fileno(), b"end", (8 << 20) - 3)
with open("sparse", "rb") as source, open("copy", "wb") as target:
    sent = 0
    while n := os.sendfile(target.fileno(), source.fileno(), sent, 1 << 24):
        sent += n
print("sendfile", sent)
with open("old", "rb") as source, open("copied", "wb") as target:
    assert os.copy_file_range(source.fileno(), target.fileno(), 100) == 6
os.makedirs("tree/a/b/c")
for n in range(50):
    open(f"tree/a/b/{n:02}", "w").write("x" * n)
print("walk", sum(len(files) for _, _, files in os.walk("tree")), sum(e.stat().st_size for e in os.scandir("tree/a/b") if e.is_file()))
shutil.copytree("tree", "tree2")
shutil.rmtree("tree")
shutil.make_archive("packed", "gztar", "tree2")
shutil.unpack_archive("packed.tar.gz", "tree3")
assert sorted(os.listdir("tree2/a/b")) == sorted(os.listdir("tree3/a/b"))
os.mkfifo("fifo")
if os.fork() == 0:
    open("fifo", "w").write("through a fifo")
    os._exit(0)
print(open("fifo").read())
os.wait()
with tempfile.TemporaryFile() as unnamed, tempfile.NamedTemporaryFile() as named, tempfile.SpooledTemporaryFile(10) as spooled:
    for file in (unnamed, named, spooled):
        file.write(b"temporary" * 10)
        file.seek(0)
        assert len(file.read()) == 90
memory = os.memfd_create("name")
os.write(memory, b"in memory")
print(os.pread(memory, 100, 0).decode())
os.sync()
os.chdir("/")
shutil.rmtree(folder)
