process.on("exit", code => console.log("leaving with", code));
function outer(depth) {
  return depth ? outer(depth - 1) : undefined.missing;
}
Promise.resolve().then(() => console.log("a microtask first"));
setTimeout(() => { throw new Error("late", { cause: new TypeError("why") }); }, 1);
try { outer(2); } catch (error) { console.error(error.stack); }
