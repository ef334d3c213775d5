import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Draft } from "./draft.ts";
import { GeneratorError } from "./generator-error.ts";
import type { Plan } from "./kinds/plan.ts";
import { type RunResult, runNpm, runScript, runTool } from "./run.ts";

const buf = "@bufbuild/buf/bin/buf";
/** Generates code in any case. */
const generator = "tools/codegen/bin/mesh-generate.mjs";
/** Generates code and records its inputs, so that the next start need not generate again. */
const recordingGenerator = "tools/dev/bin/generate.mjs";

/**
 * Writes a draft, formats it, generates code from the contracts, and links and migrates the service. If a step fails or
 * is interrupted, all changes are undone.
 *
 * @throws GeneratorError with the output of the step
 */
export async function carryOut(draft: Draft, plan: Plan): Promise<void> {
  const { root } = draft;
  const formatted = await formattedContracts(draft);
  // Ctrl-C also ends the running program, so its step fails and the changes are undone.
  const stay = () => {};
  process.on("SIGINT", stay);
  const undoMigration = plan.migrates && (await keepMigrations(root, plan.migrates.service));
  const undo = await draft.write();
  try {
    await format(draft, formatted);
    await finish(root, plan);
  } catch (error) {
    await undoMigration?.();
    await undo();
    await runScript(root, generator, []);
    throw error;
  } finally {
    process.off("SIGINT", stay);
  }
}

/** Lists the edited contracts that follow `buf format`. The others keep their own format. */
async function formattedContracts({ root, edits }: Draft): Promise<string[]> {
  const changed = [...edits.keys()].filter(isContract);
  const checked = changed.map(async (path) => {
    const { code } = await runTool(root, buf, ["format", path, "--exit-code", "-o", "-"]);
    return { path, isFormatted: code === 0 };
  });
  return (await Promise.all(checked)).filter(({ isFormatted }) => isFormatted).map(({ path }) => path);
}

const isContract = (path: string) => path.endsWith(".proto");

async function format({ root, edits, created }: Draft, formatted: readonly string[]): Promise<void> {
  const contracts = [...formatted, ...[...created.keys()].filter(isContract)];
  const sources = [...edits.keys(), ...created.keys()].filter((path) => !isContract(path));
  const biome = ["check", "--write", "--no-errors-on-unmatched", ...sources];
  await Promise.all([
    ...contracts.map((path) => must(runTool(root, buf, ["format", "-w", path]), `buf can't format ${path}`)),
    ...(sources.length > 0 ? [must(runTool(root, "@biomejs/biome/bin/biome", biome), "biome reports errors")] : []),
  ]);
}

/** Runs the remaining steps. Linking comes last, because it can't be undone. */
async function finish(root: string, { links, migrates }: Plan): Promise<void> {
  const ended = await Promise.allSettled([
    must(runScript(root, recordingGenerator, ["--quiet"]), "the code generation failed"),
    must(runTool(root, buf, ["lint"]), "buf lint reports errors"),
    ...(migrates ? [migrate(root, migrates)] : []),
  ]);
  const failed = ended.find((step) => step.status === "rejected");
  if (failed) throw failed.reason;
  if (links) await link(root);
}

/** Links the packages with npm. It needs no network, because all its dependencies are installed. */
function link(root: string): Promise<void> {
  const flags = ["--offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  return must(runNpm(root, ["install", ...flags]), "npm can't link the new package");
}

function migrate(root: string, { service, name }: NonNullable<Plan["migrates"]>): Promise<void> {
  const script = "shared/store/bin/mesh-migration.mjs";
  const message = `the ${name === "init" ? "first " : ""}migration can't be written`;
  return must(runScript(root, script, [name], join(root, "services", service)), message);
}

/** Keeps the migrations of a service as they are. Returns a function that restores them. */
async function keepMigrations(root: string, service: string): Promise<(() => Promise<void>) | undefined> {
  const folder = join(root, "services", service, "migrations");
  if (!existsSync(folder)) return undefined;
  const paths = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = paths.filter((path) => path.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const before = new Map(await Promise.all(files.map(async (path) => [path, await readFile(path)] as const)));
  return async () => {
    await rm(folder, { recursive: true });
    for (const [path, bytes] of before) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes);
    }
  };
}

async function must(running: Promise<RunResult>, message: string): Promise<void> {
  const { code, output } = await running;
  if (code !== 0) throw new GeneratorError(`${message}, so nothing was changed:\n${output}`);
}
