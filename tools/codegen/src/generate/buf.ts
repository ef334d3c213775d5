import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { arch, platform } from "node:process";
import { explainer } from "./explainer.ts";
import { withFix } from "./fixes.ts";
import { isVague } from "./suggestion.ts";

/** Runs buf. Returns its complaints, or undefined if there are none. */
export async function runBuf(root: string, args: readonly string[]): Promise<string | undefined> {
  const [program, ...first] = bufProgram();
  // Without HOME, buf would put its cache into the working folder. It takes a sixth less time with fewer collections of garbage.
  const env = { GOGC: "400", ...process.env, BUF_CACHE_DIR: join(root, "node_modules/.cache/buf") };
  const child = spawn(program, [...first, ...args], { cwd: root, env, stdio: ["ignore", "ignore", "pipe"] });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    complaints += chunk;
  });
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  return code === 0 ? undefined : (await tidy(root, complaints)) || `buf ended with ${code}`;
}

/** Returns the program for this system, or the one of the npm package, which starts Node first to find it. */
function bufProgram(): readonly [program: string, ...args: string[]] {
  const wrapper = createRequire(import.meta.url).resolve("@bufbuild/buf/bin/buf");
  const cpu = platform === "linux" ? ({ arm64: "aarch64", arm: "armv7" }[arch as string] ?? arch) : arch;
  const name = platform === "win32" ? "buf.exe" : "buf";
  try {
    return [createRequire(wrapper).resolve(`@bufbuild/buf-${platform}-${cpu}/bin/${name}`)];
  } catch {
    return [process.execPath, wrapper];
  }
}

/**
 * Returns one line per error in the contracts, in the order of the files: `proto/orders/v1/orders.proto:12:3: …`. Buf
 * adds names and exit codes to the errors of plugins, which this removes.
 */
export async function tidy(root: string, complaints: string): Promise<string> {
  const errors = complaints.split("\n").flatMap((line) => {
    const [, file = "", row = "", column = "", text = ""] =
      /(?:^|: )([^:]+\.proto):(\d+):(\d+):\s*(.*)$/.exec(line) ?? [];
    return file ? [{ row: Number(row), column: Number(column), file, text }] : [];
  });
  const explain = errors.some(({ text }) => isVague(text)) ? await explainer(root) : undefined;
  errors.sort((a, b) => a.file.localeCompare(b.file) || a.row - b.row || a.column - b.column);
  const lines = errors.map(
    ({ file, row, column, text }) => `${file}:${row}:${column}: ${withFix(explain?.(file, row, column, text) ?? text)}`,
  );
  return lines.length > 0 ? [...new Set(lines)].join("\n") : complaints.trim();
}
