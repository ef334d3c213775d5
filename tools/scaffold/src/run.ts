import { spawn } from "node:child_process";
import { join } from "node:path";
import { execPath, platform } from "node:process";

/** What became of a program. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: Buffer;
  /** All that it said, trimmed. */
  readonly said: string;
}

/** Runs one of the tools that npm brings: `runTool(root, "@bufbuild/buf/bin/buf", ["lint"])`. */
export function runTool(root: string, module: string, args: readonly string[], cwd = root): Promise<Ran> {
  return run(execPath, [join(root, "node_modules", module), ...args], cwd);
}

/** Runs a script of the repository. */
export function runScript(root: string, script: string, args: readonly string[], cwd = root): Promise<Ran> {
  return run(execPath, [join(root, script), ...args], cwd);
}

/** Runs npm, the one on PATH. */
export function runNpm(root: string, args: readonly string[]): Promise<Ran> {
  return run(platform === "win32" ? "npm.cmd" : "npm", args, root);
}

async function run(command: string, args: readonly string[], cwd: string): Promise<Ran> {
  const shell = command.endsWith(".cmd");
  const child = spawn(command, args, { cwd, shell, stdio: ["ignore", "pipe", "pipe"], windowsHide: true });
  const [out, all]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (chunk: Buffer) => void out.push(chunk));
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => void all.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  return { code, stdout: Buffer.concat(out), said: Buffer.concat(all).toString("utf8").trim() };
}
