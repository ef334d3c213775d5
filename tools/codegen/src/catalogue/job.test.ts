import { createFileRegistry } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { compile } from "../../testing/compile.ts";
import type { Problem } from "../problem.ts";
import { checkJobs, jobsOf } from "./job.ts";
import { MeshOptions } from "./options.ts";

async function read(job: string, others = "") {
  const source = `syntax = "proto3";
package shop.v1;
import "mesh/v1/options.proto";
message Count {
  option (mesh.v1.job) = {${job}};
  ${others}
  string id = 1;
  message Inner {}
}
message Counted {}
`;
  const registry = createFileRegistry(await compile({ "shop/v1/shop.proto": source }));
  const options = new MeshOptions(registry);
  const files = [...registry.files].filter(({ proto }) => proto.package === "shop.v1");
  const problems: Problem[] = [];
  checkJobs(files, options, problems);
  const jobs = files.flatMap((file) => jobsOf(file, files, options));
  return {
    jobs: jobs.map(({ message, result, ...terms }) => ({ name: message.name, result: result?.typeName, ...terms })),
    problems: problems.map(({ text }) => text),
  };
}

test("a job has a result and terms, with defaults", async () => {
  expect(await read("")).toEqual({
    jobs: [{ name: "Count", result: undefined, timeoutMs: 60_000, attempts: 5, retryDelaySeconds: 1 }],
    problems: [],
  });
  expect(await read('result: "Counted" timeout_ms: 7 attempts: 1 retry_delay_seconds: 9')).toEqual({
    jobs: [{ name: "Count", result: "shop.v1.Counted", timeoutMs: 7, attempts: 1, retryDelaySeconds: 9 }],
    problems: [],
  });
  expect((await read('result: "Count.Inner"')).jobs[0]?.result).toBe("shop.v1.Count.Inner");
});

test.each([
  ['result: "Nope"', 'the job\'s result "Nope" names no message of shop.v1: declare it, or remove result'],
  ["timeout_ms: 82800001", "the job's timeout_ms must be at most 82800000, got 82800001"],
  ["attempts: 101", "the job's attempts must be at most 100, got 101"],
  ["retry_delay_seconds: 86401", "the job's retry_delay_seconds must be at most 86400, got 86401"],
])("%s is a problem", async (job, problem) => {
  expect((await read(job)).problems).toEqual([problem]);
});

test("a message is not an event and a job", async () => {
  const event = 'option (mesh.v1.event) = {subject: "shop.v1.count" key: "id"};';
  expect((await read("", event)).problems).toEqual([
    "Count is an event and a job: declare a message of its own for the job",
  ]);
});
