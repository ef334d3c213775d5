import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { defineService, type ServiceDefinition } from "@mesh/contracts";
import {
  ServerReflection,
  type ServerReflectionRequest,
  type ServerReflectionTypes,
} from "@mesh/contracts/protocols/grpc/reflection/v1/index";
import { expect, onTestFinished, test } from "vitest";
import { descriptorSet } from "../fixtures/echo.ts";
import { serveEcho } from "../fixtures/servers.ts";
import { connect } from "./index.ts";

const buf = join(dirname(createRequire(import.meta.url).resolve("@bufbuild/buf/package.json")), "bin", "buf");

/** Runs `buf curl` against a server that it knows nothing of. */
async function curl(address: string, path: string, ...args: string[]): Promise<unknown[]> {
  const fixed = ["curl", "--protocol", "grpc", "--http2-prior-knowledge"];
  const { stdout } = await promisify(execFile)(process.execPath, [buf, ...fixed, ...args, `http://${address}${path}`]);
  return JSON.parse(`[${stdout.trim().replace(/}\s*{/g, "},{")}]`);
}

test("buf curl calls unary and streaming methods by reflection", async () => {
  const { address } = await serveEcho({}, { descriptorSet });
  expect(await curl(address, "/test.v1.EchoService/Unary", "-d", '{"text":"hi","number":3}')).toEqual([
    { text: "hi", number: 3 },
  ]);
  expect(await curl(address, "/test.v1.EchoService/Down", "-d", '{"text":"x","number":3}')).toEqual([
    { text: "x" },
    { text: "x", number: 1 },
    { text: "x", number: 2 },
  ]);
  expect(await curl(address, "/grpc.health.v1.Health/Check")).toEqual([{ status: "SERVING" }]);
});

test("buf curl shows which field is wrong", async () => {
  const { address } = await serveEcho({}, { descriptorSet });
  const failed = await curl(address, "/test.v1.EchoService/Unary", "-d", '{"number":-1}').catch(
    (error: { stderr: string }) => error,
  );
  const { stderr } = failed as { stderr: string };
  expect(JSON.parse(stderr)).toMatchObject({
    code: "invalid_argument",
    message: "not a valid test.v1.Note: number: must be at least 0",
    details: [
      { type: "google.rpc.BadRequest" },
      { type: "buf.validate.Violations", debug: { violations: [{ ruleId: "int32.gte", forKey: false }] } },
    ],
  });
});

async function ask(version: "v1" | "v1alpha", messageRequest: ServerReflectionRequest["messageRequest"]) {
  const { address } = await serveEcho({}, { descriptorSet });
  const name = `grpc.reflection.${version}.ServerReflection`;
  const definition: ServiceDefinition<ServerReflectionTypes> = defineService(
    name,
    ServerReflection,
    ServerReflection.methods,
  );
  const upstream = connect(definition, { address });
  onTestFinished(() => upstream.close());
  async function* questions() {
    yield { messageRequest };
  }
  for await (const { messageResponse } of upstream.client.serverReflectionInfo(questions())) return messageResponse;
  throw new Error("there was no answer");
}

test("only what is served is listed, in both versions of the protocol", async () => {
  for (const version of ["v1", "v1alpha"] as const) {
    expect(await ask(version, { $case: "listServices", value: "" })).toMatchObject({
      value: {
        service: [
          { name: "test.v1.EchoService" },
          { name: "grpc.health.v1.Health" },
          { name: "grpc.reflection.v1.ServerReflection" },
          { name: "grpc.reflection.v1alpha.ServerReflection" },
        ],
      },
    });
  }
});

test("files are found by name and by every symbol in them", async () => {
  const known = [
    { $case: "fileByFilename", value: "test/v1/echo.proto" },
    { $case: "fileContainingSymbol", value: "test.v1.EchoService" },
    { $case: "fileContainingSymbol", value: "test.v1.EchoService.Unary" },
    { $case: "fileContainingSymbol", value: "test.v1.Note.text" },
    { $case: "fileContainingSymbol", value: "grpc.reflection.v1.ServerReflection" },
    { $case: "fileContainingSymbol", value: "grpc.reflection.v1alpha.ServerReflection" },
    { $case: "fileContainingSymbol", value: "grpc.health.v1.Health" },
  ] as const;
  for (const question of known) expect(await ask("v1", question)).toMatchObject({ $case: "fileDescriptorResponse" });
  const unknown = await ask("v1", { $case: "fileContainingSymbol", value: "no.such.Thing" });
  expect(unknown).toMatchObject({ $case: "errorResponse", value: { errorCode: 5 } });
});

test("without descriptors there is no reflection", async () => {
  const { address } = await serveEcho();
  await expect(curl(address, "/test.v1.EchoService/Unary")).rejects.toThrow("failed to find service");
});

test("a server with descriptors has no reflection if it is off", async () => {
  const { address } = await serveEcho({}, { descriptorSet, reflection: false });
  await expect(curl(address, "/test.v1.EchoService/Unary", "-d", "{}")).rejects.toMatchObject({
    stderr: expect.stringContaining("failed to find service"),
  });
});
