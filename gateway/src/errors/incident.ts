import { randomUUID } from "node:crypto";
import { MeshError } from "@mesh/contracts";
import type { TRPCError } from "@trpc/server";

const ids = new WeakMap<TRPCError, string>();

/** The id that a browser is told and the log knows; always the same for one error. */
export function incidentId(error: TRPCError): string {
  const known = ids.get(error) ?? peersId(error) ?? randomUUID();
  ids.set(error, known);
  return known;
}

/** The id by which the peer where it happened has logged it: `internal error (id …)`. */
function peersId({ cause }: TRPCError): string | undefined {
  return cause instanceof MeshError ? /\(id ([\w-]{1,64})\)$/.exec(cause.message)?.[1] : undefined;
}
