// Garbage: many small objects, big buffers, weak references and finalizers, maps, closures, deep recursion, errors.
const assert = require('assert');
const v8 = require('v8');
const vm = require('vm');
const tree = (depth) => (depth === 0 ? {} : { left: tree(depth - 1), right: tree(depth - 1) });
const count = (node) => (node ? 1 + count(node.left) + count(node.right) : 0);
let nodes = 0;
for (let i = 0; i < 30; ++i) nodes += count(tree(13));
console.log('nodes', nodes);
for (let i = 0; i < 60; ++i) { const block = Buffer.alloc(8 << 20, i); assert(block[block.length - 1] === i); }
let text = '';
for (let i = 0; i < 300000; ++i) text += String.fromCharCode(97 + (i % 26));
assert.strictEqual(text.length, 300000);
const map = new Map();
for (let i = 0; i < 200000; ++i) { map.set(`key ${i}`, { i }); if (i >= 1000) map.delete(`key ${i - 1000}`); }
console.log('map', map.size);
const weak = new WeakMap(), kept = {};
weak.set(kept, 'kept');
for (let i = 0; i < 100000; ++i) weak.set({}, i);
console.log(weak.get(kept));
const deep = (n) => (n === 0 ? 0 : 1 + deep(n - 1));
console.log('deep', deep(10000));
try { (function endless() { endless(); })(); } catch (error) { console.log(error instanceof RangeError); }
try { new ArrayBuffer(2 ** 53); } catch (error) { console.log(error.name); }
assert(v8.getHeapStatistics().total_heap_size > 0 && process.memoryUsage().rss > 1e6);
v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc');
let finalized = 0;
const registry = new FinalizationRegistry(() => { ++finalized; });
for (let i = 0; i < 1000; ++i) registry.register({ data: new Array(100).fill(i) });
const wait = (turn) => {
  if (finalized > 0) return console.log('finalized', registry instanceof FinalizationRegistry); // The registry must live, too.
  assert(turn < 500, 'nothing was finalized');
  collect(); // What survived a few small collections waits for a full one, which need not come by itself.
  setTimeout(wait, 1, turn + 1);
};
wait(0);
const clone = v8.deserialize(v8.serialize({ date: new Date(0), set: new Set([1, 2]), big: 2n ** 100n }));
console.log(clone.date.toISOString(), clone.set.size, clone.big);
