// Types at work: generics, discriminated unions, iterators, decorators of functions, big integers, files, private fields.
declare function require(name: string): any;
const assert = require("assert");
const fs = require("fs");

type Expression = { kind: "number"; value: number } | { kind: "sum" | "product"; left: Expression; right: Expression };
function evaluate(e: Expression): number {
  switch (e.kind) {
    case "number": return e.value;
    case "sum": return evaluate(e.left) + evaluate(e.right);
    case "product": return evaluate(e.left) * evaluate(e.right);
  }
}
function parse(text: string): Expression {
  let at = 0;
  const sum = (): Expression => { let left = product(); while (text[at] === "+") { ++at; left = { kind: "sum", left, right: product() }; } return left; };
  const product = (): Expression => { let left = atom(); while (text[at] === "*") { ++at; left = { kind: "product", left, right: atom() }; } return left; };
  const atom = (): Expression => {
    if (text[at] === "(") { ++at; const inner = sum(); ++at; return inner; }
    const start = at;
    while (/\d/.test(text[at] ?? "")) ++at;
    return { kind: "number", value: Number(text.slice(start, at)) };
  };
  return sum();
}
class Heap<T> implements Iterable<T> {
  #items: T[] = [];
  constructor(private readonly before: (a: T, b: T) => boolean) {}
  get size(): number { return this.#items.length; }
  push(item: T): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    for (let up: number; at > 0 && this.before(items[at], items[(up = (at - 1) >> 1)]); at = up) [items[at], items[up]] = [items[up], items[at]];
  }
  pop(): T | undefined {
    const items = this.#items, top = items[0], last = items.pop();
    if (items.length > 0) {
      items[0] = last as T;
      for (let at = 0, next: number; (next = 2 * at + 1) < items.length; at = next) {
        if (next + 1 < items.length && this.before(items[next + 1], items[next])) ++next;
        if (!this.before(items[next], items[at])) break;
        [items[at], items[next]] = [items[next], items[at]];
      }
    }
    return top;
  }
  *[Symbol.iterator](): Iterator<T> { while (this.size > 0) yield this.pop() as T; }
}
function memoized<A extends string | number, R>(f: (self: (a: A) => R, a: A) => R): (a: A) => R {
  const known = new Map<A, R>();
  const self = (a: A): R => { if (!known.has(a)) known.set(a, f(self, a)); return known.get(a) as R; };
  return self;
}
console.log("evaluated", evaluate(parse("2*(3+4)*5+6")), evaluate(parse("1" + "+1".repeat(2000))));
const heap = new Heap<number>((a, b) => a < b);
for (let i = 0; i < 50000; ++i) heap.push((i * 7919) % 50021);
let previous = -1, popped = 0;
for (const n of heap) { assert(n > previous); previous = n; ++popped; }
console.log("popped", popped, previous);
console.log("fibonacci", memoized<number, bigint>((self, n) => (n < 2 ? BigInt(n) : self(n - 1) + self(n - 2)))(300).toString());
enum Colour { Red = 1, Green, Blue }
console.log(Colour[2], Colour.Blue, Object.entries({ ž: 1, "日本": 2 }).map(([k, v]) => `${k}=${v}`).join(","));
const path = fs.mkdtempSync("/tmp/corpus-") + "/ž.json";
const thing: { list: ReadonlyArray<number>; nested?: { text: string } } = { list: [1, 2, 3], nested: { text: "日本🎉" } };
fs.writeFileSync(path, JSON.stringify(thing));
const read = JSON.parse(fs.readFileSync(path, "utf8")) as typeof thing;
assert.deepStrictEqual(read, thing);
console.log(read.nested?.text, read.list.reduce((a, b) => a + b));
class Failure extends Error { constructor(readonly code: number) { super(`code ${code}`); } }
try { throw new Failure(7); } catch (error) { console.log(error instanceof Failure && error.code, String(error)); }
