import { CommandError } from "@mesh/codegen/command";
import type { Bus } from "@mesh/events/registry";
import { exitCodes, type MeshAccess } from "../settings.ts";
import { withNats } from "../with-nats.ts";
import { withOperators } from "./operators.ts";
import type { Printed } from "./parked.ts";

/** Where a consumer begins again. */
export interface RewindStart {
  /** The first sequence. 0: the first that the stream has. */
  readonly sequence: number;
  /** The first time at which NATS stored an event, instead of the sequence. */
  readonly since: Date | undefined;
}

/** How long it waits for the first event after a time, in milliseconds. */
const fetchMs = 2_000;

/** Has a consumer receive its stream again. */
export async function rewindConsumer(
  access: MeshAccess,
  { service, consumer }: { readonly service: string; readonly consumer: string },
  { sequence, since }: RewindStart,
): Promise<Printed> {
  const first = since ? await sequenceSince(access, service, consumer, since) : sequence;
  await withOperators(access, { service }, (operator) =>
    operator.rewindConsumer({ service, consumer, sequence: BigInt(first) }),
  );
  return { text: `${consumer} receives its stream again\n`, json: { consumer, sequence: first } };
}

/** Returns the sequence of the first event of a consumer that was stored at a time or later. */
async function sequenceSince(access: MeshAccess, service: string, consumer: string, since: Date): Promise<number> {
  const [found] = await withOperators(access, { service }, async (operator) => {
    const { consumers } = await operator.listConsumers({ service });
    return consumers.find(({ name }) => name === consumer);
  });
  if (!found) throw new CommandError(`${service} has no consumer ${consumer}`, exitCodes.failed);
  return withNats(access, (bus, signal) => firstSince(bus, signal, found, since));
}

async function firstSince(
  bus: Bus,
  signal: AbortSignal,
  { stream, subject }: { readonly stream: string; readonly subject: string },
  since: Date,
): Promise<number> {
  const connection = await bus.connected(signal);
  const start = { deliver_policy: "by_start_time", opt_start_time: since.toISOString(), filterSubjects: [subject] };
  // The types have an enum of these texts, from a package that only tests use here.
  const reading = await connection.jetstream().consumers.get(stream, start as never);
  for await (const { seq } of await reading.fetch({ max_messages: 1, expires: fetchMs })) return seq;
  throw new CommandError(`${stream} has no ${subject} since ${since.toISOString()}`, exitCodes.failed);
}
