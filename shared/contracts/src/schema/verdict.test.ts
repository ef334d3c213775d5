import { corpusProto } from "@mesh/codegen/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Oracle, openOracle } from "../../fixtures/oracle.ts";

const { files, messages } = corpusProto();
let oracle: Oracle;

beforeAll(async () => {
  oracle = await openOracle(files);
});
afterAll(() => oracle.dispose());

describe("a schema finds wrong what protovalidate does, by field and rule", () => {
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
