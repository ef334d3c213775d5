import { type FieldViolation, MeshError, violations } from "@mesh/contracts";
import { type Policy, type PolicyRule, PolicySchema } from "@mesh/contracts/mesh/v1";
import { faultsOfRules } from "./rule-faults.ts";

/** Keys of the map `split` are versions, not names of fields. */
const map = "split";

/**
 * Reads a policy from its JSON, in which fields have the names of the .proto, or those in camel case. Unlike other readers of
 * protobuf's JSON, it accepts no numbers in quotation marks.
 *
 * @throws MeshError INVALID_ARGUMENT with all faults: those by the contract, unknown fields, and those that the contract can't
 *   describe
 *
 * @example
 * ```ts
 * import { readPolicy } from "@mesh/rpc";
 *
 * const { rules } = readPolicy({ rules: [{ service: "orders", deadline_ms: 500 }] });
 * rules[0]?.deadlineMs; // 500
 * ```
 */
export function readPolicy(json: unknown): Policy {
  const input = renamed(json, camelCase);
  const { success, data, error } = PolicySchema.safeParse(input);
  if (!success) throw invalidPolicy(violations(error));
  const faults = [...unknownFields(input, data, ""), ...faultsOfRules(data.rules)];
  if (faults.length > 0) throw invalidPolicy(faults.slice(0, maxFaults));
  return data;
}

/** As many as are reported of other messages. */
const maxFaults = 20;

/**
 * Returns the JSON of a policy, with the names of the .proto and without empty fields: `readPolicy` reads it back.
 *
 * @example
 * ```ts
 * import { policyJson, readPolicy } from "@mesh/rpc";
 *
 * const policy = readPolicy({ rules: [{ service: "orders", caller: "", deadlineMs: 500 }] });
 * policyJson(policy); // { rules: [{ service: "orders", deadline_ms: 500 }] }
 * ```
 */
export function policyJson({ rules }: Policy): unknown {
  return { rules: rules.map((rule) => renamed(withoutEmpty(rule), snakeCase)) };
}

function withoutEmpty({ fault, ...rule }: PolicyRule): object {
  return filled({ ...rule, ...(fault && { fault: filled(fault) }) });
}

function filled(message: object): object {
  return Object.fromEntries(Object.entries(message).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === "" || value === 0 || (isObject(value) && Object.keys(value).length === 0);
}

function invalidPolicy(faults: readonly FieldViolation[]): MeshError {
  const [first] = faults.map(({ field, description }) => (field ? `${field}: ${description}` : description));
  const message = `not a valid policy: ${first ?? "it breaks a rule"}`;
  return new MeshError({ code: "INVALID_ARGUMENT", message, violations: faults });
}

/** Finds what the schema has dropped. */
function unknownFields(given: unknown, read: unknown, path: string): FieldViolation[] {
  if (Array.isArray(given) && Array.isArray(read)) {
    return given.flatMap((item, index) => unknownFields(item, read[index], `${path}[${index}]`));
  }
  if (!isObject(given) || !isObject(read)) return [];
  return Object.entries(given).flatMap(([key, value]) => {
    const field = `${path}${path && "."}${snakeCase(key)}`;
    if (!Object.hasOwn(read, key)) return [{ field, description: "is not a field of a policy", rule: "" }];
    return key === map ? [] : unknownFields(value, read[key], field);
  });
}

/** Renames the fields of all messages in a policy. */
function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, rename));
  if (!isObject(value)) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([key, item]) => [rename(key), key === map ? item : renamed(item, rename)]));
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
