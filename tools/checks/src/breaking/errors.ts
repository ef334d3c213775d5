import type { DescEnum } from "@bufbuild/protobuf";
import { type CatalogueReason, errorEnumsOf, reasonsOf } from "@mesh/codegen/catalogue/error";
import { optionPaths } from "@mesh/codegen/catalogue/options";
import { positionOf, positionOfOption } from "@mesh/codegen/position";
import type { Break, Who } from "./break.ts";
import type { Contracts } from "./contracts.ts";

const mend = "take it back, and add a new reason beside it";

/** What changed of the reasons that callers tell apart; an enum that was removed buf finds. */
export function changedErrors(before: Contracts, after: Contracts): Break[] {
  const enums = [...before.registry.files].flatMap((file) => errorEnumsOf(file, before.options));
  return enums.flatMap((old) => {
    const now = after.registry.getEnum(old.typeName);
    if (!now) return [];
    const who = before.reach.of(old);
    const reasons = reasonsOf(now, after.options);
    return reasonsOf(old, before.options).flatMap((was) => changedReason(was, now, reasons, who));
  });
}

function changedReason(
  was: CatalogueReason,
  desc: DescEnum,
  reasons: readonly CatalogueReason[],
  who: ReadonlySet<Who>,
): Break[] {
  const is = reasons.find(({ reason }) => reason === was.reason);
  if (!is) return [lostReason(was, desc, reasons, who)];
  const position = positionOfOption(is.value, optionPaths.error);
  const name = `the reason ${was.reason} of ${desc.name}`;
  const texts: string[] = [];
  if (is.code !== was.code) texts.push(`${name} has the code ${is.code}, was ${was.code}`);
  const lost = was.metadata.filter((key) => !is.metadata.includes(key));
  if (lost.length > 0) texts.push(`${name} comes without its metadata ${lost.join(", ")}`);
  return texts.map((what) => ({ position, isOld: false, what, who, mend }));
}

function lostReason(
  was: CatalogueReason,
  desc: DescEnum,
  reasons: readonly CatalogueReason[],
  who: ReadonlySet<Who>,
): Break {
  const name = `the reason ${was.reason} of ${desc.name}`;
  const renamed = reasons.find(({ value }) => value.number === was.value.number);
  const value = renamed?.value ?? desc.values.find(({ number }) => number === was.value.number);
  const what = renamed ? `${name} is called ${renamed.reason} now` : `${name} was removed`;
  const about = value ?? was.value;
  const replaces = ["ENUM_VALUE_NO_DELETE", "ENUM_VALUE_SAME_NAME"];
  return { position: positionOf(about), isOld: !value, what, who, mend, desc: about, replaces };
}
