import { spawn } from "node:child_process";
import { createRequire } from "node:module";

/** Runs buf; answers what it complains about, or undefined. */
export async function runBuf(root: string, args: readonly string[]): Promise<string | undefined> {
  const buf = createRequire(import.meta.url).resolve("@bufbuild/buf/bin/buf");
  const child = spawn(process.execPath, [buf, ...args], { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    complaints += chunk;
  });
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  return code === 0 ? undefined : complaints.trim() || `buf ended with ${code}`;
}
