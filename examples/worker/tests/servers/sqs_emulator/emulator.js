// SQS on loopback: an emulator, and before it a door that lets pass what is signed as AWS wants it,
// reckoned here anew. It prints the port, and ends with its standard input.
"use strict";
const crypto = require("crypto");
const http = require("http");
const { createRequestHandler } = require(require.resolve("local-aws-sqs", { paths: [process.argv[2]] }));

const secret = process.env.AWS_SECRET_ACCESS_KEY;
const hmac = (key, text) => crypto.createHmac("sha256", key).update(text).digest();
const sha256 = (bytes) => crypto.createHash("sha256").update(bytes).digest("hex");

function expected(request, body, { scope, signed }) {
  const [date, region, service, end] = scope.split("/");
  const headers = signed.split(";");
  const canonical = [
    request.method, request.url, "",
    ...headers.map((name) => `${name}:${request.headers[name].trim().replace(/ +/g, " ")}`), "",
    signed, sha256(body),
  ].join("\n");
  const text = ["AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope, sha256(canonical)].join("\n");
  const key = [region, service, end].reduce(hmac, hmac(`AWS4${secret}`, date));
  return hmac(key, text).toString("hex");
}

function complaint(request, body) {
  const found = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
    request.headers.authorization || "");
  if (!found) return "MissingAuthenticationToken";
  const [, user, scope, signed, signature] = found;
  if (user !== process.env.AWS_ACCESS_KEY_ID) return "InvalidClientTokenId";
  const names = signed.split(";");
  const needed = ["host", "x-amz-date", ...(request.headers["x-amz-security-token"] ? ["x-amz-security-token"] : [])];
  if (!needed.every((name) => names.includes(name))) return "IncompleteSignature";
  if ([...names].sort().join(";") !== signed) return "IncompleteSignature";
  if ((request.headers["x-amz-security-token"] || "") !== (process.env.AWS_SESSION_TOKEN || "")) return "InvalidClientTokenId";
  return expected(request, body, { scope, signed }) === signature ? null : "SignatureDoesNotMatch";
}

// What no message of SQS may have: characters that XML does not know.
const illegal = (body) => /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(body);

function refuse(response, status, code) {
  response.writeHead(status, { "Content-Type": "application/x-amz-json-1.0" });
  response.end(JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message: "refused at the door" }));
}

const inner = http.createServer();
inner.listen(0, "127.0.0.1", () => {
  const innerPort = inner.address().port;
  const door = http.createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts);
      const why = complaint(request, body);
      if (why) return refuse(response, 403, why);
      if (illegal(JSON.parse(body).MessageBody || "")) return refuse(response, 400, "InvalidMessageContents");
      const onward = http.request({ port: innerPort, host: "127.0.0.1", method: request.method, path: request.url, headers: request.headers },
        (answer) => { response.writeHead(answer.statusCode, answer.headers); answer.pipe(response); });
      onward.on("error", () => refuse(response, 500, "InternalFailure"));
      return onward.end(body);
    });
  });
  door.keepAliveTimeout = 60000;
  door.listen(0, "127.0.0.1", () => {
    const { port } = door.address();
    inner.on("request", createRequestHandler({ port, hostname: "127.0.0.1", emulateQueueCreationLifecycle: false }).requestHandler);
    console.log(port);
  });
});
process.stdin.on("end", () => process.exit(0)).resume();
