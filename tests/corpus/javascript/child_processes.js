// child_process: spawn, exec, fork with messages, pipes between children, signals, timeouts, synchronous forms.
const assert = require('assert');
const { spawn, exec, execFile, execFileSync, spawnSync, fork } = require('child_process');
const { once } = require('events');
const { promisify } = require('util');

if (process.argv[2] === 'child') {
  process.on('message', (n) => { if (n === null) process.disconnect(); else process.send({ n, square: n * n, text: 'ž'.repeat(n) }); });
  return;
}
(async () => {
  const { stdout } = await promisify(exec)('echo $((6 * 7)) | tr 0-9 a-j');
  console.log('shell', stdout.trim());
  const sort = spawn('sort', ['-n']), head = spawn('head', ['-n', '3']);
  sort.stdout.pipe(head.stdin);
  head.stdin.on('error', () => {});
  for (let n = 0; n < 1000; ++n) sort.stdin.write(`${n * 7919 % 1000}\n`);
  sort.stdin.end();
  let text = '';
  for await (const chunk of head.stdout) text += chunk;
  console.log('pipeline', text.split('\n').filter(Boolean));

  const child = fork(__filename, ['child']);
  const answers = [];
  child.on('message', (answer) => { answers.push(answer); if (answers.length === 20) child.send(null); });
  for (let n = 0; n < 20; ++n) child.send(n);
  const [code] = await once(child, 'exit');
  assert.strictEqual(code, 0);
  assert(answers.every(({ n, square, text }, i) => n === i && square === n * n && text.length === n));
  console.log('messages', answers.length);

  const results = await Promise.all(Array.from({ length: 10 }, (_, n) => once(spawn('sh', ['-c', `exit ${n}`]), 'exit')));
  console.log('exits', results.map(([n]) => n).join(' '));
  const sleeper = spawn('sleep', ['60']);
  sleeper.kill('SIGTERM');
  console.log('killed', (await once(sleeper, 'exit'))[1]);
  const late = await promisify(execFile)('sleep', ['60'], { timeout: 30 }).catch((error) => error);
  console.log('timeout', late.killed, late.signal);
  const missing = await promisify(execFile)('/no/such').catch((error) => error);
  console.log('missing', missing.code);
  console.log('sync', execFileSync('cat', { input: 'x'.repeat(500000) }).length, spawnSync('sh', ['-c', 'kill -9 $$']).signal);
  console.log('environment', execFileSync('sh', ['-c', 'echo $COLOUR; pwd'], { env: { COLOUR: 'blue' }, cwd: '/tmp' }).toString().split('\n').join(' ').trim());
  const node = spawnSync(process.execPath, ['-e', 'process.stdin.on("data", (d) => process.stdout.write(d.toString().toUpperCase()))'], { input: 'node in node' });
  console.log(node.stdout.toString());
  const controller = new AbortController();
  const aborted = spawn('sleep', ['60'], { signal: controller.signal });
  aborted.on('error', (error) => console.log('aborted', error.name));
  controller.abort();
  await once(aborted, 'exit').catch(() => {});
})();
