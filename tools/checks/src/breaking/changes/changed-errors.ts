import type { DescEnum } from "@bufbuild/protobuf";
import { type CatalogueReason, errorEnumsOf, reasonsOf } from "@mesh/codegen/catalogue/error";
import { optionPaths } from "@mesh/codegen/catalogue/options";
import { positionOf, positionOfOption } from "@mesh/codegen/position";
import type { Contracts } from "../../contracts/compile.ts";
import type { Break, ContractUser } from "../break.ts";
import type { ComparedContracts } from "../compared-contracts.ts";

const fix = "revert it, and add a new reason";

/** An error enum in the new version, with the users of the old one. */
interface ErrorEnum {
  readonly desc: DescEnum;
  readonly reasons: readonly CatalogueReason[];
  readonly affected: ReadonlySet<ContractUser>;
}

/** Finds the error reasons that were removed, renamed or changed. Buf finds enums that were removed. */
export function changedErrors(before: ComparedContracts, after: Contracts): Break[] {
  const enums = [...before.registry.files].flatMap((file) => errorEnumsOf(file, before.options));
  return enums.flatMap((old) => {
    const desc = after.registry.getEnum(old.typeName);
    if (!desc) return [];
    const now = { desc, reasons: reasonsOf(desc, after.options), affected: before.users.of(old) };
    return reasonsOf(old, before.options).flatMap((was) => changedReason(was, now));
  });
}

function changedReason(was: CatalogueReason, now: ErrorEnum): Break[] {
  const { desc, reasons, affected } = now;
  const is = reasons.find(({ reason }) => reason === was.reason);
  if (!is) return [missingReason(was, now)];
  const position = positionOfOption(is.value, optionPaths.error);
  const name = `the reason ${was.reason} of ${desc.name}`;
  const texts: string[] = [];
  if (is.code !== was.code) texts.push(`${name} has the code ${is.code}, was ${was.code}`);
  const keys = was.metadata.map(({ key }) => key);
  const lost = keys.filter((key) => !is.metadata.some((field) => field.key === key));
  if (lost.length > 0) texts.push(`${name} no longer has the metadata ${lost.join(", ")}`);
  for (const { key, scalar, type } of is.metadata) {
    const old = was.metadata.find((field) => field.key === key);
    if (old && old.type !== type) texts.push(`${name} has ${key} as ${scalar}, was ${old.scalar}`);
  }
  return texts.map((what) => ({ position, isOld: false, what, affected, fix }));
}

function missingReason(was: CatalogueReason, { desc, reasons, affected }: ErrorEnum): Break {
  const name = `the reason ${was.reason} of ${desc.name}`;
  const renamed = reasons.find(({ value }) => value.number === was.value.number);
  const value = renamed?.value ?? desc.values.find(({ number }) => number === was.value.number);
  const what = renamed ? `${name} was renamed to ${renamed.reason}` : `${name} was removed`;
  const changed = value ?? was.value;
  const replaces = ["ENUM_VALUE_NO_DELETE", "ENUM_VALUE_SAME_NAME"];
  return { position: positionOf(changed), isOld: !value, what, affected, fix, desc: changed, replaces };
}
