import type { Break } from "./break.ts";
import type { Contracts } from "./contracts.ts";
import { changedErrors } from "./errors.ts";
import { changedEvents } from "./events.ts";
import { breakOf } from "./from-buf.ts";
import { changedMethods } from "./methods.ts";
import { changedRules } from "./rules/message.ts";
import { bufBreaking, type Finding } from "./standard.ts";

/** Everything that breaks somebody between two trees of contracts, in the order of the files. */
export async function compare(before: Contracts, after: Contracts): Promise<Break[]> {
  const own = [changedMethods, changedEvents, changedErrors, changedRules].flatMap((find) => find(before, after));
  const findings = withoutEchoes(await bufBreaking(before, after));
  const standard = findings.flatMap((finding) => {
    const found = breakOf(finding, before, after);
    const isTold = own.some(({ desc, replaces }) => replaces?.includes(finding.type) && `${desc}` === `${found.desc}`);
    return isTold ? [] : [found];
  });
  return [...own, ...standard].sort(inOrder);
}

/** Another name of a field means another name in JSON: that is one break. */
function withoutEchoes(findings: readonly Finding[]): readonly Finding[] {
  const renamed = new Set(findings.filter(({ type }) => type === "FIELD_SAME_NAME").map(lineOf));
  return findings.filter((finding) => finding.type !== "FIELD_SAME_JSON_NAME" || !renamed.has(lineOf(finding)));
}

function lineOf({ path, start_line: line }: Finding): string {
  return `${path}:${line}`;
}

function inOrder(a: Break, b: Break): number {
  const [left, right] = [a.position, b.position];
  const byFile = left.file < right.file ? -1 : left.file > right.file ? 1 : 0;
  return byFile || left.line - right.line || left.column - right.column;
}
