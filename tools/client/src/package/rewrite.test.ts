import { expect, it } from "vitest";
import { rewrite } from "./rewrite.ts";

const changed = (text: string) => rewrite("a.d.ts", text, (specifier) => `<${specifier}>`);

it("changes every form of import, and nothing that only looks like one", () => {
  const text = [
    'import type { A } from "a";',
    "import 'b';",
    'export { c } from "c";',
    'export * from "d";',
    '/** import { x } from "x"; */',
    'export declare const e: import("e").E | "from";',
    'declare module "f" { import g from "g"; }',
    "//# sourceMappingURL=a.d.ts.map",
  ].join("\n");
  const result = changed(text);
  expect(result.match(/<\w>/g)).toEqual(["<a>", "<b>", "<c>", "<d>", "<e>", "<g>"]);
  expect(result).toContain('import { x } from "x"');
  expect(result).not.toContain("sourceMappingURL");
});

it("rejects a file with a syntax error, with its name", () => {
  expect(() => changed("export declare const = ;")).toThrow(/^a\.d\.ts: /);
});
