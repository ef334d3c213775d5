import type { MeshError } from "@mesh/contracts";

/** Returns the JSON of an error, on one line. */
export function errorJson(error: MeshError): string {
  const { code, reason, domain, metadata, message, violations, retryAfterMs } = error;
  const shown = { code, reason, domain, metadata, message, violations, retryAfterMs };
  return `${JSON.stringify(shown, (_, value) => (typeof value === "bigint" ? String(value) : value))}\n`;
}

/** Returns an error for people: `NOT_FOUND ORDER_NOT_FOUND: …`, with a line for each invalid field. */
export function errorText({ code, reason, message, violations }: MeshError): string {
  const lines = violations.map(({ field, description }) => `  ${field ? `${field}: ` : ""}${description}`);
  return [`${[code, reason].filter(Boolean).join(" ")}: ${message}`, ...lines, ""].join("\n");
}
