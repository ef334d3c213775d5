import {
  type EventDefinition,
  formatPrincipal,
  MeshError,
  type Principal,
  parsePrincipal,
  principalHeader,
} from "@mesh/contracts";
import { formatTrace, parseTrace, type Scope, type TraceContext, traceHeader } from "@mesh/runtime";
import { headers, type MsgHdrs } from "nats";

/** The header that says which thing an event concerns, percent-encoded. */
export const keyHeader = "mesh-key";

/** The largest event, in bytes. */
export const maxEventBytes = 256 * 1024;

/** For whom an event is published, and within which trace. */
export type Sender = Pick<Scope, "principal" | "trace">;

/** An event as it travels. */
export interface Envelope {
  readonly stream: string;
  readonly subject: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Uint8Array;
}

/**
 * Checks an event against its contract and encodes it.
 *
 * @throws Error where it breaks a rule
 * @throws MeshError RESOURCE_EXHAUSTED above 256 KiB
 */
export function seal<T, I>(event: EventDefinition<T, I>, input: I, sender: Sender): Envelope {
  const checked = event.schema.safeParse(input);
  if (!checked.success) throw new Error(`${event.typeName} breaks its contract: ${issuesOf(checked.error)}`);
  const payload = event.encode(checked.data);
  if (payload.byteLength > maxEventBytes) throw tooLarge(event.typeName, payload.byteLength);
  const key = event.key(checked.data);
  return { stream: event.stream, subject: event.subject, key, headers: headersOf(key, sender), payload };
}

/** What is wrong with an event, by field; holds no values. */
export function issuesOf(error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] }): string {
  const lines = error.issues.slice(0, 20).map(({ path, message }) => `${path.map(String).join(".")}: ${message}`);
  return lines.join("; ");
}

function tooLarge(typeName: string, bytes: number): MeshError {
  const message = `${typeName} has ${bytes} bytes; an event may have ${maxEventBytes}`;
  return new MeshError({ code: "RESOURCE_EXHAUSTED", message });
}

function headersOf(key: string, { principal, trace }: Sender): Record<string, string> {
  const common = { [keyHeader]: encodeURIComponent(key), [traceHeader]: formatTrace(trace) };
  return principal ? { ...common, [principalHeader]: formatPrincipal(principal) } : common;
}

/** Writes headers for NATS. */
export function toNatsHeaders(record: Readonly<Record<string, string>>): MsgHdrs {
  const result = headers();
  for (const [name, value] of Object.entries(record)) result.set(name, value);
  return result;
}

/** Who and what an event that arrived belongs to. */
export function senderOf(received: MsgHdrs | undefined): {
  readonly principal: Principal | undefined;
  readonly parent: TraceContext | undefined;
} {
  return {
    principal: parsePrincipal(received?.get(principalHeader)),
    parent: parseTrace(received?.get(traceHeader)),
  };
}
