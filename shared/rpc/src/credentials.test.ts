import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { EchoService } from "../fixtures/echo.ts";
import { collect, serveEcho } from "../fixtures/servers.ts";
import { type ClientCredentials, connect } from "./index.ts";

const run = promisify(execFile);
let folder: string;
let ca: string;
let server: { cert: string; key: string };
let client: { cert: string; key: string };
let stranger: { cert: string; key: string };

/** Makes a certificate for a name, signed by an authority, or by itself. */
async function certificate(name: string, signedBy?: string) {
  const path = (end: string) => join(folder, `${name}.${end}`);
  const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name},IP:127.0.0.1`];
  const own = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", path("key")];
  const signer = signedBy ? ["-CA", join(folder, `${signedBy}.crt`), "-CAkey", join(folder, `${signedBy}.key`)] : [];
  await run("openssl", ["req", "-x509", "-days", "1", ...own, ...subject, ...signer, "-out", path("crt")]);
  return { cert: await readFile(path("crt"), "utf8"), key: await readFile(path("key"), "utf8") };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mesh-tls-"));
  ({ cert: ca } = await certificate("authority"));
  server = await certificate("orders", "authority");
  client = await certificate("gateway", "authority");
  stranger = await certificate("stranger");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function connectTo({ address }: { address: string }, credentials?: ClientCredentials) {
  const upstream = connect(EchoService, { address, ...(credentials && { credentials }) });
  onTestFinished(() => upstream.close());
  return upstream;
}

test("calls of all kinds go over TLS, and a server is known by its authority and its name", async () => {
  const running = await serveEcho({}, { credentials: server });
  const known = connectTo(running, { ca });
  expect(await known.client.unary({ text: "secret" })).toMatchObject({ text: "secret" });
  expect(await collect(known.client.down({ number: 2 }))).toHaveLength(2);
  expect(await known.check()).toEqual({ ready: true, reason: "" });
  expect(await connectTo(running, { ca, serverName: "orders" }).client.unary({ text: "x" })).toMatchObject({
    text: "x",
  });
  for (const credentials of [undefined, {}, { ca: stranger.cert }, { ca, serverName: "payments" }]) {
    const refused = connectTo(running, credentials).client.unary({}, { timeoutMs: 5_000 });
    await expect(refused).rejects.toMatchObject({ code: "UNAVAILABLE" });
  }
});

test("a server that names the authorities of its callers lets no other in", async () => {
  const running = await serveEcho({}, { credentials: { ...server, ca } });
  expect(await connectTo(running, { ca, ...client }).client.unary({ text: "x" })).toMatchObject({ text: "x" });
  for (const own of [{}, stranger]) {
    const refused = connectTo(running, { ca, ...own }).client.unary({}, { timeoutMs: 5_000 });
    await expect(refused).rejects.toMatchObject({ code: "UNAVAILABLE" });
  }
});

test("a server over TLS closes connections that are open", async () => {
  const running = await serveEcho({}, { credentials: server });
  const upstream = connectTo(running, { ca });
  await upstream.client.unary({});
  await running.close();
  await expect(upstream.client.unary({})).rejects.toMatchObject({ code: "UNAVAILABLE" });
});
