// The process that loads a gateway: a number of requests at a time, or so many a second, whatever happens to them.
import { createHistogram } from "node:perf_hooks";
import { answer } from "../mesh/child.mjs";
import { HttpConnection } from "../mesh/http-connection.mjs";
import { order } from "../peers/messages.mjs";

let port;
let bytes;

answer({
  async connect(to) {
    port = to;
    const connection = new HttpConnection(port);
    const head = await connection.send(bytesOf({}), []);
    const [, cookie] = /\r\nset-cookie: ([^;\r]+)/i.exec(head) ?? [];
    bytes = bytesOf({ cookie });
    const second = await connection.send(bytes, []);
    if (!second.startsWith("HTTP/1.1 200 ")) throw new Error(second);
    connection.close();
  },
  closed: ({ inFlight, seconds }) => drive({ connections: inFlight, seconds }),
  open: ({ rate, connections, seconds }) => drive({ connections, seconds, rate }),
});
process.send({ result: "ready" });

function bytesOf(headers) {
  const body = JSON.stringify(order);
  const all = {
    host: `127.0.0.1:${port}`,
    "content-type": "application/json",
    "content-length": body.length,
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from(["POST /trpc/orders.placeOrder HTTP/1.1", ...lines, "", body].join("\r\n"));
}

/** `rate`: requests a second; undefined: as many as get a response. A request for which no connection is free is not sent. */
async function drive({ connections: count, seconds, rate = Number.POSITIVE_INFINITY }) {
  const times = createHistogram();
  const results = { made: 0, accepted: 0, rejected: 0, failed: 0, unsent: 0 };
  const free = Array.from({ length: count }, () => new HttpConnection(port));
  const all = [...free];
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1_000;
  async function make(connection) {
    const sentAt = performance.now();
    results.made += 1;
    const head = await connection.send(bytes).catch((error) => String(error));
    if (head.startsWith("HTTP/1.1 200 ")) {
      results.accepted += 1;
      times.record(Math.max(1, Math.round((performance.now() - sentAt) * 1e6)));
    } else if (/^HTTP\/1.1 (503|429) /.test(head)) results.rejected += 1;
    else {
      results.failed += 1;
      return all.splice(all.indexOf(connection), 1, new HttpConnection(port));
    }
    free.push(connection);
  }
  let begun = 0;
  for (let now = startedAt; now < endsAt; now = performance.now()) {
    const due = Math.min(begun + free.length, ((now - startedAt) * rate) / 1_000);
    for (; begun < due && free.length > 0; begun++) void make(free.shift());
    const missed = Number.isFinite(rate) ? Math.max(0, Math.floor(((now - startedAt) * rate) / 1_000) - begun) : 0;
    if (free.length === 0 && missed > 0) {
      results.unsent += missed;
      begun += missed;
    }
    await new Promise((resolve) => (Number.isFinite(rate) ? setTimeout(resolve, 1) : setImmediate(resolve)));
  }
  for (const connection of all) connection.close();
  const [p50, p99] = [50, 99].map((percent) => times.percentile(percent) / 1e6);
  return { ...results, rate: results.accepted / seconds, p50, p99 };
}
