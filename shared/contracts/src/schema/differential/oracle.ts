import { join } from "node:path";
import { createFileRegistry, type DescMessage, fromBinary } from "@bufbuild/protobuf";
import { pathToString } from "@bufbuild/protobuf/reflect";
import { createValidator } from "@bufbuild/protovalidate";
import { compile, generateFiles, writeGenerated } from "@mesh/codegen/testing";
import type { z } from "zod";
import { maxIssues } from "../issue.ts";
import { lax } from "../parsed.ts";
import { violations } from "../violations.ts";

type Codec = { encode(message: unknown): { finish(): Uint8Array } };

/** What both sides say of a message that they do not agree on; violations as `field rule`. */
export interface Difference {
  readonly name: string;
  readonly input: unknown;
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
}

/** Generated schemas and protovalidate, on messages of the same contracts. */
export interface Oracle {
  desc(name: string): DescMessage;
  /** Undefined: they agree by verdict, fields and rules; of a long report by what we report. */
  difference(name: string, input: unknown): Difference | undefined;
  dispose(): Promise<void>;
}

/** Generates contracts of the package corpus.v1, whose messages stand in corpus/v1/corpus.proto. */
export async function openOracle(contracts: Readonly<Record<string, string>>): Promise<Oracle> {
  const registry = createFileRegistry(await compile(contracts));
  const validator = createValidator({ registry });
  const { folder, dispose } = await writeGenerated(await generateFiles(contracts));
  const schemas: Record<string, z.ZodType> = await import(join(folder, "corpus/v1/corpus.zod.js"));
  const codecs: Record<string, Codec> = await import(join(folder, "corpus/v1/corpus.pb.ts"));

  function desc(name: string): DescMessage {
    return known(registry.getMessage(`corpus.v1.${name}`), name);
  }

  function theirsOf(name: string, input: unknown): string[] | undefined {
    const complete = lax(known(schemas[`${name}Schema`], name)).parse(input);
    const type = desc(name);
    const result = validator.validate(type, fromBinary(type, known(codecs[name], name).encode(complete).finish()));
    if (result.kind === "error") return undefined;
    return (result.violations ?? []).map(({ field, ruleId }) => `${pathToString(field)} ${ruleId}`).sort();
  }

  function oursOf(name: string, input: unknown): string[] {
    const { error } = known(schemas[`${name}Schema`], name).safeParse(input);
    return error
      ? violations(error)
          .map(({ field, rule }) => `${field} ${rule}`)
          .sort()
      : [];
  }

  function difference(name: string, input: unknown): Difference | undefined {
    const theirs = theirsOf(name, input);
    const ours = oursOf(name, input);
    // An expression that fails on a value: protovalidate has no verdict; we refuse.
    const isAgreed = theirs === undefined ? ours.length > 0 : agree(ours, theirs);
    return isAgreed ? undefined : { name, input, ours, theirs: theirs ?? ["no verdict"] };
  }

  return { desc, difference, dispose };
}

function agree(ours: readonly string[], theirs: readonly string[]): boolean {
  if (ours.length < maxIssues) return ours.length === theirs.length && ours.every((one, at) => one === theirs[at]);
  const rest = [...theirs];
  return ours.every((one) => {
    const at = rest.indexOf(one);
    if (at >= 0) rest.splice(at, 1);
    return at >= 0;
  });
}

function known<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`${name} was not generated`);
  return value;
}
