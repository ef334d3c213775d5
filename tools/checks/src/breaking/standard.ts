import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { CannotCompare } from "./cannot-compare.ts";
import type { Contracts } from "./contracts.ts";

const run = promisify(execFile);

/** What `buf breaking` found. */
export interface Finding {
  /** As contracts import it; of a file or a package that was removed there is none. */
  readonly path?: string;
  readonly start_line?: number;
  readonly start_column?: number;
  /** The name of buf's rule: `FIELD_NO_DELETE`. */
  readonly type: string;
  readonly message: string;
}

/** Runs `buf breaking`, by the rules that buf.yaml of the new contracts chooses. */
export async function bufBreaking(before: Contracts, after: Contracts): Promise<Finding[]> {
  const buf = createRequire(import.meta.url).resolve("@bufbuild/buf/bin/buf");
  const args = [buf, "breaking", after.image, "--against", before.image, "--error-format", "json"];
  const { stdout, code, stderr } = await run(process.execPath, [...args, "--config", join(after.root, "buf.yaml")], {
    cwd: after.root,
    env: { ...process.env, BUF_CACHE_DIR: join(after.root, "node_modules/.cache/buf") },
    maxBuffer: 256 * 1024 * 1024,
  }).then(
    (output) => ({ ...output, code: 0 }),
    (error: { stdout: string; stderr: string; code: unknown }) => error, // What execFile throws.
  );
  // Source: buf answers 100 where something breaks.
  if (code !== 0 && code !== 100) throw new CannotCompare(`buf breaking failed: ${stderr.trim()}`);
  const lines = stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as Finding); // Buf's own format.
}
