import { type MethodDefinition, violations } from "@mesh/contracts";
import { ZodError } from "zod";
import { resumedRequest } from "../calls/event-ids.ts";
import { invalidRequest } from "./field-fault.ts";

/** Checks the rules of a request's contract and fills in defaults. @throws MeshError INVALID_ARGUMENT */
export function checkRules(method: MethodDefinition, request: unknown, lastEventId?: unknown): unknown {
  try {
    return resumedRequest(method, request, lastEventId);
  } catch (error) {
    throw error instanceof ZodError ? invalidRequest(violations(error)) : error;
  }
}
