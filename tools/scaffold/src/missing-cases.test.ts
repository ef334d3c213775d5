import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openRepository } from "../fixtures/repository.ts";
import { errorLines, missingCases } from "./missing-cases.ts";

const page = `
type Refusal = { reason: "GONE" } | { reason: "TOO_LATE" } | undefined;
export function say(refusal: Refusal): string {
  switch (refusal?.reason) {
    case "GONE":
    case undefined:
      return "Gone.";
    default:
      return refusal satisfies never;
  }
}
export const other: number = "no number";
`;

it("finds the switch without a case for a reason, and no other error", async () => {
  const { root } = await openRepository({
    "web/tsconfig.json": '{ "compilerOptions": { "strict": true } }',
    "web/page.ts": page,
  });
  expect(await missingCases(root, "TOO_LATE")).toEqual([
    "web/page.ts:9:22: add a case for TOO_LATE",
    expect.stringContaining("npm run typecheck"),
  ]);
});

it("returns only the command if there is no frontend", async () => {
  const root = await mkdtemp(join(tmpdir(), "mesh-missing-"));
  onTestFinished(() => rm(root, { recursive: true }));
  expect(await missingCases(root, "TOO_LATE")).toEqual([expect.stringContaining("npm run typecheck")]);
});

it("matches the whole name of a reason", () => {
  const output = "web/a.ts(1,2): error TS1360: Type '\"TOO_LATE_NOW\"' does not satisfy the expected type 'never'.";
  expect(errorLines(output, "TOO_LATE")).toEqual([]);
  expect(errorLines(output, "TOO_LATE_NOW")).toEqual(["web/a.ts:1:2"]);
});
