// net and http over unix sockets: a server with many clients, half-closed connections, back-pressure, errors.
const assert = require('assert');
const fs = require('fs');
const http = require('http');
const net = require('net');
const { once } = require('events');

(async () => {
  const path = '/tmp/corpus.sock';
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (data) => { text += data; }).on('end', () => socket.end([...text].reverse().join('')));
  }).listen(path);
  await once(server, 'listening');
  const answers = await Promise.all(Array.from({ length: 30 }, async (_, n) => {
    const socket = net.connect({ path, allowHalfOpen: true }).setEncoding('utf8');
    socket.end(`client ${n} žlutý`);
    let text = '';
    for await (const data of socket) text += data;
    return text;
  }));
  assert(answers.every((answer, n) => answer === [...`client ${n} žlutý`].reverse().join('')));
  console.log('clients', answers.length, answers[7]);
  server.close();
  await once(server, 'close');

  const sink = net.createServer((socket) => { let got = 0; socket.on('data', (data) => { got += data.length; }).on('end', () => socket.end(`${got}`)); }).listen(path);
  await once(sink, 'listening');
  const source = net.connect({ path, allowHalfOpen: true });
  let waits = 0;
  for (let i = 0; i < 100; ++i) if (!source.write(Buffer.alloc(100000))) { ++waits; await once(source, 'drain'); }
  source.end();
  let total = '';
  for await (const data of source) total += data;
  assert(waits > 0);
  console.log('sent', total);
  sink.close();
  await once(sink, 'close');

  const web = http.createServer((request, response) => {
    let body = '';
    request.on('data', (data) => { body += data; }).on('end', () => response.writeHead(201, { 'x-method': request.method }).end(JSON.stringify({ url: request.url, body })));
  }).listen(path);
  await once(web, 'listening');
  const replies = await Promise.all(Array.from({ length: 10 }, (_, n) => new Promise((resolve, reject) => {
    http.request({ socketPath: path, path: `/${n}`, method: 'POST', agent: false }, (response) => {
      let body = '';
      response.on('data', (data) => { body += data; }).on('end', () => resolve([response.statusCode, response.headers['x-method'], JSON.parse(body)]));
    }).on('error', reject).end(`body ${n}`);
  })));
  assert(replies.every(([code, method, { url, body }], n) => code === 201 && method === 'POST' && url === `/${n}` && body === `body ${n}`));
  console.log('http', replies.length);
  web.close();
  await once(web, 'close');
  const [refused] = await once(net.connect(path), 'error').catch((error) => [error]);
  console.log('refused', ['ENOENT', 'ECONNREFUSED'].includes(refused.code), fs.existsSync(path));
  const [tcp] = await once(net.connect(9, '127.0.0.1'), 'connect').catch((error) => [error]);
  console.log('no network', ['EAFNOSUPPORT', 'ENETUNREACH', 'ECONNREFUSED'].includes(tcp.code));
})();
