import { bytes } from "./bytes.ts";
import type { CorpusKind } from "./corpus-kind.ts";
import { enums } from "./enums.ts";
import { lists } from "./lists.ts";
import { maps } from "./maps.ts";
import { messages } from "./messages.ts";
import { numbers } from "./numbers.ts";
import { strings } from "./strings.ts";
import { times } from "./times.ts";

const booleans: CorpusKind = {
  type: "bool",
  values: [true, false],
  rules: [".bool.const = true", ".bool.const = false"],
};

/** Every kind of field with its rules. Each rule is tried with each value of its kind. */
export const corpus: readonly CorpusKind[] = [...numbers, booleans, strings, bytes, enums, ...times, ...messages];

/** Lists and maps: a rule or none, and the values. */
export const collections: readonly CorpusKind[] = [...lists, ...maps];
