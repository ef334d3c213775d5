import type { z } from "zod";
import { maxDepth, nested } from "./depth.ts";
import { type Fast, fastOf, unsure } from "./fast.ts";
import { adopt, maxIssues, mistyped, violation } from "./issue.ts";
import { type Parse, type Payload, parsedFast, run } from "./parsed.ts";

/** A field of a message. */
export interface Field {
  /** Its key in TypeScript. */
  readonly key: string;
  /** Its name in the .proto. */
  readonly name: string;
  /** What it adds to the path of an issue: its name, but nothing where it is a oneof. */
  readonly segment: string;
  readonly type: z.ZodType;
  readonly presence: "implicit" | "optional" | "required";
  /** The rule that is broken where it is required and left out; default: `required`. */
  readonly absence?: string;
  /** What an implicit field is where it is left out; never changed by anybody, so it need not be a fresh one. */
  readonly initial: unknown;
}

/** A field that is never absent: left out, it is its default, and the rules apply to that. */
export function implicit(key: string, name: string, type: z.ZodType, initial: unknown): Field {
  return { key, name, segment: name, type, presence: "implicit", initial };
}

/** A field or a oneof that may be absent; the rules apply where it is there. */
export function optional(key: string, name: string, type: z.ZodType, segment = name): Field {
  return { key, name, segment, type, presence: "optional", initial: undefined };
}

/** A field or a oneof that can be absent and must not be. */
export function required(key: string, name: string, type: z.ZodType, segment = name): Field {
  return { key, name, segment, type, presence: "required", initial: undefined };
}

/** A field that proto2 calls `required`, and an edition LEGACY_REQUIRED: no message is sent without it. */
export function legacyRequired(key: string, name: string, type: z.ZodType): Field {
  return { ...required(key, name, type), absence: "legacy_required" };
}

/** What checks a message beyond its fields; gets the message as it was given. */
export type MessageRule = (input: Readonly<Record<string, unknown>>, payload: Payload) => void;

/**
 * Reads the own keys of a message one after the other, parses each, and answers a new message, or `no` where a field may
 * be wrong. Generated for each message: a loop looks up every key by name, which takes three times as long.
 *
 * @param parse how to parse each field, in their order; takes undefined for one that is left out
 * @param no what `parse` answers where it is unsure
 */
export type Read = (
  input: Readonly<Record<string, unknown>>,
  parse: readonly Fast[],
  has: typeof Object.hasOwn,
  no: typeof unsure,
) => unknown;

/**
 * The type of a message: takes own keys only, drops those that no field has, fills in defaults and checks every rule.
 *
 * @param fields called once, at the first parse, so that messages may contain each other
 */
export function message(fields: () => readonly Field[], read: Read, ...rules: readonly MessageRule[]): z.ZodType {
  let known: readonly Field[] | undefined;
  const parse: Parse = (payload, context) => {
    known ??= fields();
    const input = payload.value;
    if (!isRecord(input)) return mistyped(payload, "must be an object");
    const output: Record<string, unknown> = {};
    for (const field of known) {
      if (payload.issues.length >= maxIssues) break;
      const given = Object.hasOwn(input, field.key) ? input[field.key] : undefined;
      const value = given === undefined ? field.initial : given;
      if (value === undefined) {
        if (field.presence === "required" && !context.skipChecks)
          adopt(payload, absent(field), [field.key], field.name);
        continue;
      }
      const part = run(field.type, value, context);
      if (part.issues.length > 0) adopt(payload, part, [field.key], field.segment);
      output[field.key] = part.value;
    }
    if (!context.skipChecks) for (const check of rules) check(input, payload);
    payload.value = output;
  };
  const refuse = (payload: Payload) => mistyped(payload, `must not be deeper than ${maxDepth} messages in each other`);
  return parsedFast(
    (payload, context) =>
      nested(
        () => parse(payload, context),
        () => refuse(payload),
      ),
    () => fastMessage(fields, read, rules),
  );
}

function fastMessage(fields: () => readonly Field[], read: Read, rules: readonly MessageRule[]): Fast {
  let parse: readonly Fast[] | undefined;
  return (input) => {
    if (!isRecord(input)) return unsure;
    // Asked late, since messages may contain each other.
    parse ??= fields().map(fastField);
    const own = parse;
    const output = nested(
      () => read(input, own, Object.hasOwn, unsure),
      () => unsure,
    );
    return output !== unsure && keeps(rules, input) ? output : unsure;
  };
}

function fastField({ type, presence, initial }: Field): Fast {
  const parse = fastOf(type);
  if (!parse) return () => unsure;
  if (presence === "implicit") return (value) => parse(value === undefined ? initial : value);
  const absent = presence === "required" ? unsure : undefined;
  return (value) => (value === undefined ? absent : parse(value));
}

function keeps(rules: readonly MessageRule[], input: Readonly<Record<string, unknown>>): boolean {
  if (rules.length === 0) return true;
  const noted: Payload = { value: input, issues: [] };
  for (const check of rules) check(input, noted);
  return noted.issues.length === 0;
}

function absent({ absence = "required" }: Field): Payload {
  return { value: undefined, issues: [violation(undefined, absence, "is required")] };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
