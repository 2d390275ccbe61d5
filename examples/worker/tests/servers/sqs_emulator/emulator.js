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
  if (!names.every((name) => name in request.headers)) return "SignatureDoesNotMatch";
  if ([...names].sort().join(";") !== signed) return "IncompleteSignature";
  if ((request.headers["x-amz-security-token"] || "") !== (process.env.AWS_SESSION_TOKEN || "")) return "InvalidClientTokenId";
  return expected(request, body, { scope, signed }) === signature ? null : "SignatureDoesNotMatch";
}

// What no message of SQS may have: characters that XML does not know.
const illegal = (body) => /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(body);

// The emulator counts a change of visibility as a delivery; SQS does not.
const changes = new Map();
const message = (handle) => /"MessageId":"([^"]+)"/.exec(Buffer.from(handle, "base64").toString("latin1"))?.[1];

function correct(action, asked, answer) {
  if (action === "ChangeMessageVisibility") {
    const id = message(asked.ReceiptHandle);
    changes.set(id, (changes.get(id) || 0) + 1);
  }
  for (const each of answer.Messages || []) {
    if (each.Attributes) each.Attributes.ApproximateReceiveCount -= changes.get(each.MessageId) || 0;
    if (each.Attributes) each.Attributes.ApproximateReceiveCount += "";
  }
  return answer;
}

async function text(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

function refuse(response, status, code) {
  response.writeHead(status, { "Content-Type": "application/x-amz-json-1.0" });
  response.end(JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message: "refused at the door" }));
}

const inner = http.createServer();
inner.listen(0, "127.0.0.1", () => {
  const innerPort = inner.address().port;
  const door = http.createServer(async (request, response) => {
    const body = await text(request);
    const why = complaint(request, body);
    if (why) return refuse(response, 403, why);
    const asked = JSON.parse(body);
    if (illegal(asked.MessageBody || "")) return refuse(response, 400, "InvalidMessageContents");
    const { method, url: path, headers } = request;
    const onward = http.request({ port: innerPort, host: "127.0.0.1", method, path, headers }, async (answer) => {
      const given = await text(answer);
      const action = headers["x-amz-target"].split(".")[1];
      const corrected = answer.statusCode === 200 ? JSON.stringify(correct(action, asked, JSON.parse(given.length ? given : "{}"))) : given;
      response.writeHead(answer.statusCode, { "Content-Type": "application/x-amz-json-1.0" });
      response.end(corrected);
    });
    onward.on("error", () => refuse(response, 500, "InternalFailure"));
    return onward.end(body);
  });
  door.keepAliveTimeout = 60000;
  door.listen(0, "127.0.0.1", () => {
    const { port } = door.address();
    inner.on("request", createRequestHandler({ port, hostname: "127.0.0.1", emulateQueueCreationLifecycle: false }).requestHandler);
    console.log(port);
  });
});
process.stdin.on("end", () => process.exit(0)).resume();
