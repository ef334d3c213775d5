import type { DescMessage } from "@bufbuild/protobuf";
import { jobsOf } from "@mesh/codegen/catalogue/job";
import { optionPaths } from "@mesh/codegen/catalogue/options";
import { positionOfOption } from "@mesh/codegen/position";
import { acceptanceOf } from "../contracts/acceptance.ts";
import type { Contracts } from "../contracts/compile.ts";
import type { SourceTree } from "../contracts/source-path.ts";
import type { AccessProblem } from "./access-problem.ts";
import type { App } from "./app.ts";

/** Finds jobs that an app enqueues without doing them, those that it does without owning them, and those that no app does. */
export function deniedJobs(apps: readonly App[], contracts: Contracts, tree: SourceTree): AccessProblem[] {
  const { options, names } = contracts;
  const ownerOf = (desc: DescMessage) => names.streamOf(desc.file.proto.package).service;
  const ofApps = apps.flatMap((app) => {
    const service = app.names.join(", ");
    const enqueued = app.enqueued.flatMap(({ desc, ...place }) => {
      if (!options.job(desc) || app.done.some((one) => one.desc === desc)) return [];
      const owner = ownerOf(desc);
      const fix = app.names.includes(owner) ? `add job(${desc.name}, …) to its jobs` : `call ${owner}, which owns it`;
      return [{ ...place, text: `${service} enqueues ${desc.name}, which it does not do: ${fix}` }];
    });
    const done = app.done.flatMap(({ desc, ...place }) => {
      if (app.names.includes(ownerOf(desc))) return [];
      const text = `${service} does ${desc.name}, which is a job of ${ownerOf(desc)}: declare a job of its own`;
      return [{ ...place, text }];
    });
    return [...enqueued, ...done];
  });
  const undone = declaredJobs(contracts)
    .filter((job) => tree.isOwn(job.file) && doersOf(job, apps).length === 0 && !acceptanceOf("elsewhere", job))
    .map((job) => {
      const { file, line, column } = positionOfOption(job, optionPaths.job);
      const text = `no service does ${job.name}: add job(${job.name}, …) to the jobs of ${ownerOf(job)}, or comment // mesh:elsewhere <reason> if it is in another repository`;
      return { path: tree.paths.get(file) ?? file, line, column, text };
    });
  return [...ofApps, ...undone];
}

/** Returns a line for each job: who does it, and where it is enqueued. */
export function jobsText(apps: readonly App[], contracts: Contracts): string {
  const rows = declaredJobs(contracts).map((job) => {
    const places = apps.flatMap(({ enqueued }) => enqueued.filter(({ desc }) => desc === job));
    const where = places.map(({ path, line }) => `${path}:${line}`).join(", ") || "no place";
    return [job.typeName, doersOf(job, apps).join(", ") || "another repository", where] as const;
  });
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, doer, where]) => `${name.padEnd(width)}  done by ${doer}, enqueued in ${where}\n`).join("");
}

function declaredJobs({ registry, options }: Contracts): DescMessage[] {
  const files = [...registry.files];
  return files.flatMap((file) => jobsOf(file, files, options)).map(({ message }) => message);
}

function doersOf(job: DescMessage, apps: readonly App[]): string[] {
  return apps.filter(({ done }) => done.some(({ desc }) => desc === job)).flatMap(({ names }) => names);
}
