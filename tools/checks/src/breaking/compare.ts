import type { Break } from "./break.ts";
import { bufBreaking } from "./buf/buf-breaking.ts";
import { breakOf } from "./buf/finding.ts";
import { changedErrors } from "./changes/changed-errors.ts";
import { changedEvents } from "./changes/changed-events.ts";
import { changedJobs } from "./changes/changed-jobs.ts";
import { changedMethods } from "./changes/changed-methods.ts";
import { changedRules } from "./changes/changed-rules.ts";
import { changedServices } from "./changes/changed-services.ts";
import { changedTimestamps } from "./changes/changed-timestamps.ts";
import type { ComparedContracts } from "./compared-contracts.ts";

/** Finds all breaking changes between two versions of the contracts, in the order of the files. */
export async function compare(before: ComparedContracts, after: ComparedContracts): Promise<Break[]> {
  const finders = [
    changedServices,
    changedMethods,
    changedEvents,
    changedJobs,
    changedErrors,
    changedRules,
    changedTimestamps,
  ];
  const own = finders.flatMap((find) => find(before, after));
  const findings = await bufBreaking(before, after);
  const standard = findings.flatMap((finding) => {
    const found = breakOf(finding, before, after);
    const isReplaced = own.some(
      ({ desc, replaces }) => replaces?.includes(finding.type) && `${desc}` === `${found.desc}`,
    );
    return isReplaced ? [] : [found];
  });
  return [...own, ...standard].sort(byPosition);
}

function byPosition(a: Break, b: Break): number {
  const [left, right] = [a.position, b.position];
  const byFile = left.file < right.file ? -1 : left.file > right.file ? 1 : 0;
  return byFile || left.line - right.line || left.column - right.column;
}
