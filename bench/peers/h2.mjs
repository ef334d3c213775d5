// node:http2 alone, with ts-proto: the limit of one HTTP/2 stream a call.
import { once } from "node:events";
import { connect, createServer } from "node:http2";
import { orderRequest, orderResponse, stockRequest, stockResponse } from "./codecs.mjs";
import { frame, readFrames } from "./frames.mjs";
import { placeOrder, watched, watchStock } from "./messages.mjs";

export async function startServer() {
  const server = createServer();
  server.on("stream", (stream, headers) => {
    collect(stream, (bytes) => {
      stream.respond({ ":status": 200 });
      if (headers[":path"] === "/place") stream.end(orderResponse.encode(placeOrder(orderRequest.decode(bytes))));
      else void sendStock(stream, stockRequest.decode(bytes));
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `http://127.0.0.1:${server.address().port}`;
}

async function sendStock(stream) {
  for (const message of watchStock()) {
    if (!stream.write(frame(stockResponse.encode(message)))) await once(stream, "drain");
  }
  stream.end();
}

export function openClient(address) {
  const session = connect(address);
  const open = (path, body) => {
    const stream = session.request({ ":method": "POST", ":path": path });
    stream.end(body);
    return stream;
  };
  return {
    placeOrder: (order) => {
      return new Promise((resolve, reject) => {
        const stream = open("/place", orderRequest.encode(order));
        stream.on("error", reject);
        collect(stream, (bytes) => resolve(orderResponse.decode(bytes)));
      });
    },
    watchStock: (onMessage) => {
      return new Promise((resolve, reject) => {
        const stream = open("/watch", stockRequest.encode(watched));
        const read = readFrames((bytes) => onMessage(stockResponse.decode(bytes)));
        stream.on("data", read).on("end", resolve).on("error", reject);
      });
    },
  };
}

/** Reads a body. Most are one chunk, which needs no copy. */
function collect(stream, onBody) {
  const chunks = [];
  stream.on("data", (chunk) => chunks.push(chunk));
  stream.on("end", () => onBody(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
}
