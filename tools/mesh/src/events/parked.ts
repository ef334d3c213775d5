import { CommandError } from "@mesh/codegen/command";
import type { ParkedEvent } from "@mesh/contracts/protocols/mesh/events/v1/index";
import type { Catalogue } from "../contracts/catalogue.ts";
import type { MeshAccess } from "../settings.ts";
import { table } from "../table.ts";
import { type KnownEvent, knownEvents, payloadJson } from "./known-events.ts";
import { withOperators } from "./operators.ts";

/** The flags that choose parked events. */
export const filterOptions = {
  service: { type: "string" },
  consumer: { type: "string" },
  subject: { type: "string" },
  key: { type: "string" },
  id: { type: "string" },
  state: { type: "string" },
  since: { type: "string" },
  until: { type: "string" },
} as const;

/** What these flags have. */
export type FilterFlags = { readonly [name in keyof typeof filterOptions]?: string | undefined };

/** What a command prints. */
export interface Printed {
  readonly text: string;
  readonly json: unknown;
}

/** Lists parked events: by default those that are dead. */
export async function listParked(
  access: MeshAccess,
  flags: FilterFlags,
  limit: number,
  catalogue: Catalogue,
): Promise<Printed> {
  const state = flags.state === "all" ? "" : (flags.state ?? "dead");
  const filter = { ...filterOf(flags), state };
  const found = await withOperators(access, flags as { service: string | undefined }, async (operator, service) => {
    const { events } = await operator.listParked({ service, filter, limit });
    return events.map((event) => ({ service, ...event }));
  });
  const events = found.flat().toSorted((one, other) => timeOf(other) - timeOf(one));
  const known = knownEvents(catalogue);
  const json = events.map((event) => jsonOf(event, known, catalogue));
  if (events.length === 0) return { text: "none\n", json };
  const rows = json.map(({ service, subject, key, state: is, failures, parkedAt, id, error }) => {
    return [service, subject, key, is, String(failures), parkedAt, id, error.slice(0, 80)];
  });
  return { text: table(["service", "subject", "key", "state", "failures", "parked", "id", "error"], rows, [4]), json };
}

/** Lets parked events be tried again: by default those that are dead. */
export async function replayParked(access: MeshAccess, flags: FilterFlags): Promise<Printed> {
  const filter = { ...filterOf(flags), state: flags.state ?? "" };
  const counts = await withOperators(access, flags as { service: string | undefined }, async (operator, service) => ({
    service,
    count: (await operator.replayParked({ service, filter })).count,
  }));
  const replayed = counts.filter(({ count }) => count > 0);
  const text = replayed.map(
    ({ service, count }) => `${service}: ${count} ${count === 1 ? "event is" : "events are"} tried again\n`,
  );
  return { text: text.join("") || "none\n", json: counts };
}

function filterOf({ consumer = "", subject = "", key = "", id = "", since, until }: FilterFlags) {
  return { consumer, subject, key, id, since: dateOf("since", since), until: dateOf("until", until) };
}

/** Reads a time: of ISO 8601, or how long ago: `90s`, `15m`, `2h`, `3d`. @throws CommandError if it is neither */
export function dateOf(flag: string, text: string | undefined, now: number = Date.now()): Date | undefined {
  if (text === undefined) return undefined;
  const ago = /^(\d+)([smhd])$/.exec(text);
  const unit = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[ago?.[2] ?? ""];
  const date = ago && unit ? new Date(now - Number(ago[1]) * unit) : new Date(text);
  if (!Number.isNaN(date.getTime())) return date;
  throw new CommandError(`--${flag} must be a time such as 2026-01-31T12:00:00Z, or an age such as 15m, got "${text}"`);
}

function timeOf({ parkedAt }: ParkedEvent): number {
  return parkedAt?.getTime() ?? 0;
}

function jsonOf(
  { service, payload, subject, parkedAt, nextAttemptAt, ...event }: ParkedEvent & { readonly service: string },
  known: readonly KnownEvent[],
  { registry }: Catalogue,
) {
  const contract = known.find((one) => one.subject === subject);
  return {
    service,
    subject,
    ...event,
    sequence: Number(event.sequence),
    parkedAt: parkedAt?.toISOString() ?? "",
    ...(nextAttemptAt && { nextAttemptAt: nextAttemptAt.toISOString() }),
    payload: payloadJson(contract, payload, registry),
  };
}
