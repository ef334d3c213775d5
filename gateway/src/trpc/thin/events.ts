import type { ServerResponse } from "node:http";
import type { MeshErrorShape } from "@mesh/contracts";
import { transformer } from "@mesh/contracts/transformer";
import { isTrackedEnvelope, TRPCError } from "@trpc/server";
import { isAbortError } from "../../calls/until-aborted.ts";
import { EventWriter } from "../../http/event-writer.ts";
import { ping, pingEveryMs, silenceMs } from "../pings.ts";
import { varyHeader } from "../response-headers.ts";

/** A subscription to send. */
export interface Subscription {
  /** The path of its procedure. */
  readonly path: string;
  /** The id of the event after which its client goes on; null: it begins. */
  readonly lastEventId: string | null;
  /** Opens its messages. Rejects if the call fails, which the client gets as an event. */
  readonly open: () => Promise<unknown>;
  /** Returns the shape in which the client gets an error. */
  readonly shapeOf: (error: unknown) => MeshErrorShape;
}

const headers = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
  connection: "keep-alive",
  vary: varyHeader,
};

const connected = `event: connected\ndata: ${JSON.stringify({ reconnectAfterInactivityMs: silenceMs })}\n\n\n`;
const returned = "event: return\ndata: \n\n\n";

/** Sends the messages of a subscription, in the form that tRPC's own handler has. Takes no more than the client reads. */
export async function sendEvents(response: ServerResponse, subscription: Subscription): Promise<void> {
  const opened = await settled(subscription.open());
  response.writeHead(response.statusCode, headers);
  const writer = new EventWriter(response, { text: ping, everyMs: pingEveryMs });
  writer.write(connected);
  try {
    const eventsOf = eventFormat(subscription.lastEventId);
    for await (const message of messagesOf(opened, subscription)) {
      const room = writer.write(eventsOf(message));
      if (room) await room;
      if (response.closed) return;
    }
    writer.write(returned);
  } catch (cause) {
    // After the end that this error makes, clients open the subscription again.
    if (!isAbortError(cause))
      writer.write(`event: serialized-error\ndata: ${textOf(subscription.shapeOf(cause))}\n\n\n`);
  } finally {
    writer.end();
  }
}

type Opened = { readonly messages: unknown } | { readonly failure: unknown };

function settled(opening: Promise<unknown>): Promise<Opened> {
  return opening.then(
    (messages) => ({ messages }),
    (failure: unknown) => ({ failure }),
  );
}

function messagesOf(opened: Opened, { path }: Subscription): AsyncIterable<unknown> {
  if ("failure" in opened) throw opened.failure;
  const { messages } = opened;
  // An iterable of anything is one of unknown.
  if (isIterable(messages)) return messages;
  const message = `Subscription ${path} did not return an observable or a AsyncGenerator`;
  throw new TRPCError({ code: "INTERNAL_SERVER_ERROR", message });
}

/** Makes what formats messages as events. A message without an id of its own does not change that of the last event. */
function eventFormat(lastEventId: string | null): (message: unknown) => string {
  let lastId = lastEventId && !/[\0\n\r]/.test(lastEventId) ? lastEventId : undefined;
  return (message) => {
    if (isTrackedEnvelope(message)) {
      lastId = message[0];
      return `data: ${textOf(message[1])}\nid: ${lastId}\n\n\n`;
    }
    if (lastId === undefined) return `data: ${textOf(message)}\n\n\n`;
    return `data: ${textOf(message)}\nid: \n\n\nevent: restore-id\ndata: \nid: ${lastId}\n\n\n`;
  };
}

function textOf(value: unknown): string {
  return JSON.stringify(transformer.serialize(value));
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
