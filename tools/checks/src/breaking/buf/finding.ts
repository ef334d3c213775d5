import type { AnyDesc } from "@bufbuild/protobuf";
import { positionOf } from "@mesh/codegen/position";
import type { Contracts } from "../../contracts/compile.ts";
import type { Break } from "../break.ts";
import type { ComparedContracts } from "../compared-contracts.ts";
import { counterpart } from "../counterpart.ts";
import type { Finding } from "./buf-breaking.ts";
import { declaredAt, findNamed } from "./declaration.ts";

/** The advice for each rule of buf, by the start of its name. The first match counts. */
const fixes: readonly (readonly [start: string, fix: string])[] = [
  ["RPC_NO_DELETE", "keep it, with `option deprecated = true`, until no client calls it"],
  ["FIELD_NO_DELETE", "keep it, with [deprecated = true], until no client uses it"],
  ["ENUM_VALUE_NO_DELETE", "keep it, with [deprecated = true], until no client uses it"],
  ["FILE_NO_DELETE", "keep it until none of its declarations is used"],
  ["FIELD_SAME", "revert it, and add a field with a new number"],
  ["FIELD_WIRE", "revert it, and add a field with a new number"],
  ["ENUM_VALUE_SAME", "revert it, and add a value with a new number"],
  ["RPC_SAME", "revert it, and add a new rpc"],
  ["RESERVED", "reserve it again: older code may still use the number or the name"],
  ["FILE_SAME", "revert it, or add a new version of the package"],
  ["PACKAGE", "keep it until it is no longer used"],
];

/** Converts a finding of buf: adds the affected users, the advice, and the old position if something was removed. */
export function breakOf(finding: Finding, before: ComparedContracts, after: Contracts): Break {
  const what = finding.message.replace(/^Previously present /, "").replace(/\.$/, "");
  const fix = fixFor(finding.type);
  const desc = declarationOf(finding, after);
  const removed = removedDeclaration(finding, before, desc);
  if (removed) {
    return { position: positionOf(removed), isOld: true, what, affected: before.users.of(removed), fix, desc: removed };
  }
  const { path = "", start_line: line = 1, start_column: column = 1 } = finding;
  const position = hasPosition(finding) || !desc ? { file: path, line, column } : positionOf(desc);
  const affected = desc ? before.users.of(counterpart(desc, before.registry) ?? desc) : new Set<never>();
  return { position, isOld: false, what, affected, fix, ...(desc && { desc }) };
}

/** Finds the declaration at the position of a finding. Without a position (a removed option), finds it by its name. */
function declarationOf(finding: Finding, { registry }: Contracts): AnyDesc | undefined {
  const { path = "", start_line: line, start_column: column = 1, type } = finding;
  if (line && hasPosition(finding)) return declaredAt(registry, path, line, column);
  const [kind = ""] = /^(ENUM_VALUE|[A-Z]+)/.exec(type) ?? [];
  return findNamed(registry, finding, kind, undefined) ?? declaredAt(registry, path, 1, 1);
}

/** Returns false if buf reports the start of the file, as it does for something that no longer has a position. */
function hasPosition({ start_line: line, start_column: column }: Finding): boolean {
  return line !== undefined && (line > 1 || (column ?? 1) > 1);
}

function removedDeclaration(finding: Finding, before: Contracts, parent: AnyDesc | undefined): AnyDesc | undefined {
  const [, kind] = /^(.*?)_NO_DELETE/.exec(finding.type) ?? [];
  return kind ? findNamed(before.registry, finding, kind, parent) : undefined;
}

function fixFor(type: string): string {
  const [, fix] = fixes.find(([start]) => type.startsWith(start)) ?? [];
  if (fix) return fix;
  return type.includes("_NO_DELETE") ? "keep it until it is no longer used" : "revert it, or add something new instead";
}
