import { KnownRegex } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { plainExpression } from "../rules/plain-pattern.ts";
import { countOf, listOf, type RuleValues } from "./rule-values.ts";
import { all, type JsonSchema, literalPattern, oneOfValues } from "./schema.ts";
import { stringFormats } from "./string-formats.ts";

/** Returns the schema of a text. */
export function stringSchema(rules: RuleValues): JsonSchema {
  const allowed = rules.const === undefined ? listOf(rules.in) : [rules.const];
  return all(
    { type: "string" },
    ...(allowed.length > 0 ? [oneOfValues(allowed)] : []),
    ...lengths(rules),
    ...formats(rules),
    ...patterns(rules).map((pattern) => ({ pattern })),
    ...(rules.not_contains === undefined ? [] : [{ not: { pattern: literalPattern(String(rules.not_contains)) } }]),
    ...(listOf(rules.not_in).length > 0 ? [{ not: oneOfValues(listOf(rules.not_in)) }] : []),
  );
}

/** Returns the limits of the length in characters. A character has one to four bytes. */
function lengths({ len, min_len, max_len, len_bytes, min_bytes, max_bytes }: RuleValues): JsonSchema[] {
  const fewestBytes = countOf(len_bytes ?? min_bytes);
  const lower = [countOf(len), countOf(min_len), fewestBytes && Math.ceil(fewestBytes / 4)];
  const upper = [countOf(len), countOf(max_len), countOf(len_bytes ?? max_bytes)];
  const [minLength, maxLength] = [
    Math.max(...lower.map((one) => one ?? 0)),
    Math.min(...upper.map((one) => one ?? Infinity)),
  ];
  return [...(minLength > 0 ? [{ minLength }] : []), ...(maxLength < Infinity ? [{ maxLength }] : [])];
}

function patterns({ pattern, prefix, suffix, contains }: RuleValues): string[] {
  const plain = pattern === undefined ? undefined : plainExpression(String(pattern));
  return [
    ...(plain ? [plain.source] : []),
    ...(prefix === undefined ? [] : [`^${literalPattern(String(prefix))}`]),
    ...(suffix === undefined ? [] : [`${literalPattern(String(suffix))}$`]),
    ...(contains === undefined ? [] : [literalPattern(String(contains))]),
  ];
}

function formats(rules: RuleValues): readonly JsonSchema[] {
  const named = Object.entries(stringFormats).filter(([name]) => rules[name] === true);
  return [...named.map(([, schema]) => schema), ...headers(rules)];
}

function headers({ well_known_regex: known, strict }: RuleValues): JsonSchema[] {
  const isStrict = strict !== false;
  if (known === KnownRegex.HTTP_HEADER_NAME) {
    return [{ pattern: isStrict ? "^:?[0-9a-zA-Z!#$%&'*+\\-.^_|~`]+$" : "^[^\\u0000\\n\\r]+$" }];
  }
  if (known !== KnownRegex.HTTP_HEADER_VALUE) return [];
  return [{ pattern: isStrict ? "^[^\\u0000-\\u0008\\n-\\u001f\\u007f]*$" : "^[^\\u0000\\n\\r]*$" }];
}
