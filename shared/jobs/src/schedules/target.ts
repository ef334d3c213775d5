import type { EventDefinition, JobTerms, MessageType } from "@mesh/contracts";
import type { Publishing } from "@mesh/events";
import { checkedEvent } from "@mesh/events/invalid-event";
import * as z from "zod";
import type { Enqueuing } from "../enqueue.ts";
import { encodeChecked } from "../stored-job.ts";

/** What a schedule starts: it publishes an event, or enqueues a job. */
export type Target<T, I> = EventDefinition<T, I> | (MessageType<T, I> & JobTerms);

/** What a schedule starts, as it is stored: it needs no code of the contract when it is due. */
export type StoredTarget =
  | {
      readonly kind: "event";
      readonly typeName: string;
      readonly subject: string;
      readonly stream: string;
      readonly service: string;
      readonly key: string;
    }
  | {
      readonly kind: "job";
      readonly typeName: string;
      readonly timeoutMs: number;
      readonly attempts: number;
      readonly retryDelaySeconds: number;
    };

/** Checks what a schedule starts, and returns its stored form. @throws InvalidEvent or InvalidJob if it breaks its contract */
export function storedTarget<T, I>(target: Target<T, I>, input: I): { target: StoredTarget; payload: Uint8Array } {
  const { typeName } = target;
  if ("subject" in target) {
    const message = checkedEvent(target, input);
    const { subject, stream, service } = target;
    const stored = { kind: "event", typeName, subject, stream, service, key: target.key(message) } as const;
    return { target: stored, payload: target.encode(message) };
  }
  const { timeoutMs, attempts, retryDelaySeconds } = target;
  const stored = { kind: "job", typeName, timeoutMs, attempts, retryDelaySeconds } as const;
  return { target: stored, payload: encodeChecked(target, input) };
}

/** What was encoded when it was scheduled. */
const encoded = {
  schema: z.custom<Uint8Array>(),
  encode: (bytes: Uint8Array) => bytes,
  decode: (bytes: Uint8Array) => bytes,
};

/** Publishes the event or enqueues the job. @throws Error if the service has no outbox, or no handler of the job */
export async function startTarget(tx: Enqueuing & Partial<Publishing>, target: StoredTarget, payload: Uint8Array) {
  if (target.kind === "job") return tx.enqueue({ ...encoded, ...target, result: undefined }, payload);
  if (!tx.publish) throw new Error(`${target.typeName} can't be published: the service's schema has no outbox`);
  return tx.publish({ ...encoded, ...target, key: () => target.key }, payload);
}
