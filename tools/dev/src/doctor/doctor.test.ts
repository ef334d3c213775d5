import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { claimClone } from "../mesh/claim.ts";
import { holdPort } from "../ports/held-port.ts";
import { startNats } from "../servers/nats.ts";
import { startPostgres } from "../servers/postgres.ts";
import { createAuthority, issueCertificate } from "../tls/authority.ts";
import type { Check } from "./check.mjs";

const repository = join(import.meta.dirname, "../../../..");
const hourMs = 3_600_000;
let root: string;

/** A checkout with packages that are those of its lockfile, and without services. */
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "mesh doctor ")));
  for (const part of ["tools/dev/bin", "tools/dev/src", "tools/dev/package.json", "package.json", "buf.yaml"]) {
    cpSync(join(repository, part), join(root, part), { recursive: true });
  }
  save("package-lock.json", '{ "packages": {} }');
  symlinkSync(join(repository, "node_modules"), join(root, "node_modules"), "junction");
});
afterEach(() => rmSync(root, { recursive: true, maxRetries: 10 }));

function save(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [join(root, "tools/dev/bin/doctor.mjs"), ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, GATEWAY_PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (data) => (out += data));
  child.stderr.on("data", (data) => (err += data));
  const [code] = await once(child, "close");
  return { code: code as number, out, err };
}

/** Returns the checks of a name in a group, and the exit code. */
async function checksOf(group: string, name: string, env?: NodeJS.ProcessEnv, args: readonly string[] = []) {
  const { code, out, err } = await run(["--json", ...args], env);
  expect(err).toBe("");
  const report: { ok: boolean; groups: { name: string; checks: Check[] }[] } = JSON.parse(out);
  expect(code).toBe(report.ok ? 0 : 1);
  return report.groups.find((one) => one.name === group)?.checks.filter((check) => check.name === name) ?? [];
}

test("without packages, checks what it can, and says to install them", async () => {
  rmSync(join(root, "node_modules"));
  save("package-lock.json", '{ "packages": { "node_modules/zod": { "version": "4.0.0" } } }');
  const { code, out } = await run([]);
  expect(code).toBe(1);
  expect(out).toMatch(/^\nMachine\n {2}✓ Node {6}[\d.]+\n {2}✓ npm {7}[\d.]+\n/);
  expect(out).toContain("\nCheckout\n");
  expect(out).toContain("  ✗ Packages  are not installed\n              → npm install\n");
  expect(out).toMatch(/\n\d passed, \d warnings?, 1 failed \([\d.]+ s\)\n$/);
});

test.each([
  [["--hlep"], "Unknown option '--hlep'"],
  [["more"], "Unexpected argument 'more'"],
  [["--deployment", "shop.example"], 'must be a URL that starts with https:// or http://, got "shop.example"'],
])("%j is a wrong argument", async (args, text) => {
  expect(await run(args)).toEqual({ code: 2, out: "", err: expect.stringContaining(text) });
});

test("warns of a port that another program uses, and knows those of its own mesh", async () => {
  const held = await holdPort();
  const env = { WEB_PORT: String(held.number) };
  const name = `Port ${held.number}`;
  const [taken] = await checksOf("Machine", name, env);
  expect(taken).toMatchObject({ status: "warn", detail: expect.stringMatching(/^used by another program/) });
  const claim = await claimClone(root, () => {});
  save(".mesh/run.json", JSON.stringify({ apps: { web: `http://localhost:${held.number}` } }));
  expect(await checksOf("Machine", name, env)).toEqual([{ name, status: "pass", detail: "used by this mesh" }]);
  expect(await checksOf("Checkout", "Mesh")).toMatchObject([
    { detail: expect.stringContaining(`process ${process.pid}`) },
  ]);
  claim.close();
  await held.release();
  expect(await checksOf("Machine", name, env)).toEqual([{ name, status: "pass", detail: "free" }]);
});

test("reports code that is missing, or generated from older contracts", async () => {
  expect(await checksOf("Checkout", "Code")).toMatchObject([{ status: "fail" }]);
  save("shared/contracts/gen/.generated-from", "an older hash");
  expect(await checksOf("Checkout", "Code")).toMatchObject([
    { status: "warn", fix: expect.stringContaining("node tools/dev/bin/generate.mjs") },
  ]);
});

test("reports a contract that does not compile", async () => {
  save("buf.yaml", "version: v2\nmodules:\n  - path: proto\n");
  save("proto/a.proto", 'syntax = "proto3";\nmessage A { Missing b = 1; }\n');
  expect(await checksOf("Checkout", "Contracts")).toMatchObject([
    { status: "fail", detail: expect.stringContaining("proto/a.proto:2:13:") },
  ]);
});

test("reports names in .env that no program reads, and wrong values", async () => {
  save(".env", "GATEWAY_PROT=4000\nCOOKIE_SECRET_FILE=/absent\n");
  expect(await checksOf("Checkout", "Settings")).toMatchObject([
    { status: "fail", detail: expect.stringContaining('COOKIE_SECRET_FILE is "/absent", which cannot be read') },
  ]);
  save(".env", "GATEWAY_PROT=4000\nOTEL_EXPORTER_OTLP_HEADERS=a=b\nLOG_LEVEL=debug\n");
  expect(await checksOf("Checkout", "Settings")).toEqual([
    {
      name: "Settings",
      status: "warn",
      detail: "GATEWAY_PROT in .env is no setting",
      fix: "write GATEWAY_PORT, or remove it from .env",
    },
  ]);
});

test("reports the certificate of a process that has expired", async () => {
  const authority = await createAuthority({ notAfter: new Date(Date.now() + hourMs) });
  const certificateIn = async (leftMs: number) => {
    const notBefore = new Date(Date.now() - 24 * hourMs);
    const { cert } = await issueCertificate(authority, {
      names: ["a"],
      notBefore,
      notAfter: new Date(Date.now() + leftMs),
    });
    save("tls/tls.crt", cert);
    return checksOf("Deployment", "Certificate", { NODE_ENV: "production", MESH_TLS_DIR: join(root, "tls") });
  };
  expect(await certificateIn(-hourMs)).toMatchObject([{ status: "fail", detail: expect.stringMatching(/expired on/) }]);
  expect(await certificateIn(hourMs)).toMatchObject([{ status: "warn", detail: expect.stringMatching(/expires on/) }]);
  expect(await certificateIn(24 * hourMs)).toMatchObject([{ status: "pass", detail: "valid for 23 hours" }]);
});

test("reaches NATS and PostgreSQL of a deployment, and reports those that have stopped", async () => {
  const [nats, postgres] = await Promise.all([
    startNats({ dir: join(root, "nats") }),
    startPostgres({ dir: join(root, "postgres") }),
  ]);
  save("database-url", `${postgres.url}\n`);
  const off = { NATS_TLS: "off", NATS_LOGIN: "off", DATABASE_TLS: "off", DATABASE_LOGIN: "off" };
  const urls = { NATS_URL: nats.url, DATABASE_URL_FILE: join(root, "database-url") };
  const env = { NODE_ENV: "production", ...off, ...urls };
  expect(await checksOf("Deployment", "NATS", env)).toMatchObject([
    { status: "pass", detail: expect.stringContaining("with JetStream") },
  ]);
  expect(await checksOf("Deployment", "PostgreSQL", env)).toMatchObject([{ status: "pass" }]);
  await Promise.all([nats.stop(), postgres.stop()]);
  expect(await checksOf("Deployment", "NATS", env)).toMatchObject([
    { status: "fail", detail: expect.stringContaining("does not accept connections") },
  ]);
  expect(await checksOf("Deployment", "PostgreSQL", env)).toMatchObject([
    { status: "fail", detail: expect.stringContaining("ECONNREFUSED") },
  ]);
  expect(await checksOf("Deployment", "Settings", { ...env, NATS_TLS: "on" })).toMatchObject([
    { status: "fail", detail: expect.stringContaining("expected: a URL that starts with tls://") },
  ]);
});

test("reports the certificate and the clock of a gateway, and a service that is not ready", async () => {
  const authority = await createAuthority({ notAfter: new Date(Date.now() + hourMs) });
  const notBefore = new Date(Date.now() - 2 * hourMs);
  const expired = { names: ["gateway"], notBefore, notAfter: new Date(Date.now() - hourMs) };
  const server = createServer(await issueCertificate(authority, expired), ({ url }, response) => {
    const date = new Date(Date.now() - 30_000).toUTCString();
    response.writeHead(url === "/livez" ? 200 : 503, { date }).end();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  // The requests trust it, as a machine does whose clock is wrong.
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: "0", NODE_NO_WARNINGS: "1" };
  const check = (name: string) => checksOf("Deployment", name, env, ["--deployment", url]);
  const withCheck = await checksOf("Deployment", "TLS", {}, ["--deployment", url]);
  expect(withCheck).toMatchObject([{ status: "fail", detail: expect.stringContaining("expired on") }]);
  expect(await check("Clock")).toMatchObject([{ status: "warn", detail: "30 s ahead of that of the gateway" }]);
  expect(await check("Services")).toMatchObject([{ status: "fail", detail: `${url}/healthz responds with 503` }]);
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
  expect(await check("Gateway")).toMatchObject([{ status: "fail", detail: expect.stringContaining("ECONNREFUSED") }]);
});
