process.kill(process.pid, "SIGTERM");
setTimeout(() => console.log("alive"), 5000);
