import type { OpenTap, Tap } from "@mesh/testing/network";
import { type Diversion, DivertedInserts } from "./diversion.ts";

/** Sees the statements of one connection to PostgreSQL. Each function returns true if the process is dead: nothing passes any more. */
export interface StatementWatch {
  /** A statement is about to reach the server. */
  statement(text: string): boolean;
  /** The server has committed, and the process is about to notice. */
  committed(): boolean;
}

/** The statements that a connection has prepared, which it runs by their names. */
class PreparedStatements {
  readonly #texts = new Map<string, string>();

  /** Returns the text of the statement that a message runs. @param text that of a Query, or of a Parse, which only prepares it */
  run(message: Buffer, text: string | undefined): string | undefined {
    const type = String.fromCharCode(message[0] ?? 0);
    const nameAt = type === "B" ? message.indexOf(0, 5) + 1 : 5;
    const name = () => message.toString("utf8", nameAt, message.indexOf(0, nameAt));
    if (type === "P") this.#texts.set(name(), text ?? "");
    if (type === "B") return this.#texts.get(name());
    return type === "Q" ? text : undefined;
  }
}

/** Changes statements on their way, or returns them as they are. */
export type Rewrite = (text: string) => string;

/** Splits bytes of PostgreSQL's protocol into messages. Source: https://www.postgresql.org/docs/18/protocol-message-formats.html */
class Messages {
  #pending: Buffer = Buffer.alloc(0);
  #hasType: boolean;

  /** @param hasType whether the first message begins with its type: that of a client does not */
  constructor(hasType: boolean) {
    this.#hasType = hasType;
  }

  push(bytes: Buffer): Buffer[] {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    const messages: Buffer[] = [];
    for (;;) {
      const offset = this.#hasType ? 1 : 0;
      if (this.#pending.length < offset + 4) return messages;
      const length = offset + this.#pending.readUInt32BE(offset);
      if (this.#pending.length < length) return messages;
      messages.push(this.#pending.subarray(0, length));
      this.#pending = this.#pending.subarray(length);
      this.#hasType = true;
    }
  }
}

/** What is changed on the way. */
export interface Changes {
  readonly rewrite?: Rewrite | undefined;
  readonly diversion?: Diversion | undefined;
}

/** Opens a tap that watches the statements of each connection, and may change them. */
export function postgresTap(
  openWatch: () => StatementWatch,
  { rewrite = (text) => text, diversion }: Changes = {},
): OpenTap {
  return ({ toServer, toClient }): Tap => {
    const diverted = diversion && new DivertedInserts(diversion);
    const [client, server] = [new Messages(false), new Messages(true)];
    const watch = openWatch();
    const prepared = new PreparedStatements();
    const turns = new Turns();
    const waiting: Buffer[] = [];
    let isFirst = true;
    let isDead = false;
    let isDiverting = false;

    function send(message: Buffer): void {
      const text = isFirst ? undefined : textOf(message);
      const run = isFirst ? undefined : prepared.run(message, text);
      isFirst = false;
      isDead ||= run !== undefined && watch.statement(run);
      if (isDead) return;
      const taken = diverted?.take(message, text ?? run) ?? "passes";
      if (taken === "complete") void divert();
      if (taken !== "passes") return;
      turns.sent(message);
      toServer(text === undefined ? message : withText(message, text, rewrite(text)));
    }

    /** A client sends statements before it has the response to the one before. They have their responses in their order. */
    async function divert(): Promise<void> {
      isDiverting = true;
      await turns.idle();
      const response = await diverted?.run().catch(() => undefined);
      // Without a response, the process waits until its statement times out.
      if (!response) return;
      toClient(response);
      isDiverting = false;
      sendWaiting();
    }

    function sendWaiting(): void {
      while (!isDiverting && !isDead) {
        const message = waiting.shift();
        if (!message) return;
        send(message);
      }
    }

    return {
      fromClient(bytes) {
        waiting.push(...client.push(bytes));
        sendWaiting();
      },
      fromServer(bytes) {
        for (const message of server.push(bytes)) {
          isDead ||= isCommitted(message) && watch.committed();
          if (isDead) return;
          toClient(message);
          turns.received(message);
        }
      },
    };
  };
}

/** Counts the statements whose response the server has not ended. */
class Turns {
  /** The server also ends the beginning of a connection. */
  #open = 1;
  #onIdle = () => {};

  sent(message: Buffer): void {
    if (isOneOf("QS", message)) this.#open += 1;
  }

  received(message: Buffer): void {
    if (!isOneOf("Z", message)) return;
    this.#open -= 1;
    if (this.#open === 0) this.#onIdle();
  }

  async idle(): Promise<void> {
    if (this.#open > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
  }
}

function isOneOf(types: string, message: Buffer): boolean {
  return types.includes(String.fromCharCode(message[0] ?? 0));
}

/** Returns the text of a statement: of a Query, or of a Parse after its name. */
function textOf(message: Buffer): string | undefined {
  const start = startOf(message);
  return start === undefined ? undefined : message.toString("utf8", start, message.indexOf(0, start));
}

function startOf(message: Buffer): number | undefined {
  const type = String.fromCharCode(message[0] ?? 0);
  if (type === "Q") return 5;
  return type === "P" ? message.indexOf(0, 5) + 1 : undefined;
}

function withText(message: Buffer, before: string, after: string): Buffer {
  if (before === after) return message;
  const start = startOf(message) ?? 0;
  const rest = message.subarray(message.indexOf(0, start));
  const changed = Buffer.concat([message.subarray(0, start), Buffer.from(after), rest]);
  changed.writeUInt32BE(changed.length - 1, 1);
  return changed;
}

function isCommitted(message: Buffer): boolean {
  return message[0] === "C".charCodeAt(0) && message.toString("latin1", 5, message.length - 1) === "COMMIT";
}
