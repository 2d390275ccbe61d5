process.stdin.setEncoding("utf8").on("data", text => console.log(JSON.stringify(text))).on("end", () => console.log("end"));
