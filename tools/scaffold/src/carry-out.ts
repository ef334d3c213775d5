import { join } from "node:path";
import type { Draft } from "./draft.ts";
import type { Plan } from "./kinds/plan.ts";
import { Refusal } from "./refusal.ts";
import { type Ran, runNpm, runScript, runTool } from "./run.ts";

const buf = "@bufbuild/buf/bin/buf";
/** Generates in any case. */
const generator = "tools/codegen/bin/mesh-generate.mjs";
/** Generates, and notes from what: a start that follows need not do it again. */
const notingGenerator = "tools/dev/bin/generate.mjs";

/**
 * Writes a draft, formats it, generates code from the contracts, and links and migrates what the plan says. Where a step
 * fails, or is interrupted, all is as it was before.
 *
 * @throws Refusal with what the step said
 */
export async function carryOut(draft: Draft, plan: Plan): Promise<void> {
  const { root } = draft;
  const formatted = await formattedContracts(draft);
  // Ctrl-C ends the programs that this runs, which is a step that fails.
  const stay = () => {};
  process.on("SIGINT", stay);
  const undo = await draft.write();
  try {
    await format(draft, formatted);
    await finish(root, plan);
  } catch (error) {
    await undo();
    await runScript(root, generator, []);
    throw error;
  } finally {
    process.off("SIGINT", stay);
  }
}

/** The contracts that are changed and that follow `buf format`: the others keep the format that they have. */
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
    ...contracts.map((path) => must(runTool(root, buf, ["format", "-w", path]), `${path} can't be formatted`)),
    ...(sources.length > 0 ? [must(runTool(root, "@biomejs/biome/bin/biome", biome), "biome complains")] : []),
  ]);
}

/** The link comes last: what npm did is not undone. */
async function finish(root: string, { newService, migrates }: Plan): Promise<void> {
  const ended = await Promise.allSettled([
    must(runScript(root, notingGenerator, ["--quiet"]), "the contracts can't be generated"),
    must(runTool(root, buf, ["lint"]), "buf lint complains"),
    ...(migrates ? [migrate(root, migrates)] : []),
  ]);
  const failed = ended.find((step) => step.status === "rejected");
  if (failed) throw failed.reason;
  if (newService) await link(root);
}

/** Tells npm of a new package: the network is not needed, as it brings nothing that is not here. */
function link(root: string): Promise<void> {
  const flags = ["--offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  return must(runNpm(root, ["install", ...flags]), "npm can't link the new package");
}

function migrate(root: string, name: string): Promise<void> {
  const script = "shared/store/bin/mesh-migration.mjs";
  return must(runScript(root, script, ["init"], join(root, "services", name)), "the first migration can't be written");
}

async function must(running: Promise<Ran>, complaint: string): Promise<void> {
  const { code, said } = await running;
  if (code !== 0) throw new Refusal(`${complaint}, so nothing was changed:\n${said}`);
}
