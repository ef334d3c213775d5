import { type EventDefinition, MeshError, type ServiceDefinition } from "@mesh/contracts";
import { EventsOperator, type EventsOperatorTypes } from "@mesh/contracts/protocols/mesh/events/v1/index";
import type { Events, ListedConsumer, ListedEvent, ParkedFilter } from "@mesh/events";
import { checkCaller, type Implementation, implement } from "@mesh/rpc";
import type { Schema } from "./database.ts";

/** The events of a service, and its name and slug. */
export interface OperatedEvents {
  readonly service: Pick<ServiceDefinition, "name" | "slug">;
  readonly events: Events<Schema>;
}

/** No service is a caller of its methods, so only operators are. */
const forOperators: ServiceDefinition<EventsOperatorTypes> = {
  ...EventsOperator,
  methods: Object.fromEntries(
    Object.entries(EventsOperator.methods).map(([name, method]) => [name, { ...method, callers: [] }]),
  ),
};

const maxListed = 1_000;
const defaultListed = 50;

const states = ["failing", "upstream", "behind", "suspect", "dead"] as const;

/** The service that shows the events of a process to operators. @param eventsOf returns those of a service, by its name */
export function eventsOperator(eventsOf: (service: string) => OperatedEvents | undefined): Implementation {
  const open = ({ service }: { readonly service: string }) => {
    const found = eventsOf(service);
    if (found) return found;
    throw new MeshError({ code: "NOT_FOUND", message: `${service} has no events in this process` });
  };
  const operationsFor = (request: { readonly service: string }) => open(request).events.operations;
  return implement(
    forOperators,
    {
      async listConsumers(request) {
        return { consumers: (await operationsFor(request).consumers()).map(consumerMessage) };
      },
      async listParked(request) {
        const limit = Math.min(request.limit || defaultListed, maxListed);
        return { events: (await operationsFor(request).list(filterOf(request.filter), limit)).map(eventMessage) };
      },
      async replayParked(request) {
        return { count: await operationsFor(request).replay(filterOf(request.filter)) };
      },
      async rewindConsumer(request) {
        const isKnown = await operationsFor(request).rewind(request.consumer, Number(request.sequence));
        if (isKnown) return {};
        throw new MeshError({ code: "NOT_FOUND", message: `${request.service} has no consumer ${request.consumer}` });
      },
      async publishEvent(request, { trace }) {
        const { service, events } = open(request);
        const event = encodedEvent(request, service);
        return { id: await events.transaction({ principal: undefined, trace }, (tx) => tx.publish(event, {})) };
      },
    },
    { middleware: [checkCaller] },
  );
}

interface EncodedEvent {
  readonly typeName: string;
  readonly subject: string;
  readonly stream: string;
  readonly key: string;
  readonly payload: Uint8Array;
}

/** Returns the definition of an event that its sender has checked and encoded. @throws MeshError if another service owns it */
function encodedEvent(
  { typeName, subject, stream, key, payload }: EncodedEvent,
  { name: service, slug }: OperatedEvents["service"],
): EventDefinition<object> {
  if (!new RegExp(`^${slug}_v\\d`).test(stream)) throw invalid(`${service} does not own the stream ${stream}`);
  const schema = { safeParse: (data: object) => ({ success: true, data }) };
  const encoding = { encode: () => payload, decode: () => ({}) };
  // Publishing only checks and encodes.
  return {
    typeName,
    subject,
    stream,
    service,
    key: () => key,
    schema,
    ...encoding,
  } as unknown as EventDefinition<object>;
}

function filterOf(filter: ReceivedFilter | undefined): ParkedFilter {
  if (!filter) return {};
  const { id, consumer, subject, key, state, since, until } = filter;
  const known = states.find((one) => one === state);
  if (state !== "" && !known) throw invalid(`state must be one of ${states.join(", ")}, got "${state}"`);
  return {
    id: id || undefined,
    consumer: consumer || undefined,
    subject: subject || undefined,
    key: key || undefined,
    state: known,
    since,
    until,
  };
}

interface ReceivedFilter {
  readonly id: string;
  readonly consumer: string;
  readonly subject: string;
  readonly key: string;
  readonly state: string;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

function invalid(message: string): MeshError {
  return new MeshError({ code: "INVALID_ARGUMENT", message });
}

function consumerMessage({ holder, position, parked, ...consumer }: ListedConsumer) {
  return { ...consumer, holder: holder ?? "", position: BigInt(position), parked: { ...parked } };
}

function eventMessage(row: ListedEvent) {
  const { messageId: id, consumer, subject, key, sequence, state, failures, error, headers, payload } = row;
  const { parkedAt, nextAttemptAt } = row;
  return {
    id,
    consumer,
    subject,
    key,
    sequence: BigInt(sequence),
    state,
    failures,
    error: error ?? "",
    parkedAt,
    nextAttemptAt: nextAttemptAt ?? undefined,
    headers: { ...headers },
    payload,
  };
}
