import { literal, ZodDiscriminatedUnion, type z } from "zod";
import { $constructor } from "zod/v4/core";
import { run } from "./attempt.ts";
import { type Fast, fastOf, unsure } from "./fast.ts";
import { nameOf } from "./field.ts";
import { adopt, below, mistyped } from "./issue.ts";
import { message } from "./message.ts";
import type { Parse } from "./payload.ts";
import { customize } from "./type.ts";

/** The types of the fields of a oneof, by their keys in TypeScript. */
type Members = Readonly<Record<string, z.ZodType>>;

interface OneofDef extends z.core.$ZodDiscriminatedUnionDef {
  readonly members: Members;
}

interface OneofType extends z.ZodDiscriminatedUnion {
  _zod: z.core.$ZodDiscriminatedUnionInternals & { def: OneofDef };
}

const MeshOneof = /*@__PURE__*/ $constructor<OneofType>("MeshOneof", (instance, def) => {
  ZodDiscriminatedUnion.init(instance, def);
  customize(instance, { parse: slowOneof(def), fast: () => fastOneof(def) });
});

/** The type of a oneof: `{ $case: "placed", value: … }`. Paths of issues name the field, as if there were no oneof. */
export function oneof(members: Members): z.ZodDiscriminatedUnion {
  const options = Object.entries(members).map(([key, value]) => message(() => ({ $case: literal(key), value })));
  return new MeshOneof({ type: "union", discriminator: "$case", inclusive: false, options, members });
}

function slowOneof({ members }: OneofDef): Parse {
  const known = new Map<unknown, z.ZodType>(Object.entries(members));
  const expected = `must have a $case of ${[...known.keys()].join(", ")}`;
  return (payload, context) => {
    const { $case, value } = taken(payload.value);
    const member = known.get($case);
    if (!member) return mistyped(payload, expected);
    const path = below(nameOf(String($case), member));
    payload.value = { $case, value: adopt(payload, run(member, value, context), ["value"], path) };
  };
}

function fastOneof({ members }: OneofDef): Fast {
  const known = new Map<unknown, Fast>(Object.entries(members).map(([key, member]) => [key, fastOf(member)]));
  return (input) => {
    const { $case, value } = taken(input);
    const output = known.get($case)?.(value) ?? unsure;
    return output === unsure ? unsure : { $case, value: output };
  };
}

/** The own properties of a oneof. */
function taken(input: unknown): { readonly $case?: unknown; readonly value?: unknown } {
  if (typeof input !== "object" || input === null || !Object.hasOwn(input, "$case")) return {};
  const { $case, value } = input as { $case: unknown; value?: unknown }; // The check before this one says so.
  return Object.hasOwn(input, "value") ? { $case, value } : { $case };
}
