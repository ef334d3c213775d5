import type { ProcedureContext } from "../calls/procedure-call.ts";
import type { HandWritten, services } from "../router.ts";
import type { ProcedureBuilder } from "../trpc/procedure.ts";

/** Implements the procedures written by hand that router.ts lists. */
export function handWritten(_procedureFor: ProcedureBuilder<ProcedureContext<typeof services>>): HandWritten {
  return {};
}
