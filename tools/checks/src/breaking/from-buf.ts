import type { AnyDesc } from "@bufbuild/protobuf";
import { positionOf } from "@mesh/codegen/position";
import type { Break } from "./break.ts";
import type { Contracts } from "./contracts.ts";
import { declaredAt, namedThing } from "./place.ts";
import { counterpart } from "./same.ts";
import type { Finding } from "./standard.ts";

/** What to do instead, by the beginning of the rule's name; the first that fits. */
const mends: readonly (readonly [start: string, mend: string])[] = [
  ["RPC_NO_DELETE", "keep it, with `option deprecated = true`, until nobody calls it"],
  ["FIELD_NO_DELETE", "keep it, with [deprecated = true], until nobody reads or sends it"],
  ["ENUM_VALUE_NO_DELETE", "keep it, with [deprecated = true], until nobody knows it"],
  ["FILE_NO_DELETE", "keep it until nobody uses what it declares"],
  ["FIELD_SAME", "take it back, and add a field with a new number beside it"],
  ["FIELD_WIRE", "take it back, and add a field with a new number beside it"],
  ["ENUM_VALUE_SAME", "take it back, and add a value with a new number beside it"],
  ["RPC_SAME", "take it back, and add an rpc beside it"],
  ["RESERVED", "reserve it again: its number or name means something to others"],
  ["FILE_SAME", "take it back, or make a new version of the package beside it"],
  ["PACKAGE", "keep it until nobody uses it"],
];

/** Says what buf found in our words: with who is hit, and what was removed where it stood. */
export function breakOf(finding: Finding, before: Contracts, after: Contracts): Break {
  const what = finding.message.replace(/^Previously present /, "").replace(/\.$/, "");
  const mend = mendOf(finding.type);
  const place = placeOf(finding, after);
  const removed = removedBy(finding, before, place);
  if (removed) {
    return { position: positionOf(removed), isOld: true, what, who: before.reach.of(removed), mend, desc: removed };
  }
  const { path = "", start_line: line = 1, start_column: column = 1 } = finding;
  const position = pointsAt(finding) || !place ? { file: path, line, column } : positionOf(place);
  const who = place ? before.reach.of(counterpart(place, before.registry) ?? place) : new Set<never>();
  return { position, isOld: false, what, who, mend, ...(place && { desc: place }) };
}

/** What buf points at; where it points nowhere, as at an option that was removed, what it names. */
function placeOf(finding: Finding, { registry }: Contracts): AnyDesc | undefined {
  const { path = "", start_line: line, start_column: column = 1, type } = finding;
  if (line && pointsAt(finding)) return declaredAt(registry, path, line, column);
  const [kind = ""] = /^(ENUM_VALUE|[A-Z]+)/.exec(type) ?? [];
  return namedThing(registry, finding, kind, undefined) ?? declaredAt(registry, path, 1, 1);
}

/** Whether buf points at anything: the beginning of the file stands for what has no place any more. */
function pointsAt({ start_line: line, start_column: column }: Finding): boolean {
  return line !== undefined && (line > 1 || (column ?? 1) > 1);
}

function removedBy(finding: Finding, before: Contracts, within: AnyDesc | undefined): AnyDesc | undefined {
  const [, kind] = /^(.*?)_NO_DELETE/.exec(finding.type) ?? [];
  return kind ? namedThing(before.registry, finding, kind, within) : undefined;
}

function mendOf(type: string): string {
  const [, mend] = mends.find(([start]) => type.startsWith(start)) ?? [];
  if (mend) return mend;
  return type.includes("_NO_DELETE") ? "keep it until nobody uses it" : "take it back, or add something new beside it";
}
