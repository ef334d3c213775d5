import type { Definitions } from "../json-schema/definitions.ts";
import { isRecord } from "./parameters.ts";

/** A value for each format. */
const formats: Readonly<Record<string, string>> = {
  uuid: "0190f5fe-7f9b-7c3e-8f1a-2b3c4d5e6f70",
  email: "ada@example.com",
  "date-time": "2026-01-31T12:00:00Z",
  hostname: "example.com",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  uri: "https://example.com",
  int64: "1",
  uint64: "1",
};

/** Texts to try with patterns if there is no format. */
const texts = ["example", "1", "1s", "EXAMPLE", "AQID", "a", "A"];

/** Returns a value for a schema that is not of a message, as far as its keywords allow. */
export function sampleOf(schema: unknown, name: string, definitions: Definitions): unknown {
  if (!isRecord(schema)) return name;
  const [example] = listOf(schema.examples);
  if (example !== undefined) return example;
  if (schema.const !== undefined) return schema.const;
  const choice = listOf(schema.anyOf).at(-1);
  if (choice !== undefined && schema.type === undefined) return sampleOf(simplest(schema.anyOf), name, definitions);
  const values = listOf(schema.enum ?? referred(schema, definitions)?.enum).filter(
    (value) => !isBanned(value, schema.not),
  );
  // The first value of an enum means that nothing is set, so the second is a better example.
  if (values.length > 0) return values[values.length > 1 && schema.$ref !== undefined && !schema.not ? 1 : 0];
  return plainSample(schema, name);
}

function plainSample(schema: Readonly<Record<string, unknown>>, name: string): unknown {
  switch (schema.type) {
    case "boolean":
      return true;
    case "integer":
    case "number":
      return numberSample(schema);
    case "object":
      return {};
    case "array":
      return [];
    case "null":
      return null;
    default:
      return textSample(schema, name);
  }
}

/** Returns the allowed number that is nearest to 1. */
function numberSample({
  minimum,
  maximum,
  exclusiveMinimum,
  exclusiveMaximum,
  type,
}: Readonly<Record<string, unknown>>): number {
  const step = type === "integer" ? 1 : 0.5;
  const low = Math.max(numberOr(minimum, -Infinity), numberOr(exclusiveMinimum, -Infinity) + step);
  const high = Math.min(numberOr(maximum, Infinity), numberOr(exclusiveMaximum, Infinity) - step);
  return Math.min(Math.max(1, low), high);
}

function textSample(
  { format, pattern, minLength, maxLength }: Readonly<Record<string, unknown>>,
  name: string,
): string {
  const known = formats[String(format)];
  if (known !== undefined) return known;
  const expression = new RegExp(typeof pattern === "string" ? pattern : "", "u");
  const fitted = [name, ...texts].map((text) => fit(text, numberOr(minLength, 0), numberOr(maxLength, Infinity)));
  return fitted.find((text) => expression.test(text)) ?? name;
}

function fit(text: string, min: number, max: number): string {
  return text.padEnd(min, text || "a").slice(0, Math.min(max, Math.max(min, text.length)));
}

/** Returns the most specific of several schemas. */
function simplest(choices: unknown): unknown {
  const list = listOf(choices);
  return (
    list.find((choice) => isRecord(choice) && (choice.$ref !== undefined || choice.type !== undefined)) ?? list.at(-1)
  );
}

function referred({ $ref }: Readonly<Record<string, unknown>>, definitions: Definitions) {
  return typeof $ref === "string" ? definitions.schemaOf($ref.split("/").at(-1) ?? "") : undefined;
}

function isBanned(value: unknown, not: unknown): boolean {
  return isRecord(not) && (not.const === value || listOf(not.enum).includes(value));
}

function numberOr(value: unknown, other: number): number {
  return typeof value === "number" ? value : other;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
