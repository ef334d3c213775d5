import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/**
 * Returns the errors of the compiler in generated code and its declarations, one per line.
 *
 * @param repository the folder of tsconfig.base.json
 */
export async function compilerErrors(folder: string, repository: string): Promise<string> {
  const compilerOptions = { skipLibCheck: false, noUnusedLocals: false };
  const config = { extends: join(repository, "tsconfig.base.json"), compilerOptions, include: ["**/*"] };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(repository, "node_modules/typescript/bin/tsc");
  const run = promisify(execFile)(process.execPath, [tsc, "-p", folder], { maxBuffer: 1 << 28 });
  return run.then(
    () => "",
    (error: { stdout: string; message: string }) => error.stdout || error.message,
  );
}
