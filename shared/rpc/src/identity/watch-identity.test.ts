import { mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSettings } from "@mesh/runtime";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { capturedLog } from "../../fixtures/captured-log.ts";
import { inMs, type TestAuthority, testAuthority } from "../../fixtures/identities.ts";
import { type IdentityFiles, openIdentity, tlsOf, tlsShape, watchIdentity } from "../index.ts";

let authority: TestAuthority;
beforeAll(async () => {
  authority = await testAuthority();
});

async function write(dir: string, { cert, key, ca }: IdentityFiles): Promise<void> {
  const files = { "tls.crt": cert, "tls.key": key, "ca.crt": ca };
  await Promise.all(Object.entries(files).map(([name, pem]) => writeFile(join(dir, name), pem)));
}

async function folder(files?: IdentityFiles): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "mesh-tls-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  if (files) await write(dir, files);
  return dir;
}

/** Watches a folder until the test ends. */
async function watch(dir: string, names: readonly string[] = ["orders"]) {
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const { log, lines } = capturedLog();
  const identity = await watchIdentity(dir, { names, log, signal: ending.signal });
  return { identity, messages: () => lines.map(({ msg }) => msg), lines };
}

test("a changed certificate is used within two seconds, and those who ask are notified", async () => {
  const dir = await folder(await authority.files("orders"));
  const { identity, messages } = await watch(dir);
  let rotations = 0;
  identity.onRotate(() => rotations++);
  const renewed = await authority.files(["orders", "payments"]);
  await write(dir, renewed);
  await expect.poll(() => identity.current.files).toEqual(renewed);
  expect(identity.current.names).toEqual(["orders", "payments"]);
  expect(rotations).toBeGreaterThan(0);
  expect(messages()).toContain("the certificate was renewed");
});

test("files behind a symbolic link that is replaced are read again, as Kubernetes updates a secret", async () => {
  const dir = await folder();
  const [first, second] = [
    await folder(await authority.files("orders")),
    await folder(await authority.files("orders")),
  ];
  await symlink(first, join(dir, "..data"));
  for (const name of ["tls.crt", "tls.key", "ca.crt"]) await symlink(join("..data", name), join(dir, name));
  const { identity } = await watch(dir);
  await symlink(second, join(dir, "..new"));
  await rename(join(dir, "..new"), join(dir, "..data"));
  const expected = await readFile(join(second, "tls.crt"), "utf8");
  await expect.poll(() => identity.current.files.cert).toBe(expected);
});

test("files that do not fit are one warning; the ones before stay, and later ones are used", async () => {
  const files = await authority.files("orders");
  const dir = await folder(files);
  const { identity, lines } = await watch(dir);
  await writeFile(join(dir, "tls.key"), (await authority.files("orders")).key);
  const warning = { level: 40, reason: "the key is not that of the certificate" };
  await expect.poll(() => lines).toMatchObject([warning]);
  expect(identity.current.files).toEqual(files);
  const later = await authority.files("orders");
  await write(dir, later);
  await expect.poll(() => identity.current.files).toEqual(later);
  expect(lines.filter(({ level }) => level === 40)).toHaveLength(1);
});

test("a certificate that was not renewed in time is one warning", async () => {
  const late = await authority.files("orders", { notAfter: inMs(20_000) });
  const { lines } = await watch(await folder(late));
  await expect.poll(() => lines).toMatchObject([{ level: 40, msg: "the certificate ends soon" }]);
});

test("a missing file, or a certificate of another process, is an error at the start", async () => {
  await expect(watch(await folder())).rejects.toThrow(
    /the files tls\.crt, tls\.key and ca\.crt in .* can't be used: ENOENT/,
  );
  const dir = await folder(await authority.files("payments"));
  await expect(watch(dir)).rejects.toThrow(
    "tls.crt must have the id spiffe://mesh.local/orders, but its names are payments",
  );
});

test("the paths of the settings say which ids are names, also after a renewal", async () => {
  const dir = await folder(await authority.files("ns/shop/sa/orders"));
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const { log } = capturedLog();
  const options = { names: ["orders"], log, signal: ending.signal };
  await expect(openIdentity({ MESH_TLS: "on", MESH_TLS_DIR: dir }, options)).rejects.toThrow("no id such as");
  const env = { MESH_TLS_DIR: dir, MESH_SPIFFE_PATHS: "ns/shop/sa/{name}, ns/billing/sa/{name}" };
  const settings = tlsOf(readSettings(tlsShape(env), env));
  const { identity } = await openIdentity(settings, options);
  expect(identity?.current.names).toEqual(["orders"]);
  const renewed = await authority.files(["ns/shop/sa/orders", "ns/billing/sa/invoices"]);
  await write(dir, renewed);
  await expect.poll(() => identity?.current.names).toEqual(["orders", "invoices"]);
  const other = { ...options, names: ["payments"] };
  await expect(openIdentity(settings, other)).rejects.toThrow(
    "must have the id spiffe://mesh.local/ns/shop/sa/payments",
  );
  expect(() => readSettings(tlsShape({}), { MESH_SPIFFE_PATHS: "ns/shop" })).toThrow(
    'MESH_SPIFFE_PATHS is "ns/shop"; expected: the paths of the SPIFFE ids in the mesh',
  );
});

test("without a folder there is a warning; with one, it signs also if another layer encrypts", async () => {
  const { log, lines } = capturedLog();
  const options = { names: ["orders"], log, signal: new AbortController().signal };
  const MESH_TLS_DIR = await folder(await authority.files("orders"));
  const { identity, credentials } = await openIdentity({ MESH_TLS: "on", MESH_TLS_DIR }, options);
  expect([identity?.current.names, credentials]).toEqual([["orders"], identity]);
  const plain = await openIdentity({ MESH_TLS: "off", MESH_TLS_DIR }, options);
  expect([plain.identity?.current.names, plain.credentials]).toEqual([["orders"], undefined]);
  expect(lines).toEqual([]);
  for (const MESH_TLS of ["on", "off"] as const) expect(await openIdentity({ MESH_TLS }, options)).toEqual({});
  expect(lines).toMatchObject([
    { msg: "MESH_TLS_DIR is not set: calls are neither encrypted nor authenticated, and have no principal" },
    { level: 40, msg: "MESH_TLS_DIR is not set: calls have no principal" },
  ]);
});
