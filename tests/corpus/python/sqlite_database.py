"""sqlite3: in memory and in a file, transactions, WAL, two connections, full text, functions, backup, blobs."""
import os
import sqlite3
import tempfile
import threading

memory = sqlite3.connect(":memory:")
memory.executescript("CREATE TABLE n (i INTEGER PRIMARY KEY, square INTEGER); CREATE INDEX by_square ON n (square);")
memory.executemany("INSERT INTO n VALUES (?, ?)", ((i, i * i) for i in range(20000)))
print("sum", memory.execute("SELECT sum(square) FROM n").fetchone()[0])
memory.create_function("twice", 1, lambda n: 2 * n)
print("function", memory.execute("SELECT twice(21)").fetchone()[0])

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "file.db")
    first = sqlite3.connect(path)
    assert first.execute("PRAGMA journal_mode=WAL").fetchone()[0] == "wal"
    first.execute("CREATE TABLE log (who TEXT, what BLOB)")
    first.commit()
    assert os.path.exists(path + "-wal") and os.path.exists(path + "-shm")
    second = sqlite3.connect(path, timeout=0.05)
    first.execute("BEGIN IMMEDIATE")
    first.execute("INSERT INTO log VALUES ('first', ?)", (os.urandom(100000),))
    try:
        second.execute("BEGIN IMMEDIATE")
        raise AssertionError("two writers")
    except sqlite3.OperationalError as error:
        print("busy:", error)
    assert second.execute("SELECT count(*) FROM log").fetchone()[0] == 0
    first.commit()
    assert second.execute("SELECT length(what) FROM log").fetchone()[0] == 100000
    try:
        with first:
            first.execute("INSERT INTO log VALUES ('lost', NULL)")
            raise KeyError
    except KeyError:
        pass
    assert second.execute("SELECT count(*) FROM log WHERE who = 'lost'").fetchone()[0] == 0

    def write(n):
        own = sqlite3.connect(path, timeout=20)
        for i in range(10):
            with own:
                own.execute("INSERT INTO log VALUES (?, NULL)", (f"thread {n}",))
        own.close()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    print("threads", first.execute("SELECT count(*) FROM log WHERE who LIKE 'thread%'").fetchone()[0])
    first.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    first.execute("VACUUM")
    assert first.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    copy = sqlite3.connect(os.path.join(folder, "copy.db"))
    memory.commit()
    memory.backup(copy)
    print("backup", copy.execute("SELECT count(*) FROM n").fetchone()[0])
    copy.execute("PRAGMA journal_mode=TRUNCATE")
    copy.execute("DELETE FROM n WHERE i % 2")
    copy.commit()
    print("left", copy.execute("SELECT count(*) FROM n").fetchone()[0])
    for connection in (first, second, copy):
        connection.close()

memory.execute("CREATE VIRTUAL TABLE text USING fts5 (body)")
memory.executemany("INSERT INTO text VALUES (?)", [("the quick brown fox",), ("a lazy dog",), ("the fox sleeps",)])
print("full text", memory.execute("SELECT count(*) FROM text WHERE text MATCH 'fox'").fetchone()[0])
print("json", memory.execute("SELECT json_extract('{\"a\": [1, 2, {\"b\": \"ž\"}]}', '$.a[2].b')").fetchone()[0])
