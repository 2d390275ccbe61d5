// The event loop: order of queues, timers, intervals, async iteration, signals to itself, promises in many forms, uncaught errors.
const assert = require('assert');
const { EventEmitter, once, on } = require('events');
const timers = require('timers/promises');
const { AsyncLocalStorage } = require('async_hooks');
const { performance } = require('perf_hooks');
const order = [];
setImmediate(() => order.push('immediate'));
process.nextTick(() => order.push('tick'));
Promise.resolve().then(() => order.push('promise'));
queueMicrotask(() => order.push('microtask'));
order.push('now');
(async () => {
  await timers.setImmediate();
  await timers.setTimeout(5);
  console.log(order.join(' '));
  const fired = [];
  await Promise.all([30, 10, 20].map(async (ms) => { await timers.setTimeout(ms); fired.push(ms); }));
  console.log('timers', fired.join(' '));
  let ticks = 0;
  for await (const _ of timers.setInterval(1)) if (++ticks === 10) break;
  console.log('interval', ticks);
  const alive = setInterval(() => {}, 1000); // signals alone keep no loop alive
  let caught = once(process, 'SIGUSR2');
  process.kill(process.pid, 'SIGUSR2');
  console.log('signal', (await caught)[0]);
  caught = once(process, 'SIGTERM');
  process.kill(process.pid, 'SIGTERM');
  await caught;
  clearInterval(alive);
  const emitter = new EventEmitter();
  setImmediate(() => { for (let n = 0; n < 5; ++n) emitter.emit('n', n); emitter.emit('end'); });
  const seen = [];
  for await (const [n] of on(emitter, 'n')) { seen.push(n); if (n === 4) break; }
  console.log('events', seen.join(' '));
  console.log((await Promise.allSettled([1, Promise.reject(new Error('no')), timers.setTimeout(1, 'late')])).map((r) => r.status).join(' '));
  console.log(await Promise.any([Promise.reject(new Error('x')), timers.setTimeout(1, 'any')]), await Promise.race([timers.setTimeout(1000, 'slow', { ref: false }), timers.setTimeout(1, 'race')]));
  await Promise.any([Promise.reject(new Error('a'))]).catch((error) => console.log(error.name, error.errors.length));
  const storage = new AsyncLocalStorage();
  const ids = await Promise.all([1, 2, 3].map((id) => storage.run(id, async () => { await timers.setTimeout(3 - id); return storage.getStore(); })));
  console.log('storage', ids.join(' '));
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 1);
  await timers.setTimeout(60000, null, { signal: controller.signal }).catch((error) => console.log(error.name));
  async function* numbers(n) { for (let i = 0; i < n; ++i) { await null; yield i; } }
  let sum = 0;
  for await (const n of numbers(20000)) sum += n;
  console.log('async numbers', sum);
  const start = performance.now();
  await timers.setTimeout(10);
  assert(performance.now() - start >= 9 && process.hrtime.bigint() > 0n && process.cpuUsage().user >= 0);
  process.once('uncaughtException', (error) => { console.log('uncaught', error.message); process.exitCode = 0; });
  process.on('exit', (code) => console.log('exit', code));
  setImmediate(() => { throw new Error('thrown at the loop'); });
})();
