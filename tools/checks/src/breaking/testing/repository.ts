import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type Git, gitIn } from "../git.ts";

const run = promisify(execFile);
const project = join(import.meta.dirname, "../../../../..");

const config = `version: v2
modules:
  - path: proto
    excludes: [proto/.deps]
  - path: proto/.deps
breaking:
  use: [FILE]
`;

/** A repository of contracts in a folder of its own. */
export interface Repository extends AsyncDisposable {
  readonly folder: string;
  readonly git: Git;
  /** Writes files, by their path; undefined removes one. */
  write(files: Readonly<Record<string, string | undefined>>): Promise<void>;
  /** Commits all there is. */
  commit(message: string): Promise<void>;
  /** Runs `mesh-breaking`, in a folder of it. */
  breaking(args?: readonly string[], folder?: string): Promise<{ code: number; stdout: string; stderr: string }>;
}

/** Makes a repository whose branch is main, with the options of mesh.v1 in it. */
export async function createRepository(): Promise<Repository> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "mesh-breaking-test-")));
  const git = await emptyRepository(folder);
  const options = await readFile(join(project, "proto/mesh/v1/options.proto"), "utf8");
  await writeFiles(folder, {
    ".gitignore": "/proto/.deps/\n",
    "buf.yaml": config,
    "proto/mesh/v1/options.proto": options,
  });
  return {
    folder,
    git,
    write: (files) => writeFiles(folder, files),
    async commit(message) {
      await git("add", "--all");
      await git("commit", "--quiet", "--allow-empty", "--message", message);
    },
    breaking: (args = [], where = folder) => breaking(where, args),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Runs `mesh-breaking` in a folder. */
export async function breaking(folder: string, args: readonly string[]) {
  const bin = join(project, "tools/checks/bin/mesh-breaking.mjs");
  return run(process.execPath, [bin, ...args], { cwd: folder }).then(
    (output) => ({ ...output, code: 0 }),
    (error: { code: number; stdout: string; stderr: string }) => error, // What execFile throws.
  );
}

async function emptyRepository(folder: string): Promise<Git> {
  const git = gitIn(folder);
  await git("init", "--quiet", "--initial-branch", "main");
  for (const [key, value] of [
    ["user.name", "Ada"],
    ["user.email", "ada@example.com"],
    ["commit.gpgsign", "false"],
  ] as const) {
    await git("config", key, value);
  }
  return git;
}

async function writeFiles(folder: string, files: Readonly<Record<string, string | undefined>>): Promise<void> {
  for (const [name, source] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await (source === undefined ? rm(path) : writeFile(path, source));
  }
}
