import type { EventDefinition } from "@mesh/contracts";
import type { EventSignatures } from "@mesh/rpc";
import type { Logger } from "@mesh/runtime";
import { checkedEvent, InvalidEvent } from "../invalid-event.ts";
import { signatureHeader } from "../outgoing-event.ts";
import { idOf } from "./position.ts";
import type { StoredMessage } from "./push-read.ts";

/** An event of a feed. */
export interface FeedEntry {
  readonly sequence: number;
  readonly bytes: number;
  /** Its position, as clients get it. */
  readonly id: string;
  readonly event: unknown;
  readonly key: string;
  /** The id of the principal who may see it; empty: none. */
  readonly owner: string;
}

/** The event of a feed, and who may see it. */
export interface FeedSource {
  readonly event: EventDefinition<unknown>;
  /** The field of the event with the id of the principal who may see it; undefined: all may. */
  readonly owner: string | undefined;
}

/** Makes the entries of a feed. */
export class EntryReader {
  readonly #source: FeedSource;
  readonly #signatures: EventSignatures | undefined;
  readonly #log: Logger;

  /** @param signatures verifies the events; undefined: they are not verified */
  constructor(source: FeedSource, signatures: EventSignatures | undefined, log: Logger) {
    this.#source = source;
    this.#signatures = signatures;
    this.#log = log;
  }

  /** Reads an entry. Undefined: the message is not such an event, which is logged. */
  async read(message: StoredMessage, created: number): Promise<FeedEntry | undefined> {
    const { data, sequence, subject } = message;
    try {
      await this.#verify(message);
      const { event: definition, owner: field } = this.#source;
      const event = checkedEvent(definition, definition.decode(data));
      const owner = field === undefined ? "" : String(Reflect.get(Object(event), field) ?? "");
      const id = idOf({ created, sequence });
      return { sequence, bytes: data.byteLength, id, event, key: definition.key(event), owner };
    } catch (error) {
      this.#log.warn({ subject, sequence, reason: String(error) }, "a feed leaves out an event that is not valid");
      return undefined;
    }
  }

  async #verify(message: StoredMessage): Promise<void> {
    if (!this.#signatures) return;
    const signature = message.header(signatureHeader);
    if (!signature) throw new InvalidEvent("the event has no signature");
    const { subject, data: payload } = message;
    const id = message.header("Nats-Msg-Id") ?? "";
    await this.#signatures.verify(signature, { id, subject, service: this.#source.event.service, payload });
  }
}
