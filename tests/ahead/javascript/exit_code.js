console.log("before");
process.exitCode = 7;
