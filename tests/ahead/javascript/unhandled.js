import("node:path").then(path => console.log(path.basename(__filename)));
console.log(require("./main.js") === module.exports, typeof require("child_process").execSync("echo child", { encoding: "utf8" }));
Promise.reject(new Error("unhandled"));
