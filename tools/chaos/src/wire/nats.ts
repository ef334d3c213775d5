import type { OpenTap } from "@mesh/testing/network";

/** Sees what a process sends to NATS. */
export interface MessageWatch {
  /** An acknowledgement has passed. */
  acknowledged(): void;
}

/** Splits bytes of a client of NATS into operations, each with its payload. Source: https://docs.nats.io/reference/reference-protocols/nats-protocol */
class Operations {
  #pending: Buffer = Buffer.alloc(0);

  push(bytes: Buffer): Buffer[] {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    const operations: Buffer[] = [];
    for (;;) {
      const end = this.#pending.indexOf("\r\n");
      if (end < 0) return operations;
      const line = this.#pending.toString("latin1", 0, end);
      // The last word of a message is its size.
      const size = /^H?PUB /.test(line) ? Number(line.split(" ").at(-1)) + 2 : 0;
      const length = end + 2 + size;
      if (this.#pending.length < length) return operations;
      operations.push(this.#pending.subarray(0, length));
      this.#pending = this.#pending.subarray(length);
    }
  }
}

/** Opens a tap that watches the acknowledgements of each connection. @param rewrite changes an operation on its way */
export function natsTap(watch: MessageWatch, rewrite: (operation: Buffer) => Buffer = (same) => same): OpenTap {
  return ({ toServer, toClient }) => {
    const operations = new Operations();
    return {
      fromClient(bytes) {
        for (const operation of operations.push(bytes)) {
          toServer(rewrite(operation));
          if (operation.indexOf("PUB $JS.ACK.") === 0 && operation.includes("+ACK")) watch.acknowledged();
        }
      },
      fromServer: toClient,
    };
  };
}
