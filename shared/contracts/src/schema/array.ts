import { ZodArray, type z } from "zod";
import { $constructor } from "zod/v4/core";
import { fastFirst, partsOf } from "./attempt.ts";
import { type Fast, fastOf, once, unsure } from "./fast.ts";
import { adopt, below, maxIssues, mistyped } from "./issue.ts";
import type { Parse } from "./payload.ts";
import { applyRules, type Rule, testsOf } from "./rule.ts";
import { stopAfter, takeStop } from "./stop.ts";
import { customize } from "./type.ts";

type ListRule = Rule<readonly unknown[]>;

interface ArrayDef extends z.core.$ZodArrayDef {
  readonly rules: readonly ListRule[];
}

interface ArrayType extends z.ZodArray {
  _zod: z.core.$ZodArrayInternals & { def: ArrayDef };
}

const MeshArray = /*@__PURE__*/ $constructor<ArrayType>("MeshArray", (instance, def) => {
  ZodArray.init(instance, def);
  for (const { _zod } of def.rules) for (const attach of _zod.onattach) attach(instance);
  const fast = once(() => fastArray(def));
  customize(instance, { parse: fastFirst(fast, slowArray(def)), fast });
});

/** The type of a repeated field. Its rules run before the items; the items after the twentieth issue are skipped. */
export function array<T extends z.ZodType>(element: T, ...rules: readonly ListRule[]): z.ZodArray<T> {
  return new MeshArray({ type: "array", element, rules }) as z.ZodType as z.ZodArray<T>; // Its element is that type.
}

function slowArray({ element, rules }: ArrayDef): Parse {
  const items = partsOf(element);
  return (payload, context) => {
    const { value: input, issues } = payload;
    if (!Array.isArray(input)) return mistyped(payload, "must be a list");
    if (!context.skipChecks) applyRules(rules, { value: input, issues });
    const output = takeStop(element, input);
    for (let index = output.length; index < input.length && issues.length < maxIssues; index++) {
      const right = items.right(input[index], context);
      if (right !== unsure) output.push(right);
      else output.push(adopt(payload, items.any(input[index], context), [index], below(`[${index}]`)));
    }
    payload.value = output;
  };
}

function fastArray({ element, rules }: ArrayDef): Fast {
  const tests = testsOf(rules);
  const parse = fastOf(element);
  return (value) => {
    if (!Array.isArray(value)) return unsure;
    for (const test of tests) if (!test(value)) return unsure;
    const output: unknown[] = [];
    for (const item of value) {
      const parsedItem = parse(item);
      if (parsedItem === unsure) {
        stopAfter(element, value, output);
        return unsure;
      }
      output.push(parsedItem);
    }
    return output;
  };
}
