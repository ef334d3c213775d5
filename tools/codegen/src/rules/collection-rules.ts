import type { RuleTable } from "./checks.ts";
import { counted, silent, switched } from "./values.ts";

/** The rules of lists. The rules of items are read with the items. */
export const repeatedRules: RuleTable = {
  min_items: counted("minItems"),
  max_items: counted("maxItems"),
  unique: switched("unique"),
  items: silent,
};

/** The rules of lists of floats. */
export const repeatedFloatRules: RuleTable = { ...repeatedRules, unique: switched("uniqueFloats") };

/** The rules of maps. The rules of keys and values are read with these. */
export const mapRules: RuleTable = {
  min_pairs: counted("minPairs"),
  max_pairs: counted("maxPairs"),
  keys: silent,
  values: silent,
};
