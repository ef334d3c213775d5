import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Contracts } from "../../contracts/compile.ts";
import { CannotCompare } from "../history/cannot-compare.ts";

const run = promisify(execFile);

/** A breaking change that `buf breaking` found. */
export interface Finding {
  /** The path that contracts import. A removed file or package has none. */
  readonly path?: string;
  readonly start_line?: number;
  readonly start_column?: number;
  /** The name of buf's rule: `FIELD_NO_DELETE`. */
  readonly type: string;
  readonly message: string;
}

/** Runs `buf breaking` with the rules in buf.yaml of the new contracts. */
export async function bufBreaking(before: Contracts, after: Contracts): Promise<readonly Finding[]> {
  const buf = createRequire(import.meta.url).resolve("@bufbuild/buf/bin/buf");
  const args = [buf, "breaking", after.image, "--against", before.image, "--error-format", "json"];
  const { stdout, code, stderr } = await run(process.execPath, [...args, "--config", join(after.root, "buf.yaml")], {
    cwd: after.root,
    env: { ...process.env, BUF_CACHE_DIR: join(after.root, "node_modules/.cache/buf") },
    maxBuffer: 256 * 1024 * 1024,
  }).then(
    (output) => ({ ...output, code: 0 }),
    (error: { stdout: string; stderr: string; code: unknown }) => error, // Thrown by execFile.
  );
  // Source: buf exits with 100 if it finds breaking changes.
  if (code !== 0 && code !== 100) throw new CannotCompare(`buf breaking failed: ${stderr.trim()}`);
  const lines = stdout.split("\n").filter((line) => line !== "");
  return withoutDuplicates(lines.map((line) => JSON.parse(line) as Finding)); // The format of buf.
}

/** Removes the findings about a field's JSON name if the field was renamed: that is one change. */
function withoutDuplicates(findings: readonly Finding[]): readonly Finding[] {
  const renamed = new Set(findings.filter(({ type }) => type === "FIELD_SAME_NAME").map(lineOf));
  return findings.filter((finding) => finding.type !== "FIELD_SAME_JSON_NAME" || !renamed.has(lineOf(finding)));
}

function lineOf({ path, start_line: line }: Finding): string {
  return `${path}:${line}`;
}
