import { type MessageType, violations } from "@mesh/contracts";
import { invalidRequest } from "./field-fault.ts";

/** Checks the rules of a request's contract and fills in defaults. @throws MeshError INVALID_ARGUMENT */
export function checkRules({ schema }: MessageType<unknown>, request: unknown): unknown {
  const result = schema.safeParse(request);
  if (result.success) return result.data;
  throw invalidRequest(violations(result.error));
}
