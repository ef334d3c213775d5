import { type DescField, type DescMessage, type DescOneof, ScalarType } from "@bufbuild/protobuf";
import type { RuleTable } from "./checks.ts";
import { counted, silent, switched } from "./values.ts";

/** The rules of lists. The rules of items are read with the items. */
export const repeatedRules: RuleTable = {
  min_items: counted("minItems"),
  max_items: counted("maxItems"),
  unique: (rules, field, site) => switched(isFloats(site.desc) ? "uniqueFloats" : "unique")(rules, field, site),
  items: silent,
};

/** The rules of maps. The rules of keys and values are read with these. */
export const mapRules: RuleTable = {
  min_pairs: counted("minPairs"),
  max_pairs: counted("maxPairs"),
  keys: silent,
  values: silent,
};

function isFloats(desc: DescField | DescMessage | DescOneof): boolean {
  return desc.kind === "field" && desc.scalar === ScalarType.FLOAT;
}
