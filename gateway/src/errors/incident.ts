import { randomUUID } from "node:crypto";
import { MeshError } from "@mesh/contracts";
import type { TRPCError } from "@trpc/server";

/** Returns the id by which the log has an internal error: the id of the service that logged it, else a new one. */
export function incidentId({ cause }: TRPCError): string {
  const logged =
    cause instanceof MeshError ? /^internal error \(id ([\w-]{1,64})\)$/.exec(cause.message)?.[1] : undefined;
  return logged ?? randomUUID();
}
