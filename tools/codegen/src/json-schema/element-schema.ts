import { ScalarType } from "@bufbuild/protobuf";
import { base64Encode } from "@bufbuild/protobuf/wire";
import type { ReadRules } from "../rules/field-rules.ts";
import { type Element, is64Bit, wrapped } from "../schema/element.ts";
import { ruleKind } from "../schema/scalar.ts";
import { bytesSchema } from "./bytes-schema.ts";
import { enumSchema } from "./enum-schema.ts";
import { messageExamples } from "./message-examples.ts";
import { floatJson, numberSchema } from "./number-schema.ts";
import { listOf, type RuleValues, ruleValues } from "./rule-values.ts";
import { any, type JsonSchema, oneOfValues } from "./schema.ts";
import type { Scope } from "./scope.ts";
import { stringSchema } from "./string-schema.ts";
import { wellKnownKind, wellKnownSchema } from "./well-known.ts";

/** Returns the schema of one value in the JSON mapping of proto3, with its rules and their examples. */
export function elementSchema(element: Element, read: ReadRules, scope: Scope): JsonSchema {
  if (element.kind === "message") return messageElement(element, read, scope);
  if (element.kind === "scalar") return scalarSchema(element.scalar, read, scope);
  const rules = ruleValues(read, "enum");
  const examples = listOf(rules.example).map((number) => element.enum.value[Number(number)]?.name ?? number);
  return withExamples(enumSchema(element.enum, rules, scope), examples);
}

function messageElement(
  { message, timestamps }: Element & { kind: "message" },
  read: ReadRules,
  scope: Scope,
): JsonSchema {
  const scalar = wrapped(message);
  if (scalar !== undefined) return scalarSchema(scalar, read, scope);
  const kind = wellKnownKind(message);
  if (kind === undefined) return scope.reference(message, read.ignored);
  const rules = ruleValues(read, kind);
  const schema = wellKnownSchema(message, rules, scope.isRequest, timestamps);
  return withExamples(schema, messageExamples(message, listOf(rules.example)));
}

function scalarSchema(scalar: ScalarType, read: ReadRules, { isRequest }: Scope): JsonSchema {
  const rules = ruleValues(read, ruleKind(scalar));
  const examples = listOf(rules.example).map((value) => scalarJson(scalar, value));
  return withExamples(plainSchema(scalar, rules, isRequest), examples);
}

function plainSchema(scalar: ScalarType, rules: RuleValues, isRequest: boolean): JsonSchema {
  if (scalar === ScalarType.STRING) return stringSchema(rules);
  if (scalar === ScalarType.BYTES) return bytesSchema(rules, isRequest);
  if (scalar !== ScalarType.BOOL) return numberSchema(scalar, rules, isRequest);
  return { type: "boolean", ...(rules.const !== undefined && { const: rules.const }) };
}

function scalarJson(scalar: ScalarType, value: unknown): unknown {
  if (value instanceof Uint8Array) return base64Encode(value);
  if (is64Bit(scalar)) return String(value);
  return typeof value === "number" ? floatJson(value) : value;
}

function withExamples(schema: JsonSchema, examples: readonly unknown[]): JsonSchema {
  return examples.length > 0 ? { ...schema, examples } : schema;
}

/** Returns the schema of a value whose rules do not apply to zero. */
export function orZero(schema: JsonSchema, element: Element): JsonSchema {
  const zeros = zerosOf(element);
  const isBare = Object.keys(schema).every((keyword) => keyword === "type" || keyword === "format");
  return isBare || zeros.length === 0 ? schema : any(oneOfValues(zeros), schema);
}

/** Returns the spellings in JSON of the zero value, which a field has if it is left out; none for messages. */
export function zerosOf(element: Element): unknown[] {
  if (element.kind === "message") return [];
  if (element.kind === "enum") {
    const [first] = element.enum.values;
    const names = element.enum.values.filter(({ number }) => number === first?.number).map(({ name }) => name);
    return [...names, first?.number ?? 0];
  }
  if (element.scalar === ScalarType.STRING || element.scalar === ScalarType.BYTES) return [""];
  if (element.scalar === ScalarType.BOOL) return [false];
  return is64Bit(element.scalar) ? ["0", 0] : [0];
}
