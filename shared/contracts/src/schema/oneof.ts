import type { z } from "zod";
import { adopt, mistyped } from "./issue.ts";
import { parsed, run } from "./parsed.ts";

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
  const known = new Map(Object.entries(members));
  const expected = `must have a $case of ${[...known.keys()].join(", ")}`;
  return parsed((payload, context) => {
    const input = payload.value as { $case?: unknown; value?: unknown } | null;
    const $case =
      typeof input === "object" && input !== null && Object.hasOwn(input, "$case") ? input.$case : undefined;
    const member = typeof $case === "string" ? known.get($case) : undefined;
    if (!member) return mistyped(payload, expected, name);
    const part = run(member[1], input?.value, context);
    if (part.issues.length > 0) adopt(payload, part, ["value"], member[0]);
    payload.value = { $case, value: part.value };
  });
}
