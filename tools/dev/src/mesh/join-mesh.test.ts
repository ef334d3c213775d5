import { X509Certificate } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openCertificates } from "../tls/certificates.ts";
import { joinMesh } from "./join-mesh.ts";

async function repository(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "mesh-join-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return root;
}

test("a service in another language gets a certificate of the mesh's authority, and the NATS of the mesh", async () => {
  const root = await repository();
  const certificates = await openCertificates(join(root, ".mesh/tls"));
  onTestFinished(certificates.close);
  const orders = await certificates.provide("orders", ["orders"]);
  const natsUrl = "nats://developer:secret@127.0.0.1:4222";
  await writeFile(join(root, ".mesh/run.json"), JSON.stringify({ pid: 1, natsUrl }));
  const joined = await joinMesh(root, "acme.loyalty");
  expect(joined).toEqual({ MESH_TLS_DIR: join(root, ".mesh/tls/acme.loyalty"), NATS_URL: natsUrl });
  const certificate = new X509Certificate(await readFile(join(joined?.MESH_TLS_DIR ?? "", "tls.crt")));
  expect(certificate.subjectAltName).toContain("URI:spiffe://mesh.local/acme.loyalty, DNS:acme.loyalty,");
  const authority = new X509Certificate(await readFile(join(orders, "ca.crt")));
  expect(certificate.verify(authority.publicKey)).toBe(true);
});

test("without a mesh it gets nothing", async () => {
  const root = await repository();
  await mkdir(join(root, ".mesh"));
  expect(await joinMesh(root, "loyalty")).toBeUndefined();
});
