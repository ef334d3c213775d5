import { execFile } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

/** A copy of the repository with packages of its own, in which anything may be changed. */
export interface Clone extends AsyncDisposable {
  readonly root: string;
  /** Runs a program in it. Resolves with its exit code and its output. */
  call(command: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Called>;
  /** Returns the changes since the copy was made: a line of `git status --porcelain` per file. */
  changes(): Promise<string[]>;
  /** Commits all changes. */
  commit(): Promise<void>;
}

/** The result of a program that ended. */
export interface Called {
  readonly code: number;
  readonly output: string;
}

/** Copies the files that git lists, and links the installed ones, which takes a second instead of a minute. */
export async function openClone(): Promise<Clone> {
  const clone = await mkdtemp(join(tmpdir(), "typemesh-clone-"));
  const { stdout } = await run("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root, maxBuffer: 2 ** 24 });
  const generated = ["proto/.deps", "tools/testing/proto/.deps", "shared/contracts/gen"];
  for (const path of [...stdout.split("\n").filter(Boolean), ...generated]) {
    await cp(join(root, path), join(clone, path), { recursive: true }).catch(ignoreMissing);
  }
  await linkPackages(clone);
  const git = (...args: string[]) =>
    run("git", ["-c", "user.name=test", "-c", "user.email=test@localhost", ...args], { cwd: clone });
  await git("init", "-q");
  await git("add", "-A");
  await git("commit", "-qm", "the beginning");
  return {
    root: clone,
    call: (command, args, env = {}) => callIn(clone, command, args, env),
    async commit() {
      await git("add", "-A");
      await git("commit", "-qm", "a change");
    },
    async changes() {
      const { stdout: status } = await git("status", "--porcelain", "-uall");
      return status.split("\n").filter(Boolean);
    },
    [Symbol.asyncDispose]: () => rm(clone, { recursive: true, force: true, maxRetries: 10 }),
  };
}

/** Gives a folder the installed packages of the repository. */
export async function linkPackages(clone: string): Promise<void> {
  const [from, to] = [join(root, "node_modules"), join(clone, "node_modules")];
  // Not across file systems.
  await run("cp", ["-al", from, to]).catch(() => run("cp", ["-a", from, to]));
  await rm(join(to, ".cache"), { recursive: true, force: true });
  // npm writes this one in place.
  await rm(join(to, ".package-lock.json"), { force: true });
  await cp(join(from, ".package-lock.json"), join(to, ".package-lock.json"));
}

/** Ignores files that git lists although they were deleted. */
function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}

/** Runs a program in a folder. Resolves with its exit code and its output. */
export async function callIn(
  cwd: string,
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Called> {
  const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 2 ** 24 };
  return run(command, [...args], options).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    // execFile rejects with an ExecFileException.
    (error) => ({ code: Number(error.code), output: `${error.stdout}${error.stderr}` }),
  );
}
