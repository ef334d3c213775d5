import { expect, test } from "vitest";
import { patched, stock } from "../../../testing/stock.ts";

const contract = [
  `
syntax = "proto3";
package p.v1;
import "other.proto/thing.proto";
message Thing { other.v1.Thing other = 1; }
message Thing1 { Thing thing = 1; }
`,
  { "other.proto/thing.proto": 'syntax = "proto3"; package other.v1; message Thing { string text = 1; }' },
] as const;

test("stock ts-proto imports a type under a name that is taken, from a module that is not there", async () => {
  const output = await stock(...contract);
  expect(output.code).toMatch(/import \{ Thing as Thing1 \} from "[./]*other\/thing\.proto\.pb\.ts"/);
  expect(await output.compilerErrors()).not.toBe("");
});

test("a type is imported under a free name", async () => {
  const output = await patched(...contract);
  expect(output.code).toContain("import { Thing as Thing__1 } from '../../other.proto/thing.pb.ts'");
  expect(await output.compilerErrors()).toBe("");
});
