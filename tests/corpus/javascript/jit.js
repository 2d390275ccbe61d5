// Code that gets hot: numbers, objects that change shape, closures, typed arrays, deoptimisation, generated code, sorting.
const assert = require('assert');
function fibonacci(n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
console.log('fibonacci', fibonacci(30));
const size = 200, a = new Float64Array(size * size), b = new Float64Array(size * size), c = new Float64Array(size * size);
for (let i = 0; i < size; ++i) for (let j = 0; j < size; ++j) { a[i * size + j] = i + j; b[i * size + j] = i === j ? 1 : 0; }
for (let i = 0; i < size; ++i) for (let k = 0; k < size; ++k) for (let j = 0; j < size; ++j) c[i * size + j] += a[i * size + k] * b[k * size + j];
assert(a.every((n, i) => n === c[i]));
const composite = new Uint8Array(3000000);
let primes = 0;
for (let n = 2; n < composite.length; ++n) { if (composite[n]) continue; ++primes; for (let m = n * n; m < composite.length; m += n) composite[m] = 1; }
console.log('primes', primes);
const area = (shape) => shape.w * shape.h;
let sum = 0;
const shapes = [{ w: 1, h: 2 }, { h: 3, w: 4 }, { w: 5, h: 6, d: 7 }, Object.create({ w: 8, h: 9 })];
for (let i = 0; i < 400000; ++i) sum += area(shapes[i & 3]);
const add = (x, y) => x + y;
for (let i = 0; i < 100000; ++i) sum = add(sum, i);
console.log('shapes', sum, add('deopti', 'mised'), add(2n ** 70n, 1n));
let state = 1;
const random = () => (state = (state * 48271) % 2147483647);
const numbers = Array.from({ length: 200000 }, random);
const sorted = [...numbers].sort((x, y) => x - y);
assert(sorted.every((n, i) => i === 0 || sorted[i - 1] <= n) && Float64Array.from(numbers).sort()[777] === sorted[777]);
console.log('sorted', sorted[0], sorted[199999]);
const generated = Array.from({ length: 200 }, (_, n) => new Function('x', `return x * ${n} + ${n}`));
console.log('generated', generated.reduce((total, f) => total + f(2), 0), eval('6 * 7'));
// (module (func (export "fac") (param i64) (result i64) ...)): factorial by recursion
const wasm = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 126, 1, 126, 3, 2, 1, 0, 7, 7, 1, 3, 102, 97, 99, 0, 0,
  10, 23, 1, 21, 0, 32, 0, 80, 4, 126, 66, 1, 5, 32, 0, 32, 0, 66, 1, 125, 16, 0, 126, 11, 11]);
WebAssembly.instantiate(wasm).then(({ instance }) => {
  let product = 0n;
  for (let i = 0; i < 50000; ++i) product = instance.exports.fac(20n);
  console.log('wasm', product);
});
