// Streams, compression, hashes, ciphers and keys, on the thread pool and not.
const assert = require('assert');
const crypto = require('crypto');
const zlib = require('zlib');
const { promisify } = require('util');
const { Readable, Transform, Writable, PassThrough } = require('stream');
const { pipeline } = require('stream/promises');

(async () => {
  const data = Buffer.from(Array.from({ length: 20000 }, (_, n) => `line ${n % 997}\n`).join(''));
  for (const [pack, unpack] of [['gzip', 'gunzip'], ['deflate', 'inflate'], ['brotliCompress', 'brotliDecompress']]) {
    const options = pack.startsWith('brotli') ? { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } } : {};
    const packed = await promisify(zlib[pack])(data, options);
    assert((await promisify(zlib[unpack])(packed)).equals(data) && packed.length < data.length / 4);
  }
  console.log('packed');
  const hash = crypto.createHash('sha256');
  let bytes = 0;
  await pipeline(Readable.from((function* () { for (let n = 0; n < 2000; ++n) yield Buffer.from(`chunk ${n} `); })()),
    new Transform({ transform(chunk, _, done) { done(null, chunk.toString().toUpperCase()); } }),
    zlib.createGzip(), zlib.createGunzip(), new PassThrough({ highWaterMark: 16 }),
    new Writable({ write(chunk, _, done) { bytes += chunk.length; hash.update(chunk); setImmediate(done); } }));
  console.log('streamed', bytes, hash.digest('hex').slice(0, 16));
  const keys = await Promise.all(Array.from({ length: 8 }, (_, n) => promisify(crypto.pbkdf2)('word', `salt ${n}`, 500, 32, 'sha512')));
  assert.strictEqual(new Set(keys.map((key) => key.toString('hex'))).size, 8);
  console.log('pbkdf2', keys[0].toString('hex').slice(0, 16), (await promisify(crypto.scrypt)('word', 'salt', 16, { N: 1024 })).toString('hex'));
  const key = crypto.randomBytes(32), iv = crypto.randomBytes(12);
  const cipher = crypto.createCipheriv('aes-256-gcm', key, iv);
  const secret = Buffer.concat([cipher.update(data), cipher.final()]);
  const decipher = crypto.createDecipheriv('aes-256-gcm', key, iv).setAuthTag(cipher.getAuthTag());
  assert(Buffer.concat([decipher.update(secret), decipher.final()]).equals(data));
  const { publicKey, privateKey } = await promisify(crypto.generateKeyPair)('ec', { namedCurve: 'P-256' });
  assert(crypto.verify('sha256', data, publicKey, crypto.sign('sha256', data, privateKey)));
  const digest = await crypto.webcrypto.subtle.digest('SHA-1', Buffer.from('corpus'));
  console.log('signed', Buffer.from(digest).toString('base64'), crypto.randomUUID().length);
  await assert.rejects(pipeline(Readable.from(['not gzip']), zlib.createGunzip(), new PassThrough()), { code: 'Z_DATA_ERROR' });
  const web = new ReadableStream({ start(c) { for (let i = 0; i < 5; ++i) c.enqueue(i); c.close(); } });
  let sum = 0;
  for await (const n of web) sum += n;
  console.log('web stream', sum);
})();
