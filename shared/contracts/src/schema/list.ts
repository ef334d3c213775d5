import type { z } from "zod";
import { type Fast, fastOf, testsOf, unsure } from "./fast.ts";
import { adopt, maxIssues, mistyped, type Rule } from "./issue.ts";
import { parsedFast, partsOf } from "./parsed.ts";
import { stopAfter, takeStop } from "./stop.ts";

/** The type of a repeated field; looks at no more items once there are enough issues. */
export function list(item: z.ZodType, ...rules: readonly Rule<readonly unknown[]>[]): z.ZodType {
  const items = partsOf(item);
  return parsedFast(
    (payload, context) => {
      const input = payload.value;
      if (!Array.isArray(input)) return mistyped(payload, "must be a list");
      if (!context.skipChecks) applyRules(rules, payload as z.core.ParsePayload<readonly unknown[]>);
      const output = takeStop(item, input);
      for (let index = output.length; index < input.length && payload.issues.length < maxIssues; index++) {
        const right = items.right(input[index], context);
        if (right === unsure) output.push(adopt(payload, items.any(input[index], context), [index], `[${index}]`));
        else output.push(right);
      }
      payload.value = output;
    },
    () => fastList(item, rules),
  );
}

function fastList(item: z.ZodType, rules: readonly Rule<readonly unknown[]>[]): Fast | undefined {
  const tests = testsOf(rules);
  let parse: Fast | undefined;
  if (!tests) return undefined;
  return (value) => {
    if (!Array.isArray(value)) return unsure;
    parse ??= fastOf(item) ?? (() => unsure);
    for (const test of tests) if (!test(value)) return unsure;
    const output: unknown[] = [];
    for (const one of value) {
      const parsedItem = parse(one);
      if (parsedItem === unsure) {
        stopAfter(item, value, output);
        return unsure;
      }
      output.push(parsedItem);
    }
    return output;
  };
}

/** Runs rules in order; one that is final ends it. */
export function applyRules<T>(rules: readonly Rule<T>[], payload: z.core.ParsePayload<T>): void {
  for (const rule of rules) {
    rule(payload);
    if (payload.issues.at(-1)?.continue === false) return;
  }
}
