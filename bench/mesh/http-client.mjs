// The process that loads a gateway. Its requests are bytes and it parses no response, so that it costs little.
import { createHistogram } from "node:perf_hooks";
import { answer } from "./child.mjs";
import { measured } from "./client.mjs";
import { HttpConnection } from "./http-connection.mjs";

/** The gateway's port, and its requests as bytes by the kind of call. */
let port;
const requests = new Map();

export function run() {
  answer({ connect, http: (load) => measured(() => drive(load)) });
  process.send({ result: "ready" });
}

/** Prepares the requests, with the cookie of a customer, and checks the response of each. */
async function connect(gateway) {
  port = gateway.port;
  const connection = new HttpConnection(port);
  for (const [kind, request] of Object.entries(gateway.requests)) {
    const first = await connection.send(bytesOf(request), []);
    const cookies = [...first.matchAll(/\r\nset-cookie: ([^;\r]+)/gi)].map(([, cookie]) => cookie);
    const bytes = bytesOf(request, cookies.length > 0 ? { cookie: cookies.join("; ") } : {});
    const body = [];
    const head = await connection.send(bytes, body);
    const text = Buffer.concat(body).toString();
    if (!isExpected(head, text, request))
      throw new Error(`not the response of ${kind}: ${head}\n\n${text.slice(0, 2_000)}`);
    requests.set(kind, { bytes, messages: request.messages ?? 1 });
  }
  connection.close();
}

/** The response of a stream has as many events with data as messages. */
function isExpected(head, body, { expected, messages }) {
  if (!head.startsWith("HTTP/1.1 200 ")) return false;
  if (expected !== undefined) return body.includes(expected);
  return messages === undefined || body.split("data: {").length > messages;
}

function bytesOf({ method, path, headers, body = "" }, more = {}) {
  const content = body === "" ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  const all = { host: `127.0.0.1:${port}`, ...content, ...headers, ...more };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from([`${method} ${path} HTTP/1.1`, ...lines, "", body].join("\r\n"));
}

/** Sends requests in a closed loop, one on each connection. `times` has the duration of each response in nanoseconds. */
async function drive({ request, inFlight, seconds, calls }) {
  const { bytes, messages } = requests.get(request);
  const times = createHistogram();
  const endsAt = performance.now() + seconds * 1_000;
  let begun = 0;
  const isOpen = calls === undefined ? (now) => now < endsAt : () => begun++ * messages < calls;
  const work = async (connection) => {
    let now = performance.now();
    while (isOpen(now)) {
      const startedAt = now;
      const head = await connection.send(bytes);
      if (!head.startsWith("HTTP/1.1 200 ")) throw new Error(head);
      now = performance.now();
      times.record(Math.max(1, Math.round((now - startedAt) * 1e6)));
    }
  };
  // New ones in each round: between two rounds, a gateway may close those that are idle.
  const connections = Array.from({ length: inFlight }, () => new HttpConnection(port));
  await Promise.all(connections.map(work));
  for (const connection of connections) connection.close();
  return { calls: times.count * messages, times };
}
