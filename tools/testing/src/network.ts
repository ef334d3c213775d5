import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A network between a client and a server that a test can make worse. */
export interface TestNetwork extends AsyncDisposable {
  /** The URL of the server through this network. */
  readonly url: string;
  /** Delays the bytes that arrive from now on, in each direction, in milliseconds. */
  delayMs: number;
  /** The number of connections that are open. */
  readonly connections: number;
  /** The number of chunks of bytes that arrived from clients so far. */
  readonly sent: number;
  /** Drops all bytes and keeps connections open, as if the server no longer responded. */
  freeze(): void;
  /** Ends `freeze`. Closes the connections, because bytes of theirs were lost. */
  thaw(): void;
  /** Makes new connections lead to another server, and keeps those that are open. */
  redirect(target: string): void;
}

/** Reads, and may change, what passes a connection. */
export interface Tap {
  /** Gets the bytes that the client sent, and passes on what the server shall get. */
  fromClient(bytes: Buffer): void;
  /** The same in the other direction. */
  fromServer(bytes: Buffer): void;
}

/** Opens a tap for a connection. */
export type OpenTap = (ends: { toServer(bytes: Buffer): void; toClient(bytes: Buffer): void }) => Tap;

interface State {
  delayMs: number;
  isFrozen: boolean;
  sent: number;
  target: URL;
}

/** Opens a network to the server of a URL. @param openTap reads what passes each connection; default: nothing does */
export async function testNetwork(target: string, openTap: OpenTap = untapped): Promise<TestNetwork> {
  const pairs = new Set<readonly Socket[]>();
  const state: State = { delayMs: 0, isFrozen: false, sent: 0, target: new URL(target) };
  const server = createServer((near) => {
    const far = connect(Number(state.target.port), state.target.hostname);
    const pair = [near, far] as const;
    pairs.add(pair);
    // After the bytes that arrived before.
    const follow = () => setTimeout(() => close(pair), state.delayMs);
    for (const socket of pair) socket.on("error", () => {}).on("close", follow);
    near.on("data", () => state.sent++);
    const ends = {
      toServer: (bytes: Buffer) => void far.write(bytes),
      toClient: (bytes: Buffer) => void near.write(bytes),
    };
    const tap = openTap(ends);
    pass(near, (bytes) => tap.fromClient(bytes), state);
    pass(far, (bytes) => tap.fromServer(bytes), state);
  });
  const close = (pair: readonly Socket[]) => {
    pairs.delete(pair);
    for (const socket of pair) socket.destroySoon();
  };
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = new URL(target);
  const address = server.address();
  if (typeof address === "object") url.port = String(address?.port);
  const closeAll = () => [...pairs].map(close);

  return {
    url: url.href,
    get delayMs() {
      return state.delayMs;
    },
    set delayMs(ms) {
      state.delayMs = ms;
    },
    get connections() {
      return pairs.size;
    },
    get sent() {
      return state.sent;
    },
    freeze() {
      state.isFrozen = true;
    },
    thaw() {
      state.isFrozen = false;
      closeAll();
    },
    redirect(other) {
      state.target = new URL(other);
    },
    async [Symbol.asyncDispose]() {
      server.close();
      closeAll();
    },
  };
}

function untapped({ toServer, toClient }: Parameters<OpenTap>[0]): Tap {
  return { fromClient: toServer, fromServer: toClient };
}

function pass(from: Socket, to: (bytes: Buffer) => void, state: State): void {
  from.setNoDelay(true);
  // Bytes stay in order also if the delay changes.
  let last = Promise.resolve();
  from.on("data", (bytes) => {
    if (state.isFrozen) return;
    const dueAt = performance.now() + state.delayMs;
    last = last.then(async () => {
      const restMs = dueAt - performance.now();
      if (restMs > 0) await sleep(restMs);
      if (!state.isFrozen) to(bytes);
    });
  });
}
