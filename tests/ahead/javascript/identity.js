// Everything of itself that a program can see and that is the same each time.
const fs = require("fs"), os = require("os"), v8 = require("v8");
console.log(__filename, __dirname, require.main === module, module.id, module.paths, module.children.length, Object.keys(require.cache));
console.log(process.argv, process.argv0, process.execArgv, process.execPath, process.title, process.env, process.cwd());
console.log(process.getuid(), process.geteuid(), process.getgroups(), process.pid, process.ppid, process.umask(0o22));
console.log(process.eventNames(), process.getActiveResourcesInfo(), Object.keys(globalThis), process.moduleLoadList.length);
console.log(v8.getHeapStatistics().heap_size_limit, os.availableParallelism?.(), os.userInfo().uid, process.config.variables.napi_build_version);
console.log(fs.readdirSync("/proc/self/fd").filter(name => Number(name) <= 2), fs.readdirSync("/proc/self/task").length);
const varies = /^(Vm|Rss|voluntary|nonvoluntary|Speculation|SigQ|Threads)/;
console.log(fs.readFileSync("/proc/self/status", "utf8").split("\n").filter(line => !varies.test(line)));
console.log(fs.readFileSync("/proc/self/limits", "utf8"), JSON.stringify(fs.readFileSync("/proc/self/cmdline", "utf8")));
console.log(fs.readdirSync("/box"), fs.readdirSync("/tmp"), fs.statSync(__filename).isFile(), fs.lstatSync(__filename).mode);
console.log(process.stdin.isTTY, process.stdout.isTTY, process.stdin.constructor.name, process.stdout.constructor.name);
console.log(JSON.stringify(fs.readFileSync(0, "utf8")), JSON.stringify(fs.readFileSync(0, "utf8")));
