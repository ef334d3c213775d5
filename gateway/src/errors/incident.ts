import { randomUUID } from "node:crypto";
import { MeshError } from "@mesh/contracts";
import type { TRPCError } from "@trpc/server";

/** An id that a browser is told and the log knows: the one of the peer where it happened, if it has logged it. */
export function incidentId({ cause }: TRPCError): string {
  const peersId =
    cause instanceof MeshError ? /^internal error \(id ([\w-]{1,64})\)$/.exec(cause.message)?.[1] : undefined;
  return peersId ?? randomUUID();
}
