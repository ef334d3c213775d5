import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { createFileRegistry, type FileRegistry, fromBinary } from "@bufbuild/protobuf";
import { pathToString } from "@bufbuild/protobuf/reflect";
import { createValidator, type Validator } from "@bufbuild/protovalidate";
import { compile, corpusProto, generateFiles, writeGenerated } from "@mesh/codegen/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import { lax } from "./parsed.ts";
import { violations } from "./violations.ts";

const { files: contracts, messages } = corpusProto();

let registry: FileRegistry;
let validator: Validator;
let schemas: Record<string, z.ZodType>;
let codecs: Record<string, { encode(message: unknown): { finish(): Uint8Array } }>;
let dispose: () => Promise<void>;

beforeAll(async () => {
  registry = createFileRegistry(await compile(contracts));
  validator = createValidator({ registry });
  const generated = await writeGenerated(await generateFiles(contracts));
  dispose = generated.dispose;
  schemas = await import(join(generated.folder, "corpus/v1/corpus.zod.js"));
  codecs = await import(join(generated.folder, "corpus/v1/corpus.pb.ts"));
});
afterAll(() => dispose());

/** What protovalidate finds wrong: field and rule, sorted. */
function expected(name: string, input: unknown): string[] {
  const desc = registry.getMessage(`corpus.v1.${name}`);
  const complete = lax(schemas[`${name}Schema`] as z.ZodType).parse(input);
  const bytes = codecs[name]?.encode(complete).finish();
  if (!desc || !bytes) throw new Error(`${name} was not generated`);
  const result = validator.validate(desc, fromBinary(desc, bytes));
  // An expression that fails on a value; what counts is that we refuse it, too.
  if (result.kind === "error") return found(name, input).length > 0 ? found(name, input) : [result.error.message];
  return (result.violations ?? []).map(({ field, ruleId }) => `${pathToString(field)} ${ruleId}`).sort();
}

function found(name: string, input: unknown): string[] {
  const result = (schemas[`${name}Schema`] as z.ZodType).safeParse(input);
  return result.success
    ? []
    : violations(result.error)
        .map(({ field, rule }) => `${field} ${rule}`)
        .sort();
}

describe("a schema finds wrong what protovalidate does, by field and rule", () => {
  test.each([...new Set(messages.map(({ group }) => group))])("%s", (group) => {
    const cases = messages.filter((message) => message.group === group);
    const differences = cases.flatMap(({ name, source: declared, inputs }) =>
      inputs.flatMap((input) => {
        const [ours, theirs] = [found(name, input), expected(name, input)];
        return isDeepStrictEqual(ours, theirs) ? [] : [{ declared, input, ours, theirs }];
      }),
    );
    expect(differences).toEqual([]);
  });
});
