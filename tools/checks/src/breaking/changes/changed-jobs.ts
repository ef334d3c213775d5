import type { DescMessage } from "@bufbuild/protobuf";
import { type CatalogueJob, jobsOf } from "@mesh/codegen/catalogue/job";
import { optionPaths } from "@mesh/codegen/catalogue/options";
import { positionOf, positionOfOption } from "@mesh/codegen/position";
import type { Contracts } from "../../contracts/compile.ts";
import type { Break, ContractUser } from "../break.ts";

const affected: ReadonlySet<ContractUser> = new Set(["stored jobs"]);

/** Finds messages that are no longer jobs, and jobs with another result. Buf finds removed messages. */
export function changedJobs(before: Contracts, after: Contracts): Break[] {
  const now = jobsIn(after);
  return jobsIn(before).flatMap((was) => {
    const message = after.registry.getMessage(was.message.typeName);
    const is = now.find((job) => job.message.typeName === was.message.typeName);
    return message ? changedJob(message, was, is) : [];
  });
}

function changedJob(message: DescMessage, was: CatalogueJob, is: CatalogueJob | undefined): Break[] {
  if (!is) {
    const what = `${message.name} is no longer a job`;
    const fix = "revert it, and enqueue a second job until none of this one waits";
    return [{ position: positionOf(message), isOld: false, what, affected, fix }];
  }
  if (was.result === undefined || was.result.typeName === is.result?.typeName) return [];
  const what = `the result of the job ${message.name} is ${is.result?.name ?? "none"}, was ${was.result.name}`;
  const position = positionOfOption(message, is.result ? optionPaths.jobResult : optionPaths.job);
  return [{ position, isOld: false, what, affected, fix: "revert it, and add fields to the result instead" }];
}

function jobsIn({ registry, options }: Contracts): CatalogueJob[] {
  const files = [...registry.files];
  return files.flatMap((file) => jobsOf(file, files, options));
}
