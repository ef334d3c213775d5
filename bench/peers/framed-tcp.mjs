// Length-prefixed frames over one TCP connection, with ts-proto. All frames of one turn of the event loop are one write. This
// has no headers, deadlines, errors or flow control: it is the limit, not a peer.
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { orderRequest, orderResponse, stockRequest, stockResponse } from "./codecs.mjs";
import { frame, readFrames } from "./frames.mjs";
import { placeOrder, watched, watchStock } from "./messages.mjs";

/** Kinds of frames, in the byte after the id. */
const unary = 0;
const stream = 1;
const end = 2;
const prefixBytes = 5;

export async function startServer() {
  const server = createServer({ noDelay: true }, (socket) => {
    const { write, drained } = coalesced(socket);
    socket.on("error", () => socket.destroy());
    const read = readFrames((bytes) => {
      const [id, kind] = [bytes.readUInt32BE(0), bytes[4]];
      const content = bytes.subarray(prefixBytes);
      if (kind === unary) write(message(id, unary, orderResponse.encode(placeOrder(orderRequest.decode(content)))));
      else void sendStock(id, stockRequest.decode(content));
    });
    const sendStock = async (id) => {
      for (const level of watchStock()) {
        if (!write(message(id, stream, stockResponse.encode(level)))) await drained();
      }
      write(message(id, end, Buffer.alloc(0)));
    };
    socket.on("data", read);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `127.0.0.1:${server.address().port}`;
}

export function openClient(address) {
  const [host, port] = address.split(":");
  const socket = connect({ host, port: Number(port), noDelay: true });
  const { write } = coalesced(socket);
  const calls = new Map();
  let lastId = 0;
  const open = (kind, content, call) => {
    lastId += 1;
    calls.set(lastId, call);
    write(message(lastId, kind, content));
  };
  const read = readFrames((bytes) => {
    const [id, kind] = [bytes.readUInt32BE(0), bytes[4]];
    const call = calls.get(id);
    if (kind !== stream) calls.delete(id);
    call(bytes.subarray(prefixBytes), kind);
  });
  socket.on("data", read);
  return {
    placeOrder: (order) => {
      return new Promise((resolve) => {
        open(unary, orderRequest.encode(order), (bytes) => resolve(orderResponse.decode(bytes)));
      });
    },
    watchStock: (onMessage) => {
      return new Promise((resolve) => {
        open(stream, stockRequest.encode(watched), (bytes, kind) => {
          if (kind === end) resolve();
          else onMessage(stockResponse.decode(bytes));
        });
      });
    },
  };
}

function message(id, kind, content) {
  const bytes = Buffer.allocUnsafe(prefixBytes + content.length);
  bytes.writeUInt32BE(id, 0);
  bytes[4] = kind;
  bytes.set(content, prefixBytes);
  return frame(bytes);
}

/** Writes to a socket once a turn. `write` returns false if as much waits as a stream should hold: await `drained` then. */
function coalesced(socket) {
  const maxFrames = 512;
  let waiting = [];
  let isScheduled = false;
  let drain = Promise.resolve();
  const flush = () => {
    isScheduled = false;
    const isDrained = socket.write(Buffer.concat(waiting));
    waiting = [];
    drain = isDrained ? Promise.resolve() : once(socket, "drain");
  };
  const write = (bytes) => {
    waiting.push(bytes);
    if (!isScheduled) setImmediate(flush);
    isScheduled = true;
    return waiting.length < maxFrames;
  };
  const drained = () => new Promise((resolve) => setImmediate(() => void drain.then(resolve)));
  return { write, drained };
}
