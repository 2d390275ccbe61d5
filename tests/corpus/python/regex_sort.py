"""Hot loops: sorting, regular expressions, heaps, dictionaries, itertools, json, compression, pickling, a sieve."""
import bz2
import collections
import functools
import heapq
import itertools
import json
import lzma
import pickle
import random
import re
import zlib

source = random.Random(7)
numbers = [source.random() for _ in range(200_000)]
ordered = sorted(numbers)
assert all(a <= b for a, b in itertools.pairwise(ordered)) and sorted(numbers, reverse=True) == ordered[::-1]
heap = numbers[:20000]
heapq.heapify(heap)
assert [heapq.heappop(heap) for _ in range(20000)] == sorted(numbers[:20000])
print("sorted", len(ordered))

words = [f"word{n % 977}" for n in range(50_000)]
print(collections.Counter(words).most_common(1))
text = " ".join(words)
print(len(re.findall(r"\bword\d*7\b", text)), re.sub(r"(\w)(\d+)", r"\2\1", "word42"))
pattern = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)(?!\d)", re.ASCII)
print([m.groupdict() for m in pattern.finditer("2024-05 1999-123 2001-12")])
assert re.fullmatch(r"(?i)ŽLUŤ\w+", "žluťoučký")

limit = 300_000
sieve = bytearray([1]) * limit
sieve[:2] = b"\0\0"
for n in range(2, 548):
    if sieve[n]:
        sieve[n * n::n] = bytes(len(range(n * n, limit, n)))
print("primes", sum(sieve))


@functools.lru_cache(None)
def ways(total, coins):
    return 1 if total == 0 else 0 if total < 0 or not coins else ways(total - coins[0], coins) + ways(total, coins[1:])


print("ways", ways(500, (200, 100, 50, 20, 10, 5, 2, 1)))
document = {"numbers": numbers[:1000], "nested": [{"ž": n} for n in range(100)]}
assert json.loads(json.dumps(document)) == document and pickle.loads(pickle.dumps(document)) == document
data = text.encode()
for module in (zlib, bz2, lzma):
    packed = module.compress(data)
    assert module.decompress(packed) == data and len(packed) < len(data) // 4
print("packed", zlib.crc32(data))
