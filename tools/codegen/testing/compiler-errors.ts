import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const repository = join(import.meta.dirname, "../../..");

/** Returns the errors of the compiler in its strictest mode for generated code in a folder; empty if there are none. */
export async function compilerErrors(folder: string): Promise<string> {
  const extend = join(repository, "tsconfig.base.json");
  const compilerOptions = { skipLibCheck: false, noUnusedLocals: false };
  await writeFile(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: extend, compilerOptions, include: ["**/*"] }),
  );
  const tsc = join(repository, "node_modules/typescript/bin/tsc");
  return promisify(execFile)(process.execPath, [tsc, "-p", folder]).then(
    () => "",
    (error: { stdout: string }) => error.stdout,
  );
}
