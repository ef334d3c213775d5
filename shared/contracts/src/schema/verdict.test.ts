import { corpusProto } from "@mesh/codegen/testing";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { type Oracle, openOracle } from "../../fixtures/oracle.ts";
import { trials } from "./attempt.ts";
import { fastOf, unsure } from "./fast.ts";

const { files, messages } = corpusProto();
let oracle: Oracle;

beforeAll(async () => {
  oracle = await openOracle(files);
  // A machine that is busy takes minutes for some thousand schemas.
}, 600_000);
afterAll(() => oracle.dispose());

test("the fast way gives the same output as the slow one, and no output for a wrong value", () => {
  for (const { name, source, inputs } of messages) {
    // Rules that do not count are left to the slow way.
    if (source.includes("IGNORE_ALWAYS")) continue;
    const type = oracle.schema(name);
    for (const input of inputs) {
      const slow = type._zod.run({ value: input, issues: [] }, { async: false, [trials]: 0 } as never);
      const { issues, value } = slow as z.core.ParsePayload;
      expect({ source, output: fastOf(type)?.(input) }).toEqual({ source, output: issues.length > 0 ? unsure : value });
    }
  }
});

test("every schema can be written as JSON Schema", () => {
  const ajv = new Ajv2020();
  const wrong = messages.filter(({ name }) => !ajv.validateSchema(z.toJSONSchema(oracle.schema(name))));
  expect(wrong).toEqual([]);
});

describe("a schema finds the same violations as protovalidate", () => {
  test.each([...new Set(messages.map(({ group }) => group))])("%s", (group) => {
    const cases = messages.filter((message) => message.group === group);
    const differences = cases.flatMap(({ name, source: declared, inputs }) =>
      inputs.flatMap((input) => {
        const difference = oracle.difference(name, input);
        return difference ? [{ declared, ...difference }] : [];
      }),
    );
    expect(differences).toEqual([]);
  });
});
