// Typed events, promises, timers and children, compiled by tsc.
declare function require(name: string): any;
declare const process: any;
const assert = require("assert");
const { spawn } = require("child_process");
const { Worker: Thread } = require("worker_threads");

class Emitter<Events extends Record<string, unknown[]>> {
  private handlers = new Map<keyof Events, Array<(...args: any[]) => void>>();
  on<Name extends keyof Events>(name: Name, handler: (...args: Events[Name]) => void): void {
    this.handlers.set(name, [...(this.handlers.get(name) ?? []), handler as (...args: any[]) => void]);
  }
  emit<Name extends keyof Events>(name: Name, ...args: Events[Name]): number {
    const found = this.handlers.get(name) ?? [];
    found.forEach((handler) => handler(...args));
    return found.length;
  }
}
const delay = (ms: number): Promise<number> => new Promise((resolve) => setTimeout(() => resolve(ms), ms));
async function* count(to: number): AsyncGenerator<number> { for (let n = 0; n < to; ++n) { await null; yield n; } }

async function main(): Promise<void> {
  const emitter = new Emitter<{ add: [number, number]; end: [] }>();
  let sum = 0;
  emitter.on("add", (a, b) => { sum += a * b; });
  for (let i = 0; i < 1000; ++i) emitter.emit("add", i, 2);
  assert.strictEqual(emitter.emit("end"), 0);
  console.log("events", sum);
  console.log("delays", (await Promise.all([20, 5, 10].map(delay))).join(" "));
  let total = 0;
  for await (const n of count(5000)) total += n;
  console.log("counted", total);
  const child = spawn("sort", ["-n"]);
  child.stdin.end("3\n1\n2\n");
  let text = "";
  for await (const chunk of child.stdout) text += chunk;
  console.log("sorted", text.trim().split("\n").map(Number));
  const memory = new Int32Array(new SharedArrayBuffer(4));
  const codes = await Promise.all(Array.from({ length: 3 }, () => new Promise<number>((resolve, reject) => {
    const worker = new Thread("for (let i = 0; i < 1000; ++i) Atomics.add(require('worker_threads').workerData, 0, 1)", { eval: true, workerData: memory });
    worker.on("exit", resolve).on("error", reject);
  })));
  console.log("workers", memory[0], codes);
}
main().catch((error: unknown) => { console.error(error); process.exit(1); });
