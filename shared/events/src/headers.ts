import { headers, type MsgHdrs } from "nats";

/** The header with the key of an event, percent-encoded. */
export const keyHeader = "mesh-key";

/** Converts headers for NATS. */
export function toNatsHeaders(record: Readonly<Record<string, string>>): MsgHdrs {
  const result = headers();
  for (const [name, value] of Object.entries(record)) result.set(name, value);
  return result;
}
