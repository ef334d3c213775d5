import { type FieldViolation, MeshError } from "@mesh/contracts";

/** The most faults that are told; as many as of broken rules. */
export const maxFaults = 20;

/** Refuses a request whose parts can't be read. @param violations one at least */
export function unreadable(violations: readonly FieldViolation[]): MeshError {
  const told = violations.slice(0, maxFaults);
  const texts = told.map(({ field, description }) => (field ? `${field}: ${description}` : description));
  return new MeshError({ code: "INVALID_ARGUMENT", message: texts.join("; "), violations: told });
}

/** Something of a request that can't be read; no rule of the contract says it. */
export function fault(field: string, description: string): FieldViolation {
  return { field, description, rule: "" };
}
