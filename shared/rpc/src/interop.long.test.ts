import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { create, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { interopCases } from "../fixtures/interop/cases.ts";
import { compileInterop, type InteropContract } from "../fixtures/interop/contract.ts";
import { runWithGrpcJs } from "../fixtures/interop/grpc-js-client.ts";
import { runWithMesh } from "../fixtures/interop/mesh-client.ts";
import { testHandlers } from "../fixtures/interop/service.ts";
import { silent } from "../fixtures/servers.ts";
import { implement, type RunningServer, serve } from "./index.ts";

// gRPC's own interoperability cases. The languages come from Debian: python3-grpcio, golang-go and golang-google-grpc-dev.

const run = promisify(execFile);
const files = join(import.meta.dirname, "../fixtures/interop");
const goEnvironment = { ...process.env, GO111MODULE: "off", GOPATH: "/usr/share/gocode", GOFLAGS: "" };

const python = await whichWorks(["/usr/bin/python3", "python3"], ["-c", "import grpc, google.protobuf"]);
const go = await whichWorks(["go"], ["list", "google.golang.org/grpc", "github.com/golang/protobuf/proto"]);
if (!python) process.stderr.write("gRPC interop: Python was not run, because it has no grpc (python3-grpcio)\n");
if (!go)
  process.stderr.write(
    "gRPC interop: Go was not run, because it or its grpc is missing (golang-go, golang-google-grpc-dev)\n",
  );

/** Returns the first program that runs with these arguments. */
async function whichWorks(programs: readonly string[], args: readonly string[]): Promise<string | undefined> {
  for (const program of programs) {
    const works = await run(program, args, { env: goEnvironment }).then(
      () => true,
      () => false,
    );
    if (works) return program;
  }
  return undefined;
}

let contract: InteropContract;
let server: RunningServer;
let folder: string;
let descriptors: string;

beforeAll(async () => {
  contract = await compileInterop();
  server = await serve({ services: [implement(contract.served, testHandlers)], log: silent });
  folder = await mkdtemp(join(tmpdir(), "mesh-interop-"));
  descriptors = join(folder, "descriptors.binpb");
  const file = [...contract.registry.files].map(({ proto }) => proto);
  await writeFile(descriptors, toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file })));
});

afterAll(async () => {
  for (const child of foreign) child.kill();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const foreign: ChildProcess[] = [];

/** Starts a server of another language, which prints its port, and stops with the tests. Returns its address. */
async function startForeign(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  foreign.push(child);
  const [port] = await once(createInterface(child.stdout), "line");
  return `127.0.0.1:${port}`;
}

test.each(interopCases)("the server passes %s with grpc-js", (name) => runWithGrpcJs(name, server.address, contract));

describe.skipIf(!python)("with Python", () => {
  let address: string;
  beforeAll(async () => {
    address = await startForeign(python ?? "", [join(files, "server.py"), descriptors]);
  });

  test.each(interopCases)("the server passes %s", async (name) => {
    const { stdout } = await run(python ?? "", [join(files, "client.py"), server.address, descriptors, name]);
    expect(stdout).toBe(`${name} passed\n`);
  });

  test.each(interopCases)("the client passes %s", (name) => runWithMesh(name, address, contract));
});

describe.skipIf(!go)("with Go", () => {
  let program: string;
  let address: string;
  beforeAll(async () => {
    program = join(folder, "interop");
    await run(go ?? "", ["build", "-o", program, "."], { cwd: join(files, "go"), env: goEnvironment });
    address = await startForeign(program, ["server"]);
  });

  test.each(interopCases)("the server passes %s", async (name) => {
    const { stdout } = await run(program, ["client", server.address, name]);
    expect(stdout).toBe(`${name} passed\n`);
  });

  test.each(interopCases)("the client passes %s", (name) => runWithMesh(name, address, contract));
});

test.each(interopCases)("the client passes %s with our server", (name) => runWithMesh(name, server.address, contract));
