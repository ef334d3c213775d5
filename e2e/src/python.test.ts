import { execFile, execFileSync } from "node:child_process";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { MeshError } from "@mesh/contracts";
import { CatalogService } from "@mesh/contracts/catalog/v1";
import { createIdentity, createTokens, serve } from "@mesh/rpc";
import { createLogger } from "@mesh/runtime";
import { type RunningMesh, startMesh, testCertificates } from "@mesh/testing";
import { fake } from "@mesh/testing/service";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { putOnSale } from "./stock.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
const python = ["/usr/bin/python3", "python3"].find(hasGrpc);
if (!python) process.stderr.write("the examples in Python were not run: no python3 has grpc (python3-grpcio)\n");

function hasGrpc(program: string): boolean {
  try {
    execFileSync(program, ["-c", "import grpc, google.protobuf"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Copies an example out of the repository, with the contracts that it reads. Returns the folder. */
async function copyExample(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "typemesh-python-"));
  const buf = (...args: string[]) => run(join(root, "node_modules/.bin/buf"), ["build", ...args], { cwd: root });
  await Promise.all([
    cp(join(root, "examples", name), folder, { recursive: true }),
    buf("--output", join(folder, "contracts.binpb")),
    buf("shared/rpc/proto", "--output", join(folder, "protocols.binpb")),
  ]);
  return folder;
}

describe.skipIf(!python)("an example in Python", () => {
  let mesh: RunningMesh;
  let client: string;

  beforeAll(async () => {
    [mesh, client] = await Promise.all([startMesh(), copyExample("python-client")]);
  });
  afterAll(async () => {
    await mesh?.close();
    if (client) await rm(client, { recursive: true, force: true });
  });

  const runShop = (...args: string[]) => run(python ?? "", ["shop.py", ...args], { cwd: client, timeout: 60_000 });

  test("calls services with a certificate, for a customer, and reads the reasons of errors", async () => {
    await putOnSale(mesh, "Lamp", 5n);
    await putOnSale(mesh, "Kettle", 5n);
    const customer = { kind: "customer", id: crypto.randomUUID(), scopes: new Set(["orders:read"]) } as const;
    const token = await createTokens(mesh.credentials).issue(customer, Date.now());
    const { stdout } = await runShop(
      ...["--tls", mesh.developerDir, "--catalog", mesh.addressOf("catalog")],
      ...["--orders", mesh.addressOf("orders"), "--token", token],
    );
    expect(stdout.trim().split("\n")).toEqual([
      "2 products, from Kettle to Lamp",
      "catalog.v1.CatalogError: there is no product 00000000-0000-4000-8000-000000000000",
      "INVALID_ARGUMENT: [('id', 'must be a UUID')]",
      "0 orders",
    ]);
  });

  test("calls no server that has the certificate of another service", async () => {
    const calling = runShop("--tls", mesh.developerDir, "--catalog", mesh.addressOf("orders"));
    await expect(calling).rejects.toThrow("Peer name catalog is not in peer certificate");
  });

  test("repeats a query of a service that is unavailable", async () => {
    const certificates = await testCertificates();
    onTestFinished(() => certificates[Symbol.asyncDispose]());
    const dir = await certificates.provide("catalog", ["catalog"]);
    const read = (name: string) => readFile(join(dir, name), "utf8");
    const [cert, key, ca] = await Promise.all([read("tls.crt"), read("tls.key"), read("ca.crt")]);
    let attempts = 0;
    const listProducts = () => {
      attempts += 1;
      if (attempts < 3) throw new MeshError({ code: "UNAVAILABLE", message: "it starts" });
      throw new MeshError({ code: "INTERNAL", message: "the third attempt" });
    };
    const services = [fake(CatalogService, { listProducts })];
    const log = createLogger({ name: "catalog", level: "silent" });
    const server = await serve({ services, log, credentials: createIdentity({ cert, key, ca }) });
    onTestFinished(() => server.close());
    const calling = runShop("--tls", certificates.developerDir, "--catalog", server.address);
    await expect(calling).rejects.toThrow("the third attempt");
    expect(attempts).toBe(3);
  });
});
