import { type Rule, rule } from "../rule.ts";

type Paths = readonly unknown[];

/** `const`: exactly these paths, in this order. */
export function pathsConstant(expected: readonly string[]): Rule<Paths> {
  const test = (paths: Paths) => paths.length === expected.length && paths.every((path, i) => path === expected[i]);
  return rule("field_mask.const", test, `must name ${expected.join(", ")}`);
}

/** `in`: each path is one of these or lies below one. */
export function pathsIn(allowed: readonly string[]): Rule<Paths> {
  const test = (paths: Paths) => paths.every((path) => allowed.some((root) => covers(root, path)));
  return rule("field_mask.in", test, `must only name ${allowed.join(", ")}`);
}

/** `not_in`: no path is one of these or lies below one. */
export function pathsNotIn(refused: readonly string[]): Rule<Paths> {
  const test = (paths: Paths) => !paths.some((path) => refused.some((root) => covers(root, path)));
  return rule("field_mask.not_in", test, `must not name ${refused.join(", ")}`);
}

function covers(root: string, path: unknown): boolean {
  return path === root || String(path).startsWith(`${root}.`);
}
