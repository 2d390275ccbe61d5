// What programs ask about the machine and themselves: os, process, resource use, dns of names that are numbers, modules, vm contexts.
const assert = require('assert');
const os = require('os');
const vm = require('vm');
const dns = require('dns').promises;
const fs = require('fs');
(async () => {
  assert(os.cpus().length >= 1 && os.totalmem() > 0 && os.freemem() > 0 && os.uptime() > 0 && os.loadavg().length === 3);
  assert(os.hostname().length > 0 && os.platform() === 'linux' && os.release() && os.tmpdir() === '/tmp');
  assert(process.resourceUsage().maxRSS > 0 && process.uptime() > 0 && process.getuid() >= 0 && process.umask() >= 0);
  os.setPriority(0, 5);
  console.log('priority', os.getPriority());
  let user;
  try { user = os.userInfo().username.length > 0; } catch (error) { user = error.code === 'ERR_SYSTEM_ERROR'; }
  console.log('user', user, process.title.length > 0, process.argv.length);
  console.log('context', vm.runInNewContext('x * 2 + [1, 2].map((n) => n * x).length', { x: 20 }));
  assert.throws(() => vm.runInNewContext('for (;;);', {}, { timeout: 20 }), { code: 'ERR_SCRIPT_EXECUTION_TIMEOUT' });
  console.log('endless script stopped');
  fs.writeFileSync('/tmp/module.mjs', 'export const answer = 42; export default () => import.meta.url;');
  const module_ = await import('/tmp/module.mjs');
  console.log('module', module_.answer, module_.default());
  fs.writeFileSync('/tmp/common.js', 'module.exports = { name: __filename, loaded: require.main !== module };');
  console.log('required', require('/tmp/common.js'));
  fs.unlinkSync('/tmp/module.mjs');
  fs.unlinkSync('/tmp/common.js');
  console.log('lookup', (await dns.lookup('127.0.0.1')).address);
  const unknown = await dns.lookup('no.such.name.invalid').catch((error) => error);
  console.log('unknown name', ['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL'].includes(unknown.code));
  const report = process.report.getReport();
  assert(report.header.componentVersions.v8 && report.javascriptHeap.totalMemory > 0);
  console.log(fs.readFileSync('/proc/self/status', 'utf8').startsWith('Name:'), fs.readdirSync('/proc/self/fd').length > 2);
  process.stdout.write('written', () => process.exit(0));
})();
