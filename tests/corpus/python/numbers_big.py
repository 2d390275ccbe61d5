"""Numbers: big integers, decimals, fractions, floats, random with a seed, hashes, statistics."""
import cmath
import decimal
import hashlib
import math
import random
import secrets
import statistics
import sys
from fractions import Fraction

sys.set_int_max_str_digits(0)
factorial = math.factorial(2000)
print(len(str(factorial)), sum(map(int, str(factorial))))
a, b = 0, 1
for _ in range(10000):
    a, b = b, a + b
print("fibonacci", str(a)[:20], len(str(a)))
assert pow(3, 10**40, 10**9 + 7) == pow(3, 10**40 % (10**9 + 6), 10**9 + 7)
mersenne = 2**2203 - 1
s = 4
for _ in range(2201):
    s = (s * s - 2) % mersenne
assert s == 0
print("prime 2^2203-1")
decimal.getcontext().prec = 60
print(decimal.Decimal(2).sqrt())
assert decimal.Decimal("0.1") + decimal.Decimal("0.2") == decimal.Decimal("0.3")


def digits_of_pi(count):
    q, r, t, k, m, x = 1, 0, 1, 1, 3, 3
    while count:
        if 4 * q + r - t < m * t:
            yield m
            count -= 1
            q, r, m = 10 * q, 10 * (r - m * t), 10 * (3 * q + r) // t - 10 * m
        else:
            q, r, t, k, m, x = q * k, (2 * q + r) * x, t * x, k + 1, (q * (7 * k + 2) + r * x) // (t * x), x + 2


print("".join(map(str, digits_of_pi(100))))
print(sum((Fraction(1, n) for n in range(1, 41)), Fraction()))
assert math.isclose(abs(cmath.exp(1j * math.pi) + 1), 0, abs_tol=1e-15)
print(float("1e308") * 10, math.nextafter(1, 2).hex(), math.fsum([0.1] * 10))
source = random.Random(42)
print([source.randrange(1000) for _ in range(5)], round(statistics.stdev(source.random() for _ in range(1000)), 6))
print(hashlib.sha256(b"corpus").hexdigest()[:16], hashlib.blake2b(b"corpus", digest_size=8).hexdigest())
assert len(secrets.token_bytes(32)) == 32 and secrets.token_bytes(32) != secrets.token_bytes(32)
print(len(hashlib.pbkdf2_hmac("sha256", b"word", b"salt", 1000)))
