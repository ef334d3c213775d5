import { X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { openCertificates } from "./certificates.ts";

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "mesh-tls-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return join(dir, "tls");
}

async function open(dir: string) {
  const certificates = await openCertificates(dir);
  onTestFinished(certificates.close);
  return certificates;
}

async function certificateIn(dir: string): Promise<X509Certificate> {
  return new X509Certificate(await readFile(join(dir, "tls.crt")));
}

test("a process gets a certificate of a day with its names, and keys only their owner can read", async () => {
  const dir = await folder();
  const own = await (await open(dir)).provide("shop", ["orders", "acme.payments"]);
  const certificate = await certificateIn(own);
  expect(certificate.subjectAltName).toBe(
    "URI:spiffe://mesh.local/orders, URI:spiffe://mesh.local/acme.payments, DNS:orders, DNS:acme.payments, DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1",
  );
  const authority = new X509Certificate(await readFile(join(own, "ca.crt")));
  expect([certificate.verify(authority.publicKey), certificate.ca, authority.ca]).toEqual([true, false, true]);
  expect(Date.parse(certificate.validTo) - Date.now()).toBeLessThanOrEqual(24 * 3_600_000);
  for (const key of [join(own, "tls.key"), join(dir, "ca.key")]) expect((await stat(key)).mode & 0o777).toBe(0o600);
});

test("the next start uses the certificates again, unless names or files have changed", async () => {
  const dir = await folder();
  const print = async (names = ["orders"]) =>
    (await certificateIn(await (await open(dir)).provide("orders", names))).fingerprint256;
  const first = await print();
  expect(await print()).toBe(first);
  const second = await print(["orders", "payments"]);
  expect(second).not.toBe(first);
  await writeFile(join(dir, "orders/tls.key"), "x");
  const third = await print(["orders", "payments"]);
  expect(third).not.toBe(second);
  await rm(join(dir, "ca.key"));
  expect(await print(["orders", "payments"])).not.toBe(third);
});

test("certificates are renewed at half of their life, and the authority before its end", async () => {
  vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const dir = await folder();
  const own = await (await open(dir)).provide("orders", ["orders"]);
  const first = await certificateIn(own);
  vi.setSystemTime(Date.now() + 12.1 * 3_600_000);
  vi.advanceTimersByTime(60_000);
  await vi.waitFor(async () => expect((await certificateIn(own)).fingerprint256).not.toBe(first.fingerprint256));
  const authority = await readFile(join(own, "ca.crt"), "utf8");
  vi.setSystemTime(Date.now() + 340 * 24 * 3_600_000);
  vi.advanceTimersByTime(60_000);
  await vi.waitFor(async () => expect(await readFile(join(own, "ca.crt"), "utf8")).not.toBe(authority));
  // Events that were signed before are still valid.
  expect(await readFile(join(own, "retired.crt"), "utf8")).toBe(authority);
});

test("a renewal can be forced", async () => {
  const certificates = await open(await folder());
  const own = await certificates.provide("orders", ["orders"]);
  const before = await certificateIn(own);
  await certificates.renew();
  expect((await certificateIn(own)).fingerprint256).not.toBe(before.fingerprint256);
});
