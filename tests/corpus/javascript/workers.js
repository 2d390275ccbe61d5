// worker_threads: shared memory with atomics, messages, transferred buffers, a pool, errors and exits of workers.
const assert = require('assert');
const { Worker, isMainThread, parentPort, workerData, MessageChannel, threadId } = require('worker_threads');

const source = (body) => new Worker(`const { parentPort, workerData } = require('worker_threads'); ${body}`, { eval: true, workerData: shared });
const shared = new SharedArrayBuffer(16);
const numbers = new Int32Array(shared);
const exited = (worker) => new Promise((resolve, reject) => { worker.on('error', reject); worker.on('exit', resolve); });

(async () => {
  const adders = Array.from({ length: 6 }, () => source(`
    const numbers = new Int32Array(workerData);
    for (let i = 0; i < 10000; ++i) Atomics.add(numbers, 0, 1);`));
  const codes = await Promise.all(adders.map(exited));
  assert.deepStrictEqual(codes, [0, 0, 0, 0, 0, 0]);
  console.log('added', numbers[0]);

  const sleeper = source(`
    const numbers = new Int32Array(workerData);
    parentPort.postMessage('ready');
    parentPort.postMessage(Atomics.wait(numbers, 1, 0, 10000));`);
  const heard = [];
  const sleeper_exit = exited(sleeper);  // asked for before anything is awaited: a worker may be gone by then
  const slept = new Promise((resolve) => sleeper.on('message', (message) => {
    heard.push(message);
    if (message === 'ready') { const wake = () => Atomics.notify(numbers, 1) === 1 || setTimeout(wake, 1); wake(); } else resolve();
  }));
  await slept;
  await sleeper_exit;
  console.log(heard);

  const squarer = source(`parentPort.on('message', (n) => n === null ? parentPort.close() : parentPort.postMessage(n * n));`);
  let sum = 0, left = 1000;
  squarer.on('message', (n) => { sum += n; if (--left === 0) squarer.postMessage(null); });
  for (let n = 0; n < 1000; ++n) squarer.postMessage(n);
  await exited(squarer);
  console.log('squares', sum);

  const moved = new ArrayBuffer(1 << 20);
  const { port1, port2 } = new MessageChannel();
  const mover = source(`parentPort.once('message', ({ port, moved }) => { new Uint8Array(moved).fill(7); port.postMessage(moved, [moved]); port.close(); });`);
  const mover_exit = exited(mover);
  const back = new Promise((resolve) => port1.once('message', resolve));
  mover.postMessage({ port: port2, moved }, [port2, moved]);
  assert.strictEqual(moved.byteLength, 0);
  const filled = new Uint8Array(await back);
  assert(filled.length === 1 << 20 && filled.every((b) => b === 7));
  await mover_exit;
  console.log('transferred', filled.length);

  const error = await exited(source(`throw new RangeError('in a worker')`)).catch((e) => e);
  console.log(error.name, error.message);
  console.log('exit', await exited(source('process.exit(5)')));
  const endless = source('parentPort.postMessage(1); for (;;);');
  await new Promise((resolve) => endless.once('message', resolve));
  console.log('terminated', await endless.terminate());
})();
