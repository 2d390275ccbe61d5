// fs: promises, callbacks and synchronous calls; descriptors, links, directories, streams, many files at a time.
const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { pipeline } = require('stream/promises');

(async () => {
  const folder = await fs.promises.mkdtemp(path.join(os.tmpdir(), 'corpus-'));
  const at = (...names) => path.join(folder, ...names);
  await Promise.all(Array.from({ length: 150 }, (_, n) => fs.promises.writeFile(at(`${n}.txt`), 'x'.repeat(n))));
  const sizes = await Promise.all((await fs.promises.readdir(folder)).map(async (name) => (await fs.promises.stat(at(name))).size));
  console.log('files', sizes.length, sizes.reduce((a, b) => a + b));
  await fs.promises.mkdir(at('a', 'b', 'c'), { recursive: true });
  await fs.promises.rename(at('7.txt'), at('a', 'ž日本🎉'));
  assert.deepStrictEqual(fs.readdirSync(at('a')).sort(), ['b', 'ž日本🎉'].sort());
  fs.linkSync(at('8.txt'), at('hard'));
  fs.symlinkSync('8.txt', at('soft'));
  assert(fs.statSync(at('hard')).nlink === 2 && fs.readlinkSync(at('soft')) === '8.txt' && fs.lstatSync(at('soft')).isSymbolicLink());
  assert.strictEqual(fs.realpathSync(at('soft')), fs.realpathSync(at('8.txt')));
  fs.chmodSync(at('hard'), 0o600);
  fs.utimesSync(at('hard'), 1000, 2000);
  const status = fs.statSync(at('8.txt'), { bigint: true });
  assert(status.mtimeNs === 2000000000000n && (status.mode & 0o777n) === 0o600n);
  const handle = await fs.promises.open(at('handle'), 'w+');
  await handle.write('hello', 1000);
  await handle.truncate(5000);
  await handle.sync();
  const { buffer } = await handle.read(Buffer.alloc(5), 0, 5, 1000);
  console.log('handle', buffer.toString(), (await handle.stat()).size);
  await handle.writev([Buffer.from('one '), Buffer.from('two')], 0);
  await handle.close();
  fs.appendFileSync(at('handle'), 'end');
  assert(fs.readFileSync(at('handle'), 'latin1').startsWith('one two') && fs.readFileSync(at('handle')).length === 5003);

  async function* lines() { for (let n = 0; n < 100000; ++n) yield `line ${n}\n`; }
  await pipeline(lines, fs.createWriteStream(at('stream')));
  await fs.promises.copyFile(at('stream'), at('copy'));
  let count = 0;
  for await (const line of require('readline').createInterface({ input: fs.createReadStream(at('copy')) })) { assert.strictEqual(line, `line ${count}`); ++count; }
  console.log('lines', count);
  fs.cpSync(at('a'), at('a2'), { recursive: true });
  console.log('copied', fs.readdirSync(at('a2')).length);
  const error = await fs.promises.readFile(at('missing')).catch((e) => e);
  console.log(error.code, error.syscall);
  await assert.rejects(fs.promises.open(at('stream'), 'wx'), { code: 'EEXIST' });
  await assert.rejects(fs.promises.rmdir(at('a')), { code: 'ENOTEMPTY' });
  let entries = 0;
  for await (const entry of await fs.promises.opendir(folder)) entries += entry.isFile();
  console.log('entries', entries);
  await fs.promises.rm(folder, { recursive: true });
  assert(!fs.existsSync(folder));
})();
