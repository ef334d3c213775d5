import { ZodArray, type z } from "zod";
import { $constructor } from "zod/v4/core";
import { fastPart, slowPart } from "./attempt.ts";
import { type Fast, fastOf, unsure } from "./fast.ts";
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
  customize(instance, { parse: slowArray(def), fast: () => fastArray(def) });
});

/** The type of a repeated field. Its rules run before the items; the items after the twentieth issue are skipped. */
export function array<T extends z.ZodType>(element: T, ...rules: readonly ListRule[]): z.ZodArray<T> {
  return new MeshArray({ type: "array", element, rules }) as z.ZodType as z.ZodArray<T>; // Its element is that type.
}

function slowArray({ element, rules }: ArrayDef): Parse {
  return (payload, context) => {
    const { value: input, issues } = payload;
    if (!Array.isArray(input)) return mistyped(payload, "must be a list");
    if (!context.skipChecks) applyRules(rules, { value: input, issues });
    const parse = fastPart(element, context);
    // Items that pass unchanged are copied after all have passed: a large list takes longer to copy than to test.
    const output = parse.tests ? undefined : takeStop(element, input);
    for (let index = output?.length ?? 0; index < input.length && issues.length < maxIssues; index++) {
      let item = parse(input[index]);
      if (item === unsure) {
        item = adopt(payload, slowPart(element, input[index], context), [index], below(`[${index}]`), "repeated.items");
      }
      output?.push(item);
    }
    payload.value = output ?? (issues.length === 0 ? [...input] : input);
  };
}

function fastArray({ element, rules }: ArrayDef): Fast {
  const tests = testsOf(rules);
  const parse = fastOf(element);
  return (input) => {
    if (!Array.isArray(input)) return unsure;
    for (const test of tests) if (!test(input)) return unsure;
    return parse.tests ? copyOf(input, parse) : outputOf(input, parse, element);
  };
}

/** A copy of a list whose items pass unchanged. */
function copyOf(input: readonly unknown[], parse: Fast): unknown {
  for (const item of input) if (parse(item) === unsure) return unsure;
  return [...input];
}

/** The output of the items; the slow way goes on from the first that may be wrong. */
function outputOf(input: readonly unknown[], parse: Fast, element: object): unknown {
  const output: unknown[] = [];
  for (const item of input) {
    const right = parse(item);
    if (right === unsure) {
      stopAfter(element, input, output);
      return unsure;
    }
    output.push(right);
  }
  return output;
}
