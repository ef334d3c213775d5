import type { z } from "zod";
import { type Fast, fastOf, unsure } from "./fast.ts";
import { adopt, mistyped } from "./issue.ts";
import { type Parse, parsed, run } from "./parsed.ts";

/** A field of a oneof: its name in the .proto and its type. */
export type Member = readonly [name: string, type: z.ZodType];

/**
 * The type of a oneof: `{ $case: "placed", value: … }`. In paths a member stands by its own name, as if it were no part
 * of a oneof; that is how the .proto sees it.
 *
 * @param name the oneof's name in the .proto
 * @param members by their name in TypeScript
 */
export function oneof(name: string, members: Readonly<Record<string, Member>>): z.ZodType {
  const known = new Map<unknown, Member>(Object.entries(members));
  const expected = `must have a $case of ${[...known.keys()].join(", ")}`;
  const parse: Parse = (payload, context) => {
    const { $case, value } = taken(payload.value);
    const member = known.get($case);
    if (!member) return mistyped(payload, expected, name);
    const part = run(member[1], value, context);
    if (part.issues.length > 0) adopt(payload, part, ["value"], member[0]);
    payload.value = { $case, value: part.value };
  };
  return parsed(parse, () => fastOneof(known));
}

function fastOneof(members: ReadonlyMap<unknown, Member>): Fast {
  const known = new Map<unknown, Fast>();
  return (input) => {
    const { $case, value } = taken(input);
    const member = members.get($case);
    if (!member) return unsure;
    // Asked late, since messages may contain each other.
    const parse = known.get($case) ?? fastOf(member[1]) ?? (() => unsure);
    known.set($case, parse);
    const output = parse(value);
    return output === unsure ? unsure : { $case, value: output };
  };
}

/** The own properties of a oneof. */
function taken(input: unknown): { readonly $case?: unknown; readonly value?: unknown } {
  if (typeof input !== "object" || input === null || !Object.hasOwn(input, "$case")) return {};
  const { $case, value } = input as { $case: unknown; value?: unknown }; // The check before this one says so.
  return Object.hasOwn(input, "value") ? { $case, value } : { $case };
}
