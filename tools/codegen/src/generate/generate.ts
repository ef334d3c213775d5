import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { setImmediate } from "node:timers/promises";
import { tidy } from "./buf.ts";
import { writeDependencies } from "./dependencies.ts";
import { newDraft } from "./draft.ts";
import { imageOf } from "./image.ts";
import { type JobResult, runJob } from "./job.ts";
import { type PluginOptions, readPluginOptions } from "./plugins.ts";
import { generatorHash, imageName, recordName, recordOf, writeRecord } from "./record.ts";
import { SharedParts } from "./shared.ts";
import { moveFiles, removeOthers } from "./sync.ts";
import { jobsLikely, type Plan, planTree, surveyTree, type Tree } from "./tree.ts";
import { Workers } from "./workers.ts";

/** The folder of the generated code, below the root of the repository. Source: `out` in buf.gen.yaml. */
const outputFolder = "shared/contracts/gen";

/**
 * The protocols of gRPC itself that shared/rpc speaks. They are generated like contracts, into a folder of their own.
 */
const protocols = "shared/rpc/proto";

/** The contracts of the tests of shared/, tools/ and gateway/, which must not depend on those of a project. */
const testing = "tools/testing/proto";

/** The result of a generation. */
export interface Generated {
  /** The errors in the contracts, one per line: `proto/orders/v1/orders.proto:12:3: …`; undefined if there are none. */
  readonly errors: string | undefined;
  /** The number of files that changed. */
  readonly written: number;
  /** The number of files that are no longer generated. */
  readonly removed: number;
}

/** The input of a generation. */
export interface GenerateOptions {
  /** The folder of buf.yaml. */
  readonly root: string;
  /** The folder for the code; default: shared/contracts/gen */
  readonly output?: string;
  /** Whether code remains if no contract that it depends on changed since the last generation; default: true */
  readonly reuse?: boolean;
}

/**
 * Generates the same code as `buf generate`, but only from contracts that changed, and those that depend on them. Writes
 * only the files whose content changes, and none if there is an error.
 */
export async function generate({
  root,
  output = join(root, outputFolder),
  reuse = true,
}: GenerateOptions): Promise<Generated> {
  const draft = await newDraft(output);
  const workers = new Workers();
  try {
    await writeDependencies(root, testing);
    const trees = treesOf(root, { output, draft, options: await readPluginOptions(root) });
    const surveys = trees.map((tree) => surveyTree(root, tree, reuse));
    // They load their code while buf compiles.
    workers.prepare(surveys.reduce((total, survey) => total + jobsLikely(survey), 0));
    const plans = await Promise.all(surveys.map((survey) => planTree(root, survey)));
    const complaints = plans.filter((plan) => typeof plan === "string");
    if (complaints.length > 0) return { errors: complaints.join("\n"), written: 0, removed: 0 };
    return await carryOut(
      plans.filter((plan) => typeof plan !== "string"),
      { root, output, workers },
    );
  } finally {
    await workers.close();
    await rm(draft, { recursive: true, force: true });
  }
}

interface Places {
  readonly output: string;
  readonly draft: string;
  readonly options: PluginOptions;
}

function treesOf(root: string, { output, draft, options }: Places): Tree[] {
  const generator = generatorHash(root, options);
  const contracts: Tree = { options, generator, output, draft: join(draft, "contracts") };
  const further = [
    { name: "protocols", input: protocols, sources: "../../../rpc/proto" },
    { name: "testing", input: testing, sources: "../../../../tools/testing/proto" },
  ].filter(({ input }) => existsSync(join(root, input)));
  return [
    contracts,
    ...further.map(({ name, input, sources }): Tree => {
      const mesh = options.mesh.replace("sources=../../../proto", `sources=${sources}`);
      const folders = { output: join(output, name), draft: join(draft, name) };
      return { input, options: { ...options, mesh }, generator, ...folders };
    }),
  ];
}

async function carryOut(
  plans: readonly Plan[],
  { root, output, workers }: { readonly root: string; readonly output: string; readonly workers: Workers },
): Promise<Generated> {
  const running = Promise.all(plans.map(({ jobs }) => workers.run(jobs)));
  // An error is thrown below.
  running.catch(() => {});
  // The threads get their first jobs before this one is busy.
  await setImmediate();
  const together = plans.map(runTogether);
  const results = (await running).map((ofFiles, index) => [...(together[index] ?? []), ...ofFiles]);
  const errors = errorsOf(results.flat());
  if (errors) return { errors: await tidy(root, errors), written: 0, removed: 0 };
  const published: Published[] = [];
  // One after the other: the folders of the others are in that of the contracts, which may be moved as a whole.
  for (const [index, plan] of plans.entries()) published.push(await publish(plan, results[index] ?? []));
  const wanted = published.flatMap(({ folder, paths }) => paths.map((path) => join(relative(output, folder), path)));
  const written = published.reduce((total, one) => total + one.written, 0);
  return { errors: undefined, written, removed: await removeOthers(output, new Set(wanted)) };
}

/** Runs the job for all files here, where they have been read, while the threads run the other jobs. */
function runTogether({ together, files }: Plan): JobResult[] {
  if (!together) return [];
  return [
    runJob(
      together,
      new SharedParts(),
      files.map(({ proto }) => proto),
    ),
  ];
}

/** Returns the errors of all jobs. Those that follow from others are left out, unless there are no others. */
function errorsOf(results: readonly JobResult[]): string | undefined {
  const failed = results.filter(({ errors }) => errors !== undefined);
  const primary = failed.filter(({ areSecondary }) => !areSecondary);
  const reported = primary.length > 0 ? primary : failed;
  return reported.length > 0 ? reported.map(({ errors }) => errors).join("\n") : undefined;
}

/** A tree whose code is in its folder. */
interface Published {
  readonly folder: string;
  /** The number of files that changed. */
  readonly written: number;
  /** The files that belong there, below the folder. */
  readonly paths: readonly string[];
}

/** Moves the code of a tree that changed from its draft, and records what all of it was generated from. */
async function publish({ survey, files, units, hash, kept }: Plan, results: readonly JobResult[]): Promise<Published> {
  const { output: folder, draft, generator } = survey.tree;
  const outputs = results.flatMap((result) => result.outputs);
  const paths = [...Object.keys(kept), ...outputs.map(({ path }) => path), recordName, imageName];
  if (survey.isCurrent) return { folder, written: 0, paths };
  const changed = outputs.filter(({ isChanged }) => isChanged).map(({ path }) => path);
  await writeFile(join(draft, imageName), imageOf(files));
  await moveFiles(draft, folder, [...changed, imageName]);
  const made = Object.fromEntries(outputs.map(({ path, source }) => [path, recordOf(folder, path, source)]));
  const hashes = Object.fromEntries(units.map((unit) => [unit.name, unit.hash]));
  const record = { generator, tree: hash, sources: survey.sources.hashes, units: hashes, files: { ...kept, ...made } };
  await writeRecord(folder, record);
  return { folder, written: changed.length, paths };
}
