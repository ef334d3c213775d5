import { env } from "node:process";
import { type Message, toJson } from "@bufbuild/protobuf";
import { corpusProto } from "@mesh/codegen/testing";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { edgesOf, messageArbitrary } from "../../fixtures/arbitrary.ts";
import { type Oracle, openOracle } from "../../fixtures/oracle.ts";
import { shortenFloats } from "../json-floats.ts";

/** The number of messages to try. */
const total = Number(env.DIFFERENTIAL_MESSAGES ?? 3_000);
const seed = Number(env.DIFFERENTIAL_SEED ?? Date.now() % 2 ** 31);
const batchSize = 1_000;
/** Enough to see what is wrong. */
const maxMistakes = 10;

/**
 * Rules that a schema says in full. Not among them, because JSON Schema can't say them, or only in part: moments and spans of time; paths of field masks; parts of bytes, which are base64; lengths
 * in bytes; the finer points of addresses and URIs; expressions with flags; expressions of CEL and rules made of them.
 */
const expressible = new RegExp(
  `^(?:${[
    "required",
    "message\\.oneof",
    "bool\\.const",
    "enum\\.(?:const|in|not_in|defined_only)",
    "(?:s?int32|uint32|s?fixed32|s?int64|uint64|s?fixed64|float|double)\\.(?:const|in|not_in|finite|[gl]te?(?:_lte?)?(?:_exclusive)?)",
    "bytes\\.(?:const|in|not_in)",
    "string\\.(?:const|in|not_in|len|min_len|max_len|prefix|suffix|contains|not_contains)",
    "string\\.(?:email|uuid|tuuid|ulid|ipv4|protobuf_fqn|protobuf_dot_fqn)(?:_empty)?",
    "string\\.well_known_regex\\.\\w+",
    "(?:repeated|map)\\.(?:min|max)_(?:items|pairs)",
    "any\\.(?:in|not_in)",
  ].join("|")})$`,
);

const { files, messages } = corpusProto();
const ajv = new Ajv2020({ strictSchema: true, strictTypes: false, validateFormats: false });
const compiled = new Map<string, ValidateFunction>();
let oracle: Oracle;

beforeAll(async () => {
  oracle = await openOracle(files);
  ajv.addSchema(JSON.parse(oracle.generated("json-schema/corpus.v1.json")));
}, 300_000);
afterAll(() => oracle.dispose());

// The seed is in the name, so that a run that fails says how to repeat it.
test(`each of ${total} messages that protovalidate accepts matches its JSON Schema (seed ${seed})`, {
  timeout: 3_600_000,
}, () => {
  const any = fc.oneof(...messages.map(arbitraryOf));
  const mistakes: unknown[] = [];
  for (let done = 0; done < total && mistakes.length < maxMistakes; done += batchSize) {
    const numRuns = Math.min(batchSize, total - done);
    for (const { name, input } of fc.sample(any, { seed: seed + done, numRuns }))
      mistakes.push(...mistakesOf(name, input));
  }
  expect(mistakes.slice(0, maxMistakes)).toEqual([]);
});

/** A schema may let through what only breaks rules that JSON Schema has no words for. */
function mistakesOf(name: string, input: unknown): unknown[] {
  const message = oracle.messageOf(name, input);
  const rules = oracle.violationsOf(name, message)?.map((violation) => violation.split(" ")[1] ?? "");
  if (!rules) return [];
  const mustBeRefused = rules.some((rule) => expressible.test(rule));
  return jsonForms(name, message).flatMap((json) => {
    const fits = schemaOf(name)(json);
    // To JSON Schema -0 is 0, which a rule may let through.
    const isRight = fits ? !mustBeRefused || hasNegativeZero(json) : rules.length > 0;
    return isRight ? [] : [{ declared: declared(name), json, rules, errors: schemaOf(name).errors }];
  });
}

function hasNegativeZero(json: unknown): boolean {
  if (typeof json !== "object" || json === null) return Object.is(json, -0);
  return Object.values(json).some(hasNegativeZero);
}

/** As the gateway writes it, with and without what is zero; none if a message has no form in JSON. */
function jsonForms(name: string, message: Message): unknown[] {
  const desc = oracle.desc(name);
  try {
    return [false, true].map((alwaysEmitImplicit) => {
      return shortenFloats(desc, toJson(desc, message, { alwaysEmitImplicit }));
    });
  } catch {
    return [];
  }
}

function schemaOf(name: string): ValidateFunction {
  const known = compiled.get(name) ?? ajv.compile({ $ref: `corpus.v1.json#/$defs/corpus.v1.${name}` });
  compiled.set(name, known);
  return known;
}

function declared(name: string): string | undefined {
  return messages.find((message) => message.name === name)?.source;
}

/** Values made for the rules of a message, and the corpus's own. */
function arbitraryOf({ name, source, inputs }: (typeof messages)[number]) {
  const made = messageArbitrary(oracle.desc(name), edgesOf(source));
  return fc
    .oneof({ weight: 4, arbitrary: made }, { weight: 1, arbitrary: fc.constantFrom(...inputs) })
    .map((input) => ({ name, input }));
}
