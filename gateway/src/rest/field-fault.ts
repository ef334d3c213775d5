import { type FieldViolation, MeshError } from "@mesh/contracts";

/** The maximum of reported faults; the same as of broken rules. */
export const maxFaults = 20;

/** Makes the error of a request that cannot be read. @param violations at least one */
export function invalidRequest(violations: readonly FieldViolation[]): MeshError {
  const reported = violations.slice(0, maxFaults);
  const texts = reported.map(({ field, description }) => (field ? `${field}: ${description}` : description));
  return new MeshError({ code: "INVALID_ARGUMENT", message: texts.join("; "), violations: reported });
}

/** A part of a request that cannot be read. No rule of the contract is behind it. */
export function fieldFault(field: string, description: string): FieldViolation {
  return { field, description, rule: "" };
}
