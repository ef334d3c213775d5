import { spawn } from "node:child_process";
import { join } from "node:path";
import { execPath, platform } from "node:process";

/** The result of a program. */
export interface RunResult {
  readonly code: number | null;
  readonly stdout: Buffer;
  /** The text of stdout and stderr, trimmed. */
  readonly output: string;
}

/** Runs a tool from node_modules: `runTool(root, "@bufbuild/buf/bin/buf", ["lint"])`. */
export function runTool(root: string, module: string, args: readonly string[], cwd = root): Promise<RunResult> {
  return run(execPath, [join(root, "node_modules", module), ...args], cwd);
}

/** Runs a script of the repository. */
export function runScript(root: string, script: string, args: readonly string[], cwd = root): Promise<RunResult> {
  return run(execPath, [join(root, script), ...args], cwd);
}

/** Runs the npm on PATH. */
export function runNpm(root: string, args: readonly string[]): Promise<RunResult> {
  return run(platform === "win32" ? "npm.cmd" : "npm", args, root);
}

async function run(command: string, args: readonly string[], cwd: string): Promise<RunResult> {
  const shell = command.endsWith(".cmd");
  const child = spawn(command, args, { cwd, shell, stdio: ["ignore", "pipe", "pipe"], windowsHide: true });
  const [out, all]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (chunk: Buffer) => void out.push(chunk));
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => void all.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  return { code, stdout: Buffer.concat(out), output: Buffer.concat(all).toString("utf8").trim() };
}
