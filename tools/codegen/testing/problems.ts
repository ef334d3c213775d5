import { beforeAll, expect, test } from "vitest";
import { type Contracts, compileContracts } from "./contracts.ts";

/** The problem, the contract below `head` (it begins at line 7), and the expected error. */
export type ProblemCase = readonly [title: string, source: string, expected: string];

/** The beginning of a contract that has none of its own. */
export const head = `syntax = "proto3";
package shop.v1;
import "buf/validate/validate.proto";
import "mesh/v1/options.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/descriptor.proto";
`;

/** Returns an event with options. */
export const event = (option: string, body = "string id = 1;") => `message Sold {
  option (mesh.v1.event) = {${option}};
  ${body}
}`;
/** Returns an enum of errors. */
export const errors = (values: string) => `enum ShopError {\n  SHOP_ERROR_UNSPECIFIED = 0;\n  ${values}\n}`;
/** Returns a service with one method that has options. */
export const method = (option: string, input = "Ask") =>
  `message Ask {}\nservice Shop {\n  rpc Buy(${input}) returns (Ask) { option (mesh.v1.method) = {${option}}; }\n}`;

/** Defines a test for each contract. @param title that of the tests, with `%s` for the problem */
export function testProblems(title: string, cases: readonly ProblemCase[]): void {
  let contracts: Contracts;

  beforeAll(async () => {
    contracts = await compileContracts(
      cases.map(([, source]) => (source.startsWith("syntax") ? source : head + source)),
    );
  });

  test.each(cases.map(([name, , expected], index) => [name, index, expected] as const))(title, (_, index, expected) => {
    expect(contracts.problemsOf(index)).toContain(expected);
  });
}
