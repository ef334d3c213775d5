import { createFileRegistry } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { compile } from "../../testing/compile.ts";
import type { Problem } from "../problem.ts";
import { MeshOptions } from "./options.ts";
import { checkResume, resumeOf } from "./resume.ts";

async function read(methods: string) {
  const source = `syntax = "proto3";
package shop.v1;
import "mesh/v1/options.proto";
message Ask {
  string after = 1;
  int32 after_step = 2;
  repeated int32 steps = 3;
  Step from = 4;
}
message Taken { int32 last_event_id = 1; }
message Step { int32 step_number = 1; }
message Answer {
  Step last_step = 1;
  repeated Step all = 2;
  oneof one { string id = 3; }
}
service Shop {
  ${methods}
}
`;
  const registry = createFileRegistry(await compile({ "shop/v1/shop.proto": source }));
  const options = new MeshOptions(registry);
  const service = registry.getService("shop.v1.Shop");
  const problems: Problem[] = [];
  checkResume(service ? [service.file] : [], options, problems);
  return {
    resumes: service?.methods.map((method) => resumeOf(method, options)),
    problems: problems.map(({ text }) => text),
  };
}

const stream = (request: string, response: string, level = "NO_SIDE_EFFECTS") =>
  `rpc Watch(Ask) returns (stream Answer) {
    option idempotency_level = ${level};
    option (mesh.v1.method) = {resume: {request: "${request}" response: "${response}"}};
  }`;

test("the fields by which a stream goes on have their names in TypeScript", async () => {
  expect(await read(stream("after_step", "last_step.step_number"))).toEqual({
    resumes: [{ request: "afterStep", response: ["lastStep", "stepNumber"] }],
    problems: [],
  });
  expect(await read(stream("from", "last_step"))).toEqual({
    resumes: [{ request: "from", response: ["lastStep"] }],
    problems: [],
  });
});

test.each([
  ['Ask has no singular field "nope"', stream("nope", "last_step.step_number")],
  ['Ask has no singular field "from.step_number"', stream("from.step_number", "last_step.step_number")],
  ['Ask has no singular field "steps"', stream("steps", "last_step.step_number")],
  ['Answer has no singular field "all.step_number"', stream("after_step", "all.step_number")],
  ['Answer has no singular field "id"', stream("after", "id")],
  ['Answer has no singular field "last_step.nope"', stream("after_step", "last_step.nope")],
  [
    "after is of the type string, and last_step.step_number of the type int32: use fields of the same type",
    stream("after", "last_step.step_number"),
  ],
  [
    "Watch must stream its responses and be NO_SIDE_EFFECTS, because it is called again",
    stream("after_step", "last_step.step_number", "IDEMPOTENT"),
  ],
])("a stream can't go on if %s", async (text, method) => {
  expect(await read(method)).toEqual({ resumes: [undefined], problems: [`resume: ${text}`] });
});

test("a request has no field of the name by which tRPC's clients send the last id", async () => {
  const { problems } = await read(stream("last_event_id", "last_step.step_number").replace("(Ask)", "(Taken)"));
  expect(problems).toEqual([
    "resume: Taken must have no field last_event_id, because tRPC's clients send the id of the last message as lastEventId: rename it",
  ]);
});

test("only a unary query can be sent once for several calls", async () => {
  const option = "option (mesh.v1.method) = {coalesce: true};";
  const level = "option idempotency_level = NO_SIDE_EFFECTS;";
  expect((await read(`rpc Get(Ask) returns (Answer) { ${level} ${option} }`)).problems).toEqual([]);
  const rule = (name: string) =>
    `coalesce: ${name} must be unary and NO_SIDE_EFFECTS, because calls of it are not sent`;
  expect((await read(`rpc Get(Ask) returns (Answer) { ${option} }`)).problems).toEqual([rule("Get")]);
  expect((await read(`rpc Watch(Ask) returns (stream Answer) { ${level} ${option} }`)).problems).toEqual([
    rule("Watch"),
  ]);
});
